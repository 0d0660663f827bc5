#include "cli/search_figures.hpp"

#include <algorithm>
#include <cmath>

#include "cli/statistics.hpp"

namespace ozma::cli {
namespace {

std::size_t Below(const std::vector<float>& ascending, double threshold) {
  const auto at = std::lower_bound(ascending.begin(), ascending.end(), static_cast<float>(threshold));
  return static_cast<std::size_t>(at - ascending.begin());
}

}  // namespace

void Searched::Sort() {
  std::sort(mates.begin(), mates.end());
  std::sort(strangers.begin(), strangers.end());
}

std::size_t FalsePositives(const Searched& searched, double threshold) {
  return searched.strangers.size() - Below(searched.strangers, threshold);
}

std::size_t FalseNegatives(const Searched& searched, double threshold) {
  return Below(searched.mates, threshold) + searched.unnamed;
}

double ThresholdAtFpir(const Searched& searched, double fpir) {
  return std::max(0.0, ThresholdAt(searched.strangers, 0, fpir));
}

double ExpectedFpir(double fmr, double comparisons) {
  // 1 - (1 - fmr)^comparisons, without cancellation.
  return fmr >= 1 ? 1 : -std::expm1(comparisons * std::log1p(-fmr));
}

}  // namespace ozma::cli
