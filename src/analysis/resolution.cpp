#include "analysis/resolution.hpp"

#include <algorithm>

#include "gallery/score.hpp"

namespace ozma::analysis {

std::string_view NameOf(Resolution resolution) {
  switch (resolution) {
    case Resolution::kInitial:
      return "INITIAL";
    case Resolution::kProcessing:
      return "PROCESSING";
    case Resolution::kFailed:
      return "FAILED";
    case Resolution::kDeclined:
      return "DECLINED";
    case Resolution::kOperatorRequired:
      return "OPERATOR_REQUIRED";
    case Resolution::kSuccess:
      return "SUCCESS";
  }
  return "FAILED";
}

Resolution WorstOf(std::span<const Resolution> all) {
  return all.empty() ? Resolution::kInitial : *std::min_element(all.begin(), all.end());
}

Resolution OfSpoofing(double confidence, double threshold) {
  return confidence >= threshold ? Resolution::kDeclined : Resolution::kSuccess;
}

Resolution OfMatch(double score, double low, double high) {
  switch (gallery::Decide(score, {low, high})) {
    case gallery::Decision::kApproved:
      return Resolution::kSuccess;
    case gallery::Decision::kOperatorRequired:
      return Resolution::kOperatorRequired;
    case gallery::Decision::kDeclined:
      break;
  }
  return Resolution::kDeclined;
}

Resolution OfSearch(double best, double threshold) {
  return best >= threshold ? Resolution::kDeclined : Resolution::kSuccess;
}

}  // namespace ozma::analysis
