// Small pieces of HTTP's text forms.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.hpp"

namespace ozma::http {

bool EqualsIgnoringCase(std::string_view a, std::string_view b);
std::string LowerCase(std::string_view text);  // ASCII letters alone

// Without spaces and tabs at both ends.
std::string_view Trim(std::string_view text);

bool IsToken(std::string_view text);  // RFC 9110 section 5.6.2; not empty
bool IsUtf8(std::string_view text);   // RFC 3629: no overlong forms, no surrogates

// Text of unknown origin as UTF-8: unchanged where it is UTF-8, else read as ISO 8859-1. Control characters
// go.
std::string CleanText(std::string_view text);

// "%41b" -> "Ab". Empty where a percent sign is not followed by two hexadecimal digits.
std::optional<std::string> PercentDecode(std::string_view text);

// The parameters of a header value such as `form-data; name="a"; filename=b.jpg`, by lower-case name; the
// first of equal names. Quoted strings may hold \" and \\; what cannot be read ends the list.
std::map<std::string, std::string> ParametersOf(std::string_view header_value);

// "a=1&b=%20" decoded; '+' is a space; the first of equal names. kInvalidRequest: bad encoding, or not UTF-8.
base::Result<std::map<std::string, std::string>> ParseQuery(std::string_view query);

}  // namespace ozma::http
