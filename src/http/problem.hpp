// The one place where a Fault becomes an HTTP status and a documented code.
#pragma once

#include "base/result.hpp"
#include "http/message.hpp"

namespace ozma::http {

// How a part of the API words its errors.
enum class Dialect {
  kOz,            // {"error_code": 10, "error_message": "...", "details": null}
  kLitePattern,   // {"code": "BPE-002003", "message": "..."}
  kLiteLiveness,  // {"code": "LDE-002004", "message": "..."}
  kWeb,           // {"error": {"code": "bad_request", "message": "..."}}
};

// Faults of ours (kConfiguration, kIo, kInternal, kEngine) answer a fixed sentence; their own words, which
// may name files, go to the log. kOverloaded carries Retry-After.
Response Problem(Dialect dialect, const base::Error& error);

}  // namespace ozma::http
