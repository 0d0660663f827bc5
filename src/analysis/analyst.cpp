#include "analysis/analyst.hpp"

#include <numeric>

#include "analysis/action.hpp"
#include "analysis/evidence.hpp"

namespace ozma::analysis {
namespace {

using base::Fail;
using base::Fault;

constexpr std::size_t kScoredFrames =
    10;  // liveness looks at most at so many frames of a video, spread evenly

base::Result<double> Spoofing(const face::Engine& engine, const std::vector<Evidence>& frames) {
  std::vector<cv::Mat> pictures;
  std::vector<cv::Rect2f> boxes;
  for (const Evidence& frame : frames) {
    pictures.push_back(frame.bgr);
    boxes.push_back(frame.face.box);
  }
  const auto scores = engine.Spoofing(pictures, boxes);
  if (!scores) return scores.error();
  const double mean =
      std::accumulate(scores->begin(), scores->end(), 0.0) / static_cast<double>(scores->size());
  return face::ProbabilityOf(mean);
}

// A grey picture with nothing in it: enough to see that a network runs.
cv::Mat BlankPicture() {
  return {240, 320, CV_8UC3, cv::Scalar(127, 127, 127)};
}
face::Face BlankFace() {
  return {{100, 60, 100, 120}, 1, 0, {cv::Point2f(130, 110), {170, 110}, {150, 130}, {135, 155}, {165, 155}}};
}

}  // namespace

Analyst::Analyst(std::shared_ptr<const face::Engine> engine, gallery::Calibration calibration,
                 gallery::Thresholds thresholds)
    : engine_(std::move(engine)),
      calibration_(std::move(calibration)),
      thresholds_(thresholds),
      network_(gallery::NetworkIdOf(engine_->recognizer().name, engine_->recognizer().version)) {}

Analyst::~Analyst() = default;

base::Result<std::shared_ptr<Analyst>> Analyst::Create(std::shared_ptr<const face::Engine> engine,
                                                       gallery::Thresholds thresholds) {
  const auto& recognizer = engine->recognizer();
  const auto* value = recognizer.parameters.if_contains("calibration");
  auto calibration = gallery::Calibration::FromJson(value != nullptr ? *value : base::json::value());
  if (!calibration) {
    return Fail(Fault::kConfiguration, "Network " + recognizer.name + ": " + calibration.error().message);
  }
  return std::make_shared<Analyst>(std::move(engine), std::move(*calibration), thresholds);
}

base::Result<QualityResult> Analyst::Quality(const media::Media& medium,
                                             const QualityParameters& parameters) const {
  const auto gathered = Gather(*engine_, medium);
  if (!gathered) return gathered.error();
  if (!gathered->face_seen) return Fail(Fault::kNoFace, "No face was found.");
  if (gathered->usable.empty()) return Fail(Fault::kEvidenceInsufficient, gathered->objection);

  const auto frames = Spread(gathered->usable, kScoredFrames);
  const auto confidence = Spoofing(*engine_, frames);
  if (!confidence) return confidence.error();
  QualityResult result{*confidence, OfSpoofing(*confidence, parameters.threshold_spoofing), std::nullopt, {}};
  if (parameters.extract_best_shot) {
    const auto best = BestOf(*engine_, frames);
    if (!best) return best.error();
    result.best_shot = (*best)->bgr;
  }
  for (const std::string& tag : parameters.action_tags) {
    const auto gesture = GestureOf(tag);
    if (!gesture) continue;
    const auto shown = ActionOf(*engine_, *gesture, gathered->usable);
    if (!shown) return shown.error();
    result.action_shots.push_back({tag, (*shown)->bgr});
  }
  return result;
}

base::Result<gallery::Template> Analyst::Extract(const media::Media& medium) const {
  if (medium.frames.size() > 1) return ExtractBest(medium);
  const auto sighting = engine_->Find(medium.frames.front().bgr);
  if (!sighting) return sighting.error();
  if (sighting->faces.empty()) return Fail(Fault::kNoFace, "No face was found.");
  if (sighting->faces.size() > 1) {
    return Fail(Fault::kManyFaces,
                std::to_string(sighting->faces.size()) + " faces were found, one is needed.");
  }
  return ExtractFace(sighting->bgr, sighting->faces.front());
}

base::Result<gallery::Template> Analyst::ExtractMain(const media::Media& medium) const {
  if (medium.frames.size() > 1) return ExtractBest(medium);
  const auto sighting = engine_->Find(medium.frames.front().bgr);
  if (!sighting) return sighting.error();
  if (sighting->faces.empty()) return Fail(Fault::kNoFace, "No face was found.");
  return ExtractFace(sighting->bgr, sighting->faces.front());
}

base::Result<gallery::Template> Analyst::ExtractBest(const media::Media& medium) const {
  const auto gathered = Gather(*engine_, medium);
  if (!gathered) return gathered.error();
  if (!gathered->face_seen) return Fail(Fault::kNoFace, "No face was found.");
  if (gathered->usable.empty()) return Fail(Fault::kEvidenceInsufficient, gathered->objection);
  const auto best = BestOf(*engine_, gathered->usable);
  if (!best) return best.error();
  return ExtractFace((*best)->bgr, (*best)->face);
}

base::Result<gallery::Template> Analyst::ExtractFace(const cv::Mat& bgr, const face::Face& face) const {
  const auto embedding = engine_->Embed(face::Align(bgr, face.points));
  if (!embedding) return embedding.error();
  return gallery::Template::FromEmbedding(embedding->values, network_);
}

base::Result<gallery::Template> Analyst::ReadTemplate(base::ByteView bytes) const {
  return gallery::Template::Decode(bytes, network_);
}

std::size_t Analyst::dimension() const {
  // The catalog's reader has seen to its type and range.
  return engine_->recognizer().parameters.at("dimension").to_number<std::size_t>();
}

Comparison Analyst::Compare(const gallery::Template& a, const gallery::Template& b) const {
  const double score = calibration_.Score(gallery::Cosine(a, b));
  return {score, gallery::Decide(score, thresholds_)};
}

std::vector<NetworkVersion> Analyst::Networks() const {
  std::vector<NetworkVersion> versions;
  for (const auto* entry : engine_->networks()) versions.push_back({entry->name, entry->version});
  return versions;
}

std::string Analyst::EngineName() const {
  return engine_->runtime();
}

base::Result<void> Analyst::CheckMatching() const {
  const cv::Mat picture = BlankPicture();
  if (const auto found = engine_->Find(picture); !found) return found.error();
  if (const auto made = engine_->Embed(face::Align(picture, BlankFace().points)); !made) return made.error();
  return {};
}

base::Result<void> Analyst::CheckLiveness() const {
  const cv::Mat picture = BlankPicture();
  if (const auto found = engine_->Find(picture); !found) return found.error();
  const cv::Rect2f box = BlankFace().box;
  if (const auto scored = engine_->Spoofing({&picture, 1}, {&box, 1}); !scored) return scored.error();
  if (const auto measured = engine_->Measure(picture, BlankFace()); !measured) return measured.error();
  return {};
}

}  // namespace ozma::analysis
