// The slow and obvious kernel, which every other one must equal.
#include "gallery/scan.hpp"

namespace ozma::gallery {

void DotsPortable(std::span<const std::int8_t* const> rows, const ProbeGroup& probes,
                  std::int32_t* products) {
  for (const std::int8_t* row : rows) {
    for (std::size_t probe = 0; probe < probes.width(); ++probe) {
      const std::int8_t* values = probes.narrow(probe);
      std::int32_t sum = 0;
      for (std::size_t i = 0; i < probes.stride(); ++i) sum += static_cast<std::int32_t>(row[i]) * values[i];
      *products++ = sum;
    }
  }
}

}  // namespace ozma::gallery
