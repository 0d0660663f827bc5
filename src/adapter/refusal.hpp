// How a call of the browser is refused: one code of docs/errors.md and a sentence.
#pragma once

#include <boost/system/result.hpp>
#include <stdexcept>
#include <string>
#include <string_view>

#include "base/result.hpp"
#include "http/message.hpp"

namespace ozma::adapter {

enum class Code {
  kBadRequest,
  kHashMismatch,
  kActionNotAllowed,
  kTokenRequired,
  kWrongNonce,
  kLicenseError,
  kIframeNotAllowed,
  kInjectionSuspected,
  kNotFound,
  kUnknownSession,
  kMediaExists,
  kSessionUsed,
  kSessionExpired,
  kTooLarge,
  kTooMany,
  kOverloaded,
  kServiceUnavailable,
  kInternal,
};

// "bad_request"
std::string_view NameOf(Code code);
// The code of that name; kInternal for any other.
Code CodeOf(std::string_view name);
unsigned StatusOf(Code code);

struct Refusal {
  Code code = Code::kInternal;
  std::string message;
};

template <class T>
using Outcome = boost::system::result<T, Refusal>;

// Called by Outcome<T>::value() when there is none: a programming error.
[[noreturn]] inline void throw_exception_from_error(const Refusal& refusal,
                                                    const boost::source_location& /*where*/) {
  throw std::runtime_error(std::string(NameOf(refusal.code)) + ": " + refusal.message);
}

inline Refusal Refuse(Code code, std::string message) {
  return Refusal{code, std::move(message)};
}

// A fault of the rooms below in these words; those of ours are logged and answered with a fixed sentence.
Refusal RefusalOf(const base::Error& error);

// {"error": {"code", "message"}}; too_many and overloaded carry Retry-After.
http::Response ResponseOf(const Refusal& refusal);

}  // namespace ozma::adapter
