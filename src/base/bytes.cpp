#include "base/bytes.hpp"

#include <fcntl.h>
#include <openssl/evp.h>
#include <sodium.h>
#include <unistd.h>

#include <boost/crc.hpp>
#include <cstring>
#include <fstream>

namespace ozma::base {
namespace {

std::string DigestHex(const EVP_MD* kind, ByteView bytes) {
  std::uint8_t digest[EVP_MAX_MD_SIZE];
  unsigned size = 0;
  EVP_Digest(bytes.data(), bytes.size(), digest, &size, kind, nullptr);
  return HexOf({digest, size});
}

Error Failed(const char* act, const std::filesystem::path& path) {
  return Fail(Fault::kIo, std::string("cannot ") + act + " " + path.string() + ": " + std::strerror(errno));
}

Result<void> WriteAll(int fd, ByteView bytes, const std::filesystem::path& path) {
  while (!bytes.empty()) {
    const ssize_t written = ::write(fd, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return Failed("write", path);
    bytes = bytes.subspan(static_cast<std::size_t>(written));
  }
  if (::fsync(fd) != 0) return Failed("sync", path);
  return {};
}

}  // namespace

std::string EncodeBase64(ByteView bytes) {
  std::string text(sodium_base64_encoded_len(bytes.size(), sodium_base64_VARIANT_ORIGINAL), '\0');
  sodium_bin2base64(text.data(), text.size(), bytes.data(), bytes.size(), sodium_base64_VARIANT_ORIGINAL);
  text.pop_back();  // libsodium counts the terminating zero
  return text;
}

Result<Bytes> DecodeBase64(std::string_view text) {
  const bool url_safe = text.find_first_of("-_") != std::string_view::npos;
  const std::size_t digits = text.find_last_not_of("= \t\r\n") + 1;
  const int variant =
      url_safe ? sodium_base64_VARIANT_URLSAFE_NO_PADDING : sodium_base64_VARIANT_ORIGINAL_NO_PADDING;
  Bytes bytes(digits / 4 * 3 + 3);
  std::size_t size = 0;
  if (sodium_base642bin(bytes.data(), bytes.size(), text.data(), digits, " \t\r\n", &size, nullptr,
                        variant) != 0) {
    return Fail(Fault::kInvalidRequest, "The text is not valid base64.");
  }
  bytes.resize(size);
  return bytes;
}

std::string HexOf(ByteView bytes) {
  static constexpr char kDigits[] = "0123456789abcdef";
  std::string text;
  text.reserve(bytes.size() * 2);
  for (const std::uint8_t byte : bytes) {
    text += kDigits[byte >> 4];
    text += kDigits[byte & 15];
  }
  return text;
}

std::string Sha256Hex(ByteView bytes) {
  return DigestHex(EVP_sha256(), bytes);
}
std::string Md5Hex(ByteView bytes) {
  return DigestHex(EVP_md5(), bytes);
}

std::uint32_t Crc32(ByteView bytes) {
  boost::crc_32_type crc;
  crc.process_bytes(bytes.data(), bytes.size());
  return crc.checksum();
}

Result<Bytes> ReadFile(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary | std::ios::ate);
  if (!file || std::filesystem::is_directory(path)) return Failed("open", path);
  Bytes bytes(static_cast<std::size_t>(file.tellg()));
  file.seekg(0);
  if (!file.read(reinterpret_cast<char*>(bytes.data()), static_cast<std::streamsize>(bytes.size()))) {
    return Failed("read", path);
  }
  return bytes;
}

Result<void> WriteFile(const std::filesystem::path& path, ByteView bytes) {
  std::filesystem::path part = path;
  part += ".part";
  const int fd = ::open(part.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
  if (fd < 0) return Failed("create", part);
  auto written = WriteAll(fd, bytes, part);
  ::close(fd);
  if (!written) {
    ::unlink(part.c_str());
    return written;
  }
  if (::rename(part.c_str(), path.c_str()) != 0) return Failed("rename", part);
  return {};
}

}  // namespace ozma::base
