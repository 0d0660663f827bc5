// What a client sent, made safe: a type by content, limits, frames.
#pragma once

#include <opencv2/core/mat.hpp>
#include <string>
#include <vector>

#include "base/bytes.hpp"
#include "base/result.hpp"
#include "media/traces.hpp"

namespace ozma::media {

enum class Kind {
  kImage,    // JPEG, PNG, WebP, BMP, GIF (its first frame)
  kVideo,    // MP4, MOV, WebM, MKV, AVI, MPEG, OGG, WMV
  kArchive,  // ZIP, TAR, TAR.GZ: the frames of one shooting, in the order of their names
};

struct Type {
  Kind kind;
  std::string mime;  // "image/jpeg", "video/mp4", "application/zip", ...
};

// Type by the leading bytes, never by name. kSampleUnreadable where the content is none of the kinds above.
base::Result<Type> Sniff(base::ByteView bytes);

// Checked before memory is taken.
struct Limits {
  std::size_t file_bytes = 15u << 20;
  std::int64_t pixels = 50'000'000;  // of one image or video frame, as its header states
  double video_seconds = 60;
  int video_frames = 900;
  int archive_entries = 500;
  std::size_t archive_bytes = 256u << 20;  // unpacked, all entries together
  int frame_side = 2560;                   // frames leave the decoder no larger; larger ones are shrunk
  double sample_rate = 5;                  // frames a second taken from a video
  int samples = 30;                        // most frames taken from a video or archive, spread evenly
};

// How closely a film is looked at.
enum class Pace {
  kUsual,  // as Limits say
  kClose,  // 12 frames a second, twice as many at most and half as wide: for what lasts a moment, as a blink
};

struct Frame {
  cv::Mat bgr;  // CV_8UC3, BGR, upright (EXIF orientation or rotation matrix applied), owned
  // From the start; 0 for an image. In an archive what the names end in ("0007_00280ms.jpg"); a tenth of a
  // second apart where one has no such end, or they do not rise.
  double seconds = 0;
};

// As stored, before any shrinking; width and height after rotation.
struct Info {
  int width = 0;
  int height = 0;
  double duration = 0;  // seconds; 0 for an image
  double fps = 0;
  int frames = 1;        // in the file, not the ones taken
  std::size_t size = 0;  // bytes
  std::string md5;       // hex
};

struct Media {
  Type type;
  Info info;
  std::vector<Frame> frames;  // at least one
  Pace pace = Pace::kUsual;
  Traces traces{};  // of a video; nothing is known of others
};

// Encodes as JPEG at `quality` 1..100, or as lossless PNG. `bgr` is CV_8UC3.
base::Result<base::Bytes> EncodeJpeg(const cv::Mat& bgr, int quality = 95);
base::Result<base::Bytes> EncodePng(const cv::Mat& bgr);

}  // namespace ozma::media
