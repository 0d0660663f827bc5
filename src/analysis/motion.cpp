#include "analysis/motion.hpp"

#include <algorithm>
#include <opencv2/imgproc.hpp>

namespace ozma::analysis {
namespace {

// Pictures are compared with the face this wide: a strip then is some ten pixels across, and the noise of a
// camera is averaged away.
constexpr float kFaceSide = 64;
// In widths of the face. The five points jitter by one or two hundredths, so a movement must be well above;
// in a larger one a print held by hand has tilted as well, and no similarity follows it.
constexpr double kLeastShift = 0.05, kMostShift = 0.6;
// The strips, from the edge of the box outwards: past the ears and most hair, still on the paper or the
// phone.
constexpr float kStripFrom = 0.25f, kStripTo = 0.6f;
// From here on outwards, and above, is far.
constexpr float kFarFrom = 1.2f;
// By how many grey levels, of 255, the two suppositions must differ to be told apart: plain walls do not.
constexpr double kLeastTexture = 4;
constexpr int kLeastPixels = 400;
// Each costs two scaled pictures.
constexpr std::size_t kMostSteps = 8, kMostTried = 12;

cv::Point2f MiddleOf(const face::FivePoints& points) {
  cv::Point2f sum;
  for (const auto& point : points) sum += point;
  return sum / static_cast<float>(points.size());
}

double ShiftBetween(const Evidence& first, const Evidence& second) {
  const float width = std::max(1.0f, std::min(first.face.box.width, second.face.box.width));
  return cv::norm(MiddleOf(second.face.points) - MiddleOf(first.face.points)) / width;
}

cv::Mat Small(const cv::Mat& bgr, double scale) {
  cv::Mat small, grey;
  cv::resize(bgr, small, {}, scale, scale, cv::INTER_AREA);
  cv::cvtColor(small, grey, cv::COLOR_BGR2GRAY);
  cv::GaussianBlur(grey, grey, {5, 5}, 0);
  return grey;
}

// Pixels of the strips on either side of `box`, in the upper two thirds of its height: the shoulders below
// move with every head.
cv::Mat StripsOf(const cv::Rect2f& box, cv::Size size) {
  cv::Mat mask(size, CV_8U, cv::Scalar(0));
  const float width = (kStripTo - kStripFrom) * box.width;
  for (const float left : {box.x - kStripTo * box.width, box.x + (1 + kStripFrom) * box.width}) {
    const cv::Rect strip = cv::Rect2f(left, box.y, width, box.height * 2 / 3);
    mask(strip & cv::Rect({}, size)) = 255;
  }
  return mask;
}

cv::Mat FarOf(const cv::Rect2f& box, cv::Size size) {
  cv::Mat mask(size, CV_8U, cv::Scalar(255));
  const float top = box.y - kFarFrom * box.height;
  const cv::Rect near = cv::Rect2f(box.x - kFarFrom * box.width, top, (1 + 2 * kFarFrom) * box.width,
                                   std::max(0.0f, static_cast<float>(size.height) - top));
  mask(near & cv::Rect({}, size)) = 0;
  return mask;
}

// Which of the two pictures `now` is more like where `mask` is set; nothing where they are too alike.
std::optional<double> Leaning(const cv::Mat& now, const cv::Mat& still, const cv::Mat& moved,
                              const cv::Mat& mask) {
  if (cv::countNonZero(mask) < kLeastPixels) return std::nullopt;
  const auto difference = [&](const cv::Mat& a, const cv::Mat& b) {
    cv::Mat apart;
    cv::absdiff(a, b, apart);
    return cv::mean(apart, mask)[0];
  };
  const double apart = difference(still, moved);
  if (apart < kLeastTexture) return std::nullopt;
  return std::clamp((difference(now, still) - difference(now, moved)) / apart, -1.0, 1.0);
}

}  // namespace

std::optional<MotionStep> MotionBetween(const Evidence& first, const Evidence& second) {
  if (first.bgr.size() != second.bgr.size()) return std::nullopt;
  // The points of a face turned aside tell too little about where it goes.
  if (!LooksAhead(first.face.points) || !LooksAhead(second.face.points)) return std::nullopt;
  if (const double shift = ShiftBetween(first, second); shift < kLeastShift || shift > kMostShift)
    return std::nullopt;
  const double scale = std::min(1.0f, kFaceSide / std::max(1.0f, second.face.box.width));
  const cv::Mat before = Small(first.bgr, scale), now = Small(second.bgr, scale);

  cv::Mat along = face::SimilarityBetween(first.face.points, second.face.points);
  along.col(2) *= scale;
  cv::Mat moved, seen;
  cv::warpAffine(before, moved, along, before.size(), cv::INTER_LINEAR, cv::BORDER_CONSTANT);
  cv::warpAffine(cv::Mat(before.size(), CV_8U, cv::Scalar(255)), seen, along, before.size(),
                 cv::INTER_NEAREST, cv::BORDER_CONSTANT);

  const auto& box = second.face.box;
  const auto factor = static_cast<float>(scale);
  const cv::Rect2f place(factor * box.x, factor * box.y, factor * box.width, factor * box.height);
  const auto beside = Leaning(now, before, moved, StripsOf(place, now.size()) & seen);
  const auto far = Leaning(now, before, moved, FarOf(place, now.size()) & seen);
  if (!beside || !far) return std::nullopt;
  return MotionStep{*beside, *far};
}

std::vector<MotionStep> MotionOf(const std::vector<Evidence>& frames) {
  std::vector<std::pair<double, std::size_t>> shifts;  // how far, and to which frame
  for (std::size_t i = 1; i < frames.size(); ++i) {
    const double shift = ShiftBetween(frames[i - 1], frames[i]);
    if (shift >= kLeastShift && shift <= kMostShift) shifts.emplace_back(shift, i);
  }
  std::sort(shifts.begin(), shifts.end(), std::greater<>());
  shifts.resize(std::min(shifts.size(), kMostTried));
  std::vector<MotionStep> steps;
  for (const auto& [shift, i] : shifts) {
    if (steps.size() == kMostSteps) break;
    if (const auto step = MotionBetween(frames[i - 1], frames[i])) steps.push_back(*step);
  }
  return steps;
}

}  // namespace ozma::analysis
