// Which way up: EXIF orientation and a film's display matrix, both as the one number 1..8 of EXIF.
#pragma once

#include <array>
#include <cstdint>
#include <opencv2/core/mat.hpp>

#include "base/bytes.hpp"

namespace ozma::media {

// Tag 0x0112 of the first directory of a TIFF block (EXIF 2.32, 4.6.4); 1, upright, where there is none or it
// makes no sense. `tiff` begins with its byte order, after any "Exif\0\0".
int ExifOrientation(base::ByteView tiff);

// Orientations 5..8 lie on their side: width and height change places.
inline bool Sideways(int orientation) {
  return orientation >= 5;
}

// The picture as it is to be looked at. Shares memory with `stored` where nothing is to be done.
cv::Mat Upright(const cv::Mat& stored, int orientation);

// A film's display matrix (16.16 fixed point, rows a b u / c d v / x y w) as the EXIF orientation that does
// the same.
int OfDisplayMatrix(const std::array<std::int32_t, 9>& matrix);

}  // namespace ozma::media
