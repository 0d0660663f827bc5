// Gestures in whole analyses, on the real networks. The sample photos hold none, so frames are made that do:
// a face squeezed on one side looks turned to whoever measures its points.
#include <gmock/gmock.h>

#include <opencv2/imgproc.hpp>

#include "analysis/action.hpp"
#include "analysis/job.hpp"
#include "samples.hpp"

namespace ozma::analysis {
namespace {

using tests::Sample;
namespace json = base::json;

const Analyst& TheAnalyst() {
  static const auto analyst = Analyst::Create(tests::SharedEngine(), {}).value();
  return *analyst;
}

// A photo whose columns from `from` to `to` are pulled apart on one side of their middle and pushed together
// on the other, by `shift` of their width.
cv::Mat Turned(const cv::Mat& picture, double from, double to, double shift) {
  cv::Mat across(picture.size(), CV_32F), down(picture.size(), CV_32F);
  for (int y = 0; y < picture.rows; ++y) {
    for (int x = 0; x < picture.cols; ++x) {
      const double at = (x - from) / (to - from);
      const double moved = at > 0 && at < 1 ? at - shift * std::sin(CV_PI * at) * std::sin(CV_PI * at) : at;
      across.at<float>(y, x) = static_cast<float>(from + moved * (to - from));
      down.at<float>(y, x) = static_cast<float>(y);
    }
  }
  cv::Mat turned;
  cv::remap(picture, turned, across, down, cv::INTER_LINEAR, cv::BORDER_REPLICATE);
  return turned;
}

media::Media FilmOf(const std::vector<cv::Mat>& frames) {
  media::Media film{{media::Kind::kVideo, "video/mp4"}, {}, {}};
  for (double at = 0; const auto& frame : frames) {
    film.frames.push_back({frame, at});
    at += 0.2;
  }
  return film;
}

media::Media FilmThatTurns(double shift) {
  const cv::Mat ahead = Sample("person-a-1.jpg");
  const auto box = tests::SharedEngine()->Find(ahead)->faces.front().box;
  const cv::Mat turned = Turned(ahead, box.x, box.x + box.width, shift);
  return FilmOf({ahead, ahead, ahead, ahead, turned, turned, turned});
}

base::Result<Outcome> RunOver(const media::Media& film, std::vector<std::string> tags,
                              const Parameters& parameters = {}) {
  return Run(TheAnalyst(), Type::kQuality, parameters, {{"m", std::move(tags), true}},
             [&](std::size_t) { return base::Result<media::Media>(film); });
}

TEST(GestureTags, NameGesturesAndTheirPace) {
  EXPECT_EQ(GestureOf("video_selfie_left"), face::Gesture::kLeft);
  EXPECT_EQ(GestureOf("video_selfie_oneshot"), face::Gesture::kOneshot);
  EXPECT_EQ(GestureOf("video_selfie_zoom_in"), face::Gesture::kBlank);
  for (const char* tag : {"video_selfie", "left", "video_selfie_", "photo_selfie", "video_selfie_wink"})
    EXPECT_FALSE(GestureOf(tag)) << tag;
  EXPECT_EQ(PaceFor(std::vector<std::string>{"video_selfie", "video_selfie_blank"}), media::Pace::kUsual);
  EXPECT_EQ(PaceFor(std::vector<std::string>{"video_selfie", "video_selfie_eyes"}), media::Pace::kClose);
}

TEST(GestureAnalysis, ATurnIsSeenAndShownInTheResult) {
  for (const double shift : {0.28, -0.28}) {
    const auto film = FilmThatTurns(shift);
    const char* right_one = shift > 0 ? "left" : "right";
    const char* wrong_one = shift > 0 ? "right" : "left";
    Parameters parameters;
    parameters.mirrored = face::Mirrored::kNo;
    parameters.extract_action_shot = true;
    const auto outcome =
        RunOver(film, {"video_selfie", "video_selfie_left", "video_selfie_right"}, parameters);
    ASSERT_TRUE(outcome);
    ASSERT_EQ(outcome->media.size(), 1u) << outcome->error_message;
    const auto& gestures = outcome->media[0].results_data.at("gestures").as_array();
    ASSERT_EQ(gestures.size(), 2u);
    for (const auto& gesture : gestures) {
      const bool done = gesture.at("gesture").as_string() == right_one;
      EXPECT_EQ(gesture.at("done").as_bool(), done) << json::serialize(gesture);
      if (!done) {
        EXPECT_EQ(gesture.at("gesture").as_string(), wrong_one);
        EXPECT_EQ(gesture.at("reason").as_string(), "other_direction");
      }
    }
    for (const auto& picture : outcome->media[0].pictures) {
      if (picture.tags != std::vector<std::string>{std::string("video_selfie_") + right_one}) continue;
      const cv::Mat shot = cv::imdecode(picture.jpeg, cv::IMREAD_COLOR);
      EXPECT_LT(cv::norm(shot, film.frames[5].bgr, cv::NORM_L1) / static_cast<double>(3 * shot.total()), 3);
    }
  }
}

TEST(GestureAnalysis, WhereMirroringIsUnknownEitherSideWillDo) {
  const auto outcome = RunOver(FilmThatTurns(0.28), {"video_selfie_right"});
  ASSERT_TRUE(outcome);
  EXPECT_TRUE(outcome->media.at(0).results_data.at("gestures").at(0).at("done").as_bool());
}

TEST(GestureAnalysis, AMissingGestureDeclinesOnlyWhereItIsRequired) {
  const cv::Mat ahead = Sample("person-a-1.jpg");
  const auto film = FilmOf({ahead, ahead, ahead, ahead, ahead, ahead});
  Parameters parameters;
  parameters.threshold_spoofing = 1;
  const std::vector<std::string> tags = {"video_selfie", "video_selfie_left"};
  const auto lax = RunOver(film, tags, parameters);
  ASSERT_TRUE(lax);
  EXPECT_EQ(lax->resolution, Resolution::kSuccess);
  const auto& gesture = lax->media.at(0).results_data.at("gestures").at(0);
  EXPECT_EQ(gesture.at("reason").as_string(), "not_enough");
  parameters.require_gestures = true;
  EXPECT_EQ(RunOver(film, tags, parameters)->resolution, Resolution::kDeclined);
  EXPECT_EQ(RunOver(FilmThatTurns(0.28), tags, parameters)->resolution, Resolution::kSuccess);
}

TEST(GestureAnalysis, WhatAsksForNoMovementIsAsItWas) {
  const cv::Mat ahead = Sample("person-a-1.jpg");
  for (const char* tag :
       {"video_selfie_blank", "video_selfie_oneshot", "video_selfie_best", "video_selfie_zoom_in"}) {
    const auto outcome = RunOver(FilmOf({ahead, ahead, ahead}), {"video_selfie", tag});
    ASSERT_TRUE(outcome);
    EXPECT_EQ(outcome->media.at(0).results_data.size(), 1u) << tag;
  }
  const auto photo = RunOver(FilmOf({ahead}), {"video_selfie", "video_selfie_smile"});
  ASSERT_TRUE(photo);
  EXPECT_EQ(photo->media.at(0).results_data.size(), 1u) << "a photo cannot move";
}

// What was taken closely for the sake of a blink is judged for liveness as it always was.
TEST(GestureAnalysis, ACloserLookLeavesTheVerdictAsItIs) {
  const cv::Mat a = Sample("person-a-1.jpg"), b = Sample("person-a-2.jpg");
  auto closely = FilmOf({});
  closely.pace = media::Pace::kClose;
  for (int i = 0; i < 12; ++i) closely.frames.push_back({i % 4 < 2 ? a : b, i * 0.1});
  const auto usually = FilmOf({a, b, a, b, a, b});
  const auto close = TheAnalyst().Quality(closely, {}), usual = TheAnalyst().Quality(usually, {});
  ASSERT_TRUE(close && usual);
  EXPECT_NEAR(close->verdict.networks, usual->verdict.networks, 1e-9);
}

}  // namespace
}  // namespace ozma::analysis
