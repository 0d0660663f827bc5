// What a film tells of how it came about, beside what it shows: the programs that it names, and frames that
// come again.
#pragma once

#include <opencv2/core/mat.hpp>
#include <string>
#include <string_view>
#include <vector>

namespace ozma::media {

struct Traces {
  // Programs named in the file, "; " between: of a film its encoder, comment, software and handlers; at most
  // kMostMarks characters of printable ASCII.
  std::string marks;
  int compared = 0;  // frames that had one before them
  int still = 0;     // of those, the ones that show just what the one before shows
  int stutters = 0;  // and the ones that do so while the frames around them move on
  int looped = 0;    // the longest run of moving frames that show again what was shown at least 0.6 s before
};
constexpr std::size_t kMostMarks = 200;

// Takes the luminance of a film's frames one after another and keeps little of each. Not for several threads.
class TraceKeeper {
 public:
  // `luma` is CV_8UC1, of any size, but the same for all; `seconds` rises.
  void See(const cv::Mat& luma, double seconds);
  // At most `kMostFrames` frames are compared, so it is done within some 10 ms.
  void Conclude(Traces& traces) const;

 private:
  static constexpr std::size_t kMostFrames = 900;
  int LongestLoop() const;

  cv::Mat before_;                   // a thin grid of the last frame
  std::vector<double> changes_;      // mean difference of each from the one before, grey levels
  std::vector<cv::Mat> miniatures_;  // CV_32F, 16x16
  std::vector<double> seconds_;
};

// Adds what is printable of `text`, where there is room and it is not there yet.
void AddMark(std::string& marks, std::string_view text);

}  // namespace ozma::media
