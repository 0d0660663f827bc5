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

TEST(Quality, AFilmThatHardlyShowsTheFaceIsTooLittleEvidence) {
  const cv::Mat face = Sample("person-a-1.jpg"), none(face.size(), CV_8UC3, cv::Scalar::all(100));
  std::vector<cv::Mat> frames(11, none);
  frames[4] = frames[5] = face;
  const auto few = TheAnalyst()->Quality(MediumOf(frames), {});
  ASSERT_FALSE(few);
  EXPECT_EQ(few.error().fault, Fault::kEvidenceInsufficient);
  EXPECT_NE(few.error().message.find("Of 11 frames looked at 2 show"), std::string::npos)
      << few.error().message;
  frames[6] = face;
  EXPECT_TRUE(TheAnalyst()->Quality(MediumOf(frames), {}));
}

TEST(Quality, AFaceThatThePictureCutsIsTooLittleEvidence) {
  const cv::Mat whole = Sample("person-a-1.jpg");
  const auto found = tests::SharedEngine()->Find(whole);
  ASSERT_TRUE(found);
  const auto& face = found->faces.at(0);
  const int middle = static_cast<int>(face.points[2].x);
  const auto cut = TheAnalyst()->Quality(MediumOf({whole.colRange(middle, whole.cols).clone()}), {});
  ASSERT_FALSE(cut);
  EXPECT_TRUE(cut.error().fault == Fault::kEvidenceInsufficient || cut.error().fault == Fault::kNoFace);
}

TEST(Quality, TwoPeopleInOneShootingRaiseTheConfidence) {
  const cv::Mat a = Sample("person-a-1.jpg"), b = Sample("person-b-1.jpg");
  const auto one = TheAnalyst()->Quality(MediumOf({a, a, a, a}), {}),
             two = TheAnalyst()->Quality(MediumOf({a, a, b, b}), {});
  ASSERT_TRUE(one && two);
  EXPECT_EQ(one->verdict.identity, 0);
  EXPECT_GT(two->verdict.identity, 4);
  EXPECT_GT(two->confidence_spoofing, one->confidence_spoofing);
}

// The same face with skin of the cheeks over its eyes.
cv::Mat EyesCovered(const cv::Mat& picture) {
  const auto found = tests::SharedEngine()->Find(picture);
  if (!found || found->faces.empty()) throw std::runtime_error("no face in the sample");
  const auto& points = found->faces.front().points;
  cv::Mat covered = picture.clone();
  const auto side = static_cast<int>(0.45 * cv::norm(points[1] - points[0]));
  for (const cv::Point2f& eye : {points[0], points[1]}) {
    const cv::Rect lid(static_cast<int>(eye.x) - side / 2, static_cast<int>(eye.y) - side / 4, side,
                       side / 2);
    picture(lid + cv::Point(0, side)).copyTo(covered(lid));
    cv::line(covered, {lid.x + 4, lid.y + side / 3}, {lid.x + side - 4, lid.y + side / 3}, {40, 40, 60}, 3,
             cv::LINE_AA);
  }
  return covered;
}

TEST(Quality, TheBestShotHasOpenEyesWhereAnyFrameHas) {
  const cv::Mat open = Sample("person-a-1.jpg"), covered = EyesCovered(open);
  const auto at = tests::SharedEngine()->Find(covered);
  ASSERT_TRUE(at);
  ASSERT_LT(tests::SharedEngine()->Measure(covered, at->faces.at(0))->eyes, 0.5);
  // The open eyes come in the poorest frame, which is not among those that are scored.
  cv::Mat poor;
  cv::GaussianBlur(open, poor, {5, 5}, 0);
  std::vector<cv::Mat> frames(12, covered);
  frames[5] = poor;
  const auto result = TheAnalyst()->Quality(MediumOf(frames), {});
  ASSERT_TRUE(result);
  EXPECT_EQ(cv::norm(*result->best_shot, poor, cv::NORM_INF), 0);
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
