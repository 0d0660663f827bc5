#include "face/engine.hpp"

#include <algorithm>
#include <cmath>
#include <future>
#include <opencv2/imgproc.hpp>

#include "face/crop.hpp"

namespace ozma::face {
namespace {

// Border added where a face may fill the whole picture, as a share of its size.
constexpr double kBorder = 0.35;

// When the detector alone is trusted: how sure it must be, how much of the picture's shorter side the face
// must take, and the least that the confirmer must see. Of 104 pictures of tight crops whose face was missed
// without this, most were at 0.99 and 0.1 to 0.5.
constexpr float kSure = 0.95f, kLargeShare = 0.3f, kHint = 0.1f;

// Clockwise quarter turns that bring a face of this roll nearest to upright.
int TurnsFor(float roll) {
  return (4 - static_cast<int>(std::lround(roll / 90))) % 4;
}

int TurnsFor(const std::vector<Face>& faces) {
  return faces.empty() ? 0 : TurnsFor(faces.front().roll);
}

void Shift(Face& face, cv::Point2f by) {
  face.box.x += by.x;
  face.box.y += by.y;
  for (auto& point : face.points) point += by;
}

// The errors of two networks that see the face in different crops have little to do with each other, so their
// mean lies closer than either.
FivePoints Between(const FivePoints& a, const FivePoints& b) {
  FivePoints middle;
  for (std::size_t i = 0; i < middle.size(); ++i) middle[i] = (a[i] + b[i]) / 2;
  return middle;
}

template <class T>
base::Result<std::unique_ptr<T>> LoadRole(const nn::Catalog& catalog, std::string_view role,
                                          const nn::Options& options) {
  const auto entries = catalog.InRole(role);
  if (!entries) return entries.error();
  return T::Load(*entries->front(), options);
}

}  // namespace

base::Result<std::unique_ptr<Engine>> Engine::Load(const nn::Catalog& catalog, const nn::Options& options) {
  const auto load = [&]<class T>(std::string_view role, std::unique_ptr<T>& place) {
    return std::async(std::launch::async, [&, role]() -> base::Result<void> {
      auto loaded = LoadRole<T>(catalog, role, options);
      if (!loaded) return loaded.error();
      place = std::move(*loaded);
      return {};
    });
  };
  std::unique_ptr<Engine> engine(new Engine);
  std::array<std::future<base::Result<void>>, 7> loading = {
      load("detector", engine->detector_),
      load("confirmer", engine->confirmer_),
      load("landmarks", engine->landmarks_),
      load("recognizer", engine->recognizer_),
      load("pose", engine->pose_),
      load("eye", engine->eyes_),
      std::async(std::launch::async, [&]() -> base::Result<void> {
        const auto entries = catalog.InRole("liveness");
        if (!entries) return entries.error();
        auto loaded = Liveness::Load(*entries, options);
        if (!loaded) return loaded.error();
        engine->liveness_ = std::move(*loaded);
        return {};
      })};
  base::Result<void> all;
  for (auto& task : loading) {
    auto loaded = task.get();
    if (!loaded && all) all = loaded.error();
  }
  if (!all) return all.error();
  return engine;
}

base::Result<Engine::Seen> Engine::FacesIn(const cv::Mat& bgr, bool widened) const {
  cv::Mat picture = bgr;
  const int across = widened ? static_cast<int>(kBorder * bgr.cols) : 0;
  const int down = widened ? static_cast<int>(kBorder * bgr.rows) : 0;
  if (widened) cv::copyMakeBorder(bgr, picture, down, down, across, across, cv::BORDER_CONSTANT);
  auto candidates = detector_->Scan(picture);
  if (!candidates) return candidates.error();
  if (candidates->size() > kMostFaces) candidates->resize(kMostFaces);
  const auto confirmed = confirmer_->Confirm(picture, *candidates, kHint);
  if (!confirmed) return confirmed.error();

  const bool certain = std::any_of(confirmed->begin(), confirmed->end(), [&](const auto& answer) {
    return answer && answer->confidence >= confirmer_->threshold();
  });
  const float large = kLargeShare * static_cast<float>(std::min(bgr.cols, bgr.rows));
  const auto counts = [&](const Candidate& candidate, const Confirmation& seen) {
    if (certain) return seen.confidence >= confirmer_->threshold();
    return candidate.confidence >= kSure && std::min(candidate.box.width, candidate.box.height) >= large;
  };
  std::vector<Face> faces;
  for (std::size_t i = 0; i < candidates->size(); ++i) {
    const Candidate& candidate = (*candidates)[i];
    if (!(*confirmed)[i] || !counts(candidate, *(*confirmed)[i])) continue;
    const Confirmation& seen = *(*confirmed)[i];
    // A hint says little of roll and points; the detector itself answers to upright faces.
    const float roll = certain || TurnsFor(seen.roll) == 0 ? seen.roll : 0;
    Face face{candidate.box, seen.confidence, roll, {}};
    if (candidate.points) {
      face.points = *candidate.points;
    } else {
      const auto shape = landmarks_->Find(picture, face.box, face.roll);
      if (!shape) return shape.error();
      face.points = certain ? Between(FivePointsOf(*shape), seen.points) : FivePointsOf(*shape);
    }
    Shift(face, cv::Point2f(static_cast<float>(-across), static_cast<float>(-down)));
    faces.push_back(face);
  }
  std::sort(faces.begin(), faces.end(),
            [](const Face& a, const Face& b) { return a.box.area() > b.box.area(); });
  if (faces.empty()) return Seen();
  const float bystander = Detector::kBystanderShare * Detector::kBystanderShare * faces.front().box.area();
  std::erase_if(faces, [&](const Face& face) { return face.box.area() < bystander; });
  return certain ? Seen{std::move(faces), {}} : Seen{{}, std::move(faces)};
}

Sighting Engine::Look::WithHints() && {
  if (sighting.faces.empty()) sighting.faces = std::move(hints);
  return std::move(sighting);
}

base::Result<Engine::Look> Engine::LookAt(cv::Mat bgr, int quarter_turns) const {
  Look look{{std::move(bgr), quarter_turns, {}}, {}};
  for (const bool widened : {false, true}) {
    auto seen = FacesIn(look.sighting.bgr, widened);
    if (!seen) return seen.error();
    look.sighting.faces = std::move(seen->faces);
    if (!look.sighting.faces.empty()) break;
    if (look.hints.empty()) look.hints = std::move(seen->hints);
  }
  return look;
}

base::Result<Sighting> Engine::Follow(const cv::Mat& bgr, int quarter_turns) const {
  auto look = LookAt(Turned(bgr, quarter_turns), quarter_turns);
  if (!look) return look.error();
  return std::move(*look).WithHints();
}

base::Result<Sighting> Engine::Find(const cv::Mat& bgr) const {
  auto as_sent = LookAt(bgr, 0);
  if (!as_sent) return as_sent.error();
  const auto& faces = as_sent->sighting.faces;
  const int needed = TurnsFor(faces);
  if (!faces.empty() && needed == 0) return std::move(as_sent->sighting);
  for (const int turns : faces.empty() ? std::vector{1, 3, 2} : std::vector{needed}) {
    auto turned = LookAt(Turned(bgr, turns), turns);
    if (!turned) return turned.error();
    const auto& upright = turned->sighting.faces;
    if (!upright.empty() && TurnsFor(upright) == 0) return std::move(turned->sighting);
  }
  return std::move(*as_sent).WithHints();
}

base::Result<Embedding> Engine::Embed(const AlignedFace& face) const {
  return recognizer_->Embed(face);
}

base::Result<std::vector<double>> Engine::Spoofing(std::span<const cv::Mat> pictures,
                                                   std::span<const cv::Rect2f> faces) const {
  return liveness_->Score(pictures, faces);
}

base::Result<Pose> Engine::PoseOf(const cv::Mat& bgr, const Face& face) const {
  return pose_->Measure(bgr, face.box);
}

base::Result<Shape> Engine::ShapeOf(const cv::Mat& bgr, const Face& face) const {
  return landmarks_->Find(bgr, face.box, face.roll);
}

base::Result<double> Engine::EyeOpen(const cv::Mat& eye) const {
  return eyes_->Open(eye);
}

base::Result<Quality> Engine::Measure(const cv::Mat& bgr, const Face& face) const {
  const auto pose = pose_->Measure(bgr, face.box);
  if (!pose) return pose.error();
  const auto shape = landmarks_->Find(bgr, face.box, face.roll);
  if (!shape) return shape.error();
  const auto open = eyes_->Open(bgr, *shape);
  if (!open) return open.error();
  const AlignedFace aligned = Align(bgr, face.points);
  Quality quality{
      SizeQuality(face.box), SharpnessOf(aligned), ExposureOf(aligned), PoseQuality(*pose), *open, 0};
  quality.overall = quality.size * quality.sharpness * quality.exposure * quality.pose * quality.eyes;
  return quality;
}

std::vector<const nn::Entry*> Engine::networks() const {
  std::vector<const nn::Entry*> entries = {&detector_->entry(), &confirmer_->entry(), &landmarks_->entry(),
                                           &recognizer_->entry()};
  for (const nn::Entry* entry : liveness_->entries()) entries.push_back(entry);
  entries.push_back(&pose_->entry());
  entries.push_back(&eyes_->entry());
  return entries;
}

}  // namespace ozma::face
