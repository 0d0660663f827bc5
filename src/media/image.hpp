// One picture from bytes: JPEG, PNG, WebP, BMP or the first frame of a GIF.
#pragma once

#include <opencv2/core/mat.hpp>

#include "media/format.hpp"

namespace ozma::media {

struct Picture {
  cv::Mat bgr;                // CV_8UC3, upright, its longer side at most Limits::frame_side
  int width = 0, height = 0;  // before shrinking, after turning
};

// Grey becomes BGR, transparency is laid over white, 16 bits become 8. Stateless; safe from any thread.
// kSampleUnreadable: broken, cut off, or beyond a limit (checked from the header, before memory is taken).
base::Result<Picture> DecodeImage(base::ByteView bytes, Format format, const Limits& limits);

// Shrinks so that the longer side is at most `side`; otherwise shares memory with `picture`.
cv::Mat Shrunk(const cv::Mat& picture, int side);

// BGRA over white, as BGR.
cv::Mat OverWhite(const cv::Mat& bgra);

// As stored, without turning; JPEG may come out at n/8 of the stored size (the largest that fits
// `limits.frame_side`).
base::Result<cv::Mat> DecodeJpeg(base::ByteView bytes, const Limits& limits);
base::Result<cv::Mat> DecodePng(base::ByteView bytes, const Limits& limits);
base::Result<cv::Mat> DecodeWebp(base::ByteView bytes, const Limits& limits);

}  // namespace ozma::media
