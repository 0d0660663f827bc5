// How fit a face is for a verdict, and which frame shows it best.
#pragma once

#include <optional>
#include <string>

#include "face/align.hpp"
#include "face/types.hpp"

namespace ozma::face {

// Each part is 0..1, high = good.
struct Quality {
  double size = 0;       // 1 from 160 pixels between the box's sides up
  double sharpness = 0;  // energy of the Laplacian of the aligned face
  double exposure = 0;   // mean luminance near the middle, little clipped
  double pose = 0;       // 1 in front, 0 from 45 degrees of yaw, pitch or roll
  double eyes = 0;       // probability that both are open
  double overall = 0;    // product of all: one bad part makes a bad picture
};

double SizeQuality(const cv::Rect2f& box);
double SharpnessOf(const AlignedFace& face);
double ExposureOf(const AlignedFace& face);
double PoseQuality(const Pose& pose);

// What stands against a verdict on this face, as a sentence that says what to change; nothing if it will do.
struct Gate {
  float smallest_side = 40;  // pixels of the face box
  double visible = 0.7;      // the share of the box that lies inside the picture
  double sharpness = 0.02;
  double exposure = 0.05;
};
std::optional<std::string> Objection(cv::Size picture, const Face& face, const AlignedFace& aligned,
                                     const Gate& gate);

}  // namespace ozma::face
