#include "analysis/analyst.hpp"

#include <algorithm>

#include "analysis/action.hpp"
#include "analysis/evidence.hpp"
#include "analysis/motion.hpp"

namespace ozma::analysis {
namespace {

using base::Fail;
using base::Fault;

constexpr std::size_t kScoredFrames = 10;   // liveness looks at most at so many frames of a video,
constexpr std::size_t kComparedFrames = 6;  // and for one person at so many, spread evenly

base::Result<std::vector<FrameEvidence>> Spoofing(const face::Engine& engine,
                                                  const std::vector<Evidence>& frames) {
  std::vector<cv::Mat> pictures;
  std::vector<cv::Rect2f> boxes;
  for (const Evidence& frame : frames) {
    pictures.push_back(frame.bgr);
    boxes.push_back(frame.face.box);
  }
  const auto scores = engine.Spoofing(pictures, boxes);
  if (!scores) return scores.error();
  std::vector<FrameEvidence> evidence;
  for (std::size_t i = 0; i < frames.size(); ++i) evidence.push_back({(*scores)[i], frames[i].weight});
  return evidence;
}

base::Error TooFew(const Gathered& gathered, std::size_t looked_at) {
  const std::string objection =
      gathered.objection.empty() ? "Keep the face in the picture from beginning to end." : gathered.objection;
  if (looked_at == 1) return Fail(Fault::kEvidenceInsufficient, objection);
  return Fail(Fault::kEvidenceInsufficient,
              "Of " + std::to_string(looked_at) + " frames looked at " +
                  std::to_string(gathered.usable.size()) + " show a face well enough, " +
                  std::to_string(LeastUsable(looked_at)) + " are needed. " + objection);
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
  const std::size_t looked_at = medium.frames.size();
  if (gathered->usable.size() < LeastUsable(looked_at)) return TooFew(*gathered, looked_at);

  const auto usable = AtUsualPace(gathered->usable, medium.pace);
  const auto frames = Spread(usable, kScoredFrames);
  const auto verdict = Judge(usable, frames);
  if (!verdict) return verdict.error();
  QualityResult result;
  result.confidence_spoofing = verdict->confidence;
  result.verdict = *verdict;
  if (medium.type.kind == media::Kind::kVideo) result.injection = InjectionOf(medium.traces);
  result.resolution = OfSpoofing(verdict->confidence, parameters.threshold_spoofing);
  if (parameters.extract_best_shot) {
    auto best = BestOf(*engine_, frames);
    if (best && !best->eyes_open) best = BestOf(*engine_, gathered->usable);
    if (!best) return best.error();
    result.best_shot = best->frame->bgr;
  }
  if (auto sought = SeekGestures(medium, parameters, gathered->seen, result); !sought) return sought.error();
  return result;
}

base::Result<void> Analyst::SeekGestures(const media::Media& medium, const QualityParameters& parameters,
                                         const std::vector<Evidence>& frames, QualityResult& result) const {
  const bool film = medium.frames.size() > 1;
  std::optional<std::vector<face::Moment>> moments;  // the same for all of them
  for (const std::string& tag : parameters.tags) {
    const auto gesture = GestureOf(tag);
    const bool reported = gesture && film && IsMovement(*gesture);
    if (!gesture || (!reported && !parameters.extract_action_shot)) continue;
    if (!moments) {
      auto made = MomentsOf(*engine_, frames);
      if (!made) return made.error();
      moments = std::move(*made);
    }
    const auto action = ActionOf(*engine_, *gesture, frames, *moments, parameters.mirrored);
    if (!action) return action.error();
    if (reported) result.gestures.push_back({*gesture, action->finding.miss});
    if (parameters.extract_action_shot) result.action_shots.push_back({tag, action->shot->bgr});
  }
  return {};
}

base::Result<Verdict> Analyst::Judge(const std::vector<Evidence>& usable,
                                     const std::vector<Evidence>& scored) const {
  const auto evidence = Spoofing(*engine_, scored);
  if (!evidence) return evidence.error();
  const auto least_alike = LeastAlike(usable);
  if (!least_alike) return least_alike.error();
  return Decide({*evidence, *least_alike, MotionOf(usable)});
}

base::Result<std::optional<double>> Analyst::LeastAlike(const std::vector<Evidence>& usable) const {
  std::vector<Evidence> frontal;
  std::copy_if(usable.begin(), usable.end(), std::back_inserter(frontal),
               [](const Evidence& frame) { return LooksAhead(frame.face.points); });
  if (frontal.size() < 2) return std::optional<double>();
  std::vector<gallery::Template> templates;
  for (const Evidence& frame : Spread(frontal, kComparedFrames)) {
    auto made = ExtractFace(frame.bgr, frame.face);
    if (!made && made.error().fault == Fault::kEngine) return made.error();
    if (made) templates.push_back(std::move(*made));
  }
  std::vector<std::vector<double>> scores(templates.size());
  for (std::size_t i = 0; i < templates.size(); ++i) {
    for (std::size_t j = 0; j < i; ++j)
      scores[i].push_back(Score(gallery::Cosine(templates[i], templates[j])));
  }
  return BetweenPeople(scores);
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
  return ExtractFace(best->frame->bgr, best->frame->face);
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
