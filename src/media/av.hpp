// The small part of FFmpeg that pictures and films share: owners for its objects, and its frames as BGR.
#pragma once

extern "C" {
#include <libavcodec/avcodec.h>
#include <libavformat/avformat.h>
#include <libavutil/frame.h>
}

#include <memory>

#include "media/media.hpp"

namespace ozma::media {

struct AvFree {
  void operator()(AVFrame* frame) const { av_frame_free(&frame); }
  void operator()(AVPacket* packet) const { av_packet_free(&packet); }
  void operator()(AVCodecContext* context) const { avcodec_free_context(&context); }
};
using AvFrame = std::unique_ptr<AVFrame, AvFree>;
using AvPacket = std::unique_ptr<AVPacket, AvFree>;
using AvCodec = std::unique_ptr<AVCodecContext, AvFree>;

// A decoder on the calling thread alone, which takes no frame beyond `limits.pixels`. `parameters` may be
// null. Null where FFmpeg lacks it or cannot open it.
AvCodec OpenCodec(const AVCodec* codec, const AVCodecParameters* parameters, const Limits& limits);

// CV_8UC3, transparency over white, square pixels, the longer side at most `side`. Empty where there is no
// way.
cv::Mat ToBgr(const AVFrame& frame, AVRational pixel_shape, int side);

// Sends one whole packet and takes the frame it makes; null where it makes none.
AvFrame DecodeOne(AVCodecContext* codec, base::ByteView packet);

}  // namespace ozma::media
