// The verdict on a shooting, from evidence made up and from frames drawn.
#include "analysis/decision.hpp"

#include <gtest/gtest.h>

#include <opencv2/imgproc.hpp>

#include "analysis/motion.hpp"
#include "face/liveness.hpp"

namespace ozma::analysis {
namespace {

std::vector<FrameEvidence> Frames(std::initializer_list<double> log_odds) {
  std::vector<FrameEvidence> frames;
  for (const double one : log_odds) frames.push_back({one, 0.5});
  return frames;
}

double Networks(const std::vector<FrameEvidence>& frames) {
  return Decide({frames, {}, {}}).networks;
}

std::vector<MotionStep> Steps(std::size_t rigid, std::size_t all) {
  std::vector<MotionStep> steps(all, {-0.9, -0.9});
  std::fill_n(steps.begin(), rigid, MotionStep{0.9, -0.9});
  return steps;
}

TEST(Decide, OneFrameIsTheNetworksWordAlone) {
  const auto verdict = Decide({Frames({-2.5}), {}, {}});
  EXPECT_DOUBLE_EQ(verdict.networks, -2.5);
  EXPECT_DOUBLE_EQ(verdict.confidence, face::ProbabilityOf(-2.5));
  EXPECT_EQ(verdict.Reasons(), "networks -2.5");
}

TEST(Decide, OneFrameInTenDecidesNothing) {
  const auto calm = Frames({-3, -3, -3, -3, -3, -3, -3, -3, -3, -3});
  auto odd = calm;
  odd[4].log_odds = 9;
  EXPECT_NEAR(Networks(odd), Networks(calm), 1e-9);
  odd[4].log_odds = -9;
  EXPECT_NEAR(Networks(odd), Networks(calm), 1e-9);
}

TEST(Decide, AnAttackInMostFramesIsAnAttack) {
  EXPECT_GT(Decide({Frames({4, 4, 4, 4, 4, 4, 4, -4, -4, -4}), {}, {}}).confidence, 0.5);
}

TEST(Decide, AFrameCountsByItsWeight) {
  const std::vector<FrameEvidence> frames = {{-4, 0.9}, {-4, 0.9}, {-4, 0.9}, {2, 0.05}, {2, 0.05}};
  EXPECT_NEAR(Networks(frames), -4, 1e-9);
  EXPECT_GT(Networks(Frames({-4, -4, -4, 2, 2})), -3);
}

TEST(Decide, TheOrderOfFramesAndTheScaleOfWeightsDoNotMatter) {
  const auto there = Frames({-5, -1, 0, 2, 3}), back = Frames({3, 2, 0, -1, -5});
  EXPECT_DOUBLE_EQ(Networks(there), Networks(back));
  auto heavy = there;
  for (auto& frame : heavy) frame.weight *= 7;
  EXPECT_NEAR(Networks(heavy), Networks(there), 1e-12);
}

TEST(Decide, NoCueLowersTheConfidenceAndEachIsBounded) {
  for (const auto& frames : {Frames({-9, -9, -9, -9}), Frames({-3, 0, 1, 4}), Frames({-9, -9, 9, 9})}) {
    const auto plain = Decide({frames, {}, {}});
    EXPECT_GE(plain.disagreement, 0);
    EXPECT_LE(plain.disagreement, 1);
    for (double score = 0; score <= 1; score += 0.05) {
      for (std::size_t rigid = 0; rigid <= 8; ++rigid) {
        const auto steps = Steps(rigid, 8);
        const auto verdict = Decide({frames, score, steps});
        EXPECT_GE(verdict.confidence, plain.confidence);
        EXPECT_GE(verdict.identity, 0);
        EXPECT_LE(verdict.identity, 5);
        EXPECT_GE(verdict.rigidity, 0);
        EXPECT_LE(verdict.rigidity, 2);
      }
    }
  }
}

TEST(Decide, FramesThatDisagreeRaiseTheConfidence) {
  const auto even = Decide({Frames({-2, -2, -2, -2}), {}, {}});
  const auto torn = Decide({Frames({-6, -6, 2, 2}), {}, {}});
  EXPECT_NEAR(even.networks, torn.networks, 1e-9);
  EXPECT_NEAR(even.disagreement, 0, 1e-9);
  EXPECT_GT(torn.disagreement, 0.5);
}

TEST(Decide, TwoPeopleInOneShootingDecline) {
  const auto frames = Frames({-4, -4, -4, -4});
  EXPECT_EQ(Decide({frames, 0.97, {}}).identity, 0);
  EXPECT_EQ(Decide({frames, 0.55, {}}).identity, 0);
  const auto two = Decide({frames, 0.1, {}});
  EXPECT_GT(two.confidence, 0.5);
  EXPECT_EQ(two.Reasons(), "networks -4.0, identity +5.0");
}

// Of people in letters, one for each frame: `same` within one, `across` between two; '-' is unlike everybody.
std::vector<std::vector<double>> Scores(std::string_view people, double same, double across) {
  std::vector<std::vector<double>> scores(people.size());
  for (std::size_t i = 0; i < people.size(); ++i) {
    for (std::size_t j = 0; j < i; ++j) {
      const bool nobody = people[i] == '-' || people[j] == '-';
      scores[i].push_back(nobody ? 0.1 : people[i] == people[j] ? same : across);
    }
  }
  return scores;
}

TEST(BetweenPeople, TakesTwoFramesOfEach) {
  EXPECT_FALSE(BetweenPeople({}));
  EXPECT_FALSE(BetweenPeople(Scores("a", 0.9, 0.2)));
  EXPECT_FALSE(BetweenPeople(Scores("aaaaaa", 0.9, 0.2)));
  EXPECT_FALSE(BetweenPeople(Scores("aaab", 0.9, 0.2)));
  EXPECT_FALSE(BetweenPeople(Scores("aaa-a-", 0.9, 0.2)));
  EXPECT_EQ(BetweenPeople(Scores("aabb", 0.9, 0.2)), 0.2);
  EXPECT_EQ(BetweenPeople(Scores("ababcc", 0.9, 0.4)), 0.4);
}

TEST(BetweenPeople, AFaceThatTurnsSlowlyIsOnePerson) {
  // Each frame is like its neighbours alone.
  std::vector<std::vector<double>> scores(6);
  for (std::size_t i = 0; i < 6; ++i) {
    for (std::size_t j = 0; j < i; ++j) scores[i].push_back(i - j == 1 ? 0.9 : 0.2);
  }
  EXPECT_FALSE(BetweenPeople(scores));
  // Two such, and between them only a little likeness: where they are most alike counts.
  scores[3][2] = 0.5;
  EXPECT_EQ(BetweenPeople(scores), 0.5);
}

TEST(Decide, ABorderThatMovesAlongCountsFromThreeStepsOn) {
  const auto frames = Frames({-1, -1, -1, -1});
  EXPECT_EQ(Decide({frames, {}, Steps(2, 2)}).rigidity, 0);
  EXPECT_EQ(Decide({frames, {}, Steps(3, 3)}).rigidity, 2);
  EXPECT_EQ(Decide({frames, {}, Steps(2, 8)}).rigidity, 0);
  EXPECT_EQ(Decide({frames, {}, Steps(8, 8)}).Reasons(), "networks -1.0, rigid motion +2.0");
}

TEST(Decide, AFifthOfTheFramesMustBeUsable) {
  EXPECT_EQ(LeastUsable(1), 1u);
  EXPECT_EQ(LeastUsable(5), 1u);
  EXPECT_EQ(LeastUsable(6), 2u);
  EXPECT_EQ(LeastUsable(30), 6u);
}

// A scene of random blotches: a background, a plate before it, and a face on the plate; the three move on
// their own.
cv::Mat Blotches(cv::Size size, std::uint64_t seed) {
  cv::Mat coarse(size / 6, CV_8UC3), fine;
  cv::RNG(seed).fill(coarse, cv::RNG::UNIFORM, 0, 256);
  cv::resize(coarse, fine, size, 0, 0, cv::INTER_CUBIC);
  return fine;
}

Evidence Scene(cv::Point background, cv::Point plate, cv::Point head) {
  const cv::Size size(640, 480);
  const cv::Mat behind = Blotches(size + cv::Size(80, 80), 1), held = Blotches({300, 240}, 2),
                face = Blotches({100, 120}, 3);
  cv::Mat picture = behind(cv::Rect({40 - background.x, 40 - background.y}, size)).clone();
  held.copyTo(picture(cv::Rect(cv::Point(170, 120) + plate, held.size())));
  face.copyTo(picture(cv::Rect(cv::Point(270, 180) + head, face.size())));
  const cv::Point2f at = cv::Point2f(cv::Point(270, 180) + head);
  const auto point = [&](float x, float y) { return at + cv::Point2f(x, y); };
  return {picture,
          {cv::Rect2f(at.x, at.y, 100, 120),
           1,
           0,
           {point(30, 45), point(70, 45), point(50, 70), point(35, 95), point(65, 95)}},
          0.5};
}

TEST(Motion, APlateThatMovesWithTheFaceIsRigid) {
  const auto step = MotionBetween(Scene({}, {}, {}), Scene({}, {14, 3}, {14, 3}));
  ASSERT_TRUE(step);
  EXPECT_GT(step->beside, 0.8);
  EXPECT_LT(step->far, -0.8);
  EXPECT_TRUE(step->IsRigid());
}

TEST(Motion, AHeadBeforeABackgroundThatStandsStillIsNot) {
  const auto step = MotionBetween(Scene({}, {}, {}), Scene({}, {}, {14, 3}));
  ASSERT_TRUE(step);
  EXPECT_LT(step->beside, -0.8);
  EXPECT_FALSE(step->IsRigid());
}

TEST(Motion, ACameraThatMovesIsNot) {
  const auto step = MotionBetween(Scene({}, {}, {}), Scene({14, 3}, {14, 3}, {14, 3}));
  ASSERT_TRUE(step);
  EXPECT_GT(step->far, 0.8);
  EXPECT_FALSE(step->IsRigid());
}

TEST(Motion, StillnessAndPlainWallsSayNothing) {
  EXPECT_FALSE(MotionBetween(Scene({}, {}, {}), Scene({}, {}, {2, 0})));
  Evidence first = Scene({}, {}, {}), second = Scene({}, {}, {14, 3});
  first.bgr = second.bgr = cv::Mat(480, 640, CV_8UC3, cv::Scalar::all(120));
  EXPECT_FALSE(MotionBetween(first, second));
}

TEST(Motion, AnyBoxAndAnyPictureIsStood) {
  Evidence first = Scene({}, {}, {}), second = Scene({}, {}, {14, 3});
  first.face.box = second.face.box = cv::Rect2f(-300, -200, 1500, 1200);
  EXPECT_FALSE(MotionBetween(first, second));
  first.bgr = second.bgr = cv::Mat(1, 1, CV_8UC3, cv::Scalar::all(0));
  first.face.box = second.face.box = cv::Rect2f(0, 0, 1, 1);
  EXPECT_FALSE(MotionBetween(first, second));
  second.bgr = cv::Mat(9, 9, CV_8UC3, cv::Scalar::all(0));
  EXPECT_FALSE(MotionBetween(first, second));
}

TEST(Motion, AShootingGivesItsLargestSteps) {
  std::vector<Evidence> frames;
  for (int i = 0; i < 14; ++i) frames.push_back(Scene({}, {i % 2 * 12, 0}, {i % 2 * 12, 0}));
  const auto steps = MotionOf(frames);
  EXPECT_EQ(steps.size(), 8u);
  EXPECT_GT(Decide({Frames({-1, -1}), {}, steps}).rigidity, 1.9);
  EXPECT_TRUE(MotionOf({frames[0]}).empty());
}

}  // namespace
}  // namespace ozma::analysis
