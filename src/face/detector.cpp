#include "face/detector.hpp"

#include <algorithm>
#include <cmath>

#include "face/crop.hpp"
#include "face/parameters.hpp"

namespace ozma::face {
namespace {

constexpr float kWindowShare = 0.6f;  // a window's side, as a share of the level above
constexpr int kLevels = 3;
constexpr float kPartOfAnother =
    0.6f;  // boxes of different windows that share so much of the smaller are one face

// `count` windows of `length` spread evenly over `whole`, first and last at its ends.
std::vector<float> Starts(float whole, float length) {
  const int count = static_cast<int>(std::ceil((whole - length) / (length * 0.75f))) + 1;
  std::vector<float> starts;
  for (int i = 0; i < count; ++i) {
    starts.push_back(count == 1 ? 0
                                : (whole - length) * static_cast<float>(i) / static_cast<float>(count - 1));
  }
  return starts;
}

std::vector<cv::Rect2f> WindowsOf(const cv::Rect2f& whole, int level) {
  const float share = std::pow(kWindowShare, static_cast<float>(level));
  const float width = whole.width * share, height = whole.height * share;
  std::vector<cv::Rect2f> windows;
  for (const float y : Starts(whole.height, height)) {
    for (const float x : Starts(whole.width, width))
      windows.emplace_back(whole.x + x, whole.y + y, width, height);
  }
  return windows;
}

// The picture, widened to an aspect that the network's input can stand; the excess is black.
cv::Rect2f WholeOf(cv::Size picture, cv::Size input, float stretch) {
  const auto width = static_cast<float>(picture.width), height = static_cast<float>(picture.height);
  const float aspect = static_cast<float>(input.width) / static_cast<float>(input.height);
  const float least = height * aspect / stretch, most = height * aspect * stretch;
  if (width < least) return {(width - least) / 2, 0, least, height};
  if (width > most) return {0, (height - width / aspect / stretch) / 2, width, width / aspect / stretch};
  return {0, 0, width, height};
}

float SideOf(const cv::Rect2f& box) {
  return std::sqrt(box.area());
}

Candidate Placed(const Candidate& candidate, const cv::Rect2f& window, cv::Size input) {
  const float across = window.width / static_cast<float>(input.width);
  const float down = window.height / static_cast<float>(input.height);
  const auto place = [&](cv::Point2f point) {
    return cv::Point2f(window.x + point.x * across, window.y + point.y * down);
  };
  Candidate placed = candidate;
  placed.box = cv::Rect2f(place(candidate.box.tl()), place(candidate.box.br()));
  if (placed.points) {
    for (auto& point : *placed.points) point = place(point);
  }
  return placed;
}

}  // namespace

base::Result<std::unique_ptr<Detector>> Detector::Load(const nn::Entry& entry, const nn::Options& options) {
  const auto name = WordOf(entry, "decode");
  if (!name) return name.error();
  const auto decode = DecodeNamed(*name);
  if (!decode) return decode.error();
  std::array<float, 4> numbers{};
  for (std::size_t i = 0; const char* key : {"threshold", "nms", "reach", "stretch"}) {
    const auto number = NumberOf(entry, key);
    if (!number) return number.error();
    numbers[i++] = *number;
  }
  auto network = nn::Network::Load(entry, options);
  if (!network) return network.error();

  std::unique_ptr<Detector> detector(new Detector);
  detector->network_ = std::move(*network);
  detector->decode_ = *decode;
  detector->threshold_ = numbers[0];
  detector->nms_ = numbers[1];
  detector->reach_ = numbers[2];
  detector->stretch_ = std::max(1.0f, numbers[3]);
  return detector;
}

base::Result<std::vector<Candidate>> Detector::Look(const cv::Mat& bgr,
                                                    const std::vector<cv::Rect2f>& windows) const {
  const cv::Size input = SizeOf(entry());
  std::vector<cv::Mat> crops;
  std::vector<nn::Pixels> views;
  for (const auto& window : windows) {
    crops.push_back(Crop(bgr, window, input, /*smooth=*/true));
    views.push_back(PixelsOf(crops.back()));
  }
  const auto outputs = network_->Run(views);
  if (!outputs) return outputs.error();

  std::vector<Candidate> found;
  for (std::size_t i = 0; i < windows.size(); ++i) {
    const auto decoded = decode_((*outputs)[i], input, threshold_);
    for (const auto& candidate : Suppress(decoded, nms_, /*of_smaller=*/false)) {
      found.push_back(Placed(candidate, windows[i], input));
    }
  }
  return found;
}

base::Result<std::vector<Candidate>> Detector::Scan(const cv::Mat& bgr) const {
  const cv::Size input = SizeOf(entry());
  const cv::Rect2f whole = WholeOf(bgr.size(), input, stretch_);
  std::vector<Candidate> found;
  for (int level = 0; level < kLevels; ++level) {
    const auto windows = WindowsOf(whole, level);
    const auto seen = Look(bgr, windows);
    if (!seen) return seen.error();
    found.insert(found.end(), seen->begin(), seen->end());

    float largest = 0;
    for (const auto& candidate : found) largest = std::max(largest, SideOf(candidate.box));
    const auto longer = static_cast<float>(std::max(bgr.cols, bgr.rows));
    const float wanted = std::max(kSmallestShare * longer, kBystanderShare * largest);
    const float pixel = std::max(windows[0].width / static_cast<float>(input.width),
                                 windows[0].height / static_cast<float>(input.height));
    if (reach_ * pixel <= wanted) break;
  }
  return Suppress(std::move(found), kPartOfAnother, /*of_smaller=*/true);
}

}  // namespace ozma::face
