#include "face/crop.hpp"

#include <opencv2/imgproc.hpp>

namespace ozma::face {
namespace {

struct Span {
  double from, to;
};

// `length` around `centre`, moved to lie between 0 and `last`.
Span SpanInside(double centre, double length, double last) {
  Span span{centre - length / 2, centre + length / 2};
  if (span.from < 0) span = {0, length};
  if (span.to > last) span = {std::max(0.0, last - length), last};
  return span;
}

}  // namespace

cv::Mat Crop(const cv::Mat& bgr, const cv::Rect2f& window, cv::Size size, bool smooth) {
  const cv::Point from(cvRound(window.x), cvRound(window.y));
  const cv::Rect wanted(from, cv::Point(std::max(from.x + 1, cvRound(window.x + window.width)),
                                        std::max(from.y + 1, cvRound(window.y + window.height))));
  const cv::Rect inside = wanted & cv::Rect({}, bgr.size());
  cv::Mat cut;
  if (inside.empty()) {
    cut = cv::Mat::zeros(size, bgr.type());
  } else if (inside == wanted) {
    cut = bgr(inside);
  } else {
    cv::copyMakeBorder(bgr(inside), cut, inside.y - wanted.y, wanted.br().y - inside.br().y,
                       inside.x - wanted.x, wanted.br().x - inside.br().x, cv::BORDER_CONSTANT);
  }
  return Resized(cut, size, smooth);
}

cv::Mat Resized(const cv::Mat& picture, cv::Size size, bool smooth) {
  cv::Mat out;
  if (!smooth || picture.cols <= 2 * size.width || picture.rows <= 2 * size.height) {
    cv::resize(picture, out, size, 0, 0, cv::INTER_LINEAR);
    return out;
  }
  // Sampled at twice the size, then averaged two by two: close to averaging over areas at a tenth of its
  // time.
  cv::Mat twice;
  cv::resize(picture, twice, size * 2, 0, 0, cv::INTER_LINEAR);
  cv::resize(twice, out, size, 0, 0, cv::INTER_AREA);
  return out;
}

cv::Rect2f SquareAround(const cv::Rect2f& box, float side) {
  return {box.x + box.width / 2 - side / 2, box.y + box.height / 2 - side / 2, side, side};
}

cv::Mat CropShifted(const cv::Mat& bgr, const cv::Rect2f& box, float scale, cv::Size size) {
  const double last_x = bgr.cols - 1, last_y = bgr.rows - 1;
  const double fitting = std::min({static_cast<double>(scale), last_y / box.height, last_x / box.width});
  const Span across = SpanInside(box.x + box.width / 2.0, box.width * fitting, last_x);
  const Span down = SpanInside(box.y + box.height / 2.0, box.height * fitting, last_y);
  // Pixel indices are cut to integers and both ends belong to the window, as in the networks' training. A
  // window that just fills the picture must not lose a row to a rounding error.
  const auto cut = [](double place) { return static_cast<int>(place + 1e-4); };
  const cv::Rect window(cv::Point(cut(across.from), cut(down.from)),
                        cv::Point(cut(across.to) + 1, cut(down.to) + 1));
  cv::Mat out;
  cv::resize(bgr(window), out, size, 0, 0, cv::INTER_LINEAR);
  return out;
}

cv::Mat CropReflected(const cv::Mat& bgr, const cv::Rect2f& box, float scale, cv::Size size) {
  const cv::Rect2f square = SquareAround(box, std::max(box.width, box.height) * scale);
  const cv::Rect wanted(
      cv::Point(static_cast<int>(square.x), static_cast<int>(square.y)),
      cv::Size(std::max(1, static_cast<int>(square.width)), std::max(1, static_cast<int>(square.height))));
  const int left = std::max(0, -wanted.x), top = std::max(0, -wanted.y);
  const int right = std::max(0, wanted.br().x - bgr.cols), bottom = std::max(0, wanted.br().y - bgr.rows);
  const cv::Rect inside = wanted & cv::Rect({}, bgr.size());
  if (inside.empty()) return cv::Mat::zeros(size, bgr.type());
  cv::Mat cut;
  cv::copyMakeBorder(bgr(inside), cut, top, bottom, left, right, cv::BORDER_REFLECT_101);
  cv::Mat out;
  cv::resize(cut, out, size, 0, 0, cv::INTER_LINEAR);
  return out;
}

cv::Mat Grey(const cv::Mat& bgr) {
  cv::Mat grey;
  cv::cvtColor(bgr, grey, cv::COLOR_BGR2GRAY);
  return grey;
}

cv::Mat Turned(const cv::Mat& bgr, int quarter_turns) {
  static constexpr cv::RotateFlags kTurns[] = {cv::ROTATE_90_CLOCKWISE, cv::ROTATE_180,
                                               cv::ROTATE_90_COUNTERCLOCKWISE};
  if (quarter_turns == 0) return bgr;
  cv::Mat turned;
  cv::rotate(bgr, turned, kTurns[quarter_turns - 1]);
  return turned;
}

nn::Pixels PixelsOf(const cv::Mat& image) {
  CV_Assert(image.isContinuous() && image.depth() == CV_8U);
  return {image.data, image.cols, image.rows, image.channels()};
}

}  // namespace ozma::face
