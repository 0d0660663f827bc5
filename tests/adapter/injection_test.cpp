// Each reason code by an upload that has it, and a genuine one that has none.
#include "adapter/injection.hpp"

#include <gmock/gmock.h>

#include <sstream>

#include "base/bytes.hpp"

namespace ozma::adapter {
namespace {

using ::testing::IsEmpty;

constexpr char kAgent[] = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/131.0 Safari/537.36";

// A capture of ten frames at about 15 a second by a camera of 1280x720.
struct Capture {
  MediaPayload payload;
  Info info;
  double since_start = 20, lossless = 0.5;
  bool replayed = false;
  std::string user_agent = kAgent;
  int width = 1280;

  Capture() {
    double t_ms = 4000;
    for (int i = 0; i < 10; ++i) {
      payload.frames.push_back({"f" + std::to_string(i), std::string(64, static_cast<char>('a' + i)), t_ms});
      const double step = 66.6 + (i % 3) * 0.7;
      if (i < 9) info.intervals.push_back(step);
      t_ms += step;
    }
    info.camera = "Integrated Camera (13d3:56a2)";
    info.cameras = {info.camera};
    info.settings = {{"width", 1280}, {"height", 720}, {"frameRate", 30}};
    info.capabilities = {{"frameRate", 30}};
    info.webdriver = info.devtools = false;
    info.user_agent = kAgent;
    info.origin = "https://a.example";
  }
  std::vector<std::string> Signals() const {
    return SignalsOf({.payload = payload,
                      .info = info,
                      .width = width,
                      .height = 720,
                      .lossless_difference = lossless,
                      .since_start = since_start,
                      .replayed = replayed,
                      .user_agent = user_agent,
                      .origin = "https://a.example"});
  }
};

TEST(Injection, GenuineCaptureHasNoSignal) {
  EXPECT_THAT(Capture().Signals(), IsEmpty());
}

TEST(Injection, EachReasonIsFoundByItself) {
  const auto found = [](auto change) {
    Capture capture;
    change(capture);
    const auto signals = capture.Signals();
    EXPECT_EQ(signals.size(), 1u);
    return signals.empty() ? std::string() : signals.front();
  };
  EXPECT_EQ(found([](Capture& c) { c.info.camera = "OBS Virtual Camera"; }), "virtual_camera");
  EXPECT_EQ(found([](Capture& c) { c.info.cameras.emplace_back("ManyCam Virtual Webcam"); }),
            "virtual_camera_present");
  EXPECT_EQ(found([](Capture& c) { c.info.camera.clear(); }), "camera_unnamed");
  EXPECT_EQ(found([](Capture& c) { c.info.settings = {}; }), "camera_without_settings");
  EXPECT_EQ(found([](Capture& c) { c.info.capabilities = {}; }), "camera_without_capabilities");
  EXPECT_EQ(found([](Capture& c) { c.width = 1920; }), "frame_larger_than_track");
  EXPECT_EQ(found([](Capture& c) { c.replayed = true; }), "replayed_frames");
  EXPECT_EQ(found([](Capture& c) {
              for (auto& f : c.payload.frames) f.sha256 = c.payload.frames[0].sha256;
            }),
            "frames_identical");
  EXPECT_EQ(found([](Capture& c) {
              for (int i = 0; i < 8; ++i) c.payload.frames.at(i).sha256 = c.payload.frames[0].sha256;
            }),
            "frames_repeated");
  EXPECT_EQ(found([](Capture& c) { c.lossless = 30; }), "lossless_differs");
  EXPECT_EQ(found([](Capture& c) { c.info.intervals.assign(9, 500); }), "timing_mismatch");
  EXPECT_EQ(found([](Capture& c) { c.since_start = -5; }), "timing_impossible");
  EXPECT_EQ(found([](Capture& c) { c.info.settings["frameRate"] = 5; }), "timing_too_fast");
  EXPECT_EQ(found([](Capture& c) { c.info.tampered = {"getUserMedia"}; }), "tampered_api");
  EXPECT_EQ(found([](Capture& c) { c.info.webdriver = true; }), "webdriver");
  EXPECT_EQ(found([](Capture& c) { c.info.devtools = true; }), "devtools");
  EXPECT_EQ(found([](Capture& c) { c.user_agent = "curl/8"; }), "user_agent_differs");
  EXPECT_EQ(found([](Capture& c) { c.info.origin = "https://b.example"; }), "origin_differs");
}

TEST(Injection, PhotoIsNotHeldToFilmsRules) {
  Capture capture;
  capture.payload.photo = true;
  capture.payload.frames.resize(1);
  capture.info.settings = {};
  capture.info.camera.clear();
  EXPECT_THAT(capture.Signals(), IsEmpty());
}

TEST(Injection, EveryReasonHasAWeightThatCanBeChanged) {
  double sum = 0;
  for (const Reason& reason : Reasons()) {
    const std::vector<std::string> one{std::string(reason.name)};
    EXPECT_GT(reason.weight, 0) << reason.name;
    EXPECT_EQ(WeightOf(one, {}), reason.weight);
    EXPECT_EQ(WeightOf(one, {{one.front(), 7}}), 7);
    sum += reason.weight;
  }
  EXPECT_GT(sum, 5);
  EXPECT_DOUBLE_EQ(WeightOf({"webdriver", "webdriver", "nothing known"}, {}), 0.6) << "each code counts once";
}

TEST(Injection, EveryReasonIsDocumentedWithItsWeight) {
  const auto page = base::ReadFile(std::filesystem::path(OZMA_SOURCE_DIR) / "docs" / "web-adapter.md");
  ASSERT_TRUE(page);
  for (const Reason& reason : Reasons()) {
    std::ostringstream row;
    row << "| `" << reason.name << "` | " << reason.weight << " |";
    EXPECT_NE(base::AsText(*page).find(row.str()), std::string::npos) << row.str();
  }
}

TEST(Injection, VirtualCamerasAreKnownByName) {
  for (const char* label :
       {"OBS Virtual Camera (m-de:vice)", "fake_device_0", "Snap Camera", "v4l2loopback", "e2eSoft VCam", "/tmp/face.mjpeg"})
    EXPECT_TRUE(IsVirtualCamera(label)) << label;
  for (const char* label :
       {"", "FaceTime HD Camera", "Logitech BRIO", "camera2 1, facing front", "Integrated Webcam"})
    EXPECT_FALSE(IsVirtualCamera(label)) << label;
}

}  // namespace
}  // namespace ozma::adapter
