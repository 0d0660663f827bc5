#include "face/recognizer.hpp"

#include <cmath>
#include <numeric>
#include <opencv2/core.hpp>

#include "face/crop.hpp"
#include "face/parameters.hpp"

namespace ozma::face {
namespace {

float LengthOf(const std::vector<float>& values) {
  return std::sqrt(std::inner_product(values.begin(), values.end(), values.begin(), 0.0f));
}

// An embedding of length 0 adds nothing.
std::vector<float> SumOfUnits(const std::vector<float>& a, const std::vector<float>& b) {
  const float a_length = LengthOf(a), b_length = LengthOf(b);
  const float a_weight = a_length > 0 ? 1 / a_length : 0, b_weight = b_length > 0 ? 1 / b_length : 0;
  std::vector<float> sum(a.size());
  for (std::size_t i = 0; i < sum.size(); ++i) sum[i] = a[i] * a_weight + b[i] * b_weight;
  return sum;
}

}  // namespace

base::Result<std::unique_ptr<Recognizer>> Recognizer::Load(const nn::Entry& entry,
                                                           const nn::Options& options) {
  if (SizeOf(entry) != cv::Size(AlignedFace::kSide, AlignedFace::kSide)) {
    return BadParameter(entry, "input (112x112 is needed)");
  }
  auto network = nn::Network::Load(entry, options);
  if (!network) return network.error();
  std::unique_ptr<Recognizer> recognizer(new Recognizer);
  recognizer->network_ = std::move(*network);
  if (entry.parameters.contains("flip")) {
    const auto flip = NumberOf(entry, "flip");
    if (!flip) return flip.error();
    recognizer->flip_ = *flip;
  }
  return recognizer;
}

base::Result<Embedding> Recognizer::Embed(const AlignedFace& face) const {
  cv::Mat mirrored;
  std::vector<nn::Pixels> views = {PixelsOf(face.bgr())};
  if (flip_ > 0) {
    mirrored = face.Mirrored(flip_);
    views.push_back(PixelsOf(mirrored));
  }
  auto outputs = network_->Run(views);
  if (!outputs) return outputs.error();
  auto& plain = (*outputs)[0][0].data;
  return Embedding{flip_ > 0 ? SumOfUnits(plain, (*outputs)[1][0].data) : std::move(plain)};
}

}  // namespace ozma::face
