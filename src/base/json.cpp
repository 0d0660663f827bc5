#include "base/json.hpp"

#include <array>
#include <charconv>
#include <cmath>

namespace ozma::base {
namespace {

void Write(const json::value& value, std::string& out);

void WriteDouble(double number, std::string& out) {
  if (!std::isfinite(number)) {
    out += "null";
    return;
  }
  std::array<char, 400> text;
  const auto end =
      std::to_chars(text.data(), text.data() + text.size(), number, std::chars_format::fixed).ptr;
  const std::string_view digits(text.data(), static_cast<std::size_t>(end - text.data()));
  out += digits;
  if (digits.find('.') == std::string_view::npos) out += ".0";  // keeps 1.0 a float for typed clients
}

void WriteArray(const json::array& items, std::string& out) {
  out += '[';
  for (bool first = true; const auto& item : items) {
    if (!std::exchange(first, false)) out += ", ";
    Write(item, out);
  }
  out += ']';
}

void WriteObject(const json::object& members, std::string& out) {
  out += '{';
  for (bool first = true; const auto& member : members) {
    if (!std::exchange(first, false)) out += ", ";
    out += json::serialize(member.key());
    out += ": ";
    Write(member.value(), out);
  }
  out += '}';
}

void Write(const json::value& value, std::string& out) {
  switch (value.kind()) {
    case json::kind::array:
      return WriteArray(value.get_array(), out);
    case json::kind::object:
      return WriteObject(value.get_object(), out);
    case json::kind::double_:
      return WriteDouble(value.get_double(), out);
    default:
      out += json::serialize(value);
  }
}

}  // namespace

std::string WriteJson(const json::value& value) {
  std::string out;
  Write(value, out);
  return out;
}

Result<json::value> ReadJson(std::string_view text) {
  json::parse_options options;
  options.max_depth = 32;
  json::error_code failure;
  json::value value = json::parse({text.data(), text.size()}, failure, {}, options);
  if (failure) return Fail(Fault::kInvalidRequest, "The text is not valid JSON: " + failure.message() + ".");
  return value;
}

}  // namespace ozma::base
