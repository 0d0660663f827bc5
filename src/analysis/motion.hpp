// Does what surrounds a face move along with it, as the border of a print or a phone does?
#pragma once

#include <optional>
#include <vector>

#include "analysis/decision.hpp"
#include "analysis/evidence.hpp"

namespace ozma::analysis {

// `second` comes after `first`. Nothing where the face hardly moves, where the picture shows too little
// around it, or where what is there is too plain to tell.
std::optional<MotionStep> MotionBetween(const Evidence& first, const Evidence& second);

// The steps of a shooting in which the face moves most, eight at most.
std::vector<MotionStep> MotionOf(const std::vector<Evidence>& frames);

}  // namespace ozma::analysis
