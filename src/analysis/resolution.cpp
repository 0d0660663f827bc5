#include "analysis/resolution.hpp"

#include <algorithm>

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

}  // namespace ozma::analysis
