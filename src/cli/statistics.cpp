#include "cli/statistics.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

namespace ozma::cli {
namespace {

constexpr float kBelowAll = -std::numeric_limits<float>::infinity();

// The threshold that puts most pairs right: between two neighbouring scores, in their middle.
float BestThreshold(std::vector<std::pair<float, bool>> pairs) {
  std::sort(pairs.begin(), pairs.end());
  std::ptrdiff_t right =
      std::count_if(pairs.begin(), pairs.end(), [](const auto& pair) { return pair.second; });
  std::ptrdiff_t best = right;
  float threshold = pairs.front().first;
  for (std::size_t i = 0; i < pairs.size(); ++i) {
    right += pairs[i].second ? -1 : 1;  // pair i falls below the threshold now
    const bool last = i + 1 == pairs.size();
    if (!last && pairs[i + 1].first == pairs[i].first) continue;
    if (right > best) {
      best = right;
      threshold = last                          ? std::nextafter(pairs[i].first, 2.0f)
                  : pairs[i].first == kBelowAll ? pairs[i + 1].first
                                                : (pairs[i].first + pairs[i + 1].first) / 2;
    }
  }
  return threshold;
}

}  // namespace

std::pair<double, double> Wilson(std::size_t hits, std::size_t count) {
  if (count == 0) return {0, 1};
  constexpr double z = 1.959963984540054;
  const double n = static_cast<double>(count), p = static_cast<double>(hits) / n;
  const double centre = p + z * z / (2 * n), spread = z * std::sqrt(p * (1 - p) / n + z * z / (4 * n * n));
  const double scale = 1 + z * z / n;
  return {std::max(0.0, (centre - spread) / scale), std::min(1.0, (centre + spread) / scale)};
}

double ThresholdAt(const std::vector<float>& impostor, std::size_t impostor_failures, double fmr) {
  const auto total = impostor.size() + impostor_failures;
  const auto allowed = static_cast<std::size_t>(std::floor(fmr * static_cast<double>(total) + 1e-9));
  if (allowed >= impostor.size()) return -1;
  const float highest_refused = impostor[impostor.size() - 1 - allowed];
  return std::nextafter(highest_refused, 2.0f);
}

double NonMatchRate(const std::vector<float>& genuine, std::size_t failures, double threshold) {
  const auto below =
      std::lower_bound(genuine.begin(), genuine.end(), static_cast<float>(threshold)) - genuine.begin();
  const auto total = genuine.size() + failures;
  return total == 0
             ? 0
             : static_cast<double>(static_cast<std::size_t>(below) + failures) / static_cast<double>(total);
}

std::vector<std::pair<double, double>> ErrorTradeOff(const Scores& scores) {
  constexpr double kPointsADecade = 16;
  const double impostors = static_cast<double>(scores.impostor.size() + scores.impostor_failures);
  std::vector<std::pair<double, double>> curve;
  if (scores.impostor.empty()) return curve;
  for (double allowed = 1; allowed < 2 * impostors; allowed *= std::pow(10, 1 / kPointsADecade)) {
    const double rate = std::min(allowed, impostors) / impostors;
    const auto threshold = static_cast<float>(ThresholdAt(scores.impostor, scores.impostor_failures, rate));
    const auto matched =
        scores.impostor.end() - std::lower_bound(scores.impostor.begin(), scores.impostor.end(), threshold);
    const double fmr = static_cast<double>(matched) / impostors;
    if (!curve.empty() && fmr <= curve.back().first) continue;
    curve.emplace_back(fmr, NonMatchRate(scores.genuine, scores.genuine_failures, threshold));
  }
  return curve;
}

double EqualErrorRate(const Scores& scores) {
  const double impostors = static_cast<double>(scores.impostor.size() + scores.impostor_failures);
  double best_gap = 2, rate = 1;
  const auto judge = [&](float threshold) {
    const double fnmr = NonMatchRate(scores.genuine, scores.genuine_failures, threshold);
    const auto matched =
        scores.impostor.end() - std::lower_bound(scores.impostor.begin(), scores.impostor.end(), threshold);
    const double fmr = impostors == 0 ? 0 : static_cast<double>(matched) / impostors;
    if (std::abs(fnmr - fmr) < best_gap) {
      best_gap = std::abs(fnmr - fmr);
      rate = (fnmr + fmr) / 2;
    }
  };
  for (const float score : scores.genuine) judge(score);
  if (!scores.genuine.empty())
    judge(std::nextafter(scores.genuine.back(), std::numeric_limits<float>::max()));
  for (std::size_t i = 0; i < scores.impostor.size();
       i += std::max<std::size_t>(1, scores.impostor.size() / 20'000)) {
    judge(scores.impostor[i]);
  }
  return rate;
}

FoldAccuracy TenFoldAccuracy(const std::vector<Judged>& pairs) {
  constexpr std::size_t kFolds = 10;
  std::array<std::size_t, 2> totals{}, seen{};
  for (const auto& pair : pairs) ++totals[pair.same];
  std::vector<std::size_t> fold(pairs.size());
  for (std::size_t i = 0; i < pairs.size(); ++i) {
    const bool same = pairs[i].same;
    fold[i] = seen[same]++ * kFolds / totals[same];
  }

  FoldAccuracy result{0, 0, pairs.size()};
  for (std::size_t held = 0; held < kFolds; ++held) {
    std::vector<std::pair<float, bool>> others;
    for (std::size_t i = 0; i < pairs.size(); ++i) {
      if (fold[i] != held) others.emplace_back(pairs[i].failed ? kBelowAll : pairs[i].score, pairs[i].same);
    }
    if (others.empty()) continue;
    const float threshold = BestThreshold(others);
    for (std::size_t i = 0; i < pairs.size(); ++i) {
      const bool matched = !pairs[i].failed && pairs[i].score >= threshold;
      if (fold[i] == held && matched == pairs[i].same) ++result.right;
    }
  }
  result.accuracy = pairs.empty() ? 0 : static_cast<double>(result.right) / static_cast<double>(pairs.size());
  return result;
}

}  // namespace ozma::cli
