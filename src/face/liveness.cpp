#include "face/liveness.hpp"

#include <algorithm>
#include <cmath>

#include "face/crop.hpp"
#include "face/parameters.hpp"

namespace ozma::face {
namespace {

// Softmax, then the share that is not the bona fide class.
double AttackProbability(const std::vector<float>& logits, std::size_t real) {
  const float largest = *std::max_element(logits.begin(), logits.end());
  double sum = 0;
  for (const float logit : logits) sum += std::exp(logit - largest);
  return 1 - std::exp(logits[real] - largest) / sum;
}

}  // namespace

double ProbabilityOf(double log_odds) {
  return 1 / (1 + std::exp(-log_odds));
}

double LogOddsOf(double probability) {
  const double kept = std::clamp(probability, 1e-4, 1 - 1e-4);
  return std::log(kept / (1 - kept));
}

base::Result<Liveness::Member> Liveness::LoadMember(const nn::Entry& entry, const nn::Options& options) {
  const auto crop = WordOf(entry, "crop");
  if (!crop) return crop.error();
  if (*crop != "shift" && *crop != "reflect") return BadParameter(entry, "crop");
  const auto scale = NumberOf(entry, "scale");
  if (!scale) return scale.error();
  const auto real = NumberOf(entry, "real");
  if (!real) return real.error();
  const auto weight = NumberOf(entry, "weight");
  if (!weight) return weight.error();
  if (*scale <= 0 || *real < 0 || *weight <= 0) return BadParameter(entry, "scale, real or weight");
  auto network = nn::Network::Load(entry, options);
  if (!network) return network.error();
  return Member{std::move(*network), *crop == "shift" ? &CropShifted : &CropReflected, *scale,
                static_cast<std::size_t>(*real), *weight};
}

base::Result<std::unique_ptr<Liveness>> Liveness::Load(std::span<const nn::Entry* const> entries,
                                                       const nn::Options& options) {
  std::unique_ptr<Liveness> liveness(new Liveness);
  for (const nn::Entry* entry : entries) {
    auto member = LoadMember(*entry, options);
    if (!member) return member.error();
    liveness->members_.push_back(std::move(*member));
  }
  return liveness;
}

base::Result<std::vector<double>> Liveness::Score(std::span<const cv::Mat> pictures,
                                                  std::span<const cv::Rect2f> faces) const {
  std::vector<double> scores(pictures.size(), 0);
  double weights = 0;
  for (const Member& member : members_) {
    const nn::Entry& entry = member.network->entry();
    std::vector<cv::Mat> crops;
    std::vector<nn::Pixels> views;
    for (std::size_t i = 0; i < pictures.size(); ++i) {
      crops.push_back(member.crop(pictures[i], faces[i], member.scale, SizeOf(entry)));
      views.push_back(PixelsOf(crops.back()));
    }
    const auto outputs = member.network->Run(views);
    if (!outputs) return outputs.error();
    for (std::size_t i = 0; i < scores.size(); ++i) {
      const auto& logits = (*outputs)[i][0].data;
      if (member.real >= logits.size()) {
        return base::Fail(base::Fault::kEngine,
                          "Network " + entry.name + " has fewer classes than its catalog entry says.");
      }
      scores[i] += member.weight * LogOddsOf(AttackProbability(logits, member.real));
    }
    weights += member.weight;
  }
  for (double& score : scores) score /= weights;
  return scores;
}

std::vector<const nn::Entry*> Liveness::entries() const {
  std::vector<const nn::Entry*> entries;
  entries.reserve(members_.size());
  for (const Member& member : members_) entries.push_back(&member.network->entry());
  return entries;
}

}  // namespace ozma::face
