// Bytes, their text forms and their digests.
#pragma once

#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"

namespace ozma::base {

using Bytes = std::vector<std::uint8_t>;
using ByteView = std::span<const std::uint8_t>;

inline ByteView AsBytes(std::string_view text) {
  return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}
inline std::string_view AsText(ByteView bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

// Standard alphabet (RFC 4648 section 4), padded, without line breaks.
std::string EncodeBase64(ByteView bytes);

// Takes padded or unpadded text, the standard or the URL-safe alphabet, and white space anywhere between
// digits.
Result<Bytes> DecodeBase64(std::string_view text);

std::string HexOf(ByteView bytes);      // lower case
std::string Sha256Hex(ByteView bytes);  // FIPS 180-4
std::string Md5Hex(ByteView bytes);     // RFC 1321; a fingerprint clients ask for, never a safeguard
std::uint32_t Crc32(ByteView bytes);    // IEEE 802.3, as zlib's crc32

Result<Bytes> ReadFile(const std::filesystem::path& path);

// Writes beside `path`, syncs and renames: a reader sees the old file or the whole new one.
Result<void> WriteFile(const std::filesystem::path& path, ByteView bytes);

}  // namespace ozma::base
