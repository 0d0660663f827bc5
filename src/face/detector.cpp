#include "face/detector.hpp"

#include <algorithm>
#include <cmath>

#include "face/crop.hpp"
#include "face/parameters.hpp"

namespace ozma::face {
namespace {

constexpr float kOverlap = 0.25f;  // of neighbouring windows, as a share of their side
constexpr float kPartOfAnother =
    0.6f;  // boxes of different windows that share so much of the smaller are one face
constexpr float kNearEnough = 1.1f;  // windows are not worth their time for faces this little too small

// Starts of as few windows of `length` as cover `whole`, spread evenly; one in the middle where it is the
// longer.
std::vector<float> Starts(float whole, float length) {
  if (length >= whole) return {(whole - length) / 2};
  const int steps = static_cast<int>(std::ceil((whole - length) / (length * (1 - kOverlap))));
  std::vector<float> starts;
  for (int i = 0; i <= steps; ++i) {
    starts.push_back((whole - length) * static_cast<float>(i) / static_cast<float>(steps));
  }
  return starts;
}

// Windows of the input's shape, each of its pixels `pixel` pixels of the picture.
std::vector<cv::Rect2f> WindowsOf(cv::Size picture, cv::Size input, float pixel) {
  const float width = static_cast<float>(input.width) * pixel,
              height = static_cast<float>(input.height) * pixel;
  std::vector<cv::Rect2f> windows;
  for (const float y : Starts(static_cast<float>(picture.height), height)) {
    for (const float x : Starts(static_cast<float>(picture.width), width))
      windows.emplace_back(x, y, width, height);
  }
  return windows;
}

// As Crop, but shrinks first and adds the border after: half a pixel of the input matters less than the time.
cv::Mat Shrunk(const cv::Mat& bgr, const cv::Rect2f& window, cv::Size input) {
  const cv::Rect2f inside = window & cv::Rect2f({}, bgr.size());
  const float across = static_cast<float>(input.width) / window.width;
  const float down = static_cast<float>(input.height) / window.height;
  const cv::Rect place =
      cv::Rect(
          cv::Point(cvRound((inside.x - window.x) * across), cvRound((inside.y - window.y) * down)),
          cv::Size(std::max(1, cvRound(inside.width * across)), std::max(1, cvRound(inside.height * down)))) &
      cv::Rect({}, input);
  if (place.size() == input) return Crop(bgr, window, input, /*smooth=*/true);
  cv::Mat out = cv::Mat::zeros(input, bgr.type());
  if (!place.empty()) Crop(bgr, inside, place.size(), /*smooth=*/true).copyTo(out(place));
  return out;
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
    crops.push_back(Shrunk(bgr, window, input));
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
  auto found = Look(bgr, {whole});
  if (!found) return found;

  float largest = 0;
  for (const auto& candidate : *found) largest = std::max(largest, SideOf(candidate.box));
  const auto longer = static_cast<float>(std::max(bgr.cols, bgr.rows));
  const float wanted = std::max(kSmallestShare * longer, kBystanderShare * largest);
  const float pixel = std::max(whole.width / static_cast<float>(input.width),
                               whole.height / static_cast<float>(input.height));
  if (reach_ * pixel > wanted * kNearEnough) {
    const auto closer = Look(bgr, WindowsOf(bgr.size(), input, wanted / reach_));
    if (!closer) return closer.error();
    found->insert(found->end(), closer->begin(), closer->end());
  }
  return Suppress(std::move(*found), kPartOfAnother, /*of_smaller=*/true);
}

}  // namespace ozma::face
