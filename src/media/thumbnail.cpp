#include "media/thumbnail.hpp"

#include "media/image.hpp"

namespace ozma::media {

base::Result<Small> Thumbnail(const cv::Mat& bgr, int longest_side) {
  constexpr int kQuality = 80;  // looked at in lists: a third of the bytes of the default
  const cv::Mat picture = Shrunk(bgr, longest_side);
  auto jpeg = EncodeJpeg(picture, kQuality);
  if (!jpeg) return jpeg.error();
  return Small{std::move(*jpeg), picture.cols, picture.rows};
}

}  // namespace ozma::media
