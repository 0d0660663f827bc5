#include "gallery/sketch.hpp"

#include <algorithm>
#include <bit>
#include <vector>

namespace ozma::gallery {
namespace {

constexpr std::size_t kLeastBits = 512;

// SplitMix64 (Steele, Lea, Flood 2014): the fixed source of the random signs.
std::uint64_t Mixed(std::uint64_t number) {
  number += 0x9e3779b97f4a7c15U;
  number = (number ^ (number >> 30)) * 0xbf58476d1ce4e5b9U;
  number = (number ^ (number >> 27)) * 0x94d049bb133111ebU;
  return number ^ (number >> 31);
}

// A vector of n values becomes longer by the square root of n: 4096 values of 8 bits stay below 2^25 in two
// rounds.
void Turn(std::span<std::int32_t> values, std::uint64_t seed) {
  for (std::size_t i = 0; i < values.size(); ++i) {
    if ((Mixed(seed * 64 + i / 64) >> (i % 64) & 1) != 0) values[i] = -values[i];
  }
  for (std::size_t half = 1; half < values.size(); half *= 2) {
    for (std::size_t block = 0; block < values.size(); block += 2 * half) {
      for (std::size_t i = block; i < block + half; ++i) {
        const std::int32_t a = values[i], b = values[i + half];
        values[i] = a + b;
        values[i + half] = a - b;
      }
    }
  }
}

}  // namespace

std::size_t SketchWords(std::size_t dimension) {
  return std::max(kLeastBits, std::bit_ceil(dimension)) / 64;
}

void Sketch(std::span<const std::int8_t> values, std::size_t dimension, std::span<std::uint64_t> words) {
  const std::size_t side = std::bit_ceil(dimension);
  std::ranges::fill(words, 0);
  // A short template is turned several ways, until there are bits enough.
  for (std::size_t first = 0, seed = 0; first < words.size() * 64; first += side, seed += 2) {
    std::vector<std::int32_t> turned(side);
    std::copy_n(values.begin(), dimension, turned.begin());
    Turn(turned, seed);
    Turn(turned, seed + 1);
    for (std::size_t i = 0; i < side; ++i) {
      words[(first + i) / 64] |= static_cast<std::uint64_t>(turned[i] < 0) << ((first + i) % 64);
    }
  }
}

std::size_t NearPortable(const std::uint64_t* sketches, std::size_t rows,
                         std::span<const std::uint64_t> probe, std::uint32_t cutoff, Near* near) {
  std::size_t found = 0;
  for (std::size_t row = 0; row < rows; ++row) {
    std::uint32_t bits = 0;
    for (const std::uint64_t word : probe)
      bits += static_cast<std::uint32_t>(std::popcount(word ^ *sketches++));
    if (bits < cutoff) near[found++] = {static_cast<std::uint16_t>(row), static_cast<std::uint16_t>(bits)};
  }
  return found;
}

}  // namespace ozma::gallery
