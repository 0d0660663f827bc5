// Secrets and signatures: nonces, HMAC, base64url, comparison in constant time.
#pragma once

#include <string>
#include <string_view>

#include "base/bytes.hpp"

namespace ozma::adapter {

// 32 random bytes from the system's secure source.
base::Bytes NewNonce();

// RFC 4648 section 5, without padding.
std::string EncodeBase64Url(base::ByteView bytes);

base::Bytes HmacSha256(base::ByteView key, std::string_view message);  // RFC 2104; 32 bytes

// False where the sizes differ; otherwise in a time that does not depend on the content.
bool EqualInConstantTime(base::ByteView a, base::ByteView b);

// Whether `signature` (64 bytes) is Ed25519's of `message` by the owner of `key` (32 bytes); RFC 8032.
bool IsSignedBy(base::ByteView key, base::ByteView signature, base::ByteView message);

// 64 lower-case hexadecimal digits.
bool IsSha256Hex(std::string_view text);

}  // namespace ozma::adapter
