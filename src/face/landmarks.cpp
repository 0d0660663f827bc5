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

// Takes the unit of a crop (side 1 pixel per network pixel) to the picture: a square of `side` turned by `degrees`.
cv::Mat SquareToPicture(cv::Point2f centre, float side, double degrees, int crop_side) {
  const double scale = side / crop_side, angle = degrees * CV_PI / 180;
  const double c = scale * std::cos(angle), s = scale * std::sin(angle), half = crop_side / 2.0;
  return (cv::Mat_<double>(2, 3) << c, -s, centre.x - c * half + s * half, s, c, centre.y - s * half - c * half);
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

base::Result<Shape> Landmarks::Measure(const cv::Mat& crop, const cv::Mat& crop_to_picture) const {
  const nn::Pixels view = PixelsOf(crop);
  const auto outputs = network_->Run({&view, 1});
  if (!outputs) return outputs.error();
  const auto& numbers = (*outputs)[0][0].data;
  Shape shape;
  if (numbers.size() < 2 * shape.size()) {
    return base::Fail(base::Fault::kEngine, "Network " + entry().name + " does not give 68 points.");
  }
  const auto side = static_cast<float>(entry().input.width);
  for (std::size_t i = 0; i < shape.size(); ++i) {
    shape[i] = Mapped(crop_to_picture, {numbers[2 * i] * side, numbers[2 * i + 1] * side});
  }
  return shape;
}

base::Result<Shape> Landmarks::Find(const cv::Mat& bgr, const cv::Rect2f& box) const {
  const float side = scale_ * (by_height_ ? box.height : std::max(box.width, box.height));
  const cv::Rect2f square = SquareAround(box, side);
  const cv::Point2f centre = (square.tl() + square.br()) / 2;
  const int crop_side = entry().input.width;
  auto shape = Measure(Grey(Crop(bgr, square, SizeOf(entry()), /*smooth=*/true)),
                       SquareToPicture(centre, side, 0, crop_side));
  if (!shape) return shape;

  const FivePoints points = FivePointsOf(*shape);
  const cv::Point2f eyes = points[1] - points[0];
  const double lean = std::atan2(eyes.y, eyes.x) * 180 / CV_PI;
  if (std::abs(lean) < lean_ || std::abs(lean) > 60) return shape;

  const cv::Mat upright_to_picture = SquareToPicture(centre, side, lean, crop_side);
  cv::Mat crop;
  cv::warpAffine(bgr, crop, upright_to_picture, SizeOf(entry()), cv::INTER_LINEAR | cv::WARP_INVERSE_MAP);
  return Measure(Grey(crop), upright_to_picture);
}

}  // namespace ozma::face
