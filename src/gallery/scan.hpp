// Dot products of many rows with a few probes, as fast as this processor can.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string_view>
#include <vector>

#include "gallery/sketch.hpp"
#include "gallery/template.hpp"

namespace ozma::gallery {

// Rows begin at multiples of this many bytes, and their length is a multiple of it; the tail is zeros.
inline constexpr std::size_t kRowAlignment = 64;
inline constexpr std::size_t kProbesAtOnce = 8;

constexpr std::size_t StrideOf(std::size_t dimension) {
  return (dimension + kRowAlignment - 1) / kRowAlignment * kRowAlignment;
}

// Rows are asked of memory so many rows before they are compared; the processor alone looks too little ahead.
inline constexpr std::size_t kRowsAhead = 8;

inline void Prefetch(const std::int8_t* row, std::size_t stride) {
  for (std::size_t at = 0; at < stride; at += kRowAlignment) __builtin_prefetch(row + at);
}

struct FreeAligned {
  void operator()(void* memory) const { ::operator delete(memory, std::align_val_t{kRowAlignment}); }
};

// Zeroed memory that begins at a multiple of kRowAlignment.
std::unique_ptr<std::byte, FreeAligned> AllocateAligned(std::size_t bytes);

// One to eight probes, laid out as the kernels read them: `width` of them, 1, 2, 4 or 8, the surplus all
// zeros.
class ProbeGroup {
 public:
  explicit ProbeGroup(std::span<const Template> probes);

  std::size_t count() const { return count_; }
  std::size_t width() const { return width_; }
  std::size_t stride() const { return stride_; }
  const std::int8_t* narrow(std::size_t probe) const { return narrow_ + probe * stride_; }
  const std::int16_t* wide(std::size_t probe) const { return wide_ + probe * stride_; }
  std::int32_t sum(std::size_t probe) const { return sums_[probe]; }  // of the probe's values

 private:
  std::size_t count_, width_, stride_;
  std::unique_ptr<std::byte, FreeAligned> memory_;
  std::int8_t* narrow_;
  std::int16_t* wide_;
  std::array<std::int32_t, kProbesAtOnce> sums_{};
};

// products[row * width + probe] = rows[row] . probe, exact for all values of 8 bits up to 4096 of them.
using DotFunction = void (*)(std::span<const std::int8_t* const> rows, const ProbeGroup& probes,
                             std::int32_t* products);

struct Kernel {
  std::string_view name;  // "portable", "neon", "avx2", "avx512-vnni"
  DotFunction dots = nullptr;
  NearFunction near = nullptr;
};

// Those that this processor can run, the portable one first, the fastest last.
std::span<const Kernel> Kernels();

// The one of this name; none: not here. The empty name is the fastest.
const Kernel* KernelNamed(std::string_view name);

// The kernels, for Kernels() and their test. Each but the first runs only where the processor has it.
void DotsPortable(std::span<const std::int8_t* const> rows, const ProbeGroup& probes, std::int32_t* products);
#if defined(__x86_64__)
void DotsAvx2(std::span<const std::int8_t* const> rows, const ProbeGroup& probes, std::int32_t* products);
void DotsVnni(std::span<const std::int8_t* const> rows, const ProbeGroup& probes, std::int32_t* products);
#elif defined(__aarch64__)
void DotsNeon(std::span<const std::int8_t* const> rows, const ProbeGroup& probes, std::int32_t* products);
#endif

}  // namespace ozma::gallery
