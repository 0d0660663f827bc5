// Which pages of other origins may call (the Fetch standard, "CORS protocol").
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace ozma::http {

struct Cors {
  std::vector<std::string> origins;  // "https://a.example", or "*"; none: nobody, and no header is sent
  std::string methods;               // "GET, POST, OPTIONS"; of the answer to a preflight
  std::string headers;               // "Content-Type"
};

// What Access-Control-Allow-Origin says to a request with that Origin header; empty: no header.
inline std::string_view AllowedOrigin(const Cors& cors, std::string_view origin) {
  for (const std::string& allowed : cors.origins) {
    if (allowed == "*") return allowed;
    if (!origin.empty() && allowed == origin) return allowed;
  }
  return {};
}

}  // namespace ozma::http
