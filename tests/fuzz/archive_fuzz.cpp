// Archives of arbitrary bytes: read within limits, or refused; the names that come out lead nowhere.
#include <cstdlib>

#include "media/archive.hpp"
#include "media/media.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  constexpr ozma::media::ArchiveLimits kLimits{50, 1u << 20};
  const ozma::base::ByteView bytes(data, size);
  const auto entries = ozma::media::ReadArchive(bytes, kLimits);
  if (!entries) return 0;

  std::size_t total = 0;
  for (const auto& [name, content] : *entries) {
    total += content.size();
    if (name.empty() || name.front() == '/' || name.starts_with("../")) std::abort();
    (void)ozma::media::Sniff(content);
  }
  if (entries->size() > 50 || total > kLimits.bytes) std::abort();
  return 0;
}
