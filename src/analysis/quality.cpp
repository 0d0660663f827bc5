// QUALITY: liveness of every medium; the worst decides.
#include <algorithm>

#include "analysis/steps.hpp"

namespace ozma::analysis {
namespace {

base::Result<Picture> Encoded(const cv::Mat& bgr, std::string name, std::vector<std::string> tags) {
  auto jpeg = media::EncodeJpeg(bgr);
  if (!jpeg) return jpeg.error();
  return Picture{std::move(*jpeg), bgr.cols, bgr.rows, std::move(name), std::move(tags)};
}

base::Result<std::vector<Picture>> PicturesOf(const QualityResult& quality) {
  std::vector<Picture> pictures;
  const auto add = [&](const cv::Mat& bgr, std::string name, std::vector<std::string> tags) {
    auto picture = Encoded(bgr, std::move(name), std::move(tags));
    if (picture) pictures.push_back(std::move(*picture));
    return picture ? base::Result<void>() : picture.error();
  };
  if (quality.best_shot) {
    if (auto added = add(*quality.best_shot, "best_shot.jpg", {}); !added) return added.error();
  }
  for (const ActionShot& shot : quality.action_shots) {
    if (auto added = add(shot.bgr, "action_shot.jpg", {shot.tag}); !added) return added.error();
  }
  return pictures;
}

// The old trio told replays from other attacks. The networks of today answer for all presentation attacks at
// once, so where a company still asks for the trio, all three say the same, each against its own threshold.
Resolution Judge(double confidence, const Parameters& parameters) {
  std::vector<Resolution> all = {OfSpoofing(confidence, parameters.threshold_spoofing)};
  if (parameters.legacy_confidences) {
    all.push_back(OfSpoofing(confidence, parameters.threshold_replay));
    all.push_back(OfSpoofing(confidence, parameters.threshold_liveness));
  }
  return WorstOf(all);
}

Resolution Judge(const QualityResult& quality, const Parameters& parameters) {
  const bool missed =
      std::ranges::any_of(quality.gestures, [](const auto& one) { return one.miss.has_value(); });
  if (parameters.require_gestures && missed) return Resolution::kDeclined;
  if (parameters.injection == OnInjection::kDecline && quality.injection.suspected)
    return Resolution::kDeclined;
  return Judge(quality.confidence_spoofing, parameters);
}

base::json::object DataOf(const QualityResult& quality, const Parameters& parameters) {
  const double confidence = quality.confidence_spoofing;
  base::json::object data = {{"confidence_spoofing", confidence}};
  if (!quality.gestures.empty()) data["gestures"] = JsonOf(quality.gestures);
  if (quality.injection.suspected && parameters.injection != OnInjection::kIgnore)
    data["injection"] = JsonOf(quality.injection);
  if (parameters.legacy_confidences) {
    data["confidence_replay"] = confidence;
    data["confidence_liveness"] = confidence;
  }
  return data;
}

}  // namespace

base::json::array JsonOf(const std::vector<GestureResult>& gestures) {
  base::json::array all;
  for (const GestureResult& one : gestures) {
    base::json::object said = {{"gesture", face::NameOf(one.gesture)}, {"done", !one.miss}};
    if (one.miss) said["reason"] = face::NameOf(*one.miss);
    all.push_back(std::move(said));
  }
  return all;
}

base::json::object JsonOf(const Injection& injection) {
  return {{"confidence", injection.confidence},
          {"reasons", base::json::array(injection.reasons.begin(), injection.reasons.end())}};
}

base::Result<Outcome> RunQuality(const Analyst& analyst, const Parameters& parameters,
                                 const std::vector<Source>& sources, const Frames& frames) {
  // Asked for by name, a photo of a document is passed over as well.
  const auto usable = Choose(Type::kQuality, sources);
  if (usable.empty()) return Failed(kTagCode, "Invalid/missed tag values to process quality check");

  Outcome outcome;
  std::vector<Resolution> resolutions;
  for (const std::size_t i : usable) {
    const auto medium = frames(i);
    if (!medium) return Blame(medium.error(), sources[i]);
    const QualityParameters wanted{parameters.threshold_spoofing, parameters.extract_best_shot,
                                   sources[i].tags, parameters.extract_action_shot, parameters.mirrored};
    const auto quality = analyst.Quality(*medium, wanted);
    if (!quality) return Blame(quality.error(), sources[i]);
    auto pictures = PicturesOf(*quality);
    if (!pictures) return pictures.error();
    outcome.media.push_back({i, DataOf(*quality, parameters), std::move(*pictures)});
    resolutions.push_back(Judge(*quality, parameters));
  }
  outcome.resolution = WorstOf(resolutions);
  return outcome;
}

}  // namespace ozma::analysis
