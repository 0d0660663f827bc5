// NEON: products of 8 bits in 16 (at most 2^14, so none overflows), added in pairs to 32.
#if defined(__aarch64__)

#include <arm_neon.h>

#include "gallery/scan.hpp"

namespace ozma::gallery {
namespace {

// Inner loops are unrolled by decree, or g++ -O2 keeps their sums in memory.

template <int Probes>
void Run(std::span<const std::int8_t* const> rows, const ProbeGroup& probes, std::int32_t* out) {
  const std::size_t stride = probes.stride();
  for (const std::int8_t* row : rows) {
    int32x4_t sums[Probes];
#pragma GCC unroll 8
    for (auto& sum : sums) sum = vdupq_n_s32(0);
    for (std::size_t at = 0; at < stride; at += 16) {
      const int8x16_t values = vld1q_s8(row + at);
#pragma GCC unroll 8
      for (int probe = 0; probe < Probes; ++probe) {
        const int8x16_t other = vld1q_s8(probes.narrow(static_cast<std::size_t>(probe)) + at);
        sums[probe] = vpadalq_s16(sums[probe], vmull_s8(vget_low_s8(values), vget_low_s8(other)));
        sums[probe] = vpadalq_s16(sums[probe], vmull_s8(vget_high_s8(values), vget_high_s8(other)));
      }
    }
#pragma GCC unroll 8
    for (const auto& sum : sums) *out++ = vaddvq_s32(sum);
  }
}

}  // namespace

void DotsNeon(std::span<const std::int8_t* const> rows, const ProbeGroup& probes, std::int32_t* products) {
  switch (probes.width()) {
    case 1:
      return Run<1>(rows, probes, products);
    case 2:
      return Run<2>(rows, probes, products);
    case 4:
      return Run<4>(rows, probes, products);
    default:
      return Run<8>(rows, probes, products);
  }
}

}  // namespace ozma::gallery

#endif
