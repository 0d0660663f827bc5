// Fields of JSON that a browser sent, with bounds. A wrong type or size is a bad_request that names the
// field.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "adapter/refusal.hpp"
#include "base/json.hpp"

namespace ozma::adapter {

namespace json = base::json;

// A JSON object, at most `bytes` long; {} where the text is empty.
Outcome<json::object> ObjectOf(std::string_view text, std::size_t bytes);

// Absent and null count as absent.
Outcome<std::optional<std::string>> TextIn(const json::object& object, std::string_view key,
                                           std::size_t most);
Outcome<std::optional<double>> NumberIn(const json::object& object, std::string_view key);
Outcome<std::optional<bool>> FlagIn(const json::object& object, std::string_view key);
Outcome<std::optional<json::object>> ObjectIn(const json::object& object, std::string_view key);
Outcome<std::vector<std::string>> TextsIn(const json::object& object, std::string_view key, std::size_t most,
                                          std::size_t characters);

// bad_request where it is absent or empty.
Outcome<std::string> NeededText(const json::object& object, std::string_view key, std::size_t most);

// Nothing but [A-Za-z0-9_-], 1 to 64 of them.
bool IsPlainId(std::string_view text);

}  // namespace ozma::adapter
