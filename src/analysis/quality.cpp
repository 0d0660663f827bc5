// QUALITY: liveness of every medium; the worst decides.
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

base::json::object DataOf(double confidence, const Parameters& parameters) {
  base::json::object data = {{"confidence_spoofing", confidence}};
  if (parameters.legacy_confidences) {
    data["confidence_replay"] = confidence;
    data["confidence_liveness"] = confidence;
  }
  return data;
}

}  // namespace

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
    QualityParameters wanted{parameters.threshold_spoofing, parameters.extract_best_shot, {}};
    if (parameters.extract_action_shot) wanted.action_tags = sources[i].tags;
    const auto quality = analyst.Quality(*medium, wanted);
    if (!quality) return Blame(quality.error(), sources[i]);
    auto pictures = PicturesOf(*quality);
    if (!pictures) return pictures.error();
    outcome.media.push_back({i, DataOf(quality->confidence_spoofing, parameters), std::move(*pictures)});
    resolutions.push_back(Judge(quality->confidence_spoofing, parameters));
  }
  outcome.resolution = WorstOf(resolutions);
  return outcome;
}

}  // namespace ozma::analysis
