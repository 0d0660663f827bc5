// Head pose and eyes of one face.
#pragma once

#include <memory>
#include <span>

#include "face/types.hpp"
#include "nn/network.hpp"

namespace ozma::face {

// Safe from any number of threads.
class HeadPose {
 public:
  static base::Result<std::unique_ptr<HeadPose>> Load(const nn::Entry& entry, const nn::Options& options);
  base::Result<Pose> Measure(const cv::Mat& bgr, const cv::Rect2f& box) const;
  const nn::Entry& entry() const { return network_->entry(); }

 private:
  HeadPose() = default;
  std::unique_ptr<nn::Network> network_;
  float scale_ = 1, step_ = 3, offset_ = -99;
};

// Safe from any number of threads.
class Eyes {
 public:
  static base::Result<std::unique_ptr<Eyes>> Load(const nn::Entry& entry, const nn::Options& options);
  // Probability that both are open: the smaller of the two.
  base::Result<double> Open(const cv::Mat& bgr, const Shape& shape) const;
  // Probability that the eye is open that fills this picture.
  base::Result<double> Open(const cv::Mat& eye) const;
  const nn::Entry& entry() const { return network_->entry(); }

 private:
  Eyes() = default;
  base::Result<double> LeastOpen(std::span<const cv::Mat> crops) const;
  std::unique_ptr<nn::Network> network_;
  float scale_ = 1.6f;
  std::size_t open_ = 1;
};

}  // namespace ozma::face
