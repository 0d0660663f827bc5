// NearPortable with the instruction that counts bits, which a plain x86-64 need not have.
#if defined(__x86_64__)

#include <nmmintrin.h>

#include "gallery/sketch.hpp"

#define OZMA_POPCNT __attribute__((target("popcnt")))

namespace ozma::gallery {
namespace {

OZMA_POPCNT inline std::uint32_t Bits(std::uint64_t word) {
  return static_cast<std::uint32_t>(_mm_popcnt_u64(word));
}

// Every row is written down, and stays if the next one does not take its place: no jump to guess wrong.
OZMA_POPCNT inline std::size_t Kept(std::size_t found, std::size_t row, std::uint32_t bits,
                                    std::uint32_t cutoff, Near* near) {
  near[found] = {static_cast<std::uint16_t>(row), static_cast<std::uint16_t>(bits)};
  return found + (bits < cutoff ? 1 : 0);
}

// Sketches of 512 bits, those of nearly all networks.
OZMA_POPCNT std::size_t NearInEight(const std::uint64_t* sketches, std::size_t rows,
                                    const std::uint64_t* probe, std::uint32_t cutoff, Near* near) {
  std::size_t found = 0;
  for (std::size_t row = 0; row < rows; ++row, sketches += 8) {
    std::uint32_t bits = 0;
#pragma GCC unroll 8
    for (std::size_t word = 0; word < 8; ++word) bits += Bits(probe[word] ^ sketches[word]);
    found = Kept(found, row, bits, cutoff, near);
  }
  return found;
}

}  // namespace

OZMA_POPCNT std::size_t NearPopcnt(const std::uint64_t* sketches, std::size_t rows,
                                   std::span<const std::uint64_t> probe, std::uint32_t cutoff, Near* near) {
  if (probe.size() == 8) return NearInEight(sketches, rows, probe.data(), cutoff, near);
  std::size_t found = 0;
  for (std::size_t row = 0; row < rows; ++row) {
    std::uint32_t bits = 0;
    for (const std::uint64_t word : probe) bits += Bits(word ^ *sketches++);
    found = Kept(found, row, bits, cutoff, near);
  }
  return found;
}

}  // namespace ozma::gallery

#endif
