#include "http/problem.hpp"

#include <string_view>

#include "base/json.hpp"
#include "base/log.hpp"

namespace ozma::http {
namespace {

using base::Fault;

struct OzRow {
  unsigned status;
  int code;
};

// Codes and statuses of the Oz API's error table. It has no code for overload or a passed deadline: 0,
// "unknown".
OzRow OzRowOf(Fault fault) {
  switch (fault) {
    case Fault::kInvalidRequest:
      return {400, 3};
    case Fault::kInvalidValue:
      return {400, 4};
    case Fault::kInvalidType:
      return {400, 5};
    case Fault::kAlreadyExists:
      return {400, 13};
    case Fault::kLogic:
      return {400, 202};
    case Fault::kTokenMissing:
      return {401, 6};
    case Fault::kTokenUnknown:
      return {401, 7};
    case Fault::kTokenExpired:
      return {401, 8};
    case Fault::kWrongLogin:
      return {401, 15};
    case Fault::kUserBlocked:
      return {401, 1401};
    case Fault::kForbidden:
      return {403, 9};
    case Fault::kThrottled:
      return {429, 101};
    case Fault::kUnsupported:
      return {501, 2};
    case Fault::kDatabase:
      return {500, 12};
    case Fault::kUpstream:
      return {502, 11};
    case Fault::kMethodNotAllowed:
      return {405, 1};
    case Fault::kNotFound:
      return {404, 10};
    case Fault::kContentType:
      return {400, 5};
    case Fault::kPartContentType:
      return {400, 5};
    case Fault::kSampleUnreadable:
      return {400, 4};
    case Fault::kTemplateUnreadable:
      return {400, 4};
    case Fault::kTooLarge:
      return {413, 14};
    case Fault::kNoFace:
      return {400, 202};
    case Fault::kManyFaces:
      return {400, 202};
    case Fault::kExtractionFailed:
      return {400, 202};
    case Fault::kEvidenceInsufficient:
      return {400, 202};
    case Fault::kOverloaded:
      return {503, 0};
    case Fault::kTimedOut:
      return {503, 0};
    case Fault::kEngine:
      return {502, 11};
    case Fault::kConfiguration:
      return {500, 0};
    case Fault::kIo:
      return {500, 0};
    case Fault::kInternal:
      return {500, 0};
  }
  return {500, 0};
}

struct LiteRow {
  unsigned status;
  const char* pattern;   // BPE-
  const char* liveness;  // LDE-
};

// Lite answers 400 to whatever the client did, a wrong method included. Liveness has no codes for faces and
// templates: the sample counts as unreadable there.
LiteRow LiteRowOf(Fault fault) {
  switch (fault) {
    case Fault::kInvalidRequest:
      return {400, "002001", "002001"};
    case Fault::kMethodNotAllowed:
      return {400, "002002", "002002"};
    // Lite has no accounts, no database and no objects, so these do not arise there.
    case Fault::kInvalidValue:
    case Fault::kInvalidType:
    case Fault::kAlreadyExists:
    case Fault::kLogic:
    case Fault::kTokenMissing:
    case Fault::kTokenUnknown:
    case Fault::kTokenExpired:
    case Fault::kWrongLogin:
    case Fault::kUserBlocked:
    case Fault::kForbidden:
    case Fault::kThrottled:
    case Fault::kUnsupported:
      return {400, "002001", "002001"};
    case Fault::kDatabase:
    case Fault::kUpstream:
      return {500, "001001", "001001"};
    case Fault::kNotFound:
      return {404, "002001", "002001"};
    case Fault::kContentType:
      return {400, "002001", "002001"};
    case Fault::kPartContentType:
      return {400, "002005", "002005"};
    case Fault::kSampleUnreadable:
      return {400, "002003", "002004"};
    case Fault::kTemplateUnreadable:
      return {400, "002004", "002004"};
    case Fault::kTooLarge:
      return {400, "002003", "002004"};
    case Fault::kNoFace:
      return {400, "003002", "002004"};
    case Fault::kManyFaces:
      return {400, "003003", "002004"};
    case Fault::kExtractionFailed:
      return {400, "003001", "002004"};
    case Fault::kEvidenceInsufficient:
      return {400, "003001", "002004"};
    case Fault::kOverloaded:
      return {503, "001002", "001002"};
    case Fault::kTimedOut:
      return {500, "001001", "001001"};
    case Fault::kEngine:
      return {400, "001002", "001002"};
    case Fault::kConfiguration:
      return {500, "001001", "001001"};
    case Fault::kIo:
      return {500, "001001", "001001"};
    case Fault::kInternal:
      return {500, "001001", "001001"};
  }
  return {500, "001001", "001001"};
}

struct WebRow {
  unsigned status;
  const char* code;
};

// What a browser's script may get from the Web SDK's server side before its own checks.
WebRow WebRowOf(Fault fault) {
  switch (fault) {
    case Fault::kTokenMissing:
    case Fault::kTokenUnknown:
    case Fault::kTokenExpired:
    case Fault::kWrongLogin:
    case Fault::kUserBlocked:
      return {401, "token_required"};
    case Fault::kForbidden:
      return {403, "forbidden"};
    case Fault::kNotFound:
      return {404, "not_found"};
    case Fault::kMethodNotAllowed:
      return {405, "method_not_allowed"};
    case Fault::kTooLarge:
      return {413, "too_large"};
    case Fault::kThrottled:
      return {429, "too_many"};
    case Fault::kOverloaded:
    case Fault::kTimedOut:
      return {503, "overloaded"};
    case Fault::kUpstream:
    case Fault::kEngine:
      return {502, "service_unavailable"};
    case Fault::kDatabase:
    case Fault::kConfiguration:
    case Fault::kIo:
    case Fault::kInternal:
      return {500, "internal"};
    default:
      return {400, "bad_request"};
  }
}

// Faults of ours may name files and parts of the house: their words are for the log, not for a client.
std::string_view PublicMessage(const base::Error& error) {
  switch (error.fault) {
    case Fault::kConfiguration:
    case Fault::kIo:
    case Fault::kInternal:
    case Fault::kDatabase:
      return "Unknown server side error occurred";
    case Fault::kEngine:
      return "The engine failed; its health page says more.";
    default:
      return error.message;
  }
}

}  // namespace

Response Problem(Dialect dialect, const base::Error& error) {
  const std::string_view message = PublicMessage(error);
  if (message != error.message)
    base::Log(base::Level::kError, "fault",
              {{"fault", base::NameOf(error.fault)}, {"message", error.message}});

  Response response;
  if (dialect == Dialect::kOz) {
    const OzRow row = OzRowOf(error.fault);
    response.status = row.status;
    response.body = base::WriteJson(
        base::json::object{{"error_code", row.code}, {"error_message", message}, {"details", nullptr}});
  } else if (dialect == Dialect::kWeb) {
    const WebRow row = WebRowOf(error.fault);
    response.status = row.status;
    response.body = base::WriteJson(
        base::json::object{{"error", base::json::object{{"code", row.code}, {"message", message}}}});
  } else {
    const LiteRow row = LiteRowOf(error.fault);
    const bool pattern = dialect == Dialect::kLitePattern;
    response.status = row.status;
    const std::string code = pattern ? std::string("BPE-") + row.pattern : std::string("LDE-") + row.liveness;
    response.body = base::WriteJson(base::json::object{{"code", code}, {"message", message}});
  }
  if (error.fault == Fault::kOverloaded || error.fault == Fault::kThrottled)
    response.headers.emplace("Retry-After", "1");
  return response;
}

}  // namespace ozma::http
