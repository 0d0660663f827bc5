#include "api/byte_range.hpp"

#include <algorithm>
#include <charconv>
#include <cstdint>

namespace ozma::api {
namespace {

std::optional<std::uint64_t> NumberOf(std::string_view text) {
  std::uint64_t number = 0;
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (failure != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number;
}

}  // namespace

std::optional<ByteRange> RangeOf(std::string_view header, std::size_t size) {
  constexpr std::string_view kUnit = "bytes=";
  if (!header.starts_with(kUnit)) return std::nullopt;
  header.remove_prefix(kUnit.size());
  const auto dash = header.find('-');
  if (dash == std::string_view::npos) return std::nullopt;
  const auto first = NumberOf(header.substr(0, dash)), last = NumberOf(header.substr(dash + 1));
  const bool open_end = dash + 1 == header.size();
  if (dash == 0) {
    if (!last) return std::nullopt;
    const auto length = static_cast<std::size_t>(std::min<std::uint64_t>(*last, size));
    return ByteRange{size - length, length};
  }
  if (!first || (!last && !open_end) || (last && *last < *first)) return std::nullopt;
  if (*first >= size) return ByteRange{};
  const std::uint64_t end = open_end ? size - 1 : std::min<std::uint64_t>(*last, size - 1);
  return ByteRange{static_cast<std::size_t>(*first), static_cast<std::size_t>(end - *first + 1)};
}

}  // namespace ozma::api
