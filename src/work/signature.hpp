// Standard Webhooks signatures (standardwebhooks.com, version 1).
#pragma once

#include <string>
#include <string_view>

#include "base/bytes.hpp"

namespace ozma::work {

// The key in a secret: of "whsec_..." the base64 after it, of any other text its bytes. kConfiguration where
// the base64 is none.
base::Result<base::Bytes> KeyOf(std::string_view secret);

// "v1,<base64>": HMAC-SHA256 of "id.timestamp.body". `timestamp`: Unix seconds.
std::string Sign(base::ByteView key, std::string_view id, std::int64_t timestamp, std::string_view body);

}  // namespace ozma::work
