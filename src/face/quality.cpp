#include "face/quality.hpp"

#include <algorithm>
#include <cmath>
#include <opencv2/imgproc.hpp>

#include "face/crop.hpp"

namespace ozma::face {
namespace {

// Boxes of whole faces are 0.55 (in profile) to 0.95 times as wide as high; one that ends at the edge of the
// picture and is well outside of that shows a part of a face.
constexpr float kNarrow = 0.5f, kFlat = 1.1f;

// An eye, the nose or a corner of the mouth is beyond the edge, or much of all the rest.
bool IsCut(cv::Size picture, const Face& face, double visible) {
  const cv::Rect2f frame(0, 0, static_cast<float>(picture.width), static_cast<float>(picture.height));
  const auto& box = face.box;
  if (!std::all_of(face.points.begin(), face.points.end(),
                   [&](const auto& point) { return frame.contains(point); }))
    return true;
  if ((box & frame).area() < visible * box.area()) return true;
  const bool at_side = box.x <= 0 || box.br().x >= frame.width;
  const bool at_end = box.y <= 0 || box.br().y >= frame.height;
  return (at_side && box.width < kNarrow * box.height) || (at_end && box.width > kFlat * box.height);
}

}  // namespace

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

std::optional<std::string> Objection(cv::Size picture, const Face& face, const AlignedFace& aligned,
                                     const Gate& gate) {
  const float side = std::min(face.box.width, face.box.height);
  if (side < gate.smallest_side) {
    return "The face is too small: " + std::to_string(static_cast<int>(side)) + " px across, " +
           std::to_string(static_cast<int>(gate.smallest_side)) +
           " are needed; come closer or send a larger picture.";
  }
  if (IsCut(picture, face, gate.visible))
    return "The face is cut off by the edge of the picture; move it into the middle.";
  if (ExposureOf(aligned) < gate.exposure) return "The face is too dark or too bright; change the light.";
  if (SharpnessOf(aligned) < gate.sharpness) return "The face is blurred; hold the camera still.";
  return std::nullopt;
}

}  // namespace ozma::face
