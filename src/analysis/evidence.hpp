// What the frames of a medium show: the main face of each, and which of them are fit for a verdict.
#pragma once

#include <string>
#include <vector>

#include "face/engine.hpp"
#include "media/media.hpp"

namespace ozma::analysis {

// One usable face of one frame.
struct Evidence {
  cv::Mat bgr;  // upright
  face::Face face;
};

struct Gathered {
  std::vector<Evidence> usable;
  bool face_seen = false;
  std::string objection;  // the first reason why a face that was seen was not usable
};

// The main face of every frame, the largest. Frames that lie on their side are turned, whatever they were
// said to be; the turn that made the first face upright is kept for the frames after it. kEngine.
base::Result<Gathered> Gather(const face::Engine& engine, const media::Media& medium);

// `count` of `all`, first and last included, spread evenly.
std::vector<Evidence> Spread(const std::vector<Evidence>& all, std::size_t count);

// The frame a person would choose as a portrait. `frames` is not empty; a single one needs no choice.
base::Result<const Evidence*> BestOf(const face::Engine& engine, const std::vector<Evidence>& frames);

}  // namespace ozma::analysis
