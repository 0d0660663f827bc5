// The shape of a face: 68 points.
#pragma once

#include <memory>

#include "face/types.hpp"
#include "nn/network.hpp"

namespace ozma::face {

FivePoints FivePointsOf(const Shape& shape);

// Safe from any number of threads.
class Landmarks {
 public:
  static base::Result<std::unique_ptr<Landmarks>> Load(const nn::Entry& entry, const nn::Options& options);

  // Faces that lean more than a few degrees are measured a second time in a crop turned upright.
  base::Result<Shape> Find(const cv::Mat& bgr, const cv::Rect2f& box) const;

  const nn::Entry& entry() const { return network_->entry(); }

 private:
  Landmarks() = default;
  // `crop_to_picture` (2x3, CV_64F) takes points of the square `crop` to the picture.
  base::Result<Shape> Measure(const cv::Mat& crop, const cv::Mat& crop_to_picture) const;

  std::unique_ptr<nn::Network> network_;
  float scale_ = 1;
  bool by_height_ = false;
  float lean_ = 180;  // degrees from which a face is measured again
};

}  // namespace ozma::face
