#include "analysis/evidence.hpp"

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
    const auto objection = face::Objection(main.box, face::Align(sighting->bgr, main.points), {});
    if (!objection) {
      gathered.usable.push_back({sighting->bgr, main});
    } else if (gathered.objection.empty()) {
      gathered.objection = *objection;
    }
  }
  return gathered;
}

std::vector<Evidence> Spread(const std::vector<Evidence>& all, std::size_t count) {
  if (all.size() <= count) return all;
  std::vector<Evidence> chosen;
  chosen.reserve(count);
  for (std::size_t i = 0; i < count; ++i) chosen.push_back(all[i * (all.size() - 1) / (count - 1)]);
  return chosen;
}

base::Result<const Evidence*> BestOf(const face::Engine& engine, const std::vector<Evidence>& frames) {
  const Evidence* best = &frames.front();
  if (frames.size() == 1) return best;
  double best_quality = -1;
  for (const Evidence& frame : frames) {
    const auto quality = engine.Measure(frame.bgr, frame.face);
    if (!quality) return quality.error();
    if (quality->overall > best_quality) {
      best_quality = quality->overall;
      best = &frame;
    }
  }
  return best;
}

}  // namespace ozma::analysis
