#include "face/confirmer.hpp"

#include <algorithm>
#include <cmath>

#include "face/crop.hpp"
#include "face/parameters.hpp"

namespace ozma::face {

base::Result<std::unique_ptr<Confirmer>> Confirmer::Load(const nn::Entry& entry, const nn::Options& options) {
  const auto name = WordOf(entry, "decode");
  if (!name) return name.error();
  const auto decode = DecodeNamed(*name);
  if (!decode) return decode.error();
  const auto threshold = NumberOf(entry, "threshold"), scale = NumberOf(entry, "crop");
  if (!threshold) return threshold.error();
  if (!scale) return scale.error();
  auto network = nn::Network::Load(entry, options);
  if (!network) return network.error();

  std::unique_ptr<Confirmer> confirmer(new Confirmer);
  confirmer->network_ = std::move(*network);
  confirmer->decode_ = *decode;
  confirmer->threshold_ = *threshold;
  confirmer->scale_ = *scale;
  return confirmer;
}

base::Result<std::vector<std::optional<Confirmation>>> Confirmer::Confirm(
    const cv::Mat& bgr, std::span<const Candidate> candidates, float least) const {
  const cv::Size input = SizeOf(entry());
  std::vector<cv::Rect2f> windows;
  std::vector<cv::Mat> crops;
  std::vector<nn::Pixels> views;
  for (const Candidate& candidate : candidates) {
    const float side = scale_ * std::max(candidate.box.width, candidate.box.height);
    windows.push_back(SquareAround(candidate.box, side));
    crops.push_back(Crop(bgr, windows.back(), input, /*smooth=*/true));
    views.push_back(PixelsOf(crops.back()));
  }
  const auto outputs = network_->Run(views);
  if (!outputs) return outputs.error();

  std::vector<std::optional<Confirmation>> answers;
  for (std::size_t i = 0; i < windows.size(); ++i) {
    const auto seen = decode_((*outputs)[i], input, least);
    const auto best = std::max_element(seen.begin(), seen.end(), [](const Candidate& a, const Candidate& b) {
      return a.confidence < b.confidence;
    });
    if (best == seen.end()) {
      answers.emplace_back();
      continue;
    }
    const float pixel = windows[i].width / static_cast<float>(input.width);
    Confirmation answer{best->confidence, 0, *best->points};
    for (auto& point : answer.points) point = windows[i].tl() + point * pixel;
    const cv::Point2f eyes = answer.points[1] - answer.points[0];
    answer.roll = static_cast<float>(std::atan2(eyes.y, eyes.x) * 180 / CV_PI);
    answers.emplace_back(answer);
  }
  return answers;
}

}  // namespace ozma::face
