#include "face/attributes.hpp"

#include <algorithm>
#include <cmath>

#include "face/crop.hpp"
#include "face/parameters.hpp"

namespace ozma::face {
namespace {

std::vector<double> Softmax(const std::vector<float>& logits) {
  const float largest = *std::max_element(logits.begin(), logits.end());
  std::vector<double> shares;
  double sum = 0;
  for (const float logit : logits) sum += shares.emplace_back(std::exp(logit - largest));
  for (double& share : shares) share /= sum;
  return shares;
}

// Hopenet (Ruiz, Chong, Rehg, CVPRW 2018): the angle is the expectation over bins of `step` degrees from
// `offset`.
double Expected(const std::vector<float>& logits, float step, float offset) {
  const auto shares = Softmax(logits);
  double bin = 0;
  for (std::size_t i = 0; i < shares.size(); ++i) bin += static_cast<double>(i) * shares[i];
  return bin * step + offset;
}

}  // namespace

base::Result<std::unique_ptr<HeadPose>> HeadPose::Load(const nn::Entry& entry, const nn::Options& options) {
  std::array<float, 3> numbers{};
  for (std::size_t i = 0; const char* key : {"crop", "step", "offset"}) {
    const auto number = NumberOf(entry, key);
    if (!number) return number.error();
    numbers[i++] = *number;
  }
  if (entry.outputs.size() < 3) return BadParameter(entry, "outputs (yaw, pitch, roll)");
  auto network = nn::Network::Load(entry, options);
  if (!network) return network.error();
  std::unique_ptr<HeadPose> pose(new HeadPose);
  pose->network_ = std::move(*network);
  pose->scale_ = numbers[0];
  pose->step_ = numbers[1];
  pose->offset_ = numbers[2];
  return pose;
}

base::Result<Pose> HeadPose::Measure(const cv::Mat& bgr, const cv::Rect2f& box) const {
  const float dx = box.width * (scale_ - 1) / 2, dy = box.height * (scale_ - 1) / 2;
  const cv::Rect2f window(box.x - dx, box.y - dy, box.width + 2 * dx, box.height + 2 * dy);
  const cv::Mat crop = Crop(bgr, window, SizeOf(entry()), /*smooth=*/true);
  const nn::Pixels view = PixelsOf(crop);
  const auto outputs = network_->Run({&view, 1});
  if (!outputs) return outputs.error();
  const auto& angles = (*outputs)[0];
  return Pose{Expected(angles[0].data, step_, offset_), Expected(angles[1].data, step_, offset_),
              Expected(angles[2].data, step_, offset_)};
}

base::Result<std::unique_ptr<Eyes>> Eyes::Load(const nn::Entry& entry, const nn::Options& options) {
  const auto scale = NumberOf(entry, "crop");
  if (!scale) return scale.error();
  const auto open = NumberOf(entry, "open");
  if (!open || *open < 0) return BadParameter(entry, "open");
  auto network = nn::Network::Load(entry, options);
  if (!network) return network.error();
  std::unique_ptr<Eyes> eyes(new Eyes);
  eyes->network_ = std::move(*network);
  eyes->scale_ = *scale;
  eyes->open_ = static_cast<std::size_t>(*open);
  return eyes;
}

base::Result<double> Eyes::Open(const cv::Mat& bgr, const Shape& shape) const {
  std::vector<cv::Mat> crops;
  for (const std::size_t first : {36u, 42u}) {  // corner, two upper lid points, corner, two lower lid points
    const cv::Point2f lids = (shape[first + 1] + shape[first + 2] + shape[first + 4] + shape[first + 5]) / 4;
    const auto width = static_cast<float>(cv::norm(shape[first + 3] - shape[first]));
    const cv::Rect2f square = SquareAround({lids.x, lids.y, 0, 0}, std::max(2.0f, scale_ * width));
    crops.push_back(Grey(Crop(bgr, square, SizeOf(entry()), /*smooth=*/true)));
  }
  return LeastOpen(crops);
}

base::Result<double> Eyes::Open(const cv::Mat& eye) const {
  const cv::Mat crop = Grey(Resized(eye, SizeOf(entry()), /*smooth=*/true));
  return LeastOpen({&crop, 1});
}

base::Result<double> Eyes::LeastOpen(std::span<const cv::Mat> crops) const {
  std::vector<nn::Pixels> views;
  for (const cv::Mat& crop : crops) views.push_back(PixelsOf(crop));
  const auto outputs = network_->Run(views);
  if (!outputs) return outputs.error();
  double least = 1;
  for (const auto& output : *outputs) {
    const auto shares = Softmax(output[0].data);
    if (open_ >= shares.size()) return BadParameter(entry(), "open");
    least = std::min(least, shares[open_]);
  }
  return least;
}

}  // namespace ozma::face
