#include "api/call.hpp"

#include <algorithm>

#include "base/crash_point.hpp"
#include "http/text.hpp"

namespace ozma::api {
namespace {

using base::Fail;
using base::Fault;

constexpr std::string_view kTokenHeader = "X-Forensic-Access-Token";
constexpr std::string_view kTokenHeaderTwin =
    "X-Forensics-Access-Token";  // a page of the vendor writes it so

// A host name or address with its port. Anything else a client put there must not become part of a link.
bool IsAuthority(std::string_view host) {
  return !host.empty() && host.size() <= 255 && std::ranges::all_of(host, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' ||
           c == '-' || c == '_' || c == ':' || c == '[' || c == ']';
  });
}

std::string BaseUrl(const Context& context, const http::Request& request) {
  if (!context.settings.public_url.empty()) return context.settings.public_url;
  const auto host = http::Find(request.headers, "Host");
  return context.settings.scheme + "://" + (IsAuthority(host) ? std::string(host) : "localhost");
}

// Who fails to say who they are is told so a limited number of times. The count is everybody's together: it
// bounds what guessing costs here, and keeps nobody out who has a token.
base::Error Refuse(const Context& context, base::Error error) {
  const bool unauthorized = error.fault == Fault::kTokenMissing || error.fault == Fault::kTokenUnknown;
  if (!unauthorized) return error;
  const auto taken = context.throttle->Take(access::Rate::kUnauthorized, "");
  return taken ? std::move(error) : taken.error();
}

Answer AnswerKnown(const Context& context, const http::Request& request, const Handler& handler) {
  auto caller = context.sessions->Authenticate(TokenOf(request));
  if (!caller) return Refuse(context, caller.error());
  if (auto taken = context.throttle->Take(access::Rate::kToken, caller->session.token_id); !taken)
    return taken.error();
  auto answer = handler(Call{context, request, std::move(*caller), BaseUrl(context, request)});
  if (answer && request.method == "POST") base::CrashPoint("before-reply");
  return answer;
}

Answer AnswerAnyone(const Context& context, const http::Request& request, const Handler& handler) {
  return handler(Call{context, request, {}, BaseUrl(context, request)});
}

using Way = Answer (*)(const Context&, const http::Request&, const Handler&);

void Add(http::Router& router, const std::shared_ptr<const Context>& context, std::string method,
         std::string pattern, Handler handler, Pool pool, Way way) {
  http::Route route;
  route.method = std::move(method);
  route.pattern = std::move(pattern);
  route.dialect = http::Dialect::kOz;
  route.waits = pool == Pool::kWaiters;
  route.handler = [context, handler = std::move(handler), way](const http::Request& request) {
    Answer answer = way(*context, request, handler);
    return answer ? std::move(*answer) : http::Problem(http::Dialect::kOz, answer.error());
  };
  router.Add(std::move(route));
}

bool IsUuid(std::string_view text) {
  if (text.size() != 36) return false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    const bool hyphen = i == 8 || i == 13 || i == 18 || i == 23;
    const bool digit = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
    if (hyphen ? c != '-' : !digit) return false;
  }
  return true;
}

}  // namespace

std::string_view TokenOf(const http::Request& request) {
  const auto token = http::Trim(http::Find(request.headers, kTokenHeader));
  return token.empty() ? http::Trim(http::Find(request.headers, kTokenHeaderTwin)) : token;
}

base::Result<std::string> Call::Id(std::string_view name) const {
  const auto found = request.captures.find(std::string(name));
  if (found == request.captures.end() || !IsUuid(found->second))
    return Fail(Fault::kNotFound, "There is nothing with such an id; ids are UUIDs.");
  return http::LowerCase(found->second);
}

base::Result<json::object> Call::Body() const {
  if (!request.multipart) return ParseObject(base::AsText(request.body));
  const auto payload = std::ranges::find(request.parts, "payload", &http::Part::name);
  return payload == request.parts.end() ? json::object() : ParseObject(base::AsText(payload->data));
}

void AddCall(http::Router& router, const std::shared_ptr<const Context>& context, std::string method,
             std::string pattern, Handler handler, Pool pool) {
  Add(router, context, std::move(method), std::move(pattern), std::move(handler), pool, AnswerKnown);
}

void AddOpenCall(http::Router& router, const std::shared_ptr<const Context>& context, std::string method,
                 std::string pattern, Handler handler, Pool pool) {
  Add(router, context, std::move(method), std::move(pattern), std::move(handler), pool, AnswerAnyone);
}

http::Response Ok(const json::value& body) {
  return http::JsonResponse(base::WriteJson(body));
}

http::Response Created(const json::value& body) {
  return http::JsonResponse(base::WriteJson(body), 201);
}

http::Response Gone() {
  http::Response response;
  response.status = 204;
  response.content_type.clear();
  return response;
}

}  // namespace ozma::api
