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

  // `roll`: degrees the face leans clockwise; where it is more than a few, the crop is turned upright first.
  base::Result<Shape> Find(const cv::Mat& bgr, const cv::Rect2f& box, double roll) const;

  const nn::Entry& entry() const { return network_->entry(); }

 private:
  Landmarks() = default;
  std::unique_ptr<nn::Network> network_;
  float scale_ = 1;
  bool by_height_ = false;
  float lean_ = 180;  // degrees of roll from which the crop is turned
};

}  // namespace ozma::face
