#include "adapter/seal.hpp"

#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <sodium.h>

#include <algorithm>

namespace ozma::adapter {

base::Bytes NewNonce() {
  base::Bytes nonce(32);
  randombytes_buf(nonce.data(), nonce.size());
  return nonce;
}

std::string EncodeBase64Url(base::ByteView bytes) {
  constexpr int kVariant = sodium_base64_VARIANT_URLSAFE_NO_PADDING;
  std::string text(sodium_base64_encoded_len(bytes.size(), kVariant), '\0');
  sodium_bin2base64(text.data(), text.size(), bytes.data(), bytes.size(), kVariant);
  text.pop_back();  // libsodium counts the terminating zero
  return text;
}

base::Bytes HmacSha256(base::ByteView key, std::string_view message) {
  base::Bytes digest(EVP_MAX_MD_SIZE);
  unsigned size = 0;
  HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()), base::AsBytes(message).data(), message.size(),
       digest.data(), &size);
  digest.resize(size);
  return digest;
}

bool EqualInConstantTime(base::ByteView a, base::ByteView b) {
  return a.size() == b.size() && sodium_memcmp(a.data(), b.data(), a.size()) == 0;
}

bool IsSignedBy(base::ByteView key, base::ByteView signature, base::ByteView message) {
  return key.size() == crypto_sign_PUBLICKEYBYTES && signature.size() == crypto_sign_BYTES &&
         crypto_sign_verify_detached(signature.data(), message.data(), message.size(), key.data()) == 0;
}

bool IsSha256Hex(std::string_view text) {
  return text.size() == 64 &&
         std::ranges::all_of(text, [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); });
}

}  // namespace ozma::adapter
