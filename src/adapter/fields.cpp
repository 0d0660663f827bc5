#include "adapter/fields.hpp"

#include <algorithm>

namespace ozma::adapter {
namespace {

const json::value* Find(const json::object& object, std::string_view key) {
  const auto* value = object.if_contains(key);
  return value && !value->is_null() ? value : nullptr;
}

Refusal Wrong(std::string_view key, std::string_view expected) {
  return Refuse(Code::kBadRequest,
                "The field " + std::string(key) + " must be " + std::string(expected) + ".");
}

}  // namespace

Outcome<json::object> ObjectOf(std::string_view text, std::size_t bytes) {
  if (text.size() > bytes)
    return Refuse(Code::kTooLarge, "The JSON is longer than " + std::to_string(bytes) + " bytes.");
  if (text.find_first_not_of(" \t\r\n") == std::string_view::npos) return json::object();
  auto value = base::ReadJson(text);
  if (!value || !value->is_object()) return Refuse(Code::kBadRequest, "The body must be a JSON object.");
  return std::move(value->get_object());
}

Outcome<std::optional<std::string>> TextIn(const json::object& object, std::string_view key,
                                           std::size_t most) {
  const auto* value = Find(object, key);
  if (!value) return std::optional<std::string>();
  if (!value->is_string() || value->get_string().size() > most ||
      value->get_string().find('\0') != std::string_view::npos)
    return Wrong(key, "a text of at most " + std::to_string(most) + " bytes");
  return std::optional(std::string(value->get_string()));
}

Outcome<std::optional<double>> NumberIn(const json::object& object, std::string_view key) {
  const auto* value = Find(object, key);
  if (!value) return std::optional<double>();
  if (!value->is_number()) return Wrong(key, "a number");
  return std::optional(value->to_number<double>());
}

Outcome<std::optional<bool>> FlagIn(const json::object& object, std::string_view key) {
  const auto* value = Find(object, key);
  if (!value) return std::optional<bool>();
  if (!value->is_bool()) return Wrong(key, "true or false");
  return std::optional(value->get_bool());
}

Outcome<std::optional<json::object>> ObjectIn(const json::object& object, std::string_view key) {
  const auto* value = Find(object, key);
  if (!value) return std::optional<json::object>();
  if (!value->is_object()) return Wrong(key, "an object");
  return std::optional(value->get_object());
}

Outcome<std::vector<std::string>> TextsIn(const json::object& object, std::string_view key, std::size_t most,
                                          std::size_t characters) {
  std::vector<std::string> texts;
  const auto* value = Find(object, key);
  if (!value) return texts;
  if (!value->is_array() || value->get_array().size() > most)
    return Wrong(key, "a list of at most " + std::to_string(most) + " texts");
  for (const auto& one : value->get_array()) {
    if (!one.is_string() || one.get_string().size() > characters)
      return Wrong(key, "a list of texts of at most " + std::to_string(characters) + " bytes");
    texts.emplace_back(one.get_string());
  }
  return texts;
}

Outcome<std::string> NeededText(const json::object& object, std::string_view key, std::size_t most) {
  auto text = TextIn(object, key, most);
  if (!text) return text.error();
  if (!*text || (*text)->empty())
    return Refuse(Code::kBadRequest, "The field " + std::string(key) + " is missing.");
  return std::move(**text);
}

bool IsPlainId(std::string_view text) {
  return !text.empty() && text.size() <= 64 && std::ranges::all_of(text, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
  });
}

}  // namespace ozma::adapter
