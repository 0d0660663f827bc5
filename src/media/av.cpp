#include "media/av.hpp"

extern "C" {
#include <libavutil/pixdesc.h>
#include <libswscale/swscale.h>
}

#include <algorithm>
#include <cmath>
#include <cstring>
#include <opencv2/imgproc.hpp>

#include "media/image.hpp"

namespace ozma::media {
namespace {

struct FreeScaler {
  void operator()(SwsContext* scaler) const { sws_freeContext(scaler); }
};
using Scaler = std::unique_ptr<SwsContext, FreeScaler>;

// What the frame becomes: its shape corrected to square pixels, then shrunk to `side`.
cv::Size TargetSize(const AVFrame& frame, AVRational pixel_shape, int side) {
  double width = frame.width, height = frame.height;
  const double shape = pixel_shape.num > 0 && pixel_shape.den > 0 ? av_q2d(pixel_shape) : 1;
  if (shape > 1 && shape <= 4) height /= shape;  // never enlarge
  if (shape < 1 && shape >= 0.25) width *= shape;
  const double shrink = std::min(1.0, side / std::max(width, height));
  return {std::max(1, static_cast<int>(std::lround(width * shrink))),
          std::max(1, static_cast<int>(std::lround(height * shrink)))};
}

// The old "J" formats mean full range; swscale wants that said apart.
AVPixelFormat WithoutRange(AVPixelFormat format, bool& full_range) {
  switch (format) {
    case AV_PIX_FMT_YUVJ420P:
      full_range = true;
      return AV_PIX_FMT_YUV420P;
    case AV_PIX_FMT_YUVJ422P:
      full_range = true;
      return AV_PIX_FMT_YUV422P;
    case AV_PIX_FMT_YUVJ444P:
      full_range = true;
      return AV_PIX_FMT_YUV444P;
    case AV_PIX_FMT_YUVJ440P:
      full_range = true;
      return AV_PIX_FMT_YUV440P;
    case AV_PIX_FMT_YUVJ411P:
      full_range = true;
      return AV_PIX_FMT_YUV411P;
    default:
      return format;
  }
}

// Unmarked films are BT.709 from 720 lines on and BT.601 below, as every player assumes.
int ColourSpace(const AVFrame& frame) {
  if (frame.colorspace != AVCOL_SPC_UNSPECIFIED && frame.colorspace != AVCOL_SPC_RGB) return frame.colorspace;
  return frame.height >= 720 ? SWS_CS_ITU709 : SWS_CS_ITU601;
}

}  // namespace

AvCodec OpenCodec(const AVCodec* codec, const AVCodecParameters* parameters, const Limits& limits) {
  if (!codec) return nullptr;
  AvCodec context(avcodec_alloc_context3(codec));
  if (!context) return nullptr;
  if (parameters && avcodec_parameters_to_context(context.get(), parameters) < 0) return nullptr;
  context->thread_count = 1;
  context->max_pixels = limits.pixels;
  context->err_recognition = AV_EF_CRCCHECK;
  if (avcodec_open2(context.get(), codec, nullptr) < 0) return nullptr;
  return context;
}

cv::Mat ToBgr(const AVFrame& frame, AVRational pixel_shape, int side) {
  bool full_range = frame.color_range == AVCOL_RANGE_JPEG;
  const auto format = WithoutRange(static_cast<AVPixelFormat>(frame.format), full_range);
  const auto* described = av_pix_fmt_desc_get(format);
  if (!described || frame.width < 1 || frame.height < 1) return {};
  const bool alpha = described->flags & AV_PIX_FMT_FLAG_ALPHA;
  const auto size = TargetSize(frame, pixel_shape, side);

  const Scaler scaler(sws_getContext(
      frame.width, frame.height, format, size.width, size.height, alpha ? AV_PIX_FMT_BGRA : AV_PIX_FMT_BGR24,
      SWS_AREA | SWS_ACCURATE_RND | SWS_FULL_CHR_H_INP, nullptr, nullptr, nullptr));
  if (!scaler) return {};
  const int* matrix = sws_getCoefficients(ColourSpace(frame));
  sws_setColorspaceDetails(scaler.get(), matrix, full_range, matrix, 1, 0, 1 << 16, 1 << 16);

  // swscale writes whole vectors: rows end where a vector does, and the last one has room after it.
  constexpr int kVector = 64;
  const int stored = (size.width + kVector - 1) / kVector * kVector;
  cv::Mat padded(size.height + 1, stored, alpha ? CV_8UC4 : CV_8UC3);
  std::uint8_t* planes[4] = {padded.data};
  const int strides[4] = {static_cast<int>(padded.step)};
  if (sws_scale(scaler.get(), frame.data, frame.linesize, 0, frame.height, planes, strides) != size.height)
    return {};
  const cv::Mat pixels = padded(cv::Rect({0, 0}, size));
  return alpha ? OverWhite(pixels) : pixels.clone();
}

AvFrame DecodeOne(AVCodecContext* codec, base::ByteView bytes) {
  const AvPacket packet(av_packet_alloc());
  AvFrame frame(av_frame_alloc());
  if (!packet || !frame || av_new_packet(packet.get(), static_cast<int>(bytes.size())) < 0) return nullptr;
  std::memcpy(packet->data, bytes.data(), bytes.size());
  packet->flags |= AV_PKT_FLAG_KEY;
  if (avcodec_send_packet(codec, packet.get()) < 0) return nullptr;
  if (avcodec_receive_frame(codec, frame.get()) < 0) return nullptr;
  return frame;
}

}  // namespace ozma::media
