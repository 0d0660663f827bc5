#include "media/film_traces.hpp"

extern "C" {
#include <libavutil/pixdesc.h>
}

#include <algorithm>
#include <array>

namespace ozma::media {
namespace {

// Where programs put their names: containers, streams, and what phones add.
constexpr std::array kKeys = {"encoder",     "comment",      "description",
                              "software",    "handler_name", "com.apple.quicktime.software",
                              "writing_app", "title"};

void AddNames(std::string& marks, const AVDictionary* said) {
  for (const char* key : kKeys) {
    if (const auto* entry = av_dict_get(said, key, nullptr, 0)) AddMark(marks, entry->value);
  }
}

}  // namespace

cv::Mat LumaOf(const AVFrame& frame) {
  const auto* format = av_pix_fmt_desc_get(static_cast<AVPixelFormat>(frame.format));
  const bool fits = format && !(format->flags & (AV_PIX_FMT_FLAG_RGB | AV_PIX_FMT_FLAG_PAL)) &&
                    format->comp[0].plane == 0 && format->comp[0].step == 1 && format->comp[0].depth == 8;
  if (!fits || !frame.data[0] || frame.linesize[0] < frame.width || frame.width < 1 || frame.height < 1)
    return {};
  return {frame.height, frame.width, CV_8UC1, frame.data[0], static_cast<std::size_t>(frame.linesize[0])};
}

std::string MarksOf(const AVFormatContext& film, const AVStream& pictures, const AVPacket& first) {
  std::string marks;
  AddNames(marks, film.metadata);
  AddNames(marks, pictures.metadata);
  // x264 and x265 write who they are into the stream itself.
  constexpr std::ptrdiff_t kHead = 4096;
  const std::string_view head(reinterpret_cast<const char*>(first.data),
                              std::min<std::ptrdiff_t>(first.size, kHead));
  for (const std::string_view name : {"x264 - core", "x265 (build"}) {
    if (head.find(name) != std::string_view::npos) AddMark(marks, name.substr(0, 4));
  }
  return marks;
}

}  // namespace ozma::media
