// Text as both databases can keep and search it.
#include <clocale>
#include <cwctype>

#include "store/sql.hpp"

namespace ozma::store {

namespace {

constexpr std::string_view kReplacement = "\xEF\xBF\xBD";

// The code point at `at`, and how many bytes it has; 0 bytes where they are no UTF-8.
struct CodePoint {
  char32_t value = 0;
  std::size_t size = 0;
};

CodePoint Decode(std::string_view text, std::size_t at) {
  const auto byte = [&](std::size_t i) -> unsigned { return static_cast<unsigned char>(text[at + i]); };
  const unsigned first = byte(0);
  if (first < 0x80) return {first, 1};
  const std::size_t size = first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : 2;
  if (first < 0xC2 || first > 0xF4 || at + size > text.size()) return {};
  char32_t value = first & (0xFFu >> (size + 1));
  for (std::size_t i = 1; i < size; ++i) {
    if ((byte(i) & 0xC0) != 0x80) return {};
    value = value << 6 | (byte(i) & 0x3F);
  }
  const bool overlong = (size == 3 && value < 0x800) || (size == 4 && value < 0x10000);
  const bool surrogate = value >= 0xD800 && value < 0xE000;
  if (overlong || surrogate || value > 0x10FFFF) return {};
  return {value, size};
}

void Encode(char32_t value, std::string& out) {
  const auto put = [&](char32_t byte) { out += static_cast<char>(static_cast<unsigned char>(byte)); };
  if (value < 0x80) return put(value);
  if (value < 0x800) {
    put(0xC0 | value >> 6);
  } else {
    if (value < 0x10000) {
      put(0xE0 | value >> 12);
    } else {
      put(0xF0 | value >> 18);
      put(0x80 | (value >> 12 & 0x3F));
    }
    put(0x80 | (value >> 6 & 0x3F));
  }
  put(0x80 | (value & 0x3F));
}

// The C library's table of all of Unicode, whatever the locale of the process is.
locale_t Unicode() {
  static const locale_t locale = newlocale(LC_CTYPE_MASK, "C.UTF-8", nullptr);
  return locale;
}

char32_t Lower(char32_t value) {
  if (value < 0x80) return value >= 'A' && value <= 'Z' ? value + ('a' - 'A') : value;
  if (!Unicode()) return value;
  return static_cast<char32_t>(towlower_l(static_cast<wint_t>(value), Unicode()));
}

}  // namespace

std::string Storable(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t at = 0; at < text.size();) {
    const auto point = Decode(text, at);
    if (point.size == 0 || point.value == 0) {
      out += kReplacement;
      ++at;
    } else {
      out += text.substr(at, point.size);
      at += point.size;
    }
  }
  return out;
}

std::string Folded(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t at = 0; at < text.size();) {
    const auto point = Decode(text, at);
    if (point.size == 0 || point.value == 0) {
      out += kReplacement;
      ++at;
    } else {
      Encode(Lower(point.value), out);
      at += point.size;
    }
  }
  return out;
}

}  // namespace ozma::store
