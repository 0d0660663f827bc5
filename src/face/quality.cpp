#include "face/quality.hpp"

#include <algorithm>
#include <cmath>
#include <opencv2/imgproc.hpp>

#include "face/crop.hpp"

namespace ozma::face {

double SizeQuality(const cv::Rect2f& box) {
  return std::clamp(std::min(box.width, box.height) / 160.0, 0.0, 1.0);
}

// Variance of the Laplacian (Pech-Pacheco et al., ICPR 2000) relative to the contrast of the face, so that a
// dim picture is not called blurred; the constant puts a sharp passport photo near 0.8.
double SharpnessOf(const AlignedFace& face) {
  const cv::Mat grey = Grey(face.bgr());
  cv::Mat edges;
  cv::Laplacian(grey, edges, CV_32F);
  cv::Scalar mean, edge_deviation, deviation;
  cv::meanStdDev(edges, mean, edge_deviation);
  cv::meanStdDev(grey, mean, deviation);
  const double ratio = edge_deviation[0] / std::max(1.0, deviation[0]);
  return ratio / (ratio + 0.1);
}

double ExposureOf(const AlignedFace& face) {
  const cv::Mat grey = Grey(face.bgr());
  const double mean = cv::mean(grey)[0];
  const double clipped =
      (cv::countNonZero(grey < 8) + cv::countNonZero(grey > 247)) / static_cast<double>(grey.total());
  const double middle = 1 - std::abs(mean - 128) / 128;
  return std::clamp(std::min(1.0, 1.6 * middle) * (1 - clipped), 0.0, 1.0);
}

double PoseQuality(const Pose& pose) {
  const double worst = std::max({std::abs(pose.yaw), std::abs(pose.pitch), std::abs(pose.roll)});
  return std::clamp(1 - worst / 45, 0.0, 1.0);
}

std::optional<std::string> Objection(const cv::Rect2f& box, const AlignedFace& face, const Gate& gate) {
  const float side = std::min(box.width, box.height);
  if (side < gate.smallest_side) {
    return "The face is too small: " + std::to_string(static_cast<int>(side)) + " px across, " +
           std::to_string(static_cast<int>(gate.smallest_side)) +
           " are needed; come closer or send a larger picture.";
  }
  if (ExposureOf(face) < gate.exposure) return "The face is too dark or too bright; change the light.";
  if (SharpnessOf(face) < gate.sharpness) return "The face is blurred; hold the camera still.";
  return std::nullopt;
}

}  // namespace ozma::face
