#include <algorithm>
#include <array>
#include <cstring>

#include "media/format.hpp"

namespace ozma::media {
namespace {

using base::ByteView;
using std::literals::operator""sv;

bool HasAt(ByteView bytes, std::size_t at, std::string_view magic) {
  return bytes.size() >= at + magic.size() && std::memcmp(bytes.data() + at, magic.data(), magic.size()) == 0;
}

// "BM" alone also begins ordinary text: the size of the second header must be one that exists.
bool IsBmp(ByteView bytes) {
  if (!HasAt(bytes, 0, "BM"sv) || bytes.size() < 26) return false;
  constexpr std::array<std::uint8_t, 7> kHeaderSizes{12, 40, 52, 56, 64, 108, 124};
  return std::ranges::find(kHeaderSizes, bytes[14]) != kHeaderSizes.end() && HasAt(bytes, 15, "\0\0\0"sv);
}

// A sync byte at the head of each of the first packets: 188 bytes, or 192 with a time stamp before each.
bool IsTransportStream(ByteView bytes) {
  const auto synced = [&](std::size_t offset, std::size_t step) {
    return bytes.size() > offset + 2 * step && bytes[offset] == 0x47 && bytes[offset + step] == 0x47 &&
           bytes[offset + 2 * step] == 0x47;
  };
  return synced(0, 188) || synced(4, 192);
}

// EBML names its document type within the first header.
Format MatroskaFlavour(ByteView bytes) {
  const auto head = base::AsText(bytes.first(std::min<std::size_t>(bytes.size(), 64)));
  return head.find("webm") != std::string_view::npos ? Format::kWebm : Format::kMatroska;
}

// ISO base media (ISO/IEC 14496-12): the brand after "ftyp" tells films from pictures.
base::Result<Format> IsoFlavour(ByteView bytes) {
  const auto brand = base::AsText(bytes.subspan(8, std::min<std::size_t>(bytes.size() - 8, 4)));
  constexpr std::array kPictures{"heic"sv, "heix"sv, "heim"sv, "heis"sv, "hevc"sv,
                                 "hevx"sv, "mif1"sv, "msf1"sv, "avif"sv, "avis"sv};
  if (std::ranges::find(kPictures, brand) != kPictures.end())
    return Unreadable("HEIC and AVIF pictures are not read; send JPEG, PNG or WebP.");
  if (brand == "qt  "sv) return Format::kMov;
  if (brand.starts_with("M4V"sv)) return Format::kM4v;
  return Format::kMp4;
}

// QuickTime files of before 2001 have no "ftyp": they begin with one of these boxes.
bool IsOldQuickTime(ByteView bytes) {
  constexpr std::array kBoxes{"moov"sv, "mdat"sv, "wide"sv, "pnot"sv};
  return std::ranges::any_of(kBoxes, [&](auto box) { return HasAt(bytes, 4, box); });
}

}  // namespace

base::Result<Format> FormatOf(ByteView bytes) {
  if (bytes.empty()) return Unreadable("The file is empty.");
  if (HasAt(bytes, 0, "\xFF\xD8\xFF"sv)) return Format::kJpeg;
  if (HasAt(bytes, 0, "\x89PNG\r\n\x1A\n"sv)) return Format::kPng;
  if (HasAt(bytes, 0, "RIFF"sv) && HasAt(bytes, 8, "WEBP"sv)) return Format::kWebp;
  if (HasAt(bytes, 0, "GIF87a"sv) || HasAt(bytes, 0, "GIF89a"sv)) return Format::kGif;
  if (IsBmp(bytes)) return Format::kBmp;

  if (HasAt(bytes, 4, "ftyp"sv)) return IsoFlavour(bytes);
  if (IsOldQuickTime(bytes)) return Format::kMov;
  if (HasAt(bytes, 0, "\x1A\x45\xDF\xA3"sv)) return MatroskaFlavour(bytes);
  if (HasAt(bytes, 0, "RIFF"sv) && HasAt(bytes, 8, "AVI "sv)) return Format::kAvi;
  if (HasAt(bytes, 0, "\0\0\x01\xBA"sv)) return Format::kMpegPs;
  if (HasAt(bytes, 0, "\0\0\x01\xB3"sv)) return Format::kMpegEs;
  if (HasAt(bytes, 0, "OggS"sv)) return Format::kOgg;
  if (HasAt(bytes, 0, "\x30\x26\xB2\x75\x8E\x66\xCF\x11"sv)) return Format::kAsf;

  if (HasAt(bytes, 0, "PK\x03\x04"sv) || HasAt(bytes, 0, "PK\x05\x06"sv)) return Format::kZip;
  if (HasAt(bytes, 0, "\x1F\x8B"sv)) return Format::kGzip;
  if (HasAt(bytes, 257, "ustar"sv)) return Format::kTar;
  if (HasAt(bytes, 0, "Rar!\x1A\x07"sv))
    return Unreadable("RAR archives are not read; send ZIP, TAR or TAR.GZ.");
  if (HasAt(bytes, 0, "7z\xBC\xAF\x27\x1C"sv))
    return Unreadable("7-Zip archives are not read; send ZIP, TAR or TAR.GZ.");
  if (IsTransportStream(bytes)) return Format::kMpegTs;
  return Unreadable("The content is no picture, video or archive of a known kind.");
}

Type TypeOf(Format format) {
  switch (format) {
    case Format::kJpeg:
      return {Kind::kImage, "image/jpeg"};
    case Format::kPng:
      return {Kind::kImage, "image/png"};
    case Format::kWebp:
      return {Kind::kImage, "image/webp"};
    case Format::kBmp:
      return {Kind::kImage, "image/bmp"};
    case Format::kGif:
      return {Kind::kImage, "image/gif"};
    case Format::kMp4:
      return {Kind::kVideo, "video/mp4"};
    case Format::kMov:
      return {Kind::kVideo, "video/quicktime"};
    case Format::kM4v:
      return {Kind::kVideo, "video/x-m4v"};
    case Format::kWebm:
      return {Kind::kVideo, "video/webm"};
    case Format::kMatroska:
      return {Kind::kVideo, "video/x-matroska"};
    case Format::kAvi:
      return {Kind::kVideo, "video/x-msvideo"};
    case Format::kMpegPs:
    case Format::kMpegEs:
      return {Kind::kVideo, "video/mpeg"};
    case Format::kMpegTs:
      return {Kind::kVideo, "video/mp2t"};
    case Format::kOgg:
      return {Kind::kVideo, "video/ogg"};
    case Format::kAsf:
      return {Kind::kVideo, "video/x-ms-wmv"};
    case Format::kZip:
      return {Kind::kArchive, "application/zip"};
    case Format::kTar:
      return {Kind::kArchive, "application/x-tar"};
    case Format::kGzip:
      return {Kind::kArchive, "application/gzip"};
  }
  return {};
}

base::Result<Type> Sniff(ByteView bytes) {
  const auto format = FormatOf(bytes);
  if (!format) return format.error();
  return TypeOf(*format);
}

}  // namespace ozma::media
