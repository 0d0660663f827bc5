// Arbitrary text as the payload of a liveness request: refused, or values within what the header promises.
#include <cstdlib>

#include "base/bytes.hpp"
#include "lite/payload.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace ozma;
  const lite::PayloadLimits limits{.bytes = 4096, .analyses = 3};
  const auto payload = lite::ParsePayload(base::AsText({data, size}), limits);
  if (!payload) {
    if (payload.error().message.empty()) std::abort();
    return 0;
  }
  if (size > limits.bytes) std::abort();
  if (payload->analyses.empty() || payload->analyses.size() > limits.analyses) std::abort();
  for (const auto& analysis : payload->analyses) {
    if (!(analysis.threshold_spoofing >= 0 && analysis.threshold_spoofing <= 1)) std::abort();
    if (base::WriteJson(analysis.meta_data).size() > limits.bytes) std::abort();
  }
  // What is echoed must be JSON that any client can read.
  if (!base::ReadJson(base::WriteJson(payload->folder_meta_data))) std::abort();
  return 0;
}
