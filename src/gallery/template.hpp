// The biometric template: a face as bytes that can be stored and compared. Format: docs/template-format.md.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "base/bytes.hpp"
#include "base/result.hpp"

namespace ozma::gallery {

// Identifies the network that made a template: the first 8 bytes of SHA-256 over "name/version".
using NetworkId = std::array<std::uint8_t, 8>;
NetworkId NetworkIdOf(std::string_view name, std::string_view version);

// An embedding in 8 bits: component i is values[i] * scale. Immutable, so free to share between threads.
class Template {
 public:
  // Quantises `embedding` to 127 steps a side after scaling it to length 1.
  // kExtractionFailed where it is empty, not finite, or has no direction.
  static base::Result<Template> FromEmbedding(std::span<const float> embedding, const NetworkId& network);

  // kTemplateUnreadable: too short, wrong magic, unknown version, wrong length, wrong checksum, or not of
  // `network`.
  static base::Result<Template> Decode(base::ByteView bytes, const NetworkId& network);

  base::Bytes Encode() const;

  std::span<const std::int8_t> values() const { return values_; }
  float scale() const { return scale_; }
  double norm() const { return norm_; }  // length of the vector of values
  const NetworkId& network() const { return network_; }

 private:
  Template(const NetworkId& network, float scale, std::vector<std::int8_t> values);

  NetworkId network_;
  float scale_;
  std::vector<std::int8_t> values_;
  double norm_;
};

// Cosine similarity in -1..1 of two templates of one network. Templates of different networks or dimensions
// are never alike: -1.
float Cosine(const Template& a, const Template& b);

}  // namespace ozma::gallery
