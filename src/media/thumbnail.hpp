// Pictures made of a medium's frames, for people to look at.
#pragma once

#include <opencv2/core/mat.hpp>

#include "media/media.hpp"

namespace ozma::media {

struct Small {
  base::Bytes jpeg;
  int width = 0, height = 0;
};

// `bgr` (CV_8UC3) as a JPEG whose longer side is at most `longest_side` pixels; never enlarged. kInternal for
// a picture of another kind.
base::Result<Small> Thumbnail(const cv::Mat& bgr, int longest_side);

}  // namespace ozma::media
