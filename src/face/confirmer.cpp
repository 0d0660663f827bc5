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
  std::vector<cv::Mat> crops;
  std::vector<nn::Pixels> views;
  for (const Candidate& candidate : candidates) {
    const float side = scale_ * std::max(candidate.box.width, candidate.box.height);
    crops.push_back(Crop(bgr, SquareAround(candidate.box, side), input, /*smooth=*/true));
    views.push_back(PixelsOf(crops.back()));
  }
  const auto outputs = network_->Run(views);
  if (!outputs) return outputs.error();

  std::vector<std::optional<Confirmation>> answers;
  for (const auto& output : *outputs) {
    const auto seen = decode_(output, input, least);
    const auto best = std::max_element(seen.begin(), seen.end(), [](const Candidate& a, const Candidate& b) {
      return a.confidence < b.confidence;
    });
    if (best == seen.end()) {
      answers.emplace_back();
      continue;
    }
    const cv::Point2f eyes = (*best->points)[1] - (*best->points)[0];
    const auto roll = static_cast<float>(std::atan2(eyes.y, eyes.x) * 180 / CV_PI);
    answers.push_back(Confirmation{best->confidence, roll});
  }
  return answers;
}

}  // namespace ozma::face
