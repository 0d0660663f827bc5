// Any text at all as models/catalog.json: an error in one sentence or a catalog, never a crash.
#include <cstdlib>

#include "base/bytes.hpp"
#include "nn/catalog.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto catalog = ozma::nn::Catalog::Parse(ozma::base::AsText({data, size}), "/models");
  if (!catalog) {
    if (catalog.error().message.empty()) std::abort();
    return 0;
  }
  for (const auto& entry : catalog->entries()) {
    if (entry.name.empty() || entry.outputs.empty() || !catalog->InRole(entry.role)) std::abort();
  }
  return 0;
}
