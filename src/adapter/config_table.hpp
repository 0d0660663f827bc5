// How a key of app_config.json is read and shown; config.cpp alone uses it.
#pragma once

#include <cmath>
#include <functional>
#include <span>

#include "adapter/config.hpp"

namespace ozma::adapter {

enum class Seen {
  kPublic,  // pages may read it
  kServer,
  kSecret,  // nobody may
};

// One row of the table. `name` is dotted where the key lies in an object.
struct Key {
  std::string_view name;
  Seen seen;
  std::function<base::Result<void>(Config&, const base::json::value&)> read;
  std::function<base::json::value(const Config&)> show;
};

std::span<const Key> Keys();

// Of `names`, the one with the fewest changes of a letter, if those are few; else empty.
std::string_view Nearest(std::string_view name, std::span<const std::string_view> names);

}  // namespace ozma::adapter
