#include "http/answer.hpp"

#include <array>
#include <boost/beast/http/status.hpp>
#include <ctime>

#include "base/ids.hpp"
#include "http/text.hpp"

namespace ozma::http {
namespace {

// RFC 9110's form, made once a second.
std::string_view Date() {
  thread_local std::time_t made = -1;
  thread_local std::array<char, 40> text;
  thread_local std::size_t size = 0;
  const auto now = static_cast<std::time_t>(base::UnixSeconds());
  if (now != made) {
    std::tm parts{};
    gmtime_r(&now, &parts);
    size = std::strftime(text.data(), text.size(), "%a, %d %b %Y %H:%M:%S GMT", &parts);
    made = now;
  }
  return {text.data(), size};
}

void Add(std::string& head, std::string_view name, std::string_view value) {
  head.append(name).append(": ").append(value).append("\r\n");
}

bool FramesMessage(std::string_view name) {
  return EqualsIgnoringCase(name, "Connection") || EqualsIgnoringCase(name, "Content-Length") ||
         EqualsIgnoringCase(name, "Transfer-Encoding");
}

}  // namespace

bool MayHaveBody(unsigned status) {
  return status >= 200 && status != 204 && status != 304;
}

std::string WriteHead(const Response& response, const Frame& frame) {
  const auto reason = boost::beast::http::obsolete_reason(boost::beast::http::int_to_status(response.status));
  std::string head;
  head.reserve(512);
  head.append("HTTP/1.1 ").append(std::to_string(response.status)).append(" ");
  head.append(reason.data(), reason.size()).append("\r\n");

  const auto add_default = [&](std::string_view name, std::string_view value) {
    if (!response.headers.contains(name)) Add(head, name, value);
  };
  add_default("Server", "ozma");
  add_default("Date", Date());
  add_default("X-Request-Id", frame.request_id);
  add_default("X-Content-Type-Options", "nosniff");
  add_default("Cache-Control", "no-store");
  if (MediaTypeOf(response.content_type) == "application/json")
    add_default("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'");
  if (!frame.cors_origin.empty()) {
    add_default("Access-Control-Allow-Origin", frame.cors_origin);
    add_default("Access-Control-Expose-Headers", "X-Request-Id, Retry-After, Content-Transfer-Encoding");
    if (frame.cors_origin != "*") add_default("Vary", "Origin");
  }
  for (const auto& [name, value] : response.headers)
    if (IsToken(name) && !FramesMessage(name)) Add(head, name, CleanText(value));
  if (MayHaveBody(response.status)) {
    if (!response.content_type.empty()) add_default("Content-Type", CleanText(response.content_type));
    Add(head, "Content-Length", std::to_string(response.body.size()));
  }
  Add(head, "Connection", frame.keep_alive ? "keep-alive" : "close");
  return head.append("\r\n");
}

Response Preflight() {
  Response response;
  response.status = 204;
  response.content_type.clear();
  response.headers.emplace("Access-Control-Allow-Methods", "GET, POST, OPTIONS, PATCH, DELETE");
  response.headers.emplace(
      "Access-Control-Allow-Headers",
      "Accept, Authorization, Content-Type, Content-Transfer-Encoding, X-Forensic-Access-Token, "
      "X-Forensics-Access-Token, X-Request-Id");
  response.headers.emplace("Access-Control-Max-Age", "86400");
  return response;
}

Response Preflight(const Cors& cors) {
  Response response;
  response.status = 204;
  response.content_type.clear();
  response.headers.emplace("Access-Control-Allow-Methods", cors.methods);
  response.headers.emplace("Access-Control-Allow-Headers", cors.headers);
  response.headers.emplace("Access-Control-Max-Age", "86400");
  return response;
}

Response AllowOnly(std::string_view methods) {
  Response response;
  response.status = 204;
  response.content_type.clear();
  response.headers.emplace("Allow", methods);
  return response;
}

}  // namespace ozma::http
