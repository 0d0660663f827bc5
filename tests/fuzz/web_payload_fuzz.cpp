// Arbitrary text as what a browser says of its images: refused with a sentence, or values within their
// bounds.
#include <cstdlib>

#include "adapter/injection.hpp"
#include "adapter/payload.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace ozma;
  constexpr std::size_t kFrames = 20;
  const auto text = base::AsText({data, size});
  const auto payload = adapter::ParseMediaPayload(text, kFrames);
  if (!payload && payload.error().message.empty()) std::abort();
  if (payload) {
    if (payload->frames.empty() || payload->frames.size() > kFrames) std::abort();
    if (!adapter::IsPlainId(payload->action) || !adapter::IsPlainId(payload->upload_id)) std::abort();
    for (const auto& frame : payload->frames)
      if (frame.sha256.size() != 64) std::abort();
  }
  const auto info = adapter::ParseInfo(text);
  if (!info && info.error().message.empty()) std::abort();
  if (!payload || !info) return 0;
  // One text may be both; whatever it tells, the weights stay finite.
  const auto signals = adapter::SignalsOf({.payload = *payload,
                                           .info = *info,
                                           .width = 1,
                                           .height = 1,
                                           .lossless_difference = 0,
                                           .since_start = 0,
                                           .replayed = false,
                                           .user_agent = "",
                                           .origin = ""});
  if (adapter::WeightOf(signals, {}) > 100) std::abort();
  return 0;
}
