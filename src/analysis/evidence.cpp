#include "analysis/evidence.hpp"

#include <cmath>

#include "face/gestures.hpp"

namespace ozma::analysis {

base::Result<Gathered> Gather(const face::Engine& engine, const media::Media& medium) {
  Gathered gathered;
  std::optional<int> turns;
  for (const media::Frame& frame : medium.frames) {
    auto sighting = turns ? engine.Follow(frame.bgr, *turns) : engine.Find(frame.bgr);
    if (!sighting) return sighting.error();
    if (sighting->faces.empty()) continue;
    turns = sighting->quarter_turns;
    gathered.face_seen = true;
    const face::Face& main = sighting->faces.front();
    const face::AlignedFace aligned = face::Align(sighting->bgr, main.points);
    const auto objection = face::Objection(sighting->bgr.size(), main, aligned, {});
    const double weight = face::SizeQuality(main.box) * face::SharpnessOf(aligned);
    gathered.seen.push_back({sighting->bgr, main, weight, frame.seconds, face::Rivals(sighting->faces)});
    if (!objection) {
      gathered.usable.push_back(gathered.seen.back());
    } else if (gathered.objection.empty()) {
      gathered.objection = *objection;
    }
  }
  return gathered;
}

bool LooksAhead(const face::FivePoints& points) {
  // How far the tip of the nose is off the middle of the eyes, along their line and in their distance: about
  // 0.4 times the tangent of the yaw, so this is some 30 degrees.
  constexpr double kMostAside = 0.25;
  const cv::Point2f eyes = points[1] - points[0], nose = points[2] - (points[0] + points[1]) / 2;
  const double distance = cv::norm(eyes);
  return distance > 0 && std::abs(nose.dot(eyes)) / (distance * distance) < kMostAside;
}

std::vector<Evidence> AtUsualPace(const std::vector<Evidence>& all, media::Pace pace) {
  if (pace == media::Pace::kUsual) return all;
  constexpr double kApart = 0.18;  // seconds; a little below a fifth, since frames do not lie evenly
  std::vector<Evidence> chosen;
  for (const Evidence& frame : all) {
    if (chosen.empty() || frame.seconds - chosen.back().seconds >= kApart) chosen.push_back(frame);
  }
  return Spread(chosen, media::Limits().samples);
}

std::vector<Evidence> Spread(const std::vector<Evidence>& all, std::size_t count) {
  if (all.size() <= count) return all;
  std::vector<Evidence> chosen;
  chosen.reserve(count);
  for (std::size_t i = 0; i < count; ++i) chosen.push_back(all[i * (all.size() - 1) / (count - 1)]);
  return chosen;
}

base::Result<Portrait> BestOf(const face::Engine& engine, const std::vector<Evidence>& frames) {
  Portrait best{&frames.front()};
  if (frames.size() == 1) return best;
  std::pair best_quality(false, -1.0);  // both eyes open, and then how good all is together
  for (const Evidence& frame : frames) {
    const auto quality = engine.Measure(frame.bgr, frame.face);
    if (!quality) return quality.error();
    const std::pair found(quality->eyes >= kEyesOpen, quality->overall);
    if (found > best_quality) {
      best_quality = found;
      best = {&frame, found.first};
    }
  }
  return best;
}

}  // namespace ozma::analysis
