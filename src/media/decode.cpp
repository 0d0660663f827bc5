#include "media/decode.hpp"

#include <time.h>

#include <algorithm>
#include <charconv>
#include <opencv2/core/utility.hpp>
#include <optional>
#include <string_view>

#include "media/archive.hpp"
#include "media/av.hpp"
#include "media/header.hpp"
#include "media/image.hpp"

namespace ozma::media {
namespace {

base::Result<Info> DecodeOnePicture(base::ByteView bytes, Format format, const Limits& limits,
                                    const FrameSink& sink, double seconds = 0) {
  const auto picture = DecodeImage(bytes, format, limits);
  if (!picture) return picture.error();
  if (auto taken = sink(picture->bgr, seconds); !taken) return taken.error();
  Info info;
  info.width = picture->width;
  info.height = picture->height;
  return info;
}

struct StoredPicture {
  base::Bytes bytes;
  Format format;
  std::optional<double> seconds;  // that its name says
};

// "0007_00280ms.jpg" -> 0.28
std::optional<double> SecondsIn(std::string_view name) {
  name = name.substr(0, name.rfind('.'));
  if (!name.ends_with("ms")) return std::nullopt;
  name.remove_suffix(2);
  const auto digits = name.find_last_not_of("0123456789") + 1;  // 0 where there are digits alone
  int milliseconds = 0;
  const auto read = std::from_chars(name.data() + digits, name.data() + name.size(), milliseconds);
  if (read.ec != std::errc() || digits == name.size()) return std::nullopt;
  return milliseconds / 1000.0;
}

// When each was taken: what all names say, if that rises and is within the limit on films; else a tenth of a
// second apart.
std::vector<double> TimesOf(const std::vector<StoredPicture>& pictures, const Limits& limits) {
  constexpr double kApart = 0.1;
  std::vector<double> said, even;
  for (const auto& picture : pictures) {
    even.push_back(std::min(kApart * static_cast<double>(even.size()), limits.video_seconds));
    const bool rises = picture.seconds && (said.empty() || *picture.seconds > said.back());
    if (rises && *picture.seconds <= limits.video_seconds) said.push_back(*picture.seconds);
  }
  return said.size() == pictures.size() ? said : even;
}

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
    pictures.push_back({std::move(entry.bytes), *format, SecondsIn(entry.name)});
  }
  if (pictures.empty()) return Unreadable("The archive holds no picture.");
  return pictures;
}

base::Result<Info> DecodeArchive(base::ByteView bytes, const Limits& limits, const FrameSink& sink) {
  auto entries = ReadArchive(bytes, {limits.archive_entries, limits.archive_bytes});
  if (!entries) return entries.error();
  const auto pictures = PicturesOf(std::move(*entries), limits);
  if (!pictures) return pictures.error();

  const auto times = TimesOf(*pictures, limits);
  const auto count = pictures->size();
  const auto taken = std::min<std::size_t>(count, std::max(1, limits.samples));
  Info info;
  for (std::size_t i = 0; i < taken; ++i) {
    const auto at = (2 * i + 1) * count / (2 * taken);  // the middles of equal parts
    const auto& stored = (*pictures)[at];
    const auto picture = DecodeOnePicture(stored.bytes, stored.format, limits, sink, times[at] - times[0]);
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
  Traces traces;
  const auto decode = [&] {
    switch (type.kind) {
      case Kind::kImage:
        return DecodeOnePicture(bytes, *format, limits, sink);
      case Kind::kVideo:
        return DecodeVideo(bytes, *format, limits, sink, traces);
      case Kind::kArchive:
        break;
    }
    return DecodeArchive(bytes, limits, sink);
  };
  const auto info = decode();
  if (!info) return info.error();
  return Decoded{type, *info, std::move(traces)};
}

}  // namespace ozma::media
