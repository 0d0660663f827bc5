// Reading a catalog entry's parameters; an absent or mistyped one is an error that names network and key.
#pragma once

#include <string>

#include "nn/catalog.hpp"

namespace ozma::face {

inline base::Error BadParameter(const nn::Entry& entry, std::string_view key) {
  return base::Fail(
      base::Fault::kConfiguration,
      "Network " + entry.name + ": parameter \"" + std::string(key) + "\" is missing or of the wrong type.");
}

inline base::Result<float> NumberOf(const nn::Entry& entry, std::string_view key) {
  const auto* value = entry.parameters.if_contains(key);
  if (value == nullptr || !value->is_number()) return BadParameter(entry, key);
  return value->to_number<float>();
}

inline base::Result<std::string> WordOf(const nn::Entry& entry, std::string_view key) {
  const auto* value = entry.parameters.if_contains(key);
  if (value == nullptr || !value->is_string()) return BadParameter(entry, key);
  return std::string(value->get_string());
}

}  // namespace ozma::face
