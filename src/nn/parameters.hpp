// What a catalog entry's `parameters` must hold, role by role; docs/networks.md explains each. Inside the
// room only.
#pragma once

#include <span>
#include <string_view>

#include "nn/fields.hpp"

namespace ozma::nn {

std::span<const std::string_view> Roles();

// Notes the first parameter of the role that is missing, unknown or out of range. An unknown role has none to
// check.
void CheckParameters(std::string_view role, Fields parameters);

}  // namespace ozma::nn
