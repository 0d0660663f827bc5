// Sketches: a template in one bit a direction, by which a large gallery is read eight times as fast.
//
// A sketch holds the signs of the template's products with a fixed set of random directions. Two templates at
// an angle differ in angle / 180 degrees of the bits, give or take the square root of their number, whatever
// the templates are distributed like (M. Charikar, Similarity estimation techniques from rounding algorithms,
// 2002). The directions are the rows of two rounds of random signs and a Walsh-Hadamard transform, in whole
// numbers, so that every machine makes the same bits.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace ozma::gallery {

// Words of 64 bits in a sketch: 512 bits, or one a value where there are more.
std::size_t SketchWords(std::size_t dimension);

// Of `dimension` values, which are the first of `values`; the rest are zeros.
void Sketch(std::span<const std::int8_t> values, std::size_t dimension, std::span<std::uint64_t> words);

// A sketch that differs from the probe's in few bits.
struct Near {
  std::uint16_t row, distance;
};

// Of `rows` sketches, which lie one behind the other, those that differ from `probe` in fewer than `cutoff`
// bits, in order of rows. Returns how many; `near` has room for `rows`, and may be written to beyond what is
// returned.
using NearFunction = std::size_t (*)(const std::uint64_t* sketches, std::size_t rows,
                                     std::span<const std::uint64_t> probe, std::uint32_t cutoff, Near* near);

std::size_t NearPortable(const std::uint64_t* sketches, std::size_t rows,
                         std::span<const std::uint64_t> probe, std::uint32_t cutoff, Near* near);
#if defined(__x86_64__)
std::size_t NearPopcnt(const std::uint64_t* sketches, std::size_t rows, std::span<const std::uint64_t> probe,
                       std::uint32_t cutoff, Near* near);
#endif

}  // namespace ozma::gallery
