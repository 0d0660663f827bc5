// A Response as bytes, with the headers that every answer carries.
#pragma once

#include <string>
#include <string_view>

#include "http/cors.hpp"
#include "http/message.hpp"

namespace ozma::http {

struct Frame {
  std::string_view request_id;
  std::string_view cors_origin;  // empty: no CORS headers
  bool keep_alive = true;
};

// Status line and headers. A handler's own headers replace the defaults of the same name, save those that
// frame the message (Connection, Content-Length, Transfer-Encoding), which are the server's. Control
// characters are left out.
std::string WriteHead(const Response& response, const Frame& frame);

// Whether an answer of that status has a body at all.
bool MayHaveBody(unsigned status);

// To OPTIONS: what a browser asks before a call from another origin, and what anyone may ask.
Response Preflight();
Response Preflight(const Cors& cors);
Response AllowOnly(std::string_view methods);

}  // namespace ozma::http
