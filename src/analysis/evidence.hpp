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
  double weight = 1;   // size times sharpness of the face, 0..1
  double seconds = 0;  // from the start of the medium
  int faces = 1;       // in the frame, that count for a gesture
};

struct Gathered {
  std::vector<Evidence> usable;
  std::vector<Evidence> seen;  // every frame with a face, usable or not
  bool face_seen = false;
  std::string objection;  // the first reason why a face that was seen was not usable
};

// The main face of every frame, the largest. Frames that lie on their side are turned, whatever they were
// said to be; the turn that made the first face upright is kept for the frames after it. kEngine.
base::Result<Gathered> Gather(const face::Engine& engine, const media::Media& medium);

// Whether the nose points about where the eyes look from: a face turned far aside has too little in common
// with itself in front to tell one person from two.
bool LooksAhead(const face::FivePoints& points);

// Of what was taken at a close pace so many frames as the usual pace would have given.
std::vector<Evidence> AtUsualPace(const std::vector<Evidence>& all, media::Pace pace);

// `count` of `all`, first and last included, spread evenly.
std::vector<Evidence> Spread(const std::vector<Evidence>& all, std::size_t count);

// Face quality's `eyes` from which both count as open: more likely open than not.
constexpr double kEyesOpen = 0.5;

struct Portrait {
  const Evidence* frame = nullptr;
  bool eyes_open = true;
};

// The frame a person would choose as a portrait: never one with an eye closed while another has both open.
// `frames` is not empty; a single one needs no choice, and counts as one with open
// eyes.
base::Result<Portrait> BestOf(const face::Engine& engine, const std::vector<Evidence>& frames);

}  // namespace ozma::analysis
