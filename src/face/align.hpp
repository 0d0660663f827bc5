// Alignment of a face to the recognizer's template position.
#pragma once

#include <opencv2/core.hpp>

#include "face/types.hpp"

namespace ozma::face {

// A face in template position: 112x112, BGR. A type of its own, so that no other crop reaches a recognizer.
class AlignedFace {
 public:
  static constexpr int kSide = 112;
  const cv::Mat& bgr() const { return bgr_; }

 private:
  friend AlignedFace Align(const cv::Mat& bgr, const FivePoints& points);
  explicit AlignedFace(cv::Mat bgr) : bgr_(std::move(bgr)) {}
  cv::Mat bgr_;
};

// The similarity (rotation, uniform scale, shift; 2x3, CV_64F) that takes `from` closest to `to` in the sense
// of least squares: Umeyama, IEEE PAMI 13(4), 1991, in its two-dimensional closed form.
cv::Mat SimilarityBetween(const FivePoints& from, const FivePoints& to);

// Bilinear; black beyond the picture. The five target points are ArcFace's (Deng et al., CVPR 2019).
AlignedFace Align(const cv::Mat& bgr, const FivePoints& points);

}  // namespace ozma::face
