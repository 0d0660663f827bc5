// What a picture's header says, read by our own bounded parsers before any decoder sees the file.
#pragma once

#include "media/format.hpp"

namespace ozma::media {

struct ImageHeader {
  int width = 0;  // as stored, before turning; at least 1
  int height = 0;
  int orientation = 1;  // EXIF
};

// kSampleUnreadable where the header is broken, states more than `limits.pixels`, or the file visibly ends
// before its picture does.
base::Result<ImageHeader> ReadImageHeader(base::ByteView bytes, Format format, const Limits& limits);

// kSampleUnreadable where width x height is beyond `limits.pixels`.
base::Result<void> CheckPixels(std::int64_t width, std::int64_t height, const Limits& limits);

}  // namespace ozma::media
