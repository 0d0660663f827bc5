#include "work/signature.hpp"

#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <array>

namespace ozma::work {

base::Result<base::Bytes> KeyOf(std::string_view secret) {
  constexpr std::string_view kPrefix = "whsec_";
  if (!secret.starts_with(kPrefix)) return base::Bytes(secret.begin(), secret.end());
  auto key = base::DecodeBase64(secret.substr(kPrefix.size()));
  if (!key || key->empty())
    return base::Fail(base::Fault::kConfiguration, "The webhook secret after whsec_ is no base64.");
  return key;
}

std::string Sign(base::ByteView key, std::string_view id, std::int64_t timestamp, std::string_view body) {
  std::string text(id);
  text.append(".").append(std::to_string(timestamp)).append(".").append(body);
  std::array<std::uint8_t, EVP_MAX_MD_SIZE> digest{};
  unsigned size = 0;
  HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()), base::AsBytes(text).data(), text.size(),
       digest.data(), &size);
  return "v1," + base::EncodeBase64({digest.data(), size});
}

}  // namespace ozma::work
