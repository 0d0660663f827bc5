// Action shots: the frame of a shooting that shows the gesture it was asked for.
#pragma once

#include <optional>
#include <string_view>

#include "analysis/evidence.hpp"

namespace ozma::analysis {

enum class Gesture { kTurn, kDown, kHigh, kSmile, kEyes, kNone };

// "video_selfie_left" -> kTurn. kNone: a shooting without a gesture (scan, oneshot, blank, best, and the
// zooms of old clients). Nothing where the tag is no gesture's.
std::optional<Gesture> GestureOf(std::string_view tag);

// The width of the mouth in distances of the eyes, which both shrink alike when the head turns: a smile
// widens it.
double MouthWidth(const face::FivePoints& points);

// `frames` is not empty. kEngine.
base::Result<const Evidence*> ActionOf(const face::Engine& engine, Gesture gesture,
                                       const std::vector<Evidence>& frames);

}  // namespace ozma::analysis
