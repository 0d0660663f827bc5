// Ids that follow from names.
#pragma once

#include <string>
#include <string_view>

namespace ozma::base {

// The UUID of a name within that of something else (RFC 9562, version 8, from SHA-256): always the same one.
std::string UuidOf(std::string_view parent, std::string_view name);

}  // namespace ozma::base
