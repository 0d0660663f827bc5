// Gestures of a shooting: whether they were done, and the frames that show them.
#pragma once

#include <optional>
#include <string_view>

#include "analysis/evidence.hpp"
#include "face/gestures.hpp"

namespace ozma::analysis {

// "video_selfie_left" -> kLeft; the zooms of old clients count as blank. Nothing where the tag is no
// gesture's.
std::optional<face::Gesture> GestureOf(std::string_view tag);

// Whether there is a gesture to be seen: not for blank, best and oneshot, which ask for a face alone.
bool IsMovement(face::Gesture gesture);

// How closely a medium of these tags must be looked at.
media::Pace PaceFor(std::span<const std::string> tags);

// What a judge of gestures sees of the frames. kEngine.
base::Result<std::vector<face::Moment>> MomentsOf(const face::Engine& engine,
                                                  const std::vector<Evidence>& frames);

struct Action {
  face::GestureFinding finding;
  const Evidence* shot = nullptr;  // the frame that shows it best, or comes nearest to it
};

// `frames` is not empty, `moments` are theirs. Where the gesture asks for a face alone, the shot is the best
// of `frames`. kEngine.
base::Result<Action> ActionOf(const face::Engine& engine, face::Gesture gesture,
                              const std::vector<Evidence>& frames, std::span<const face::Moment> moments,
                              face::Mirrored mirrored);

}  // namespace ozma::analysis
