// Films in memory, through FFmpeg's libraries.
#pragma once

#include <functional>

#include "media/format.hpp"

namespace ozma::media {

// Takes the frames as they come, so that no more than one is held here.
using FrameSink = std::function<base::Result<void>(const cv::Mat& bgr, double seconds)>;

// Gives up to limits.samples frames, spread evenly at no more than limits.sample_rate a second, upright, to
// `sink`. Returns what is known of the film (size and md5 left empty), and in `traces` what it tells of its
// making. Only the demuxer of `format` and codecs of a fixed list run; nothing but `bytes` is ever opened.
// Stateless; safe from any thread. kSampleUnreadable: broken, cut off, without pictures, of a codec not on
// the list, or beyond a limit; the sink's error is passed on.
base::Result<Info> DecodeVideo(base::ByteView bytes, Format format, const Limits& limits,
                               const FrameSink& sink, Traces& traces);

}  // namespace ozma::media
