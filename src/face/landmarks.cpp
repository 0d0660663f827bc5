#include "face/landmarks.hpp"

#include <cmath>
#include <opencv2/imgproc.hpp>

#include "face/crop.hpp"
#include "face/parameters.hpp"

namespace ozma::face {
namespace {

cv::Point2f Mean(const Shape& shape, std::initializer_list<std::size_t> indices) {
  cv::Point2f sum;
  for (const std::size_t i : indices) sum += shape[i];
  return sum / static_cast<float>(indices.size());
}

cv::Point2f Mapped(const cv::Mat& transform, cv::Point2f point) {
  const auto* t = transform.ptr<double>();
  return {static_cast<float>(t[0] * point.x + t[1] * point.y + t[2]),
          static_cast<float>(t[3] * point.x + t[4] * point.y + t[5])};
}

// Takes the unit of a crop (side 1 pixel per network pixel) to the picture: a square of `side` turned by
// `degrees`.
cv::Mat SquareToPicture(cv::Point2f centre, float side, double degrees, int crop_side) {
  const double scale = side / crop_side, angle = degrees * CV_PI / 180;
  const double c = scale * std::cos(angle), s = scale * std::sin(angle), half = crop_side / 2.0;
  return (cv::Mat_<double>(2, 3) << c, -s, centre.x - c * half + s * half, s, c,
          centre.y - s * half - c * half);
}

}  // namespace

FivePoints FivePointsOf(const Shape& shape) {
  return {Mean(shape, {37, 38, 40, 41}), Mean(shape, {43, 44, 46, 47}), shape[30], Mean(shape, {48, 60}),
          Mean(shape, {54, 64})};
}

base::Result<std::unique_ptr<Landmarks>> Landmarks::Load(const nn::Entry& entry, const nn::Options& options) {
  const auto scale = NumberOf(entry, "crop");
  if (!scale) return scale.error();
  const auto side = WordOf(entry, "side");
  if (!side) return side.error();
  const auto lean = NumberOf(entry, "lean");
  if (!lean) return lean.error();
  auto network = nn::Network::Load(entry, options);
  if (!network) return network.error();
  std::unique_ptr<Landmarks> landmarks(new Landmarks);
  landmarks->network_ = std::move(*network);
  landmarks->scale_ = *scale;
  landmarks->by_height_ = *side == "height";
  landmarks->lean_ = *lean;
  return landmarks;
}

base::Result<Shape> Landmarks::Find(const cv::Mat& bgr, const cv::Rect2f& box, double roll) const {
  const float side = scale_ * (by_height_ ? box.height : std::max(box.width, box.height));
  const cv::Rect2f square = SquareAround(box, side);
  const double lean = std::abs(roll) < lean_ ? 0 : roll;
  const cv::Mat crop_to_picture =
      SquareToPicture((square.tl() + square.br()) / 2, side, lean, entry().input.width);
  cv::Mat crop;
  if (lean == 0) {
    crop = Crop(bgr, square, SizeOf(entry()), /*smooth=*/true);
  } else {
    cv::warpAffine(bgr, crop, crop_to_picture, SizeOf(entry()), cv::INTER_LINEAR | cv::WARP_INVERSE_MAP);
  }
  const cv::Mat grey = Grey(crop);
  const nn::Pixels view = PixelsOf(grey);
  const auto outputs = network_->Run({&view, 1});
  if (!outputs) return outputs.error();
  const auto& numbers = (*outputs)[0][0].data;
  Shape shape;
  if (numbers.size() < 2 * shape.size()) {
    return base::Fail(base::Fault::kEngine, "Network " + entry().name + " does not give 68 points.");
  }
  const auto unit = static_cast<float>(entry().input.width);
  for (std::size_t i = 0; i < shape.size(); ++i) {
    shape[i] = Mapped(crop_to_picture, {numbers[2 * i] * unit, numbers[2 * i + 1] * unit});
  }
  return shape;
}

}  // namespace ozma::face
