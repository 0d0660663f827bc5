// Faces in a picture of any size, by a network of fixed input.
#pragma once

#include <memory>

#include "face/decode.hpp"
#include "nn/network.hpp"

namespace ozma::face {

// The network looks at the whole picture first. Where faces that matter could be too small for it there, it
// looks again at overlapping windows, as large as will show the smallest such face. A face matters from 4 %
// of the picture's longer side up and, where a larger one was found, from a third of that one's side up:
// smaller ones are bystanders. Safe from any number of threads.
class Detector {
 public:
  static constexpr float kSmallestShare = 0.04f;
  static constexpr float kBystanderShare = 1 / 3.0f;

  static base::Result<std::unique_ptr<Detector>> Load(const nn::Entry& entry, const nn::Options& options);

  // Faces as `bgr` stands, the most confident first, in its pixels. `bgr` is CV_8UC3.
  base::Result<std::vector<Candidate>> Scan(const cv::Mat& bgr) const;

  const nn::Entry& entry() const { return network_->entry(); }

 private:
  Detector() = default;
  base::Result<std::vector<Candidate>> Look(const cv::Mat& bgr, const std::vector<cv::Rect2f>& windows) const;

  std::unique_ptr<nn::Network> network_;
  Decode decode_ = nullptr;
  float threshold_ = 0;
  float nms_ = 0;
  float reach_ = 0;  // side, in pixels of the input, from which faces are found reliably
  float stretch_ =
      1;  // the picture's aspect may differ from the input's by this factor; beyond, it is padded
};

}  // namespace ozma::face
