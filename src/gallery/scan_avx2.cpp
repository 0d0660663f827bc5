// AVX2: values are widened to 16 bits, whose products are added in pairs to 32 (vpmaddwd), exact for every
// value. vpmaddubsw would multiply 8 bits at once, but saturates where both are -128, and is no faster here.
#if defined(__x86_64__)

#include <immintrin.h>

#include <algorithm>

#include "gallery/scan.hpp"

#define OZMA_AVX2 __attribute__((target("avx2")))

namespace ozma::gallery {
namespace {

// Inner loops are unrolled by decree, or g++ -O2 keeps their sums in memory.

OZMA_AVX2 inline std::int32_t Sum(__m256i parts) {
  __m128i half = _mm_add_epi32(_mm256_castsi256_si128(parts), _mm256_extracti128_si256(parts, 1));
  half = _mm_add_epi32(half, _mm_shuffle_epi32(half, 0x4e));
  return _mm_cvtsi128_si32(_mm_add_epi32(half, _mm_shuffle_epi32(half, 0xb1)));
}

OZMA_AVX2 inline __m128i SumFour(const __m256i* parts) {
  const __m256i pairs =
      _mm256_hadd_epi32(_mm256_hadd_epi32(parts[0], parts[1]), _mm256_hadd_epi32(parts[2], parts[3]));
  return _mm_add_epi32(_mm256_castsi256_si128(pairs), _mm256_extracti128_si256(pairs, 1));
}

// Rows x Probes sums are kept in registers; `out` has `width` products a row.
template <int Rows, int Probes>
OZMA_AVX2 inline void Tile(const std::int8_t* const* rows, const ProbeGroup& probes, std::size_t first,
                           std::int32_t* out) {
  const std::size_t stride = probes.stride();
  const std::int16_t* values = probes.wide(first);
  __m256i sums[Rows][Probes];
#pragma GCC unroll 8
  for (auto& row : sums) {
#pragma GCC unroll 8
    for (auto& sum : row) sum = _mm256_setzero_si256();
  }
#pragma GCC unroll 2
  for (std::size_t at = 0; at < stride; at += 16) {
    __m256i wide[Rows];
#pragma GCC unroll 8
    for (int row = 0; row < Rows; ++row) {
      wide[row] = _mm256_cvtepi8_epi16(_mm_load_si128(reinterpret_cast<const __m128i*>(rows[row] + at)));
    }
#pragma GCC unroll 8
    for (int probe = 0; probe < Probes; ++probe) {
      const __m256i value = _mm256_load_si256(
          reinterpret_cast<const __m256i*>(values + static_cast<std::size_t>(probe) * stride + at));
#pragma GCC unroll 8
      for (int row = 0; row < Rows; ++row) {
        sums[row][probe] = _mm256_add_epi32(sums[row][probe], _mm256_madd_epi16(wide[row], value));
      }
    }
  }
#pragma GCC unroll 8
  for (int row = 0; row < Rows; ++row) {
    std::int32_t* products = out + static_cast<std::size_t>(row) * probes.width() + first;
    if constexpr (Probes == 4) {
      _mm_storeu_si128(reinterpret_cast<__m128i*>(products), SumFour(sums[row]));
    } else {
#pragma GCC unroll 8
      for (int probe = 0; probe < Probes; ++probe) products[probe] = Sum(sums[row][probe]);
    }
  }
}

template <int Rows, int Probes>
OZMA_AVX2 void Run(std::span<const std::int8_t* const> rows, const ProbeGroup& probes, std::int32_t* out) {
  const std::size_t width = probes.width();
  std::size_t row = 0;
  for (; row + Rows <= rows.size(); row += Rows) {
    const std::size_t ahead = std::min(row + kRowsAhead, rows.size() - Rows);
    for (std::size_t i = 0; i < Rows; ++i) Prefetch(rows[ahead + i], probes.stride());
    for (std::size_t first = 0; first < width; first += Probes) {
      Tile<Rows, Probes>(rows.data() + row, probes, first, out + row * width);
    }
  }
  for (; row < rows.size(); ++row) {
    for (std::size_t first = 0; first < width; first += Probes) {
      Tile<1, Probes>(rows.data() + row, probes, first, out + row * width);
    }
  }
}

}  // namespace

void DotsAvx2(std::span<const std::int8_t* const> rows, const ProbeGroup& probes, std::int32_t* products) {
  switch (probes.width()) {
    case 1:
      return Run<4, 1>(rows, probes, products);
    case 2:
      return Run<4, 2>(rows, probes, products);
    default:
      return Run<2, 4>(rows, probes, products);
  }
}

}  // namespace ozma::gallery

#endif
