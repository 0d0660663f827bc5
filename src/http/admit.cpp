#include <algorithm>

#include "base/ids.hpp"
#include "http/answer.hpp"
#include "http/exchange.hpp"
#include "http/text.hpp"

namespace ozma::http {
namespace {

using base::Fail;
using base::Fault;

bool IsRequestId(std::string_view id) {
  return !id.empty() && id.size() <= 64 && std::all_of(id.begin(), id.end(), [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '.' ||
           c == '_' || c == '-';
  });
}

// RFC 9112 section 6: where two readers could disagree on the end of a message, it is refused.
base::Result<void> CheckFraming(const Headers& headers, unsigned version) {
  const auto lengths = headers.count("Content-Length");
  const auto codings = headers.count("Transfer-Encoding");
  const std::string_view length = Find(headers, "Content-Length");
  if (lengths > 1 || codings > 1 || (lengths && codings))
    return Fail(Fault::kInvalidRequest, "The length of the body is given more than once.");
  if (lengths && (length.empty() || length.find_first_not_of("0123456789") != std::string_view::npos))
    return Fail(Fault::kInvalidRequest, "Content-Length is not a number.");
  if (codings && (version < 11 || !EqualsIgnoringCase(Trim(Find(headers, "Transfer-Encoding")), "chunked")))
    return Fail(Fault::kInvalidRequest, "Of the transfer codings only chunked is taken.");
  const auto hosts = headers.count("Host");
  if (hosts > 1 || (version >= 11 && hosts == 0))
    return Fail(Fault::kInvalidRequest, "A request has one Host header.");
  return {};
}

// "http://host/path" and "/path" are the same here.
std::string_view WithoutOrigin(std::string_view target) {
  const std::size_t scheme = target.starts_with("http://") ? 7 : target.starts_with("https://") ? 8 : 0;
  if (scheme == 0) return target;
  const std::size_t path = target.find_first_of("/?", scheme);
  return path == std::string_view::npos ? "/" : target.substr(path);
}

bool IsPreflight(const Request& request) {
  return request.headers.contains("Origin") && request.headers.contains("Access-Control-Request-Method");
}

void AnswerOptions(Exchange& exchange, const Router& router, std::string_view path) {
  if (IsPreflight(exchange.request)) {
    if (!exchange.cors) return exchange.Settle(Preflight());
    if (!AllowedOrigin(*exchange.cors, Find(exchange.request.headers, "Origin")).empty())
      return exchange.Settle(Preflight(*exchange.cors));
  }
  if (path == "*") return exchange.Settle(AllowOnly("GET, HEAD, POST, OPTIONS, PATCH, DELETE"));
  const auto found = router.Find("", path);
  const auto& miss = std::get<Router::Miss>(found);  // no route has an empty method
  if (miss.error.fault != Fault::kMethodNotAllowed) return exchange.Refuse(miss.error);
  exchange.Settle(AllowOnly(miss.allow));
}

void FindRoute(Exchange& exchange, const Router& router, std::string_view path) {
  auto found = router.Find(exchange.request.method, path);
  if (const auto* miss = std::get_if<Router::Miss>(&found)) {
    exchange.dialect = miss->dialect;
    exchange.cors = miss->cors;
    if (exchange.request.method == "OPTIONS") return AnswerOptions(exchange, router, path);
    exchange.Refuse(miss->error);
    if (!miss->allow.empty()) exchange.response.headers.emplace("Allow", miss->allow);
    return;
  }
  auto& match = std::get<Match>(found);
  exchange.route = match.route;
  exchange.dialect = match.route->dialect;
  exchange.cors = match.route->cors;
  exchange.request.captures = std::move(match.captures);
  std::string decoded = PercentDecode(path).value_or(std::string());
  if (decoded.size() > 1 && decoded.back() == '/') decoded.pop_back();
  exchange.request.path = std::move(decoded);
}

// What can be said of the body before it is read.
base::Result<void> CheckBody(Exchange& exchange, const Parser& parser, const Limits& limits) {
  const bool sent = !parser.is_done();
  const std::string& method = exchange.request.method;
  if (!sent && method != "POST" && method != "PUT" && method != "PATCH") return {};
  if (auto begun = exchange.intake.Begin(); !begun) return begun;

  if (exchange.route && exchange.route->body_bytes > 0) exchange.intake.Narrow(exchange.route->body_bytes);
  const std::size_t limit = exchange.request.multipart ? exchange.intake.limit()
                                                       : std::min(exchange.intake.limit(), limits.part_bytes);
  const auto length = parser.content_length();
  if (length && *length > limit)
    return Fail(Fault::kTooLarge, "The body is larger than " + std::to_string(limit) + " bytes.");
  return {};
}

}  // namespace

void Admit(Exchange& exchange, const Parser& parser, const Router& router, const Limits& limits) {
  const auto& message = parser.get();
  Request& request = exchange.request;
  request.method = std::string(message.method_string());
  for (const auto& field : message)
    request.headers.emplace(std::string(field.name_string()), std::string(field.value()));
  if (const auto id = Find(request.headers, "X-Request-Id"); IsRequestId(id)) request.id = id;
  exchange.keep_alive = message.keep_alive();

  const std::string_view target = WithoutOrigin({message.target().data(), message.target().size()});
  const std::size_t query = std::min(target.find('?'), target.size());
  FindRoute(exchange, router, query == 0 ? "/" : target.substr(0, query));

  if (auto framing = CheckFraming(request.headers, message.version()); !framing) {
    exchange.sound = false;
    return exchange.Refuse(framing.error());
  }
  const std::string_view expect = Find(request.headers, "Expect");
  exchange.expects_continue = EqualsIgnoringCase(expect, "100-continue") && message.version() >= 11;
  if (exchange.fate != Exchange::Fate::kOpen) return;
  if (!expect.empty() && !EqualsIgnoringCase(expect, "100-continue"))
    return exchange.Refuse(Fail(Fault::kInvalidRequest, "Of expectations only 100-continue can be met."),
                           417);

  auto fields = ParseQuery(target.substr(std::min(query + 1, target.size())));
  if (!fields) return exchange.Refuse(fields.error());
  request.query = std::move(*fields);
  if (auto body = CheckBody(exchange, parser, limits); !body) exchange.Refuse(body.error());
}

}  // namespace ozma::http
