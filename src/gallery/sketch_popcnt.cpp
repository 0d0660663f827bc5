// The loop of DistancesPortable with the instruction that counts bits, which a plain x86-64 need not have.
#if defined(__x86_64__)

#include <nmmintrin.h>

#include "gallery/sketch.hpp"

namespace ozma::gallery {
namespace {

template <std::size_t Words>
__attribute__((target("popcnt"))) void Run(const std::uint64_t* sketches, const std::uint64_t* probe,
                                           std::span<std::uint16_t> distances) {
  for (std::uint16_t& distance : distances) {
    std::int64_t bits = 0;
    for (std::size_t word = 0; word < Words; ++word) bits += _mm_popcnt_u64(probe[word] ^ sketches[word]);
    sketches += Words;
    distance = static_cast<std::uint16_t>(bits);
  }
}

}  // namespace

__attribute__((target("popcnt"))) void DistancesPopcnt(const std::uint64_t* sketches,
                                                       std::span<const std::uint64_t> probe,
                                                       std::span<std::uint16_t> distances) {
  if (probe.size() == 8) return Run<8>(sketches, probe.data(), distances);
  for (std::uint16_t& distance : distances) {
    std::int64_t bits = 0;
    for (const std::uint64_t word : probe) bits += _mm_popcnt_u64(word ^ *sketches++);
    distance = static_cast<std::uint16_t>(bits);
  }
}

}  // namespace ozma::gallery

#endif
