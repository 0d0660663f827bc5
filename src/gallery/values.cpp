#include "gallery/values.hpp"

#include <algorithm>
#include <cmath>

namespace ozma::gallery {
namespace {

std::int32_t Dot(std::span<const std::int8_t> a, std::span<const std::int8_t> b) {
  std::int32_t sum = 0;  // 4096 products of at most 2^14 fit
  for (std::size_t i = 0; i < a.size(); ++i) sum += static_cast<std::int32_t>(a[i]) * b[i];
  return sum;
}

}  // namespace

double NormOf(std::span<const std::int8_t> values) {
  return std::sqrt(static_cast<double>(Dot(values, values)));
}

float CosineOf(std::span<const std::int8_t> a, double norm_a, std::span<const std::int8_t> b, double norm_b) {
  const double cosine = static_cast<double>(Dot(a, b)) / (norm_a * norm_b);
  return static_cast<float>(std::clamp(cosine, -1.0, 1.0));
}

}  // namespace ozma::gallery
