// The values of templates, wherever they lie.
#pragma once

#include <cstdint>
#include <span>

namespace ozma::gallery {

// The length of a vector of 4096 values at most.
double NormOf(std::span<const std::int8_t> values);

// Cosine similarity in -1..1 of two vectors of one dimension, whose lengths are not 0: exact to the last bit,
// so the same wherever it is computed.
float CosineOf(std::span<const std::int8_t> a, double norm_a, std::span<const std::int8_t> b, double norm_b);

}  // namespace ozma::gallery
