#include "media/header.hpp"

#include <algorithm>

#include "media/orientation.hpp"

namespace ozma::media {
namespace {

using base::ByteView;
using std::literals::operator""sv;

// A cursor that cannot leave the file: reading past the end gives zeros and sets `short_of_bytes`.
class Cursor {
 public:
  explicit Cursor(ByteView bytes) : bytes_(bytes) {}

  std::uint32_t Big(int width) {
    std::uint32_t value = 0;
    for (const auto byte : Take(width)) value = value << 8 | byte;
    return value;
  }
  std::uint32_t Little(int width) {
    std::uint32_t value = 0;
    int shift = 0;
    for (const auto byte : Take(width))
      value |= static_cast<std::uint32_t>(byte) << std::exchange(shift, shift + 8);
    return value;
  }
  ByteView Take(std::size_t count) {
    if (count > bytes_.size() - at_) {
      short_ = true;
      at_ = bytes_.size();
      return {};
    }
    at_ += count;
    return bytes_.subspan(at_ - count, count);
  }
  void Skip(std::size_t count) { Take(count); }
  bool ShortOfBytes() const { return short_; }

 private:
  ByteView bytes_;
  std::size_t at_ = 0;
  bool short_ = false;
};

base::Error Cut() {
  return Unreadable("The picture is cut off: the file ends before its picture does.");
}
base::Error Broken() {
  return Unreadable("The picture's header is broken.");
}

// ITU-T T.81, B.1 and B.2: segments up to the first frame header; the rest is libjpeg's to judge.
base::Result<ImageHeader> ReadJpeg(ByteView bytes) {
  ImageHeader header;
  Cursor cursor(bytes);
  cursor.Skip(2);
  for (;;) {
    if (cursor.Big(1) != 0xFF) return cursor.ShortOfBytes() ? Cut() : Broken();
    auto marker = cursor.Big(1);
    while (marker == 0xFF) marker = cursor.Big(1);  // fill bytes
    if (cursor.ShortOfBytes()) return Cut();
    if (marker == 0x01 || (marker >= 0xD0 && marker <= 0xD7)) continue;  // markers without a segment

    const auto length = cursor.Big(2);
    if (length < 2) return cursor.ShortOfBytes() ? Cut() : Broken();
    const auto segment = cursor.Take(length - 2);
    if (cursor.ShortOfBytes()) return Cut();

    constexpr auto kExif = "Exif\0\0"sv;
    if (marker == 0xE1 && base::AsText(segment).starts_with(kExif))
      header.orientation = ExifOrientation(segment.subspan(kExif.size()));
    const bool frame = marker >= 0xC0 && marker <= 0xCF && marker != 0xC4 && marker != 0xC8 && marker != 0xCC;
    if (frame) {
      Cursor fields(segment);
      fields.Skip(1);
      header.height = static_cast<int>(fields.Big(2));
      header.width = static_cast<int>(fields.Big(2));
      return header;
    }
    if (marker == 0xDA || marker == 0xD9) return Broken();  // a scan, or the end, before any frame
  }
}

// PNG (ISO/IEC 15948), 5.3: every chunk must be there up to IEND. Checksums are libpng's to judge.
base::Result<ImageHeader> ReadPng(ByteView bytes, const Limits& limits) {
  ImageHeader header;
  Cursor cursor(bytes);
  cursor.Skip(8);
  for (bool first = true;; first = false) {
    const auto length = cursor.Big(4);
    const auto type = base::AsText(cursor.Take(4));
    const auto body = cursor.Take(length);
    cursor.Skip(4);
    if (first) {
      if (type != "IHDR"sv || body.size() != 13) return cursor.ShortOfBytes() ? Cut() : Broken();
      Cursor fields(body);
      const auto width = fields.Big(4), height = fields.Big(4);
      if (auto fits = CheckPixels(width, height, limits); !fits) return fits.error();
      header.width = static_cast<int>(width);
      header.height = static_cast<int>(height);
    }
    if (cursor.ShortOfBytes()) return Cut();
    if (type == "eXIf"sv) header.orientation = ExifOrientation(body);
    if (type == "IEND"sv) return header;
  }
}

// WebP container specification: "RIFF", its size, "WEBP", chunks padded to even sizes. The first chunk tells
// the size: VP8X (canvas), VP8L (lossless) or VP8 (lossy, RFC 6386 9.1).
base::Result<ImageHeader> ReadWebp(ByteView bytes) {
  ImageHeader header;
  Cursor file(bytes);
  file.Skip(4);
  const auto riff = file.Little(4);
  Cursor cursor(file.Take(riff));
  if (file.ShortOfBytes()) return Cut();
  cursor.Skip(4);
  while (true) {
    const auto type = base::AsText(cursor.Take(4));
    const auto length = cursor.Little(4);
    const auto body = cursor.Take(length);
    if (cursor.ShortOfBytes()) break;
    if (length % 2 != 0) cursor.Skip(1);

    Cursor fields(body);
    if (type == "VP8X"sv) {
      fields.Skip(4);
      header.width = static_cast<int>(fields.Little(3)) + 1;
      header.height = static_cast<int>(fields.Little(3)) + 1;
    } else if (type == "VP8L"sv && header.width == 0) {
      fields.Skip(1);
      const auto packed = fields.Little(4);
      header.width = static_cast<int>(packed & 0x3FFF) + 1;
      header.height = static_cast<int>(packed >> 14 & 0x3FFF) + 1;
    } else if (type == "VP8 "sv && header.width == 0) {
      fields.Skip(6);
      header.width = static_cast<int>(fields.Little(2) & 0x3FFF);
      header.height = static_cast<int>(fields.Little(2) & 0x3FFF);
    } else if (type == "EXIF"sv) {
      constexpr auto kPrefix = "Exif\0\0"sv;  // written by some, against the specification
      header.orientation =
          ExifOrientation(body.subspan(base::AsText(body).starts_with(kPrefix) ? kPrefix.size() : 0));
    }
    if (fields.ShortOfBytes()) return Broken();
  }
  return header;
}

base::Result<ImageHeader> ReadBmp(ByteView bytes) {
  Cursor cursor(bytes);
  cursor.Skip(14);
  ImageHeader header;
  if (cursor.Little(4) == 12) {
    header.width = static_cast<int>(cursor.Little(2));
    header.height = static_cast<int>(cursor.Little(2));
    return header;
  }
  header.width = static_cast<int>(cursor.Little(4));
  const auto height = static_cast<std::int32_t>(cursor.Little(4));
  if (height == INT32_MIN) return Broken();
  header.height = std::abs(height);  // negative: rows from the top
  return header;
}

// GIF89a, appendix A: the canvas, then blocks up to the end of the first picture's data.
base::Result<ImageHeader> ReadGif(ByteView bytes) {
  ImageHeader header;
  Cursor cursor(bytes);
  const auto skip_colours = [&](std::uint32_t flags) {
    if (flags & 0x80) cursor.Skip(3u << ((flags & 7) + 1));
  };
  const auto skip_blocks = [&] {
    while (const auto length = cursor.Big(1)) cursor.Skip(length);
  };
  cursor.Skip(6);
  header.width = static_cast<int>(cursor.Little(2));
  header.height = static_cast<int>(cursor.Little(2));
  const auto flags = cursor.Big(1);
  cursor.Skip(2);
  skip_colours(flags);
  while (!cursor.ShortOfBytes()) {
    switch (cursor.Big(1)) {
      case 0x21:  // an extension
        cursor.Skip(1);
        skip_blocks();
        break;
      case 0x2C:  // a picture
        cursor.Skip(8);
        skip_colours(cursor.Big(1));
        cursor.Skip(1);
        skip_blocks();
        return cursor.ShortOfBytes() ? base::Result<ImageHeader>(Cut()) : header;
      default:
        return cursor.ShortOfBytes() ? Cut() : Broken();
    }
  }
  return Cut();
}

base::Result<ImageHeader> Read(ByteView bytes, Format format, const Limits& limits) {
  switch (format) {
    case Format::kJpeg:
      return ReadJpeg(bytes);
    case Format::kPng:
      return ReadPng(bytes, limits);
    case Format::kWebp:
      return ReadWebp(bytes);
    case Format::kBmp:
      return ReadBmp(bytes);
    case Format::kGif:
      return ReadGif(bytes);
    default:
      return Unreadable("The file is no picture.");
  }
}

}  // namespace

base::Result<void> CheckPixels(std::int64_t width, std::int64_t height, const Limits& limits) {
  if (width < 1 || height < 1 || width > INT32_MAX || height > INT32_MAX) return Broken();
  if (width * height <= limits.pixels) return {};
  return Unreadable("The picture is " + std::to_string(width) + " x " + std::to_string(height) +
                    " pixels; at most " + std::to_string(limits.pixels / 1'000'000) +
                    " megapixels are taken.");
}

base::Result<ImageHeader> ReadImageHeader(ByteView bytes, Format format, const Limits& limits) {
  auto header = Read(bytes, format, limits);
  if (!header) return header;
  if (auto fits = CheckPixels(header->width, header->height, limits); !fits) return fits.error();
  return header;
}

}  // namespace ozma::media
