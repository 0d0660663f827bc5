// The statistics of biometric performance (ISO/IEC 19795-1, ISO/IEC 30107-3).
#pragma once

#include <cstddef>
#include <utility>
#include <vector>

namespace ozma::cli {

// 95 % Wilson score interval of `hits` out of `count` (Wilson, JASA 22, 1927). 0..1 where count is 0.
std::pair<double, double> Wilson(std::size_t hits, std::size_t count);

// Scores of comparisons, high = alike. A failure to acquire counts as a comparison below every score.
struct Scores {
  std::vector<float> genuine, impostor;
  std::size_t genuine_failures = 0, impostor_failures = 0;
};

// The lowest threshold at which at most `fmr` of the impostor comparisons score at or above it. Sorts
// nothing: `impostor` must be ascending.
double ThresholdAt(const std::vector<float>& impostor, std::size_t impostor_failures, double fmr);

// The share of genuine comparisons below `threshold`; failures count as below. `genuine` ascending.
double NonMatchRate(const std::vector<float>& genuine, std::size_t failures, double threshold);

// The rate at which false matches and false non-matches are equal (the mean of both where they cross between
// two thresholds). Both ascending.
double EqualErrorRate(const Scores& scores);

// A false match rate and the false non-match rate at the same threshold, from few false matches to many: the
// points of a detection error trade-off curve, thinned out evenly on a logarithmic scale. Both ascending.
std::vector<std::pair<double, double>> ErrorTradeOff(const Scores& scores);

// Pairs in their order: score (or failure) and truth. Ten folds with equal shares of both classes, taken in
// order; each fold is judged at the threshold that is best on the other nine.
struct Judged {
  float score;
  bool failed;
  bool same;
};
struct FoldAccuracy {
  double accuracy;
  std::size_t right, count;
};
FoldAccuracy TenFoldAccuracy(const std::vector<Judged>& pairs);

}  // namespace ozma::cli
