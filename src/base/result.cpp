#include "base/result.hpp"

namespace ozma::base {

const char* NameOf(Fault fault) {
  switch (fault) {
    case Fault::kInvalidRequest:
      return "invalid request";
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
    case Fault::kConfiguration:
      return "configuration error";
    case Fault::kIo:
      return "input/output failure";
    case Fault::kInternal:
      return "internal error";
  }
  return "unknown";
}

}  // namespace ozma::base
