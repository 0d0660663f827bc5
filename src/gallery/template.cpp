#include "gallery/template.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstring>
#include <string>

#include "gallery/values.hpp"

namespace ozma::gallery {
namespace {

using base::Fail;
using base::Fault;

// docs/template-format.md describes these byte by byte.
constexpr std::array<std::uint8_t, 4> kMagic = {'O', 'Z', 'T', 'P'};
constexpr std::uint8_t kVersion = 1;
constexpr std::size_t kHeaderBytes = 20;
constexpr std::size_t kChecksumBytes = 4;
constexpr std::size_t kMaxDimension = 4096;

// Little-endian whatever the machine's own order.
template <class T>
void Put(base::Bytes& out, T number) {
  for (std::size_t i = 0; i < sizeof(T); ++i) out.push_back(static_cast<std::uint8_t>(number >> (8 * i)));
}
template <class T>
T Take(base::ByteView bytes, std::size_t at) {
  T number = 0;
  for (std::size_t i = 0; i < sizeof(T); ++i)
    number = static_cast<T>(number | static_cast<T>(bytes[at + i]) << (8 * i));
  return number;
}

base::Error Unreadable(std::string why) {
  return Fail(Fault::kTemplateUnreadable, "The template " + std::move(why) + ".");
}

}  // namespace

NetworkId NetworkIdOf(std::string_view name, std::string_view version) {
  const std::string hex = base::Sha256Hex(base::AsBytes(std::string(name) + "/" + std::string(version)));
  NetworkId id;
  for (std::size_t i = 0; i < id.size(); ++i) {
    id[i] = static_cast<std::uint8_t>(std::stoi(hex.substr(2 * i, 2), nullptr, 16));
  }
  return id;
}

Template::Template(const NetworkId& network, float scale, std::vector<std::int8_t> values)
    : network_(network), scale_(scale), values_(std::move(values)), norm_(NormOf(values_)) {}

base::Result<Template> Template::FromEmbedding(std::span<const float> embedding, const NetworkId& network) {
  double squares = 0;
  float largest = 0;
  for (const float component : embedding) {
    squares += static_cast<double>(component) * component;
    largest = std::max(largest, std::abs(component));
  }
  if (embedding.empty() || embedding.size() > kMaxDimension || !std::isfinite(squares) || squares < 1e-12) {
    return Fail(Fault::kExtractionFailed, "The network gave no usable embedding for this face.");
  }
  std::vector<std::int8_t> values;
  values.reserve(embedding.size());
  for (const float component : embedding) {
    values.push_back(static_cast<std::int8_t>(std::lround(component / largest * 127)));
  }
  return Template(network, largest / 127 / static_cast<float>(std::sqrt(squares)), std::move(values));
}

base::Result<Template> Template::Decode(base::ByteView bytes, const NetworkId& network) {
  if (bytes.size() < kHeaderBytes + kChecksumBytes) {
    return Unreadable("has " + std::to_string(bytes.size()) + " bytes, which is too few");
  }
  if (!std::equal(kMagic.begin(), kMagic.end(), bytes.begin()))
    return Unreadable("does not begin as one of ours");
  if (bytes[4] != kVersion)
    return Unreadable("has format version " + std::to_string(bytes[4]) + ", this program reads 1");
  const auto dimension = Take<std::uint16_t>(bytes, 6);
  if (dimension == 0 || dimension > kMaxDimension ||
      bytes.size() != kHeaderBytes + dimension + kChecksumBytes) {
    return Unreadable("is truncated or has bytes too many");
  }
  const std::size_t checked = bytes.size() - kChecksumBytes;
  if (bytes[5] != 0 || base::Crc32(bytes.first(checked)) != Take<std::uint32_t>(bytes, checked)) {
    return Unreadable("is damaged: its checksum does not match");
  }
  NetworkId made_by;
  std::copy_n(bytes.begin() + 8, made_by.size(), made_by.begin());
  if (made_by != network) return Unreadable("was made by another recognition network; extract it again");
  const float scale = std::bit_cast<float>(Take<std::uint32_t>(bytes, 16));
  if (!std::isfinite(scale) || scale <= 0) return Unreadable("is damaged: its scale is no positive number");
  std::vector<std::int8_t> values(dimension);
  std::memcpy(values.data(), bytes.data() + kHeaderBytes, dimension);
  Template read(network, scale, std::move(values));
  if (read.norm() == 0) return Unreadable("is damaged: it holds zeros alone");
  return read;
}

base::Bytes Template::Encode() const {
  base::Bytes out;
  out.reserve(kHeaderBytes + values_.size() + kChecksumBytes);
  out.insert(out.end(), kMagic.begin(), kMagic.end());
  out.push_back(kVersion);
  out.push_back(0);
  Put(out, static_cast<std::uint16_t>(values_.size()));
  out.insert(out.end(), network_.begin(), network_.end());
  Put(out, std::bit_cast<std::uint32_t>(scale_));
  for (const std::int8_t value : values_) out.push_back(static_cast<std::uint8_t>(value));
  Put(out, base::Crc32(out));
  return out;
}

float Cosine(const Template& a, const Template& b) {
  if (a.network() != b.network() || a.values().size() != b.values().size()) return -1;
  return CosineOf(a.values(), a.norm(), b.values(), b.norm());
}

}  // namespace ozma::gallery
