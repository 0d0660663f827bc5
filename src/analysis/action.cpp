#include "analysis/action.hpp"

#include <algorithm>
#include <cmath>

namespace ozma::analysis {

std::optional<face::Gesture> GestureOf(std::string_view tag) {
  constexpr std::string_view kPrefix = "video_selfie_";
  if (!tag.starts_with(kPrefix)) return std::nullopt;
  tag.remove_prefix(kPrefix.size());
  if (tag == "zoom_in" || tag == "zoom_out") return face::Gesture::kBlank;
  return face::GestureNamed(tag);
}

bool IsMovement(face::Gesture gesture) {
  using enum face::Gesture;
  return gesture != kBlank && gesture != kBest && gesture != kOneshot;
}

media::Pace PaceFor(std::span<const std::string> tags) {
  const bool moves = std::ranges::any_of(tags, [](const std::string& tag) {
    const auto gesture = GestureOf(tag);
    return gesture && IsMovement(*gesture);
  });
  return moves ? media::Pace::kClose : media::Pace::kUsual;
}

base::Result<std::vector<face::Moment>> MomentsOf(const face::Engine& engine,
                                                  const std::vector<Evidence>& frames) {
  std::vector<face::Moment> moments;
  moments.reserve(frames.size());
  for (const Evidence& frame : frames) {
    face::Moment moment{std::llround(frame.seconds * 1000), frame.faces, {}};
    if (frame.faces == 1) {
      const auto shape = engine.ShapeOf(frame.bgr, frame.face);
      if (!shape) return shape.error();
      const auto measures = face::MeasuresOf(*shape, frame.bgr.size());
      if (measures) {
        moment.measures = *measures;
      } else {
        moment.faces = 0;
      }
    }
    moments.push_back(moment);
  }
  return moments;
}

base::Result<Action> ActionOf(const face::Engine& engine, face::Gesture gesture,
                              const std::vector<Evidence>& frames, std::span<const face::Moment> moments,
                              face::Mirrored mirrored) {
  Action action{face::Judge(gesture, moments, mirrored), nullptr};
  if (action.finding.shot) {
    action.shot = &frames[*action.finding.shot];
    return action;
  }
  const auto best = BestOf(engine, frames);
  if (!best) return best.error();
  action.shot = best->frame;
  return action;
}

}  // namespace ozma::analysis
