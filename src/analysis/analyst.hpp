// The analyses as functions from frames to results. Every surface (Lite, the API, the worker, the CLI) calls
// these.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "analysis/decision.hpp"
#include "analysis/injection.hpp"
#include "analysis/resolution.hpp"
#include "face/gestures.hpp"
#include "gallery/score.hpp"
#include "gallery/template.hpp"
#include "media/media.hpp"

namespace ozma::face {
class Engine;
struct Face;
}  // namespace ozma::face

namespace ozma::analysis {

struct Evidence;

struct QualityParameters {
  double threshold_spoofing = 0.5;  // a score at or above it declines
  bool extract_best_shot = true;
  std::vector<std::string> tags{};   // of the medium; those that name a gesture are looked for in films
  bool extract_action_shot = false;  // for each of them
  face::Mirrored mirrored = face::Mirrored::kUnknown;
};

// A gesture that a tag of the medium asks for.
struct GestureResult {
  face::Gesture gesture;
  std::optional<face::Miss> miss;  // why it was not done; nothing: it was
};

struct ActionShot {
  std::string tag;
  cv::Mat bgr;  // CV_8UC3 BGR, upright
};

struct QualityResult {
  double confidence_spoofing = 0;  // 0..1, high = presentation attack; of `verdict`
  Verdict verdict;                 // what made it
  Resolution resolution = Resolution::kSuccess;
  std::optional<cv::Mat> best_shot;  // CV_8UC3 BGR, the best frame, upright
  std::vector<ActionShot> action_shots;
  std::vector<GestureResult> gestures;  // of films, those with a movement
  Injection injection;                  // of videos
};

struct Comparison {
  double score = 0;  // calibrated, 0..1
  gallery::Decision decision = gallery::Decision::kDeclined;
};

struct NetworkVersion {
  std::string name, version;
};

// Stateless but for the networks it holds; safe from any number of threads.
class Analyst {
 public:
  // kConfiguration where the recognizer's catalog entry holds no valid calibration.
  static base::Result<std::shared_ptr<Analyst>> Create(std::shared_ptr<const face::Engine> engine,
                                                       gallery::Thresholds thresholds);
  Analyst(std::shared_ptr<const face::Engine> engine, gallery::Calibration calibration,
          gallery::Thresholds thresholds);
  ~Analyst();

  // Liveness over one medium. kNoFace where no frame shows a face; kEvidenceInsufficient where the faces are
  // too poor for a verdict, or too few of the frames show one, with what to change; kEngine where a network
  // fails.
  base::Result<QualityResult> Quality(const media::Media& medium, const QualityParameters& parameters) const;

  // The template of the only face. kNoFace, kManyFaces, kExtractionFailed, kEngine. Of a video, its best
  // frame's; kEvidenceInsufficient where no frame will do.
  base::Result<gallery::Template> Extract(const media::Media& medium) const;

  // As Extract, but where a picture shows several faces, of the largest.
  base::Result<gallery::Template> ExtractMain(const media::Media& medium) const;

  // The template of one face that the engine found in `bgr`.
  base::Result<gallery::Template> ExtractFace(const cv::Mat& bgr, const face::Face& face) const;

  // kTemplateUnreadable where `bytes` is no template of the recognizer in use.
  base::Result<gallery::Template> ReadTemplate(base::ByteView bytes) const;

  // The calibrated score of a cosine of two templates.
  double Score(double cosine) const { return calibration_.Score(cosine); }

  // Whose templates are made here, and how many values each has.
  const gallery::NetworkId& network() const { return network_; }
  std::size_t dimension() const;

  Comparison Compare(const gallery::Template& a, const gallery::Template& b) const;

  std::vector<NetworkVersion> Networks() const;
  std::string EngineName() const;

  // Runs every network of that part once on a built-in picture; the error says which network fails.
  base::Result<void> CheckMatching() const;
  base::Result<void> CheckLiveness() const;

 private:
  base::Result<void> SeekGestures(const media::Media& medium, const QualityParameters& parameters,
                                  const std::vector<Evidence>& frames, QualityResult& result) const;
  base::Result<Verdict> Judge(const std::vector<Evidence>& usable, const std::vector<Evidence>& scored) const;
  base::Result<std::optional<double>> LeastAlike(const std::vector<Evidence>& usable) const;
  base::Result<gallery::Template> ExtractBest(const media::Media& medium) const;

  std::shared_ptr<const face::Engine> engine_;
  gallery::Calibration calibration_;
  gallery::Thresholds thresholds_;
  gallery::NetworkId network_;
};

}  // namespace ozma::analysis
