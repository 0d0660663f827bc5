// Reading the fields of a JSON body.
#include <algorithm>

#include "api/call.hpp"

namespace ozma::api {
namespace {

using base::Fail;
using base::Fault;

bool HoldsNul(const json::value& value) {
  switch (value.kind()) {
    case json::kind::string:
      return std::string_view(value.get_string()).find('\0') != std::string_view::npos;
    case json::kind::array:
      return std::ranges::any_of(value.get_array(), HoldsNul);
    case json::kind::object:
      return std::ranges::any_of(value.get_object(), [](const auto& member) {
        return std::string_view(member.key()).find('\0') != std::string_view::npos ||
               HoldsNul(member.value());
      });
    default:
      return false;
  }
}

// Null where it is absent.
const json::value& At(const json::object& body, std::string_view key) {
  static const json::value kNothing;
  const auto* value = body.if_contains(key);
  return value ? *value : kNothing;
}

base::Error WrongType(std::string_view key, std::string_view expected) {
  return Fail(Fault::kInvalidType,
              "The field " + std::string(key) + " must be " + std::string(expected) + ".");
}

}  // namespace

base::Result<json::object> ParseObject(std::string_view text) {
  if (text.find_first_not_of(" \t\r\n") == std::string_view::npos) return json::object();
  auto value = base::ReadJson(text);
  if (!value) return value.error();
  if (!value->is_object()) return Fail(Fault::kInvalidRequest, "The JSON document must be an object.");
  if (HoldsNul(*value)) return Fail(Fault::kInvalidValue, "Texts must not hold the character U+0000.");
  return std::move(value->get_object());
}

base::Result<std::optional<std::string>> TextField(const json::object& body, std::string_view key) {
  const json::value& value = At(body, key);
  if (value.is_null()) return std::nullopt;
  if (!value.is_string()) return WrongType(key, "a text");
  return std::string(value.get_string());
}

base::Result<std::optional<bool>> BoolField(const json::object& body, std::string_view key) {
  const json::value& value = At(body, key);
  if (value.is_null()) return std::nullopt;
  if (!value.is_bool()) return WrongType(key, "true or false");
  return value.get_bool();
}

base::Result<std::optional<double>> NumberField(const json::object& body, std::string_view key) {
  const json::value& value = At(body, key);
  if (value.is_null()) return std::nullopt;
  if (!value.is_number()) return WrongType(key, "a number");
  return value.to_number<double>();
}

base::Result<std::optional<json::object>> ObjectField(const json::object& body, std::string_view key) {
  const json::value& value = At(body, key);
  if (value.is_null()) return std::nullopt;
  if (!value.is_object()) return WrongType(key, "an object");
  return value.get_object();
}

base::Result<std::string> NeededText(const json::object& body, std::string_view key) {
  auto text = TextField(body, key);
  if (!text) return text.error();
  if (!*text)
    return Fail(Fault::kInvalidRequest,
                "Could not locate field for key_path " + std::string(key) + " from provided dict data");
  return std::move(**text);
}

}  // namespace ozma::api
