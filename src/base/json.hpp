// JSON as clients of this API are used to: `": "` and `", "` between tokens, plain decimal numbers.
#pragma once

#include <boost/json.hpp>
#include <string>
#include <string_view>

#include "base/result.hpp"

namespace ozma::base {

namespace json = boost::json;

// One line, keys in the order of insertion. Doubles in the shortest plain form that reads back equal
// (1744017549.366616, never 1.74E9); not-a-number and infinities, which JSON lacks, become null.
std::string WriteJson(const json::value& value);

// RFC 8259 alone: no comments, no trailing commas, UTF-8 checked, depth at most 32.
Result<json::value> ReadJson(std::string_view text);

}  // namespace ozma::base
