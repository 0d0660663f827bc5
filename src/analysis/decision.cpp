#include "analysis/decision.hpp"

#include <algorithm>
#include <cstdio>
#include <map>
#include <numeric>
#include <vector>

#include "face/liveness.hpp"

namespace ozma::analysis {
namespace {

// Left out at either end before the mean: a fifth of the weight. One frame in ten that the networks misread
// (a hand, a blink, motion blur) then decides nothing, while an attack seen in most frames keeps its say.
constexpr double kTrimmed = 0.2;

// In films of one live face the half that looks most like an attack lies 1 to 2 above the mean: a quarter of
// that distance hardly moves a live face, and costs one that was shown for a part of the time only.
constexpr double kDisagreementShare = 0.25, kMostDisagreement = 1;

// Scores at which two people of one shooting begin to count as two, and at which they surely do: a false
// match rate of 1 % and of 10 % among strangers. The bound outweighs a bona fide verdict of 0.7 %.
constexpr double kDoubtful = 0.55, kStrange = 0.30, kMostIdentity = 5;

// Frames that match are of one person: a false match rate of 0.1 %.
constexpr double kOnePerson = 0.72;

// A print or a phone held by hand takes its border, and the hand, along in nearly every step; a live head
// does so where long hair covers what was taken for background. So it takes most of at least three steps, and
// the bound is low: it tips what the networks doubt and overrules nothing that they are sure of.
constexpr std::size_t kLeastSteps = 3;
constexpr double kRigidFrom = 0.4, kRigidTo = 0.8, kMostRigidity = 2;

// Measured on a few films: what is far from a face that moves leans to standing still by 0.4 to 1 as long as
// the camera does, and what is beside it within 0.2 of that; beside a print waved about it is 0.5 to 1.5
// more.
constexpr double kStandsStill = -0.3, kMovesAlong = 0.5;

constexpr double kWorthSaying = 0.05;  // below it a cue would be printed as nothing

double Ramp(double value, double from, double to) {
  return std::clamp((value - from) / (to - from), 0.0, 1.0);
}

// The weighted mean of the ordered frames between two shares of their weight.
double MeanBetween(const std::vector<FrameEvidence>& ordered, double from, double to) {
  const double all = std::accumulate(ordered.begin(), ordered.end(), 0.0,
                                     [](double sum, const auto& frame) { return sum + frame.weight; });
  double passed = 0, sum = 0, weights = 0;
  for (const FrameEvidence& frame : ordered) {
    const double begin = passed / all;
    passed += frame.weight;
    const double inside = std::min(passed / all, to) - std::max(begin, from);
    if (inside <= 0) continue;
    sum += inside * frame.log_odds;
    weights += inside;
  }
  return sum / weights;
}

double Disagreement(const std::vector<FrameEvidence>& ordered, double mean) {
  const double upper = MeanBetween(ordered, 0.5, 1);
  return std::clamp(kDisagreementShare * (upper - mean), 0.0, kMostDisagreement);
}

double Rigidity(std::span<const MotionStep> steps) {
  if (steps.size() < kLeastSteps) return 0;
  const auto rigid =
      std::count_if(steps.begin(), steps.end(), [](const auto& step) { return step.IsRigid(); });
  return kMostRigidity *
         Ramp(static_cast<double>(rigid) / static_cast<double>(steps.size()), kRigidFrom, kRigidTo);
}

}  // namespace

bool MotionStep::IsRigid() const {
  return far < kStandsStill && beside - far > kMovesAlong;
}

std::string Verdict::Reasons() const {
  std::string text;
  const auto add = [&](const char* name, double log_odds) {
    char words[64];
    std::snprintf(words, sizeof words, "%s%s %+.1f", text.empty() ? "" : ", ", name, log_odds);
    text += words;
  };
  add("networks", networks);
  if (disagreement >= kWorthSaying) add("disagreement", disagreement);
  if (identity >= kWorthSaying) add("identity", identity);
  if (rigidity >= kWorthSaying) add("rigid motion", rigidity);
  return text;
}

Verdict Decide(const ShootingEvidence& shooting) {
  std::vector<FrameEvidence> ordered(shooting.frames.begin(), shooting.frames.end());
  std::sort(ordered.begin(), ordered.end(),
            [](const auto& a, const auto& b) { return a.log_odds < b.log_odds; });
  Verdict verdict;
  verdict.networks = MeanBetween(ordered, kTrimmed, 1 - kTrimmed);
  verdict.disagreement = Disagreement(ordered, verdict.networks);
  if (shooting.least_alike)
    verdict.identity = kMostIdentity * (1 - Ramp(*shooting.least_alike, kStrange, kDoubtful));
  verdict.rigidity = Rigidity(shooting.motion);
  verdict.confidence =
      face::ProbabilityOf(verdict.networks + verdict.disagreement + verdict.identity + verdict.rigidity);
  return verdict;
}

std::optional<double> BetweenPeople(const std::vector<std::vector<double>>& scores) {
  const std::size_t count = scores.size();
  // Who is linked to whom, over any number of frames: the lowest frame of each group stands for it.
  std::vector<std::size_t> person(count);
  std::iota(person.begin(), person.end(), 0u);
  for (std::size_t i = 0; i < count; ++i) {
    for (std::size_t j = 0; j < i; ++j) {
      if (scores[i][j] < kOnePerson || person[i] == person[j]) continue;
      const std::size_t kept = std::min(person[i], person[j]), gone = std::max(person[i], person[j]);
      std::replace(person.begin(), person.end(), gone, kept);
    }
  }
  std::map<std::pair<std::size_t, std::size_t>, double> most;  // between two people
  for (std::size_t i = 0; i < count; ++i) {
    for (std::size_t j = 0; j < i; ++j) {
      if (person[i] == person[j]) continue;
      if (std::count(person.begin(), person.end(), person[i]) < 2) continue;
      if (std::count(person.begin(), person.end(), person[j]) < 2) continue;
      double& score = most[{std::min(person[i], person[j]), std::max(person[i], person[j])}];
      score = std::max(score, scores[i][j]);
    }
  }
  std::optional<double> least;
  for (const auto& [pair, score] : most) least = std::min(score, least.value_or(score));
  return least;
}

std::size_t LeastUsable(std::size_t frames) {
  return std::max<std::size_t>(1, (frames + 4) / 5);
}

}  // namespace ozma::analysis
