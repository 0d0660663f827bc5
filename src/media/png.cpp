#include <png.h>

#include "media/header.hpp"
#include "media/image.hpp"

namespace ozma::media {

base::Result<cv::Mat> DecodePng(base::ByteView bytes, const Limits& limits) {
  png_image image{};
  image.version = PNG_IMAGE_VERSION;
  if (!png_image_begin_read_from_memory(&image, bytes.data(), bytes.size()))
    return Unreadable(std::string("The PNG is damaged: ") + image.message + ".");
  if (auto fits = CheckPixels(image.width, image.height, limits); !fits) {
    png_image_free(&image);
    return fits.error();
  }

  image.format = PNG_FORMAT_BGR;
  image.flags |= PNG_IMAGE_FLAG_16BIT_sRGB;  // 16 bits are cameras' and scanners' sRGB, not linear light
  cv::Mat bgr(static_cast<int>(image.height), static_cast<int>(image.width), CV_8UC3);
  const png_color white{255, 255, 255};
  if (!png_image_finish_read(&image, &white, bgr.data, static_cast<png_int_32>(bgr.step), nullptr)) {
    const std::string why = image.message;
    png_image_free(&image);
    return Unreadable("The PNG is damaged: " + why + ".");
  }
  return bgr;
}

base::Result<base::Bytes> EncodePng(const cv::Mat& bgr) {
  if (bgr.empty() || bgr.type() != CV_8UC3)
    return base::Fail(base::Fault::kInternal, "Only 8-bit BGR pictures are encoded.");
  png_image image{};
  image.version = PNG_IMAGE_VERSION;
  image.width = static_cast<png_uint_32>(bgr.cols);
  image.height = static_cast<png_uint_32>(bgr.rows);
  image.format = PNG_FORMAT_BGR;
  image.flags = PNG_IMAGE_FLAG_FAST;

  base::Bytes bytes(PNG_IMAGE_PNG_SIZE_MAX(image));
  png_alloc_size_t size = bytes.size();
  if (!png_image_write_to_memory(&image, bytes.data(), &size, 0, bgr.data, static_cast<png_int_32>(bgr.step),
                                 nullptr))
    return base::Fail(base::Fault::kInternal,
                      std::string("A picture could not be written as PNG: ") + image.message);
  bytes.resize(size);
  return bytes;
}

}  // namespace ozma::media
