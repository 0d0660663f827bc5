#include "nn/parameters.hpp"

#include <algorithm>
#include <array>

namespace ozma::nn {
namespace {

constexpr double kMaxCrop = 10;  // of a crop's side, in sides of the face box
constexpr int kMaxOutputs = 65536;

void CheckDetector(Fields& fields) {
  fields.OneOf("decode", {"rfb", "yunet", "centerface"});
  fields.Number("threshold", 0, 1);
  fields.Number("nms", 0, 1);
  fields.Number("reach", 1, 1000);
  fields.Number("stretch", 1, 10);
}

void CheckConfirmer(Fields& fields) {
  fields.OneOf("decode", {"centerface"});
  fields.Number("threshold", 0, 1);
  fields.Number("crop", 0.1, kMaxCrop);
}

void CheckLandmarks(Fields& fields) {
  fields.Integer("points", 68, 68);
  fields.Number("crop", 0.1, kMaxCrop);
  fields.OneOf("side", {"height", "longer"});
  fields.Number("lean", 0, 180);
}

// Knots map a cosine to a score by straight lines: cosines rise, scores never fall.
void CheckCalibration(Fields fields) {
  const auto knots = fields.Pairs("knots");
  for (std::size_t i = 0; i < knots.size(); ++i) {
    const auto [cosine, score] = knots[i];
    const bool within = cosine >= -1 && cosine <= 1 && score >= 0 && score <= 1;
    const bool rising = i == 0 || (cosine > knots[i - 1].first && score >= knots[i - 1].second);
    if (!within || !rising) {
      fields.Wrong("knots",
                   "must rise: cosines in -1..1, each above the last, and scores in 0..1 that never fall");
    }
  }
  const auto band = fields.Numbers("band", 2);
  if (band.size() == 2 && !(band[0] >= 0 && band[0] <= band[1] && band[1] <= 1)) {
    fields.Wrong("band", "must be two scores in 0..1, the lower one first");
  }
  fields.NothingElse();
}

void CheckRecognizer(Fields& fields) {
  fields.Integer("dimension", 1, 4096);
  fields.OneOf("template", {"arcface112"});
  if (fields.Has("flip")) fields.Number("flip", 0.5, 2);
  CheckCalibration(fields.Object("calibration"));
}

void CheckLiveness(Fields& fields) {
  fields.OneOf("crop", {"shift", "reflect"});
  fields.Number("scale", 0.1, kMaxCrop);
  fields.Integer("real", 0, kMaxOutputs);
  fields.Number("weight", 0, 1000);
}

void CheckPose(Fields& fields) {
  fields.Number("crop", 0.1, kMaxCrop);
  fields.Integer("bins", 2, 360);
  fields.Number("step", 0.1, 90);
  fields.Number("offset", -180, 180);
}

void CheckEye(Fields& fields) {
  fields.Number("crop", 0.1, kMaxCrop);
  fields.Integer("closed", 0, kMaxOutputs);
  fields.Integer("open", 0, kMaxOutputs);
}

constexpr std::array<std::string_view, 7> kRoles{"detector", "confirmer", "landmarks", "recognizer",
                                                 "liveness", "pose",      "eye"};
constexpr std::array<void (*)(Fields&), kRoles.size()> kChecks{
    CheckDetector, CheckConfirmer, CheckLandmarks, CheckRecognizer, CheckLiveness, CheckPose, CheckEye};

}  // namespace

std::span<const std::string_view> Roles() {
  return kRoles;
}

void CheckParameters(std::string_view role, Fields parameters) {
  const auto found = std::find(kRoles.begin(), kRoles.end(), role);
  if (found == kRoles.end()) return;
  kChecks[static_cast<std::size_t>(found - kRoles.begin())](parameters);
  parameters.NothingElse();
}

}  // namespace ozma::nn
