#include "media/preview.hpp"

#include "media/decode.hpp"
#include "media/files.hpp"

namespace ozma::media {
namespace {

using namespace testing;

std::vector<Frame> Shooting(int count, cv::Size size, double step) {
  std::vector<Frame> frames;
  for (int i = 0; i < count; ++i) frames.push_back({Quarters(size.width, size.height), i * step});
  return frames;
}

std::size_t Find(const base::Bytes& bytes, std::string_view word) {
  return base::AsText(bytes).find(word);
}

TEST(Mp4, PlaysTheFramesAtTheirTimesWithTheIndexFirst) {
  const auto made = EncodeMp4(Shooting(12, {321, 243}, 0.25));
  ASSERT_TRUE(made) << made.error().message;
  EXPECT_LT(Find(*made, "moov"), Find(*made, "mdat"));

  std::vector<cv::Mat> seen;
  const auto read = DecodeBytes(*made, {}, [&](const cv::Mat& bgr, double) {
    seen.push_back(bgr.clone());
    return base::Result<void>();
  });
  ASSERT_TRUE(read) << read.error().message;
  EXPECT_EQ(read->type.mime, "video/mp4");
  EXPECT_EQ(read->info.width, 320);
  EXPECT_EQ(read->info.height, 242);
  EXPECT_EQ(read->info.frames, 12);
  EXPECT_NEAR(read->info.duration, 3, 0.01);
  ASSERT_FALSE(seen.empty());
  for (const auto& frame : seen) EXPECT_EQ(Reading(frame), "RGBW");
}

TEST(Mp4, LargeShootingsShrinkTo720AndFramesWithoutTimesStandATenth) {
  const auto made = EncodeMp4(Shooting(5, {1080, 1920}, 0));
  ASSERT_TRUE(made) << made.error().message;
  const auto read = DecodeBytes(*made, {}, [](const cv::Mat&, double) { return base::Result<void>(); });
  ASSERT_TRUE(read) << read.error().message;
  EXPECT_EQ(read->info.width, 720);
  EXPECT_EQ(read->info.height, 1280);
  EXPECT_NEAR(read->info.duration, 0.5, 0.01);
}

TEST(Mp4, OneFrameAndFramesOfManySizesWillDo) {
  EXPECT_TRUE(EncodeMp4(Shooting(1, {64, 64}, 0)));
  auto frames = Shooting(2, {64, 64}, 1);
  frames.push_back({Quarters(200, 30), 2});
  EXPECT_TRUE(EncodeMp4(frames));
  EXPECT_TRUE(EncodeMp4(Shooting(1, {1, 1}, 0)));
}

// 500 frames: the room kept for the index is enough.
TEST(Mp4, ManyFramesFitTheirIndex) {
  const auto made = EncodeMp4(Shooting(500, {64, 48}, 0.033));
  ASSERT_TRUE(made) << made.error().message;
  EXPECT_LT(Find(*made, "moov"), Find(*made, "mdat"));
}

}  // namespace
}  // namespace ozma::media
