#include "search/crowd.hpp"

#include <algorithm>
#include <cmath>
#include <fstream>
#include <numeric>
#include <stdexcept>

namespace ozma::bench {
namespace {

constexpr std::size_t kMixed = 8;  // templates in a person: few, so that some people are rather alike
const gallery::NetworkId kNetwork = gallery::NetworkIdOf("bench", "1");

gallery::Template Made(const std::vector<float>& embedding) {
  return gallery::Template::FromEmbedding(embedding, kNetwork).value();
}

std::vector<float> ReadNumbers(const std::filesystem::path& path) {
  std::vector<float> numbers(std::filesystem::file_size(path) / sizeof(float));
  std::ifstream stream(path, std::ios::binary);
  stream.read(reinterpret_cast<char*>(numbers.data()),
              static_cast<std::streamsize>(numbers.size() * sizeof(float)));
  if (!stream || numbers.empty()) throw std::runtime_error(path.string() + " cannot be read.");
  return numbers;
}

void ToLengthOne(std::vector<float>& vector) {
  const double squares = std::inner_product(vector.begin(), vector.end(), vector.begin(), 0.0);
  const auto shrink = static_cast<float>(1 / std::sqrt(squares));
  for (float& component : vector) component *= shrink;
}

}  // namespace

Crowd::Crowd(std::size_t dimension, const std::filesystem::path& templates,
             const std::filesystem::path& genuine, unsigned seed)
    : dimension_(dimension), random_(seed), normals_(1 << 20), mean_(dimension), direction_(dimension) {
  std::normal_distribution<float> normal;
  std::ranges::generate(normals_, [&] { return normal(random_); });
  if (!genuine.empty()) genuine_ = ReadNumbers(genuine);
  if (templates.empty()) {
    for (std::size_t i = 0; i < dimension; ++i) {
      spectrum_.push_back(std::exp(-1.7F * static_cast<float>(i) / static_cast<float>(dimension)));
    }
    return;
  }
  templates_ = ReadNumbers(templates);
  const std::size_t count = templates_.size() / dimension;
  if (templates_.size() % dimension != 0 || count < 10 * kMixed)
    throw std::runtime_error(templates.string() + " does not hold templates of that dimension, or too few.");
  for (std::size_t i = 0; i < templates_.size(); ++i)
    mean_[i % dimension] += templates_[i] / static_cast<float>(count);
  for (std::size_t i = 0; i < templates_.size(); ++i) templates_[i] -= mean_[i % dimension];
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
    direction_ = mean_;
    for (std::size_t mixed = 0; mixed < kMixed; ++mixed) {
      const float* face = templates_.data() + random_() % (templates_.size() / dimension_) * dimension_;
      const float weight = Normal() / std::sqrt(static_cast<float>(kMixed));
      for (std::size_t i = 0; i < dimension_; ++i) direction_[i] += weight * face[i];
    }
  }
  ToLengthOne(direction_);
  return direction_;
}

float Crowd::Genuine() {
  const float cosine = genuine_.empty() ? 0.6F + 0.12F * Normal() : genuine_[random_() % genuine_.size()];
  return std::clamp(cosine, -0.99F, 0.99F);
}

gallery::Template Crowd::Stranger() {
  return Made(Direction());
}

gallery::Template Crowd::AnotherPhoto(const gallery::Template& face) {
  std::vector<float> person(face.values().begin(), face.values().end());
  ToLengthOne(person);
  // What the other photo has of somebody else stands upright on the person.
  std::vector<float> other = Direction();
  const float share = std::inner_product(other.begin(), other.end(), person.begin(), 0.0F);
  for (std::size_t i = 0; i < dimension_; ++i) other[i] -= share * person[i];
  ToLengthOne(other);
  const float cosine = Genuine(), noise = std::sqrt(1 - cosine * cosine);
  for (std::size_t i = 0; i < dimension_; ++i) person[i] = cosine * person[i] + noise * other[i];
  return Made(person);
}

}  // namespace ozma::bench
