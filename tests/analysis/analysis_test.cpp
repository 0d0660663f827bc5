#include "analysis/analyst.hpp"

#include <gtest/gtest.h>

#include <opencv2/imgproc.hpp>

#include "samples.hpp"

namespace ozma::analysis {
namespace {

using base::Fault;
using tests::Sample;

std::shared_ptr<Analyst> TheAnalyst(gallery::Thresholds thresholds = {}) {
  auto analyst = Analyst::Create(tests::SharedEngine(), thresholds);
  if (!analyst) throw std::runtime_error(analyst.error().message);
  return *analyst;
}

media::Media MediumOf(std::vector<cv::Mat> pictures) {
  media::Media medium{
      {pictures.size() > 1 ? media::Kind::kVideo : media::Kind::kImage, "image/jpeg"}, {}, {}};
  for (double at = 0; auto& picture : pictures) medium.frames.push_back({std::move(picture), at += 0.2});
  return medium;
}

gallery::Template TemplateOf(const char* name) {
  auto made = TheAnalyst()->Extract(MediumOf({Sample(name)}));
  if (!made) throw std::runtime_error(made.error().message);
  return *made;
}

TEST(Resolution, TheWorstCounts) {
  using enum Resolution;
  const Resolution all[] = {kSuccess, kOperatorRequired, kDeclined};
  EXPECT_EQ(WorstOf(all), kDeclined);
  EXPECT_EQ(WorstOf(std::span(all).first(2)), kOperatorRequired);
  EXPECT_EQ(WorstOf({}), kInitial);
  const Resolution failed[] = {kDeclined, kFailed, kSuccess};
  EXPECT_EQ(WorstOf(failed), kFailed);
}

TEST(Resolution, AScoreAtTheThresholdDeclines) {
  EXPECT_EQ(OfSpoofing(0.5, 0.5), Resolution::kDeclined);
  EXPECT_EQ(OfSpoofing(0.4999, 0.5), Resolution::kSuccess);
}

TEST(Compare, OnePersonIsApprovedAndTwoAreDeclined) {
  const auto a1 = TemplateOf("person-a-1.jpg"), a2 = TemplateOf("person-a-2.jpg"),
             b = TemplateOf("person-b-1.jpg");
  EXPECT_EQ(TheAnalyst()->Compare(a1, a2).decision, gallery::Decision::kApproved);
  EXPECT_EQ(TheAnalyst()->Compare(a1, b).decision, gallery::Decision::kDeclined);
  EXPECT_EQ(TheAnalyst()->Compare(a1, a1).score, 1);
}

TEST(Compare, ScoresInsideAConfiguredBandGoToAnOperator) {
  const auto a = TemplateOf("person-a-1.jpg"), b = TemplateOf("person-a-2.jpg");
  const double score = TheAnalyst()->Compare(a, b).score;
  EXPECT_EQ(TheAnalyst({score - 0.01, 1})->Compare(a, b).decision, gallery::Decision::kOperatorRequired);
}

TEST(Extract, SaysHowManyFacesThereAre) {
  EXPECT_EQ(TheAnalyst()->Extract(MediumOf({Sample("cat.png")})).error().fault, Fault::kNoFace);
  const auto two = TheAnalyst()->Extract(MediumOf({Sample("two-people.jpg")}));
  ASSERT_FALSE(two);
  EXPECT_EQ(two.error().fault, Fault::kManyFaces);
  EXPECT_NE(two.error().message.find("2 faces"), std::string::npos);
}

TEST(Extract, ATemplateReadsBack) {
  const auto made = TemplateOf("person-a-1.jpg");
  const auto read = TheAnalyst()->ReadTemplate(made.Encode());
  ASSERT_TRUE(read);
  EXPECT_EQ(TheAnalyst()->Compare(made, *read).score, 1);
}

TEST(Quality, TheThresholdDecides) {
  const auto medium = MediumOf({Sample("person-a-1.jpg")});
  const auto strict = TheAnalyst()->Quality(medium, {.threshold_spoofing = 0});
  const auto lax = TheAnalyst()->Quality(medium, {.threshold_spoofing = 1});
  ASSERT_TRUE(strict && lax);
  EXPECT_EQ(strict->confidence_spoofing, lax->confidence_spoofing);
  EXPECT_EQ(strict->resolution, Resolution::kDeclined);
  EXPECT_EQ(lax->resolution, Resolution::kSuccess);
}

TEST(Quality, TheBestShotOfAShootingIsItsSharpFrame) {
  const cv::Mat sharp = Sample("person-a-1.jpg");
  const auto result = TheAnalyst()->Quality(MediumOf({Sample("blurred.jpg"), sharp, Sample("dark.jpg")}), {});
  ASSERT_TRUE(result) << result.error().message;
  ASSERT_TRUE(result->best_shot);
  EXPECT_EQ(cv::norm(*result->best_shot, sharp, cv::NORM_INF), 0);
}

TEST(Quality, FramesWithoutAFaceDoNotCount) {
  const cv::Mat face = Sample("person-a-1.jpg"), none(face.size(), CV_8UC3, cv::Scalar::all(100));
  const auto alone = TheAnalyst()->Quality(MediumOf({face}), {}),
             among = TheAnalyst()->Quality(MediumOf({none, face, none}), {});
  ASSERT_TRUE(alone && among);
  EXPECT_DOUBLE_EQ(alone->confidence_spoofing, among->confidence_spoofing);
}

TEST(Quality, NoFaceIsAnErrorAndATinyOneIsTooLittleEvidence) {
  EXPECT_EQ(TheAnalyst()->Quality(MediumOf({Sample("cat.png")}), {}).error().fault, Fault::kNoFace);
  cv::Mat small;
  cv::resize(Sample("small-face.jpg"), small, {}, 0.4, 0.4, cv::INTER_AREA);
  const auto tiny = TheAnalyst()->Quality(MediumOf({small}), {});
  ASSERT_FALSE(tiny);
  EXPECT_EQ(tiny.error().fault, Fault::kEvidenceInsufficient);
  EXPECT_NE(tiny.error().message.find("too small"), std::string::npos);
}

TEST(Check, EveryNetworkRuns) {
  EXPECT_TRUE(TheAnalyst()->CheckMatching());
  EXPECT_TRUE(TheAnalyst()->CheckLiveness());
  EXPECT_GE(TheAnalyst()->Networks().size(), 5u);
}

}  // namespace
}  // namespace ozma::analysis
