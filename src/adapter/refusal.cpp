#include "adapter/refusal.hpp"

#include <array>

#include "base/json.hpp"
#include "base/log.hpp"

namespace ozma::adapter {
namespace {

using base::Fault;

struct Row {
  Code code;
  std::string_view name;
  unsigned status;
};

// In the order of the enumeration.
constexpr std::array<Row, 18> kRows = {{
    {Code::kBadRequest, "bad_request", 400},
    {Code::kHashMismatch, "hash_mismatch", 400},
    {Code::kActionNotAllowed, "action_not_allowed", 400},
    {Code::kTokenRequired, "token_required", 401},
    {Code::kWrongNonce, "wrong_nonce", 403},
    {Code::kLicenseError, "license_error", 403},
    {Code::kIframeNotAllowed, "iframe_not_allowed", 403},
    {Code::kInjectionSuspected, "injection_suspected", 403},
    {Code::kNotFound, "not_found", 404},
    {Code::kUnknownSession, "unknown_session", 404},
    {Code::kMediaExists, "media_exists", 409},
    {Code::kSessionUsed, "session_used", 409},
    {Code::kSessionExpired, "session_expired", 410},
    {Code::kTooLarge, "too_large", 413},
    {Code::kTooMany, "too_many", 429},
    {Code::kOverloaded, "overloaded", 503},
    {Code::kServiceUnavailable, "service_unavailable", 502},
    {Code::kInternal, "internal", 500},
}};

const Row& RowOf(Code code) {
  return kRows.at(static_cast<std::size_t>(code));
}

}  // namespace

std::string_view NameOf(Code code) {
  return RowOf(code).name;
}

Code CodeOf(std::string_view name) {
  for (const Row& row : kRows)
    if (row.name == name) return row.code;
  return Code::kInternal;
}

unsigned StatusOf(Code code) {
  return RowOf(code).status;
}

Refusal RefusalOf(const base::Error& error) {
  switch (error.fault) {
    case Fault::kTooLarge:
      return Refuse(Code::kTooLarge, error.message);
    case Fault::kOverloaded:
    case Fault::kTimedOut:
      return Refuse(Code::kOverloaded, "The server has as much to do as it can take; come back later.");
    case Fault::kUpstream:
    case Fault::kEngine:
      return Refuse(Code::kServiceUnavailable, "The service that judges cannot be reached.");
    case Fault::kConfiguration:
    case Fault::kIo:
    case Fault::kInternal:
    case Fault::kDatabase:
      base::Log(base::Level::kError, "fault",
                {{"fault", base::NameOf(error.fault)}, {"message", error.message}});
      return Refuse(Code::kInternal, "A fault of the server; try again later.");
    default:
      return Refuse(Code::kBadRequest, error.message);
  }
}

http::Response ResponseOf(const Refusal& refusal) {
  base::json::object error{{"code", NameOf(refusal.code)}, {"message", refusal.message}};
  auto response = http::JsonResponse(base::WriteJson(base::json::object{{"error", std::move(error)}}),
                                     StatusOf(refusal.code));
  if (refusal.code == Code::kTooMany) response.headers.emplace("Retry-After", "10");
  if (refusal.code == Code::kOverloaded) response.headers.emplace("Retry-After", "2");
  return response;
}

}  // namespace ozma::adapter
