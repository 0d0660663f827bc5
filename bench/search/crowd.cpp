#include "search/crowd.hpp"

#include <algorithm>
#include <cmath>
#include <fstream>
#include <stdexcept>

namespace ozma::bench {
namespace {

constexpr std::size_t kMixed = 12;  // templates in a person
const gallery::NetworkId kNetwork = gallery::NetworkIdOf("bench", "1");

gallery::Template Made(const std::vector<float>& embedding) {
  return gallery::Template::FromEmbedding(embedding, kNetwork).value();
}

}  // namespace

Crowd::Crowd(std::size_t dimension, const std::filesystem::path& file, std::pair<float, float> genuine,
             unsigned seed)
    : dimension_(dimension), genuine_(genuine), random_(seed), normals_(1 << 20), direction_(dimension) {
  std::normal_distribution<float> normal;
  std::ranges::generate(normals_, [&] { return normal(random_); });
  if (file.empty()) {
    for (std::size_t i = 0; i < dimension; ++i) {
      spectrum_.push_back(std::exp(-1.7F * static_cast<float>(i) / static_cast<float>(dimension)));
    }
    return;
  }
  std::ifstream stream(file, std::ios::binary);
  templates_.resize(std::filesystem::file_size(file) / sizeof(float));
  stream.read(reinterpret_cast<char*>(templates_.data()),
              static_cast<std::streamsize>(templates_.size() * sizeof(float)));
  if (!stream || templates_.size() % dimension != 0 || templates_.size() / dimension < 2 * kMixed) {
    throw std::runtime_error(file.string() + " does not hold templates of that dimension, or too few.");
  }
}

const std::vector<float>& Crowd::Direction() {
  if (templates_.empty()) {
    // A run of the table from a random place: as good as fresh numbers, and much faster.
    const std::size_t from = random_() % (normals_.size() - dimension_);
    const std::size_t other = random_() % (normals_.size() - dimension_);
    for (std::size_t i = 0; i < dimension_; ++i) {
      direction_[i] = (normals_[from + i] + normals_[other + i]) * spectrum_[i];
    }
  } else {
    std::ranges::fill(direction_, 0.0F);
    for (std::size_t mixed = 0; mixed < kMixed; ++mixed) {
      const float* face = templates_.data() + random_() % (templates_.size() / dimension_) * dimension_;
      const float weight = Normal();
      for (std::size_t i = 0; i < dimension_; ++i) direction_[i] += weight * face[i];
    }
  }
  double squares = 0;
  for (const float component : direction_) squares += static_cast<double>(component) * component;
  const auto shrink = static_cast<float>(1 / std::sqrt(squares));
  for (float& component : direction_) component *= shrink;
  return direction_;
}

gallery::Template Crowd::Stranger() {
  return Made(Direction());
}

gallery::Template Crowd::AnotherPhoto(const gallery::Template& face) {
  const float cosine = std::clamp(genuine_.first + genuine_.second * Normal(), -0.99F, 0.99F);
  std::vector<float> photo = Direction();
  const float noise = std::sqrt(1 - cosine * cosine);
  const auto share = static_cast<float>(cosine / face.norm());
  for (std::size_t i = 0; i < dimension_; ++i) {
    photo[i] = noise * photo[i] + share * static_cast<float>(face.values()[i]);
  }
  return Made(photo);
}

}  // namespace ozma::bench
