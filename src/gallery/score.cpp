#include "gallery/score.hpp"

#include <algorithm>

namespace ozma::gallery {
namespace {

using base::Fail;
using base::Fault;

// A pair of numbers, or nothing.
std::optional<std::pair<double, double>> PairOf(const base::json::value& value) {
  const auto* pair = value.if_array();
  if (pair == nullptr || pair->size() != 2 || !(*pair)[0].is_number() || !(*pair)[1].is_number())
    return std::nullopt;
  return std::pair{(*pair)[0].to_number<double>(), (*pair)[1].to_number<double>()};
}

}  // namespace

base::Result<Calibration> Calibration::FromJson(const base::json::value& value) {
  const auto* object = value.if_object();
  const auto* knots =
      object != nullptr && object->contains("knots") ? object->at("knots").if_array() : nullptr;
  if (knots == nullptr || knots->size() < 2)
    return Fail(Fault::kConfiguration, "A calibration needs two knots at least.");

  Calibration calibration;
  for (const auto& item : *knots) {
    const auto knot = PairOf(item);
    if (!knot || knot->first < -1 || knot->first > 1 || knot->second < 0 || knot->second > 1) {
      return Fail(Fault::kConfiguration, "A calibration knot is [cosine in -1..1, score in 0..1].");
    }
    if (!calibration.knots_.empty() && (knot->first <= calibration.knots_.back().cosine ||
                                        knot->second <= calibration.knots_.back().score)) {
      return Fail(Fault::kConfiguration, "Calibration knots must rise in cosine and in score.");
    }
    calibration.knots_.push_back({knot->first, knot->second});
  }
  if (object->contains("band")) {
    const auto band = PairOf(object->at("band"));
    if (!band || band->first < 0 || band->second > 1 || band->first > band->second) {
      return Fail(Fault::kConfiguration, "A calibration band is [low, high] with 0 <= low <= high <= 1.");
    }
    calibration.band_ = *band;
  }
  return calibration;
}

double Calibration::Score(double cosine) const {
  if (cosine <= knots_.front().cosine) return knots_.front().score;
  if (cosine >= knots_.back().cosine) return knots_.back().score;
  const auto above = std::upper_bound(knots_.begin(), knots_.end(), cosine,
                                      [](double wanted, const Knot& knot) { return wanted < knot.cosine; });
  const auto below = above - 1;
  const double share = (cosine - below->cosine) / (above->cosine - below->cosine);
  return below->score + share * (above->score - below->score);
}

std::string_view NameOf(Decision decision) {
  switch (decision) {
    case Decision::kApproved:
      return "approved";
    case Decision::kOperatorRequired:
      return "operator_required";
    case Decision::kDeclined:
      return "declined";
  }
  return "declined";
}

Decision Decide(double score, const Thresholds& thresholds) {
  if (score >= thresholds.high) return Decision::kApproved;
  return score < thresholds.low ? Decision::kDeclined : Decision::kOperatorRequired;
}

}  // namespace ozma::gallery
