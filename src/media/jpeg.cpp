// JPEG by libjpeg-turbo itself: unlike the wrappers around it, it tells a cut or damaged file from a whole
// one, and decodes large photos at a fraction of their size.
#include <csetjmp>
#include <cstdio>

#include <jerror.h>
#include <jpeglib.h>

#include <algorithm>
#include <bit>
#include <cstdlib>
#include <memory>

#include "media/image.hpp"

namespace ozma::media {
namespace {

// libjpeg leaves by longjmp: nothing between setjmp and it may own anything.
struct Escape {
  jpeg_error_mgr manager;
  std::jmp_buf target;
  int damage = 0;  // message code of the first warning that means lost picture data
  int scans = 0;
};

Escape& EscapeOf(j_common_ptr info) {
  return *reinterpret_cast<Escape*>(info->err);
}

[[noreturn]] void Leave(j_common_ptr info) {
  std::longjmp(EscapeOf(info).target, 1);
}

void Note(j_common_ptr info, int level) {
  auto& escape = EscapeOf(info);
  if (level >= 0 || escape.damage != 0) return;
  switch (info->err->msg_code) {
    case JWRN_JPEG_EOF:
    case JWRN_HIT_MARKER:
    case JWRN_HUFF_BAD_CODE:
    case JWRN_MUST_RESYNC:
      escape.damage = info->err->msg_code;
      break;
    default:
      break;  // untidy, but no pixel is lost
  }
}

// A progressive file may hold any number of scans over the whole picture, each costing a full pass.
void CountScans(j_common_ptr info) {
  constexpr int kMostScans = 200;
  if (reinterpret_cast<j_decompress_ptr>(info)->input_scan_number > kMostScans) Leave(info);
}

// n of n/8: the largest at which the longer side is no more than `side`; but where the power of two below
// still gives three quarters of that, it, for only those have vector code in libjpeg-turbo and are three
// times as fast.
unsigned Eighths(unsigned longer, unsigned side) {
  const auto scaled = [&](unsigned n) { return (longer * std::uint64_t{n} + 7) / 8; };
  unsigned n = 8;
  while (n > 1 && scaled(n) > side) --n;
  const auto quick = std::bit_floor(n);
  return scaled(quick) * 4 >= side * std::uint64_t{3} ? quick : n;
}

// Adobe's programs store CMYK inverted and say so by a marker; nobody else writes CMYK.
void CmykToBgr(const cv::Mat& cmyk, bool inverted, cv::Mat& bgr) {
  bgr.create(cmyk.size(), CV_8UC3);
  for (int y = 0; y < cmyk.rows; ++y) {
    const auto* from = cmyk.ptr<cv::Vec4b>(y);
    auto* to = bgr.ptr<cv::Vec3b>(y);
    for (int x = 0; x < cmyk.cols; ++x) {
      const auto ink = [&](int i) { return inverted ? from[x][i] : 255 - from[x][i]; };
      for (int i = 0; i < 3; ++i) to[x][2 - i] = static_cast<std::uint8_t>(ink(i) * ink(3) / 255);
    }
  }
}

bool Run(jpeg_decompress_struct& info, Escape& escape, jpeg_progress_mgr& progress, base::ByteView bytes,
         const Limits& limits, cv::Mat& pixels) {
  if (setjmp(escape.target) != 0) return false;
  jpeg_create_decompress(&info);
  jpeg_mem_src(&info, bytes.data(), bytes.size());
  if (jpeg_read_header(&info, TRUE) != JPEG_HEADER_OK) return false;
  if (std::int64_t{info.image_width} * info.image_height > limits.pixels) return false;
  progress.progress_monitor = CountScans;
  info.progress = &progress;

  const bool four = info.num_components == 4;
  info.out_color_space = four ? JCS_CMYK : JCS_EXT_BGR;
  info.scale_num =
      Eighths(std::max(info.image_width, info.image_height), static_cast<unsigned>(limits.frame_side));
  info.scale_denom = 8;
  jpeg_start_decompress(&info);
  pixels.create(static_cast<int>(info.output_height), static_cast<int>(info.output_width),
                four ? CV_8UC4 : CV_8UC3);
  while (info.output_scanline < info.output_height) {
    JSAMPROW rows[8];
    int count = 0;
    for (auto y = info.output_scanline; y < info.output_height && count < 8; ++y)
      rows[count++] = pixels.ptr(static_cast<int>(y));
    jpeg_read_scanlines(&info, rows, count);
  }
  jpeg_finish_decompress(&info);
  return true;
}

bool Write(jpeg_compress_struct& info, Escape& escape, const cv::Mat& bgr, int quality,
           unsigned char*& buffer, unsigned long& size) {
  if (setjmp(escape.target) != 0) return false;
  jpeg_create_compress(&info);
  jpeg_mem_dest(&info, &buffer, &size);
  info.image_width = static_cast<JDIMENSION>(bgr.cols);
  info.image_height = static_cast<JDIMENSION>(bgr.rows);
  info.input_components = 3;
  info.in_color_space = JCS_EXT_BGR;
  jpeg_set_defaults(&info);
  jpeg_set_quality(&info, quality, TRUE);
  jpeg_start_compress(&info, TRUE);
  while (info.next_scanline < info.image_height) {
    auto* row =
        const_cast<JSAMPLE*>(bgr.ptr(static_cast<int>(info.next_scanline)));  // C without const; only read
    jpeg_write_scanlines(&info, &row, 1);
  }
  jpeg_finish_compress(&info);
  return true;
}

}  // namespace

base::Result<cv::Mat> DecodeJpeg(base::ByteView bytes, const Limits& limits) {
  Escape escape{};
  jpeg_decompress_struct info{};
  jpeg_progress_mgr progress{};
  info.err = jpeg_std_error(&escape.manager);
  escape.manager.error_exit = Leave;
  escape.manager.emit_message = Note;
  escape.manager.output_message = [](j_common_ptr) {};

  cv::Mat pixels;
  const bool done = Run(info, escape, progress, bytes, limits, pixels);
  const bool inverted = info.saw_Adobe_marker;
  jpeg_destroy_decompress(&info);
  if (escape.damage == JWRN_JPEG_EOF || escape.damage == JWRN_HIT_MARKER)
    return Unreadable("The JPEG is cut off: its picture data ends too early.");
  if (!done || escape.damage != 0) return Unreadable("The JPEG is damaged.");
  if (pixels.channels() == 3) return pixels;

  cv::Mat bgr;
  CmykToBgr(pixels, inverted, bgr);
  return bgr;
}

base::Result<base::Bytes> EncodeJpeg(const cv::Mat& bgr, int quality) {
  if (bgr.empty() || bgr.type() != CV_8UC3 || std::max(bgr.cols, bgr.rows) > JPEG_MAX_DIMENSION)
    return base::Fail(base::Fault::kInternal,
                      "Only 8-bit BGR pictures of up to 65500 pixels a side are encoded.");
  Escape escape{};
  jpeg_compress_struct info{};
  info.err = jpeg_std_error(&escape.manager);
  escape.manager.error_exit = Leave;
  escape.manager.output_message = [](j_common_ptr) {};

  unsigned char* buffer = nullptr;
  unsigned long size = 0;
  const bool done = Write(info, escape, bgr, std::clamp(quality, 1, 100), buffer, size);
  jpeg_destroy_compress(&info);
  const std::unique_ptr<unsigned char, decltype(&std::free)> owner(buffer, std::free);
  if (!done) return base::Fail(base::Fault::kInternal, "A picture could not be written as JPEG.");
  return base::Bytes(buffer, buffer + size);
}

}  // namespace ozma::media
