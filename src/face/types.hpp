// What is found in a picture. Coordinates are pixels of the picture they were found in, x right, y down.
#pragma once

#include <array>
#include <opencv2/core.hpp>
#include <vector>

namespace ozma::face {

// Image-left eye, image-right eye, tip of the nose, image-left and image-right corner of the mouth.
using FivePoints = std::array<cv::Point2f, 5>;

// 68 points in iBUG order (Sagonas et al., 300 Faces in-the-Wild Challenge, 2013).
using Shape = std::array<cv::Point2f, 68>;

struct Face {
  cv::Rect2f box;        // may reach beyond the picture where the face does
  float confidence = 0;  // 0..1
  float roll = 0;        // degrees its eye line is turned clockwise from level
  FivePoints points{};
};

// A picture turned upright and the faces in it, the largest first.
struct Sighting {
  cv::Mat bgr;            // CV_8UC3, BGR
  int quarter_turns = 0;  // clockwise turns that made it upright, 0..3
  std::vector<Face> faces;
};

// Degrees. Yaw: positive with the nose toward the image's left; pitch: positive up; roll: positive clockwise.
struct Pose {
  double yaw = 0, pitch = 0, roll = 0;
};

}  // namespace ozma::face
