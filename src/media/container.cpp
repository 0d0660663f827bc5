#include "media/container.hpp"

#include <bit>

namespace ozma::media {
namespace {

std::uint64_t Big(base::ByteView bytes, std::size_t at, int width) {
  std::uint64_t value = 0;
  for (int i = 0; i < width; ++i) value = value << 8 | bytes[at + i];
  return value;
}

// ISO/IEC 14496-12: a file is a row of boxes.
bool IsoIsCut(base::ByteView bytes) {
  std::size_t at = 0;
  while (bytes.size() - at >= 8) {
    auto size = Big(bytes, at, 4);
    if (size == 0) return false;  // to the end of the file
    if (size == 1) {
      if (bytes.size() - at < 16) return true;
      size = Big(bytes, at + 8, 8);
    }
    if (size < 8) return false;  // bytes after the film; FFmpeg ignores them too
    if (size > bytes.size() - at) return true;
    at += size;
  }
  return false;
}

// EBML (RFC 8794): an element is an id, a size whose leading zero bits tell its own width, and so many bytes.
// A file is a header and a Segment; a size of ones alone means that the writer did not know.
bool MatroskaIsCut(base::ByteView bytes) {
  std::size_t at = 0;
  for (int element = 0; element < 2; ++element) {
    at += 4;  // both ids have four bytes
    if (at >= bytes.size()) return true;
    const int width = std::countl_zero(bytes[at]) + 1;
    if (width > 8) return false;  // FFmpeg will say what is wrong
    if (bytes.size() - at < static_cast<std::size_t>(width)) return true;
    const auto unknown = (std::uint64_t{1} << 7 * width) - 1;
    const auto size = Big(bytes, at, width) & unknown;
    at += width;
    if (size == unknown) return false;
    if (size > bytes.size() - at) return true;
    at += size;
  }
  return false;
}

}  // namespace

bool IsCut(base::ByteView bytes, Format format) {
  switch (format) {
    case Format::kMp4:
    case Format::kM4v:
    case Format::kMov:
      return IsoIsCut(bytes);
    case Format::kWebm:
    case Format::kMatroska:
      return MatroskaIsCut(bytes);
    default:
      return false;
  }
}

}  // namespace ozma::media
