#include "media/image.hpp"

#include <opencv2/imgproc.hpp>

#include <webp/decode.h>
#include <webp/demux.h>

#include "media/av.hpp"
#include "media/header.hpp"
#include "media/orientation.hpp"

namespace ozma::media {
namespace {

// The first picture of an animation, as a player shows it.
base::Result<cv::Mat> DecodeAnimatedWebp(base::ByteView bytes) {
  WebPAnimDecoderOptions options;
  if (!WebPAnimDecoderOptionsInit(&options))
    return base::Fail(base::Fault::kInternal, "libwebp does not fit.");
  options.color_mode = MODE_BGRA;
  options.use_threads = 0;
  const WebPData data{bytes.data(), bytes.size()};
  const std::unique_ptr<WebPAnimDecoder, decltype(&WebPAnimDecoderDelete)> decoder(
      WebPAnimDecoderNew(&data, &options), WebPAnimDecoderDelete);
  WebPAnimInfo info;
  std::uint8_t* canvas = nullptr;
  int milliseconds = 0;
  if (!decoder || !WebPAnimDecoderGetInfo(decoder.get(), &info) ||
      !WebPAnimDecoderGetNext(decoder.get(), &canvas, &milliseconds))
    return Unreadable("The WebP is damaged.");
  return OverWhite(
      cv::Mat(static_cast<int>(info.canvas_height), static_cast<int>(info.canvas_width), CV_8UC4, canvas));
}

// BMP and GIF: FFmpeg takes the whole file for one packet and makes its first frame of it.
base::Result<cv::Mat> DecodeStill(AVCodecID id, base::ByteView bytes, const Limits& limits) {
  const auto codec = OpenCodec(avcodec_find_decoder(id), nullptr, limits);
  if (!codec) return base::Fail(base::Fault::kInternal, "FFmpeg lacks its BMP or GIF decoder.");
  const auto frame = DecodeOne(codec.get(), bytes);
  if (!frame) return Unreadable("The picture is damaged or cut off.");
  return ToBgr(*frame, {1, 1}, std::max(frame->width, frame->height));
}

}  // namespace

base::Result<cv::Mat> DecodeWebp(base::ByteView bytes, const Limits& limits) {
  WebPBitstreamFeatures features;
  if (WebPGetFeatures(bytes.data(), bytes.size(), &features) != VP8_STATUS_OK)
    return Unreadable("The WebP is damaged.");
  if (auto fits = CheckPixels(features.width, features.height, limits); !fits) return fits.error();
  if (features.has_animation) return DecodeAnimatedWebp(bytes);

  cv::Mat pixels(features.height, features.width, features.has_alpha ? CV_8UC4 : CV_8UC3);
  const auto size = pixels.step * pixels.rows;
  const auto decode = features.has_alpha ? WebPDecodeBGRAInto : WebPDecodeBGRInto;
  if (!decode(bytes.data(), bytes.size(), pixels.data, size, static_cast<int>(pixels.step)))
    return Unreadable("The WebP is damaged or cut off.");
  return features.has_alpha ? OverWhite(pixels) : pixels;
}

cv::Mat OverWhite(const cv::Mat& bgra) {
  cv::Mat bgr(bgra.size(), CV_8UC3);
  for (int y = 0; y < bgra.rows; ++y) {
    const auto* from = bgra.ptr<cv::Vec4b>(y);
    auto* to = bgr.ptr<cv::Vec3b>(y);
    for (int x = 0; x < bgra.cols; ++x) {
      const int alpha = from[x][3];
      for (int i = 0; i < 3; ++i)
        to[x][i] = static_cast<std::uint8_t>((from[x][i] * alpha + 255 * (255 - alpha) + 127) / 255);
    }
  }
  return bgr;
}

cv::Mat Shrunk(const cv::Mat& picture, int side) {
  const int longer = std::max(picture.cols, picture.rows);
  if (longer <= side) return picture;
  const auto scaled = [&](int length) {
    return std::max(1, static_cast<int>(static_cast<std::int64_t>(length) * side / longer));
  };
  cv::Mat shrunk;
  cv::resize(picture, shrunk, {scaled(picture.cols), scaled(picture.rows)}, 0, 0, cv::INTER_AREA);
  return shrunk;
}

base::Result<Picture> DecodeImage(base::ByteView bytes, Format format, const Limits& limits) {
  const auto header = ReadImageHeader(bytes, format, limits);
  if (!header) return header.error();

  const auto decode = [&]() -> base::Result<cv::Mat> {
    switch (format) {
      case Format::kJpeg:
        return DecodeJpeg(bytes, limits);
      case Format::kPng:
        return DecodePng(bytes, limits);
      case Format::kWebp:
        return DecodeWebp(bytes, limits);
      case Format::kBmp:
        return DecodeStill(AV_CODEC_ID_BMP, bytes, limits);
      case Format::kGif:
        return DecodeStill(AV_CODEC_ID_GIF, bytes, limits);
      default:
        return Unreadable("The file is no picture.");
    }
  };
  auto stored = decode();
  if (!stored) return stored.error();
  if (stored->empty()) return Unreadable("The picture's pixels are of no known kind.");

  Picture picture;
  picture.bgr = Upright(Shrunk(*stored, limits.frame_side), header->orientation);
  picture.width = header->width;
  picture.height = header->height;
  if (Sideways(header->orientation)) std::swap(picture.width, picture.height);
  return picture;
}

}  // namespace ozma::media
