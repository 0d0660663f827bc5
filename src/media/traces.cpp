#include "media/traces.hpp"

#include <algorithm>
#include <opencv2/imgproc.hpp>

namespace ozma::media {
namespace {

constexpr int kGrid = 120;         // points across
constexpr int kMiniature = 16;     // pixels a side
constexpr double kNothing = 0.05;  // grey levels: a difference that even an encoder does not make by itself
// A frame stutters where it changes by less than a quarter of what one beside it does, and that one moves.
constexpr double kStutter = 0.25, kMoves = 0.3;
// A frame comes again where it differs from one long before by less than a quarter of what it differs from
// the one five frames on, and that is more than an encoder makes of a picture that stands still.
constexpr double kAgain = 0.25, kMotion = 0.5;
constexpr std::size_t kAhead = 5;
constexpr double kShortestLoop = 0.6;  // seconds

double MeanDifference(const cv::Mat& a, const cv::Mat& b) {
  return cv::norm(a, b, cv::NORM_L1) / static_cast<double>(a.total());
}

cv::Mat Grid(const cv::Mat& luma) {
  const int step = std::max(1, luma.cols / kGrid);
  cv::Mat grid;
  cv::resize(luma, grid, {std::max(1, luma.cols / step), std::max(1, luma.rows / step)}, 0, 0,
             cv::INTER_NEAREST);
  return grid;
}

cv::Mat Miniature(const cv::Mat& luma) {
  cv::Mat small, numbers;
  luma.convertTo(numbers, CV_32F);
  cv::resize(numbers, small, {kMiniature, kMiniature}, 0, 0, cv::INTER_AREA);
  return small;
}

}  // namespace

void TraceKeeper::See(const cv::Mat& luma, double seconds) {
  if (miniatures_.size() >= kMostFrames) return;
  const cv::Mat grid = Grid(luma);
  if (!before_.empty() && before_.size() != grid.size()) return;
  if (!before_.empty()) changes_.push_back(MeanDifference(before_, grid));
  before_ = grid;
  miniatures_.push_back(Miniature(grid));
  seconds_.push_back(seconds);
}

void TraceKeeper::Conclude(Traces& traces) const {
  traces.compared = static_cast<int>(changes_.size());
  for (std::size_t i = 0; i < changes_.size(); ++i) {
    if (changes_[i] < kNothing) ++traces.still;
    const double before = i > 0 ? changes_[i - 1] : 0, after = i + 1 < changes_.size() ? changes_[i + 1] : 0;
    const double beside = std::max(before, after);
    if (beside > kMoves && changes_[i] < kStutter * beside) ++traces.stutters;
  }
  traces.looped = LongestLoop();
}

int TraceKeeper::LongestLoop() const {
  const std::size_t count = miniatures_.size();
  std::vector<double> motion(count, 0);
  for (std::size_t i = 0; i + kAhead < count; ++i)
    motion[i] = MeanDifference(miniatures_[i], miniatures_[i + kAhead]);
  int longest = 0;
  for (std::size_t lag = 1; lag < count; ++lag) {
    if (seconds_[lag] - seconds_[0] < kShortestLoop) continue;
    int run = 0;
    for (std::size_t i = lag; i + kAhead < count; ++i) {
      const bool again =
          motion[i] > kMotion && MeanDifference(miniatures_[i], miniatures_[i - lag]) < kAgain * motion[i];
      run = again ? run + 1 : 0;
      longest = std::max(longest, run);
    }
  }
  return longest;
}

void AddMark(std::string& marks, std::string_view text) {
  std::string clean;
  for (const char c : text.substr(0, kMostMarks)) {
    if (c >= ' ' && c <= '~') clean += c;
  }
  if (clean.empty() || marks.find(clean) != std::string::npos) return;
  const std::string joined = marks.empty() ? clean : marks + "; " + clean;
  if (joined.size() <= kMostMarks) marks = joined;
}

}  // namespace ozma::media
