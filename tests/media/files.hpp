// Real media for the tests, made when asked for, in a folder that goes with the program.
#pragma once

#include <opencv2/core.hpp>
#include <string>
#include <vector>

#include "base/bytes.hpp"

namespace ozma::media::testing {

// Four quarters of known colours (BGR): red, green / blue, white; with soft edges, so that any codec keeps
// them.
cv::Mat Quarters(int width, int height);

// Which quarters hold which colours, as letters row by row: "RGBW" upright.
std::string Reading(const cv::Mat& bgr);

base::Bytes Coded(const std::string& extension, const cv::Mat& picture,
                  const std::vector<int>& parameters = {});

// A JPEG with an EXIF block that says so.
base::Bytes WithExif(const base::Bytes& jpeg, int orientation);

// The picture stored so that a viewer who obeys `orientation` sees it upright.
cv::Mat StoredFor(const cv::Mat& upright, int orientation);

// Runs ffmpeg with `arguments`, whose output is the file NAME; gives its bytes.
base::Bytes Ffmpeg(const std::string& arguments, const std::string& name);

// `seconds` at `rate` frames a second of Quarters(width, height); `codec` holds further ffmpeg options.
base::Bytes Film(const std::string& name, double seconds, int rate, const std::string& codec = "",
                 int width = 320, int height = 240);

// Where Ffmpeg() put the file NAME.
std::string PathOf(const std::string& name);

struct Item {
  std::string name;
  base::Bytes bytes;
  int type = 0;               // AE_IFREG where 0; AE_IFLNK, AE_IFDIR, AE_IFCHR...
  std::string hardlink = {};  // its target
};
// By libarchive: format "zip", "ustar", "pax"; filter "gzip" or "".
base::Bytes Packed(const std::string& format, const std::string& filter, const std::vector<Item>& items);

base::Bytes Cut(base::Bytes bytes, std::size_t size);

}  // namespace ozma::media::testing
