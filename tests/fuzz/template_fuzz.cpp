// Arbitrary bytes as a template: refused, or read back to the same bytes.
#include <cstdlib>

#include "gallery/template.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace ozma;
  base::Bytes bytes(data, data + size);
  const gallery::NetworkId network = gallery::NetworkIdOf("fuzz", "1");
  // Without help the fuzzer would never pass checksum and network; mend them in every other input.
  if (size >= 24 && data[size - 1] % 2 == 0) {
    std::copy(network.begin(), network.end(), bytes.begin() + 8);
    const std::uint32_t crc = base::Crc32(base::ByteView(bytes).first(size - 4));
    for (int i = 0; i < 4; ++i)
      bytes[size - 4 + static_cast<std::size_t>(i)] = static_cast<std::uint8_t>(crc >> (8 * i));
  }
  const auto read = gallery::Template::Decode(bytes, network);
  if (read && read->Encode() != bytes) std::abort();
  if (read && !(gallery::Cosine(*read, *read) > 0.999f)) std::abort();
  return 0;
}
