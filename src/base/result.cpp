#include "base/result.hpp"

namespace ozma::base {

const char* NameOf(Fault fault) {
  switch (fault) {
    case Fault::kInvalidRequest:
      return "invalid request";
    case Fault::kInvalidValue:
      return "invalid value";
    case Fault::kInvalidType:
      return "invalid type";
    case Fault::kAlreadyExists:
      return "already exists";
    case Fault::kLogic:
      return "logic error";
    case Fault::kTokenMissing:
      return "no token";
    case Fault::kTokenUnknown:
      return "unknown token";
    case Fault::kTokenExpired:
      return "expired token";
    case Fault::kWrongLogin:
      return "wrong login";
    case Fault::kUserBlocked:
      return "user blocked";
    case Fault::kForbidden:
      return "forbidden";
    case Fault::kThrottled:
      return "throttled";
    case Fault::kUnsupported:
      return "unsupported";
    case Fault::kMethodNotAllowed:
      return "method not allowed";
    case Fault::kNotFound:
      return "not found";
    case Fault::kContentType:
      return "unsupported content type";
    case Fault::kPartContentType:
      return "unsupported part content type";
    case Fault::kSampleUnreadable:
      return "sample unreadable";
    case Fault::kTemplateUnreadable:
      return "template unreadable";
    case Fault::kTooLarge:
      return "too large";
    case Fault::kNoFace:
      return "no face";
    case Fault::kManyFaces:
      return "more than one face";
    case Fault::kExtractionFailed:
      return "extraction failed";
    case Fault::kEvidenceInsufficient:
      return "insufficient evidence";
    case Fault::kOverloaded:
      return "overloaded";
    case Fault::kTimedOut:
      return "timed out";
    case Fault::kEngine:
      return "engine failure";
    case Fault::kDatabase:
      return "database failure";
    case Fault::kUpstream:
      return "upstream failure";
    case Fault::kConfiguration:
      return "configuration error";
    case Fault::kIo:
      return "input/output failure";
    case Fault::kInternal:
      return "internal error";
  }
  return "unknown";
}

bool IsOfTheSample(Fault fault) {
  switch (fault) {
    case Fault::kSampleUnreadable:
    case Fault::kTooLarge:
    case Fault::kNoFace:
    case Fault::kManyFaces:
    case Fault::kExtractionFailed:
    case Fault::kEvidenceInsufficient:
      return true;
    default:
      return false;
  }
}

}  // namespace ozma::base
