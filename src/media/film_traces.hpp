// What FFmpeg's objects tell of a film's making.
#pragma once

#include "media/av.hpp"
#include "media/traces.hpp"

namespace ozma::media {

// The luminance of a frame whose first plane is 8 bits of it a pixel, as a view into the frame; empty for
// others.
cv::Mat LumaOf(const AVFrame& frame);

// The programs that the file, its pictures' stream and the first packet of it name; see Traces::marks.
std::string MarksOf(const AVFormatContext& film, const AVStream& pictures, const AVPacket& first);

}  // namespace ozma::media
