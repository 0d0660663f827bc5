// From a picture to the pixels a network takes.
#pragma once

#include <opencv2/core.hpp>

#include "face/types.hpp"
#include "nn/network.hpp"

namespace ozma::face {

// Squashed to `size`, bilinearly. With `smooth`, a picture that shrinks more than twofold is averaged against
// aliasing.
cv::Mat Resized(const cv::Mat& picture, cv::Size size, bool smooth);

// `window` of `bgr`, Resized; what lies beyond the picture is black.
cv::Mat Crop(const cv::Mat& bgr, const cv::Rect2f& window, cv::Size size, bool smooth);

// A square of `side` around the centre of `box`.
cv::Rect2f SquareAround(const cv::Rect2f& box, float side);

// Liveness windows. Both take a box of `scale` times its size around its centre, resized to `size`
// bilinearly. Shift: the scale is reduced until the window fits, then the window is moved inside the picture;
// its aspect is the box's. (Rule of minivision's Silent-Face-Anti-Spoofing, 2020.)
cv::Mat CropShifted(const cv::Mat& bgr, const cv::Rect2f& box, float scale, cv::Size size);
// Reflect: a square of the longer side; what lies beyond the picture is mirrored at its edge.
cv::Mat CropReflected(const cv::Mat& bgr, const cv::Rect2f& box, float scale, cv::Size size);

cv::Mat Grey(const cv::Mat& bgr);

// Clockwise quarter turns, 0..3.
cv::Mat Turned(const cv::Mat& bgr, int quarter_turns);

// A view for Network::Run. `image` is 8-bit, without gaps between rows, and outlives the view.
nn::Pixels PixelsOf(const cv::Mat& image);

inline cv::Size SizeOf(const nn::Entry& entry) {
  return {entry.input.width, entry.input.height};
}

}  // namespace ozma::face
