#include <gtest/gtest.h>

#include <cmath>
#include <random>

#include "face/align.hpp"
#include "face/crop.hpp"
#include "face/decode.hpp"
#include "face/liveness.hpp"

namespace ozma::face {
namespace {

FivePoints RandomPoints(std::mt19937& random) {
  std::uniform_real_distribution<float> place(0, 200);
  FivePoints points;
  for (auto& point : points) point = {place(random), place(random)};
  return points;
}

FivePoints Mapped(const FivePoints& points, const cv::Mat& transform) {
  const auto* t = transform.ptr<double>();
  FivePoints mapped;
  for (std::size_t i = 0; i < points.size(); ++i) {
    mapped[i] = {static_cast<float>(t[0] * points[i].x + t[1] * points[i].y + t[2]),
                 static_cast<float>(t[3] * points[i].x + t[4] * points[i].y + t[5])};
  }
  return mapped;
}

double ResidualOf(const FivePoints& from, const FivePoints& to, const cv::Mat& transform) {
  double sum = 0;
  const FivePoints mapped = Mapped(from, transform);
  for (std::size_t i = 0; i < to.size(); ++i) sum += std::pow(cv::norm(mapped[i] - to[i]), 2);
  return sum;
}

TEST(Similarity, FindsTheTransformThatMadeThePoints) {
  std::mt19937 random(1);
  for (int round = 0; round < 50; ++round) {
    const FivePoints from = RandomPoints(random);
    const double scale = 0.2 + round * 0.05, angle = round * 0.12;
    const double c = scale * std::cos(angle), s = scale * std::sin(angle);
    const cv::Mat truth = (cv::Mat_<double>(2, 3) << c, -s, 10.0 + round, s, c, -5.0);
    EXPECT_LT(cv::norm(SimilarityBetween(from, Mapped(from, truth)), truth, cv::NORM_INF), 1e-3) << round;
  }
}

TEST(Similarity, NoNearbySimilarityFitsBetter) {
  std::mt19937 random(2);
  const FivePoints from = RandomPoints(random), to = RandomPoints(random);
  const cv::Mat best = SimilarityBetween(from, to);
  const double least = ResidualOf(from, to, best);
  for (const double step : {-1e-3, 1e-3}) {
    cv::Mat turned = best.clone(), scaled = best.clone(), shifted = best.clone();
    turned.at<double>(0, 1) -= step;
    turned.at<double>(1, 0) += step;
    scaled.at<double>(0, 0) += step;
    scaled.at<double>(1, 1) += step;
    shifted.at<double>(0, 2) += step * 100;
    for (const cv::Mat& other : {turned, scaled, shifted}) EXPECT_GT(ResidualOf(from, to, other), least);
  }
}

TEST(Similarity, OfCoincidingPointsIsAShift) {
  FivePoints from, to;
  from.fill({3, 4});
  to.fill({5, 9});
  const cv::Mat expected = (cv::Mat_<double>(2, 3) << 1, 0, 2, 0, 1, 5);
  EXPECT_LT(cv::norm(SimilarityBetween(from, to), expected, cv::NORM_INF), 1e-6);
}

TEST(Suppress, KeepsTheSurerOfTwoBoxesAndBothOfTwoApart) {
  const std::vector<Candidate> candidates = {
      {{0, 0, 10, 10}, 0.7f, {}}, {{1, 0, 10, 10}, 0.9f, {}}, {{50, 50, 10, 10}, 0.8f, {}}};
  const auto kept = Suppress(candidates, 0.4f, false);
  ASSERT_EQ(kept.size(), 2u);
  EXPECT_FLOAT_EQ(kept[0].confidence, 0.9f);
  EXPECT_FLOAT_EQ(kept[1].confidence, 0.8f);
}

TEST(Suppress, APartInsideAnotherGoesOnlyByTheSmallerBox) {
  const std::vector<Candidate> candidates = {{{0, 0, 100, 100}, 0.9f, {}}, {{10, 10, 30, 30}, 0.8f, {}}};
  EXPECT_EQ(Suppress(candidates, 0.5f, false).size(), 2u);
  EXPECT_EQ(Suppress(candidates, 0.5f, true).size(), 1u);
}

TEST(Crop, BeyondThePictureIsBlack) {
  const cv::Mat white(20, 20, CV_8UC3, cv::Scalar::all(255));
  const cv::Mat crop = Crop(white, {-10, -10, 20, 20}, {20, 20}, false);
  EXPECT_EQ(crop.at<cv::Vec3b>(2, 2), cv::Vec3b(0, 0, 0));
  EXPECT_EQ(crop.at<cv::Vec3b>(17, 17), cv::Vec3b(255, 255, 255));
  EXPECT_EQ(cv::countNonZero(Grey(Crop(white, {100, 100, 20, 20}, {20, 20}, false))), 0);
}

// Boxes of every kind, inside, across and far outside: a crop of the right size comes back.
TEST(Crop, LivenessWindowsStandAnyBox) {
  std::mt19937 random(3);
  std::uniform_real_distribution<float> place(-300, 500), size(1, 600);
  const cv::Mat picture(120, 160, CV_8UC3, cv::Scalar::all(90));
  for (int round = 0; round < 2000; ++round) {
    const cv::Rect2f box(place(random), place(random), size(random), size(random));
    for (const cv::Mat& crop :
         {CropShifted(picture, box, 2.7f, {80, 80}), CropReflected(picture, box, 1.5f, {80, 80})}) {
      ASSERT_EQ(crop.size(), cv::Size(80, 80));
      ASSERT_TRUE(crop.isContinuous());
    }
  }
}

TEST(Turned, FourQuartersAreNone) {
  cv::Mat picture(3, 5, CV_8UC3);
  cv::randu(picture, 0, 255);
  const cv::Mat round = Turned(Turned(picture, 3), 1);
  EXPECT_EQ(cv::norm(round, picture, cv::NORM_INF), 0);
  EXPECT_EQ(Turned(picture, 1).size(), cv::Size(3, 5));
}

TEST(LogOdds, GoThereAndBack) {
  for (const double probability : {0.001, 0.3, 0.5, 0.999}) {
    EXPECT_NEAR(ProbabilityOf(LogOddsOf(probability)), probability, 1e-12);
  }
  EXPECT_NEAR(ProbabilityOf(LogOddsOf(0)), 1e-4, 1e-12);
}

}  // namespace
}  // namespace ozma::face
