#include "media/decode.hpp"

#include <time.h>

#include <algorithm>
#include <opencv2/core/utility.hpp>

#include "media/archive.hpp"
#include "media/av.hpp"
#include "media/header.hpp"
#include "media/image.hpp"

namespace ozma::media {
namespace {

base::Result<Info> DecodeOnePicture(base::ByteView bytes, Format format, const Limits& limits,
                                    const FrameSink& sink) {
  const auto picture = DecodeImage(bytes, format, limits);
  if (!picture) return picture.error();
  if (auto taken = sink(picture->bgr, 0); !taken) return taken.error();
  Info info;
  info.width = picture->width;
  info.height = picture->height;
  return info;
}

struct StoredPicture {
  base::Bytes bytes;
  Format format;
};

// The pictures of an archive in order. Files that are no medium at all (notes, indexes) are passed over;
// films and archives are not.
base::Result<std::vector<StoredPicture>> PicturesOf(std::vector<ArchiveEntry> entries, const Limits& limits) {
  std::vector<StoredPicture> pictures;
  for (auto& entry : entries) {
    const auto format = FormatOf(entry.bytes);
    if (!format) continue;
    const auto kind = TypeOf(*format).kind;
    if (kind == Kind::kArchive) return Unreadable("The archive holds another archive.");
    if (kind == Kind::kVideo) return Unreadable("The archive holds a video; it may hold pictures only.");
    if (auto header = ReadImageHeader(entry.bytes, *format, limits); !header) return header.error();
    pictures.push_back({std::move(entry.bytes), *format});
  }
  if (pictures.empty()) return Unreadable("The archive holds no picture.");
  return pictures;
}

base::Result<Info> DecodeArchive(base::ByteView bytes, const Limits& limits, const FrameSink& sink) {
  auto entries = ReadArchive(bytes, {limits.archive_entries, limits.archive_bytes});
  if (!entries) return entries.error();
  const auto pictures = PicturesOf(std::move(*entries), limits);
  if (!pictures) return pictures.error();

  const auto count = pictures->size();
  const auto taken = std::min<std::size_t>(count, std::max(1, limits.samples));
  Info info;
  for (std::size_t i = 0; i < taken; ++i) {
    const auto& [data, format] =
        (*pictures)[(2 * i + 1) * count / (2 * taken)];  // the middles of equal parts
    const auto picture = DecodeOnePicture(data, format, limits, sink);
    if (!picture) return picture.error();
    if (i == 0) info = *picture;
  }
  info.frames = static_cast<int>(count);
  return info;
}

}  // namespace

void WarmUp() {
  tzset();
  av_log_set_level(AV_LOG_QUIET);
  cv::setNumThreads(0);

  // Through every library that keeps something from its first use.
  const cv::Mat picture(64, 64, CV_8UC3, cv::Scalar(40, 80, 120));
  Limits limits;
  limits.frame_side = 48;
  const auto ignore = [](const cv::Mat&, double) -> base::Result<void> { return {}; };
  for (const auto& coded : {EncodeJpeg(picture), EncodePng(picture)})
    if (coded) (void)DecodeBytes(*coded, limits, ignore);
  using std::literals::operator""sv;
  for (const auto text : {"PK\5\6\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"sv,
                          "\0\0\0\x8"
                          "ftypisom"sv})
    (void)DecodeBytes(base::AsBytes(text), limits, ignore);
}

base::Result<Decoded> DecodeBytes(base::ByteView bytes, const Limits& limits, const FrameSink& sink) {
  const auto format = FormatOf(bytes);
  if (!format) return format.error();
  if (bytes.size() > limits.file_bytes) return Unreadable("The file is too large.");

  const auto type = TypeOf(*format);
  const auto decode = [&] {
    switch (type.kind) {
      case Kind::kImage:
        return DecodeOnePicture(bytes, *format, limits, sink);
      case Kind::kVideo:
        return DecodeVideo(bytes, *format, limits, sink);
      case Kind::kArchive:
        break;
    }
    return DecodeArchive(bytes, limits, sink);
  };
  const auto info = decode();
  if (!info) return info.error();
  return Decoded{type, *info};
}

}  // namespace ozma::media
