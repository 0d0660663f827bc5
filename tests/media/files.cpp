#include "media/files.hpp"

#include <archive.h>
#include <archive_entry.h>
#include <locale.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <map>
#include <mutex>
#include <opencv2/imgcodecs.hpp>
#include <opencv2/imgproc.hpp>
#include <stdexcept>

namespace ozma::media::testing {
namespace {

struct Folder {
  std::filesystem::path path;
  Folder() {
    std::string name = (std::filesystem::temp_directory_path() / "ozma-media-XXXXXX").string();
    if (!mkdtemp(name.data())) throw std::runtime_error("no temporary folder");
    path = name;
  }
  ~Folder() {
    std::error_code ignored;
    std::filesystem::remove_all(path, ignored);
  }
};

const Folder& TheFolder() {
  static const Folder folder;
  return folder;
}

char Letter(const cv::Vec3b& bgr) {
  const bool blue = bgr[0] > 128, green = bgr[1] > 128, red = bgr[2] > 128;
  if (blue && green && red) return 'W';
  if (blue && !green && !red) return 'B';
  if (green && !blue && !red) return 'G';
  if (red && !blue && !green) return 'R';
  return '?';
}

}  // namespace

cv::Mat Quarters(int width, int height) {
  cv::Mat picture(height, width, CV_8UC3, cv::Scalar(255, 255, 255));
  const int x = width / 2, y = height / 2;
  picture(cv::Rect(0, 0, x, y)) = cv::Scalar(0, 0, 255);
  picture(cv::Rect(x, 0, width - x, y)) = cv::Scalar(0, 255, 0);
  picture(cv::Rect(0, y, x, height - y)) = cv::Scalar(255, 0, 0);
  cv::GaussianBlur(picture, picture, {5, 5}, 0);
  return picture;
}

std::string Reading(const cv::Mat& bgr) {
  std::string letters;
  for (const int y : {1, 3})
    for (const int x : {1, 3}) letters += Letter(bgr.at<cv::Vec3b>(bgr.rows * y / 4, bgr.cols * x / 4));
  return letters;
}

base::Bytes Coded(const std::string& extension, const cv::Mat& picture, const std::vector<int>& parameters) {
  base::Bytes bytes;
  if (!cv::imencode(extension, picture, bytes, parameters))
    throw std::runtime_error("not encoded: " + extension);
  return bytes;
}

base::Bytes WithExif(const base::Bytes& jpeg, int orientation) {
  // APP1: "Exif\0\0", a big-endian TIFF header, one directory of one SHORT.
  const base::Bytes block{0xFF, 0xE1, 0, 34, 'E', 'x', 'i', 'f', 0, 0,
                          'M',  'M',  0, 42, 0,   0,   0,   8,   0, 1,
                          0x01, 0x12, 0, 3,  0,   0,   0,   1,   0, static_cast<std::uint8_t>(orientation),
                          0,    0,    0, 0,  0,   0};
  base::Bytes bytes(jpeg.begin(), jpeg.begin() + 2);
  bytes.insert(bytes.end(), block.begin(), block.end());
  bytes.insert(bytes.end(), jpeg.begin() + 2, jpeg.end());
  return bytes;
}

// The inverse of each: EXIF names where row 0 and column 0 of the stored picture lie for the viewer.
cv::Mat StoredFor(const cv::Mat& upright, int orientation) {
  cv::Mat stored;
  switch (orientation) {
    case 2:
      cv::flip(upright, stored, 1);
      break;
    case 3:
      cv::flip(upright, stored, -1);
      break;
    case 4:
      cv::flip(upright, stored, 0);
      break;
    case 5:
      cv::transpose(upright, stored);
      break;
    case 6:
      cv::rotate(upright, stored, cv::ROTATE_90_COUNTERCLOCKWISE);
      break;
    case 7:
      cv::transpose(upright, stored);
      cv::rotate(stored, stored, cv::ROTATE_180);
      break;
    case 8:
      cv::rotate(upright, stored, cv::ROTATE_90_CLOCKWISE);
      break;
    default:
      stored = upright.clone();
  }
  return stored;
}

std::string PathOf(const std::string& name) {
  return (TheFolder().path / name).string();
}

base::Bytes Ffmpeg(const std::string& arguments, const std::string& name) {
  static std::mutex mutex;
  static std::map<std::string, base::Bytes> made;
  const std::lock_guard lock(mutex);
  const auto key = arguments + " " + name;
  if (const auto known = made.find(key); known != made.end()) return known->second;
  const auto path = TheFolder().path / name;
  const auto command = "ffmpeg -nostdin -v error -threads 1 -y " + arguments + " '" + path.string() + "'";
  if (std::system(command.c_str()) != 0) throw std::runtime_error("failed: " + command);
  const auto bytes = base::ReadFile(path);
  if (!bytes) throw std::runtime_error("no output: " + command);
  return made[key] = *bytes;
}

base::Bytes Film(const std::string& name, double seconds, int rate, const std::string& codec, int width,
                 int height) {
  const auto size = std::to_string(width) + "x" + std::to_string(height);
  const auto picture = TheFolder().path / ("quarters-" + size + ".png");
  if (!std::filesystem::exists(picture)) cv::imwrite(picture.string(), Quarters(width, height));
  return Ffmpeg("-loop 1 -framerate " + std::to_string(rate) + " -i '" + picture.string() + "' -t " +
                    std::to_string(seconds) + " -pix_fmt yuv420p " + codec,
                name);
}

base::Bytes Packed(const std::string& format, const std::string& filter, const std::vector<Item>& items) {
  static const locale_t utf8 = newlocale(LC_CTYPE_MASK, "C.UTF-8", nullptr);
  const locale_t before = uselocale(utf8);
  base::Bytes bytes;
  archive* writer = archive_write_new();
  archive_write_set_format_by_name(writer, format.c_str());
  if (!filter.empty()) archive_write_add_filter_by_name(writer, filter.c_str());
  archive_write_set_bytes_in_last_block(writer, 1);
  const auto append = [](archive*, void* to, const void* data, std::size_t size) -> la_ssize_t {
    const auto* from = static_cast<const std::uint8_t*>(data);
    static_cast<base::Bytes*>(to)->insert(static_cast<base::Bytes*>(to)->end(), from, from + size);
    return static_cast<la_ssize_t>(size);
  };
  archive_write_open2(writer, &bytes, nullptr, append, nullptr, nullptr);
  for (const auto& item : items) {
    archive_entry* entry = archive_entry_new();
    archive_entry_set_pathname(entry, item.name.c_str());
    archive_entry_set_filetype(entry, item.type ? item.type : AE_IFREG);
    archive_entry_set_perm(entry, 0644);
    if (item.type == AE_IFLNK) archive_entry_set_symlink(entry, "/etc/passwd");
    if (!item.hardlink.empty()) archive_entry_set_hardlink(entry, item.hardlink.c_str());
    archive_entry_set_size(entry, static_cast<la_int64_t>(item.bytes.size()));
    if (archive_write_header(writer, entry) != ARCHIVE_OK)
      throw std::runtime_error(archive_error_string(writer));
    archive_write_data(writer, item.bytes.data(), item.bytes.size());
    archive_entry_free(entry);
  }
  archive_write_close(writer);
  archive_write_free(writer);
  uselocale(before);
  return bytes;
}

base::Bytes Cut(base::Bytes bytes, std::size_t size) {
  bytes.resize(std::min(size, bytes.size()));
  return bytes;
}

}  // namespace ozma::media::testing
