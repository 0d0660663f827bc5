#include "gallery/scan.hpp"

#include <algorithm>
#include <bit>
#include <cstring>
#include <new>

namespace ozma::gallery {
namespace {

std::vector<Kernel> FindKernels() {
  std::vector<Kernel> found = {{"portable", DotsPortable, NearPortable}};
#if defined(__x86_64__)
  if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("popcnt")) {
    found.push_back({"avx2", DotsAvx2, NearPopcnt});
  }
  if (__builtin_cpu_supports("popcnt") && __builtin_cpu_supports("avx512f") &&
      __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512vnni")) {
    found.push_back({"avx512-vnni", DotsVnni, NearPopcnt});
  }
#elif defined(__aarch64__)
  found.push_back({"neon", DotsNeon, NearPortable});
#endif
  return found;
}

}  // namespace

std::unique_ptr<std::byte, FreeAligned> AllocateAligned(std::size_t bytes) {
  auto* memory = static_cast<std::byte*>(::operator new(bytes, std::align_val_t{kRowAlignment}));
  std::memset(memory, 0, bytes);
  return std::unique_ptr<std::byte, FreeAligned>(memory);
}

ProbeGroup::ProbeGroup(std::span<const Template> probes)
    : count_(probes.size()),
      width_(std::bit_ceil(probes.size())),
      stride_(StrideOf(probes.front().values().size())),
      memory_(AllocateAligned(width_ * stride_ * 3)),
      narrow_(reinterpret_cast<std::int8_t*>(memory_.get())),
      wide_(reinterpret_cast<std::int16_t*>(memory_.get() + width_ * stride_)) {
  for (std::size_t probe = 0; probe < count_; ++probe) {
    const auto values = probes[probe].values();
    std::copy(values.begin(), values.end(), narrow_ + probe * stride_);
    std::copy(values.begin(), values.end(), wide_ + probe * stride_);
    for (const std::int8_t value : values) sums_[probe] += value;
  }
}

std::span<const Kernel> Kernels() {
  static const std::vector<Kernel> kKernels = FindKernels();
  return kKernels;
}

const Kernel* KernelNamed(std::string_view name) {
  const auto kernels = Kernels();
  if (name.empty()) return &kernels.back();
  const auto found = std::ranges::find(kernels, name, &Kernel::name);
  return found == kernels.end() ? nullptr : &*found;
}

}  // namespace ozma::gallery
