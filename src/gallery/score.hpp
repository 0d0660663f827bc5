// From cosine to the score clients see, and from score to decision.
#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "base/json.hpp"
#include "base/result.hpp"

namespace ozma::gallery {

// A strictly rising, piecewise linear map from cosine to 0..1, fitted so that 0.85 stands at the cosine whose
// false match rate is 1e-4. Comes from the recognizer's catalog entry; docs/accuracy.md says how it was
// fitted.
class Calibration {
 public:
  struct Knot {
    double cosine, score;
  };
  // {"knots": [[cosine, score], ...], "band": [low, high]}; kConfiguration where not rising or outside the
  // ranges.
  static base::Result<Calibration> FromJson(const base::json::value& value);

  double Score(double cosine) const;

  // Suggested edges of an operator band, as scores: FMR 1e-3 and FMR 1e-5. Not used unless configured.
  std::pair<double, double> suggested_band() const { return band_; }

 private:
  std::vector<Knot> knots_;
  std::pair<double, double> band_{0.85, 0.85};
};

enum class Decision { kApproved, kOperatorRequired, kDeclined };
std::string_view NameOf(Decision decision);  // "approved", "operator_required", "declined"

// At or above `high`: approved; below `low`: declined; between: for an operator. Equal edges: no band.
struct Thresholds {
  double low = 0.85;
  double high = 0.85;
};
Decision Decide(double score, const Thresholds& thresholds);

}  // namespace ozma::gallery
