// The formats this room reads, one by one; `Sniff` of media.hpp is this with the names clients see.
#pragma once

#include "media/media.hpp"

namespace ozma::media {

enum class Format {
  kJpeg,
  kPng,
  kWebp,
  kBmp,
  kGif,
  kMp4,
  kMov,
  kM4v,
  kWebm,
  kMatroska,
  kAvi,
  kMpegPs,
  kMpegTs,
  kMpegEs,
  kOgg,
  kAsf,
  kZip,
  kTar,
  kGzip,
};

// By the leading bytes. kSampleUnreadable where the content is none of the above.
base::Result<Format> FormatOf(base::ByteView bytes);

Type TypeOf(Format format);

// kSampleUnreadable with that message: how nearly everything here fails.
inline base::Error Unreadable(std::string message) {
  return base::Fail(base::Fault::kSampleUnreadable, std::move(message));
}

}  // namespace ozma::media
