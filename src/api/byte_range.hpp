// Range requests (RFC 9110, section 14), as players of video make them.
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

namespace ozma::api {

struct ByteRange {
  std::size_t first = 0, length = 0;  // length 0: nothing of the file is in it (416)
};

// The one range of bytes that a Range header asks for of a file of `size` bytes: "bytes=0-99", "bytes=100-",
// "bytes=-50". None where there is no header, or one to be ignored: several ranges, another unit, not well
// formed.
std::optional<ByteRange> RangeOf(std::string_view header, std::size_t size);

}  // namespace ozma::api
