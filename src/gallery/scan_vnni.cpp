// AVX-512 VNNI: vpdpbusd multiplies unsigned by signed bytes and adds four products to 32 bits without
// saturation. Rows become unsigned by adding 128 to each value, which adds 128 times the sum of the probe.
#if defined(__x86_64__)

#include <immintrin.h>

#include "gallery/scan.hpp"

// g++ 12 sees a variable that nobody set in its own header, below _mm512_reduce_add_epi32.
#pragma GCC diagnostic ignored "-Wuninitialized"

#define OZMA_VNNI __attribute__((target("avx512f,avx512bw,avx512vnni")))

namespace ozma::gallery {
namespace {

// Inner loops are unrolled by decree, or g++ -O2 keeps their sums in memory.

template <int Rows, int Probes>
OZMA_VNNI inline void Tile(const std::int8_t* const* rows, const ProbeGroup& probes, std::size_t first,
                           std::int32_t* out) {
  const std::size_t stride = probes.stride();
  const std::int8_t* values = probes.narrow(first);
  const __m512i offset = _mm512_set1_epi32(static_cast<int>(0x80808080U));
  __m512i sums[Rows][Probes];
#pragma GCC unroll 8
  for (auto& row : sums) {
#pragma GCC unroll 8
    for (auto& sum : row) sum = _mm512_setzero_si512();
  }
  for (std::size_t at = 0; at < stride; at += 64) {
    __m512i shifted[Rows];
#pragma GCC unroll 8
    for (int row = 0; row < Rows; ++row) {
      shifted[row] = _mm512_xor_si512(_mm512_loadu_si512(rows[row] + at), offset);
    }
#pragma GCC unroll 8
    for (int probe = 0; probe < Probes; ++probe) {
      const __m512i value = _mm512_loadu_si512(values + static_cast<std::size_t>(probe) * stride + at);
#pragma GCC unroll 8
      for (int row = 0; row < Rows; ++row) {
        sums[row][probe] = _mm512_dpbusd_epi32(sums[row][probe], shifted[row], value);
      }
    }
  }
#pragma GCC unroll 8
  for (int row = 0; row < Rows; ++row) {
#pragma GCC unroll 8
    for (int probe = 0; probe < Probes; ++probe) {
      const std::size_t column = first + static_cast<std::size_t>(probe);
      out[static_cast<std::size_t>(row) * probes.width() + column] =
          _mm512_reduce_add_epi32(sums[row][probe]) - 128 * probes.sum(column);
    }
  }
}

template <int Rows, int Probes>
OZMA_VNNI void Run(std::span<const std::int8_t* const> rows, const ProbeGroup& probes, std::int32_t* out) {
  const std::size_t width = probes.width();
  std::size_t row = 0;
  for (; row + Rows <= rows.size(); row += Rows) {
    Tile<Rows, Probes>(rows.data() + row, probes, 0, out + row * width);
  }
  for (; row < rows.size(); ++row) Tile<1, Probes>(rows.data() + row, probes, 0, out + row * width);
}

}  // namespace

void DotsVnni(std::span<const std::int8_t* const> rows, const ProbeGroup& probes, std::int32_t* products) {
  switch (probes.width()) {
    case 1:
      return Run<4, 1>(rows, probes, products);
    case 2:
      return Run<4, 2>(rows, probes, products);
    case 4:
      return Run<2, 4>(rows, probes, products);
    default:
      return Run<2, 8>(rows, probes, products);
  }
}

}  // namespace ozma::gallery

#endif
