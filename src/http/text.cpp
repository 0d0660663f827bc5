#include "http/text.hpp"

#include <algorithm>

namespace ozma::http {
namespace {

char Lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
}

int HexDigit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

bool IsControl(char c) {
  return static_cast<unsigned char>(c) < 0x20 || c == 0x7f;
}

bool IsTokenChar(char c) {
  return (c >= '0' && c <= '9') || (Lower(c) >= 'a' && Lower(c) <= 'z') ||
         std::string_view("!#$%&'*+-.^_`|~").find(c) != std::string_view::npos;
}

// Reads a parameter's value at the front of `text` and takes it away.
std::string TakeValue(std::string_view& text) {
  if (text.empty() || text.front() != '"') {
    const std::size_t end = std::min(text.find(';'), text.size());
    std::string value(Trim(text.substr(0, end)));
    text.remove_prefix(end);
    return value;
  }
  std::string value;
  std::size_t at = 1;
  for (; at < text.size() && text[at] != '"'; ++at) {
    // A backslash escapes a quote or itself; elsewhere it is one (old browsers send C:\photo.jpg).
    const bool escape =
        text[at] == '\\' && at + 1 < text.size() && (text[at + 1] == '"' || text[at + 1] == '\\');
    if (escape) ++at;
    value += text[at];
  }
  text.remove_prefix(std::min(at + 1, text.size()));
  return value;
}

}  // namespace

bool EqualsIgnoringCase(std::string_view a, std::string_view b) {
  return a.size() == b.size() &&
         std::equal(a.begin(), a.end(), b.begin(), [](char x, char y) { return Lower(x) == Lower(y); });
}

std::string LowerCase(std::string_view text) {
  std::string lower(text);
  std::transform(lower.begin(), lower.end(), lower.begin(), Lower);
  return lower;
}

std::string_view Trim(std::string_view text) {
  const std::size_t begin = text.find_first_not_of(" \t");
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(" \t") - begin + 1);
}

bool IsToken(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), IsTokenChar);
}

bool IsUtf8(std::string_view text) {
  const auto byte = [&](std::size_t at) { return static_cast<unsigned char>(text[at]); };
  for (std::size_t i = 0; i < text.size();) {
    const unsigned lead = byte(i);
    const std::size_t more = lead < 0x80   ? 0
                             : lead < 0xc2 ? 4
                             : lead < 0xe0 ? 1
                             : lead < 0xf0 ? 2
                             : lead < 0xf5 ? 3
                                           : 4;
    if (more == 4 || more >= text.size() - i) return false;
    for (std::size_t k = 1; k <= more; ++k)
      if ((byte(i + k) & 0xc0) != 0x80) return false;
    if (lead == 0xe0 && byte(i + 1) < 0xa0) return false;   // overlong
    if (lead == 0xed && byte(i + 1) >= 0xa0) return false;  // surrogates
    if (lead == 0xf0 && byte(i + 1) < 0x90) return false;   // overlong
    if (lead == 0xf4 && byte(i + 1) >= 0x90) return false;  // beyond U+10FFFF
    i += more + 1;
  }
  return true;
}

std::string CleanText(std::string_view text) {
  const bool utf8 = IsUtf8(text);
  std::string clean;
  clean.reserve(text.size());
  for (const char c : text) {
    if (IsControl(c)) continue;
    const auto code = static_cast<unsigned char>(c);
    if (utf8 || code < 0x80) {
      clean += c;
    } else {
      clean += static_cast<char>(0xc0 | (code >> 6));
      clean += static_cast<char>(0x80 | (code & 0x3f));
    }
  }
  return clean;
}

std::optional<std::string> PercentDecode(std::string_view text) {
  std::string decoded;
  decoded.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      decoded += text[i];
      continue;
    }
    if (text.size() - i < 3) return std::nullopt;
    const int high = HexDigit(text[i + 1]);
    const int low = HexDigit(text[i + 2]);
    if (high < 0 || low < 0) return std::nullopt;
    decoded += static_cast<char>(high << 4 | low);
    i += 2;
  }
  return decoded;
}

std::map<std::string, std::string> ParametersOf(std::string_view header_value) {
  std::map<std::string, std::string> parameters;
  std::string_view rest = header_value.substr(std::min(header_value.find(';'), header_value.size()));
  while (!rest.empty()) {
    rest = Trim(rest.substr(1));  // the semicolon
    const std::size_t end = rest.find_first_of("=;");
    if (end == std::string_view::npos) break;
    const std::string name = LowerCase(Trim(rest.substr(0, end)));
    if (rest[end] == ';') {
      rest.remove_prefix(end);
      continue;
    }
    rest = Trim(rest.substr(end + 1));
    std::string value = TakeValue(rest);
    if (!name.empty()) parameters.emplace(name, std::move(value));
    rest.remove_prefix(std::min(rest.find(';'), rest.size()));
  }
  return parameters;
}

base::Result<std::map<std::string, std::string>> ParseQuery(std::string_view query) {
  std::map<std::string, std::string> fields;
  while (!query.empty()) {
    const std::size_t end = std::min(query.find('&'), query.size());
    std::string pair(query.substr(0, end));
    query.remove_prefix(std::min(end + 1, query.size()));
    if (pair.empty()) continue;
    std::replace(pair.begin(), pair.end(), '+', ' ');
    const std::size_t equals = std::min(pair.find('='), pair.size());
    auto name = PercentDecode(std::string_view(pair).substr(0, equals));
    auto value = PercentDecode(std::string_view(pair).substr(std::min(equals + 1, pair.size())));
    if (!name || !value || !IsUtf8(*name) || !IsUtf8(*value))
      return base::Fail(base::Fault::kInvalidRequest, "The query is not percent-encoded UTF-8.");
    fields.emplace(std::move(*name), std::move(*value));
  }
  return fields;
}

}  // namespace ozma::http
