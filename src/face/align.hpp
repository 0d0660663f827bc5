// Alignment of a face to the recognizer's template position.
#pragma once

#include <opencv2/core.hpp>

#include "face/types.hpp"

namespace ozma::face {

// A face in template position: 112x112, BGR. A type of its own, so that no other crop reaches a recognizer.
// It holds on to the picture, which must not be written to while this lives.
class AlignedFace {
 public:
  static constexpr int kSide = 112;
  const cv::Mat& bgr() const { return bgr_; }

  // The mirror image of the face, 112x112 as well, `scale` times as large around the middle.
  cv::Mat Mirrored(double scale) const;

 private:
  friend AlignedFace Align(const cv::Mat& bgr, const FivePoints& points);
  AlignedFace(cv::Mat picture, cv::Mat placing, cv::Mat bgr)
      : picture_(std::move(picture)), placing_(std::move(placing)), bgr_(std::move(bgr)) {}
  cv::Mat picture_;
  cv::Mat placing_;  // 2x3, CV_64F: from the picture to the template's pixels
  cv::Mat bgr_;
};

// The similarity (rotation, uniform scale, shift; 2x3, CV_64F) that takes `from` closest to `to` in the sense
// of least squares: Umeyama, IEEE PAMI 13(4), 1991, in its two-dimensional closed form.
cv::Mat SimilarityBetween(const FivePoints& from, const FivePoints& to);

// Bilinear; black beyond the picture. The five target points are ArcFace's (Deng et al., CVPR 2019).
AlignedFace Align(const cv::Mat& bgr, const FivePoints& points);

}  // namespace ozma::face
