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

// distances[i] = bits in which probe and the i-th of the sketches, which lie one behind the other, differ.
using DistanceFunction = void (*)(const std::uint64_t* sketches, std::span<const std::uint64_t> probe,
                                  std::span<std::uint16_t> distances);

void DistancesPortable(const std::uint64_t* sketches, std::span<const std::uint64_t> probe,
                       std::span<std::uint16_t> distances);
#if defined(__x86_64__)
void DistancesPopcnt(const std::uint64_t* sketches, std::span<const std::uint64_t> probe,
                     std::span<std::uint16_t> distances);
#endif

}  // namespace ozma::gallery
