#include "media/orientation.hpp"

#include <cstdlib>

#include <opencv2/core.hpp>

namespace ozma::media {
namespace {

// Integers of either byte order; 0 beyond the end.
class Tiff {
 public:
  explicit Tiff(base::ByteView bytes) : bytes_(bytes), little_(bytes.size() > 1 && bytes[0] == 'I') {}

  std::uint32_t Read(std::size_t at, int width) const {
    if (at > bytes_.size() || bytes_.size() - at < static_cast<std::size_t>(width)) return 0;
    std::uint32_t value = 0;
    for (int i = 0; i < width; ++i) value = value << 8 | bytes_[at + (little_ ? width - 1 - i : i)];
    return value;
  }

 private:
  base::ByteView bytes_;
  bool little_;
};

}  // namespace

int ExifOrientation(base::ByteView bytes) {
  constexpr int kUpright = 1;
  if (bytes.size() < 8 || bytes[0] != bytes[1] || (bytes[0] != 'I' && bytes[0] != 'M')) return kUpright;
  const Tiff tiff(bytes);
  if (tiff.Read(2, 2) != 42) return kUpright;

  const std::size_t directory = tiff.Read(4, 4);
  const auto entries = tiff.Read(directory, 2);
  for (std::uint32_t i = 0; i < entries; ++i) {
    const auto entry = directory + 2 + i * std::size_t{12};
    constexpr std::uint32_t kOrientation = 0x0112, kShort = 3;
    if (tiff.Read(entry, 2) != kOrientation) continue;
    if (tiff.Read(entry + 2, 2) != kShort) return kUpright;
    const int value = static_cast<int>(tiff.Read(entry + 8, 2));
    return value >= 1 && value <= 8 ? value : kUpright;
  }
  return kUpright;
}

cv::Mat Upright(const cv::Mat& stored, int orientation) {
  cv::Mat turned;
  switch (orientation) {
    case 2:
      cv::flip(stored, turned, 1);
      return turned;
    case 3:
      cv::rotate(stored, turned, cv::ROTATE_180);
      return turned;
    case 4:
      cv::flip(stored, turned, 0);
      return turned;
    case 5:
      cv::transpose(stored, turned);
      return turned;
    case 6:
      cv::rotate(stored, turned, cv::ROTATE_90_CLOCKWISE);
      return turned;
    case 7:
      cv::transpose(stored, turned);
      cv::flip(turned, turned, -1);
      return turned;
    case 8:
      cv::rotate(stored, turned, cv::ROTATE_90_COUNTERCLOCKWISE);
      return turned;
    default:
      return stored;
  }
}

int OfDisplayMatrix(const std::array<std::int32_t, 9>& matrix) {
  const auto a = std::int64_t{matrix[0]}, b = std::int64_t{matrix[1]};
  const auto c = std::int64_t{matrix[3]}, d = std::int64_t{matrix[4]};
  if (std::abs(a) + std::abs(d) >= std::abs(b) + std::abs(c)) {
    if (a >= 0) return d >= 0 ? 1 : 4;
    return d >= 0 ? 2 : 3;
  }
  if (b >= 0) return c >= 0 ? 5 : 6;
  return c >= 0 ? 8 : 7;
}

}  // namespace ozma::media
