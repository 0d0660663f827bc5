// A request and a response, as handlers see them.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.hpp"
#include "base/ids.hpp"

namespace ozma::http {

struct CaseInsensitiveLess {
  using is_transparent = void;
  bool operator()(std::string_view a, std::string_view b) const;
};
using Headers = std::multimap<std::string, std::string, CaseInsensitiveLess>;

// The value of the first header of that name, or empty.
std::string_view Find(const Headers& headers, std::string_view name);

// "Multipart/Form-Data; boundary=x" -> "multipart/form-data".
std::string MediaTypeOf(std::string_view content_type);

// One part of multipart/form-data.
struct Part {
  std::string name;
  std::optional<std::string> filename;
  Headers headers;
  base::Bytes data;
};

struct Request {
  std::string id;                               // echoed as X-Request-Id and in the access log
  std::string method;                           // "GET", "POST", ...
  std::string path;                             // decoded, without query and trailing slash
  std::map<std::string, std::string> query;     // decoded; the first of equal names
  std::map<std::string, std::string> captures;  // "{id}" of the route's pattern
  Headers headers;
  base::Bytes body;  // empty where the body is multipart/form-data
  bool multipart = false;
  std::vector<Part> parts;  // in the order sent
  base::Deadline deadline{std::chrono::seconds(60)};
};

struct Response {
  unsigned status = 200;
  std::string content_type = "application/json";
  std::string body;
  Headers headers;
};

Response JsonResponse(std::string body, unsigned status = 200);

}  // namespace ozma::http
