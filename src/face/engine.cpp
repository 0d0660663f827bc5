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

base::Result<std::vector<Face>> Engine::FacesIn(const cv::Mat& bgr, bool widened, Trust trust) const {
  cv::Mat picture = bgr;
  const int across = widened ? static_cast<int>(kBorder * bgr.cols) : 0;
  const int down = widened ? static_cast<int>(kBorder * bgr.rows) : 0;
  if (widened) cv::copyMakeBorder(bgr, picture, down, down, across, across, cv::BORDER_CONSTANT);
  auto candidates = detector_->Scan(picture);
  if (!candidates) return candidates.error();
  if (candidates->size() > kMostFaces) candidates->resize(kMostFaces);
  if (trust == Trust::kDetector) {
    const float least = kLargeShare * static_cast<float>(std::min(bgr.cols, bgr.rows));
    std::erase_if(*candidates, [&](const Candidate& candidate) {
      return candidate.confidence < kSure || std::min(candidate.box.width, candidate.box.height) < least;
    });
  }
  const auto confirmed =
      confirmer_->Confirm(picture, *candidates, trust == Trust::kDetector ? kHint : confirmer_->threshold());
  if (!confirmed) return confirmed.error();

  std::vector<Face> faces;
  for (std::size_t i = 0; i < candidates->size(); ++i) {
    if (!(*confirmed)[i]) continue;
    const Confirmation& seen = *(*confirmed)[i];
    // A hint says little of roll and points; the detector itself answers to upright faces.
    const bool hint = trust == Trust::kDetector;
    const float roll = hint && TurnsFor(seen.roll) != 0 ? 0 : seen.roll;
    Face face{(*candidates)[i].box, seen.confidence, roll, {}};
    if ((*candidates)[i].points) {
      face.points = *(*candidates)[i].points;
    } else {
      const auto shape = landmarks_->Find(picture, face.box, face.roll);
      if (!shape) return shape.error();
      face.points = hint ? FivePointsOf(*shape) : Between(FivePointsOf(*shape), seen.points);
    }
    Shift(face, cv::Point2f(static_cast<float>(-across), static_cast<float>(-down)));
    faces.push_back(face);
  }
  std::sort(faces.begin(), faces.end(),
            [](const Face& a, const Face& b) { return a.box.area() > b.box.area(); });
  if (faces.empty()) return faces;
  const float bystander = Detector::kBystanderShare * Detector::kBystanderShare * faces.front().box.area();
  std::erase_if(faces, [&](const Face& face) { return face.box.area() < bystander; });
  return faces;
}

base::Result<Sighting> Engine::LookAt(cv::Mat bgr, int quarter_turns, Trust trust) const {
  Sighting sighting{std::move(bgr), quarter_turns, {}};
  for (const bool widened : {false, true}) {
    auto faces = FacesIn(sighting.bgr, widened, trust);
    if (!faces) return faces.error();
    sighting.faces = std::move(*faces);
    if (!sighting.faces.empty()) break;
  }
  return sighting;
}

base::Result<Sighting> Engine::Follow(const cv::Mat& bgr, int quarter_turns) const {
  auto sighting = LookAt(Turned(bgr, quarter_turns), quarter_turns, Trust::kConfirmed);
  if (!sighting || !sighting->faces.empty()) return sighting;
  return LookAt(std::move(sighting->bgr), quarter_turns, Trust::kDetector);
}

base::Result<Sighting> Engine::Find(const cv::Mat& bgr) const {
  auto as_sent = LookAt(bgr, 0, Trust::kConfirmed);
  if (!as_sent) return as_sent;
  const int needed = TurnsFor(as_sent->faces);
  if (!as_sent->faces.empty() && needed == 0) return as_sent;
  for (const int turns : as_sent->faces.empty() ? std::vector{1, 3, 2} : std::vector{needed}) {
    auto turned = LookAt(Turned(bgr, turns), turns, Trust::kConfirmed);
    if (!turned) return turned;
    if (!turned->faces.empty() && TurnsFor(turned->faces) == 0) return turned;
  }
  return as_sent->faces.empty() ? LookAt(bgr, 0, Trust::kDetector) : as_sent;
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
