// Result<T>: how a room answers when its input may be bad. Exceptions are for what cannot go on.
#pragma once

#include <boost/system/result.hpp>
#include <stdexcept>
#include <string>
#include <utility>

namespace ozma::base {

// What went wrong, in words free of any protocol. `http/problem` alone turns a Fault into a status and a
// code.
enum class Fault {
  kInvalidRequest,        // a field is missing or malformed
  kInvalidValue,          // a value is out of its range, or the object's state does not allow it
  kInvalidType,           // a value is of another type than it must be
  kAlreadyExists,         // something that must be unique is there already
  kLogic,                 // well formed, but it makes no sense; the message is meant for people
  kTokenMissing,          // the call needs a token
  kTokenUnknown,          // no session has this token
  kTokenExpired,          // the session has ended
  kWrongLogin,            // unknown login or wrong password
  kUserBlocked,           // the user or its company is switched off
  kForbidden,             // the caller may not do this
  kThrottled,             // too many calls; come back later
  kUnsupported,           // documented, but not switched on here
  kMethodNotAllowed,      // the path exists, the method does not
  kNotFound,              // no such path or object
  kContentType,           // Content-Type of the request is none of those the call takes
  kPartContentType,       // Content-Type of a part is none of those the part may have
  kSampleUnreadable,      // media is broken, of an unknown kind, or beyond a limit on media
  kTemplateUnreadable,    // template is truncated, altered, foreign, or of another network
  kTooLarge,              // a body, part, header or count is beyond its limit
  kNoFace,                // no face was found
  kManyFaces,             // more than one face was found where one is asked for
  kExtractionFailed,      // a face was found, but no template can be made from it
  kEvidenceInsufficient,  // too little usable material for a verdict
  kOverloaded,            // the bounded queue is full; come back later
  kTimedOut,              // the deadline passed
  kEngine,                // a network is missing, altered, or failed to run
  kDatabase,              // the database failed or cannot be reached
  kUpstream,              // a service elsewhere failed or did not answer
  kConfiguration,         // the operator's configuration is wrong
  kIo,                    // a file or a process of ours failed
  kInternal,              // a fault of ours
};

const char* NameOf(Fault fault);

// What is wrong with one sample (unreadable, no face, ...), as opposed to what would be wrong with every one.
bool IsOfTheSample(Fault fault);

struct Error {
  Fault fault;
  std::string message;  // one sentence for a person: what is wrong and, where possible, what to change
};

template <class T>
using Result = boost::system::result<T, Error>;

// Called by Result<T>::value() when there is none: a programming error, since callers test first.
[[noreturn]] inline void throw_exception_from_error(const Error& error, const boost::source_location&) {
  throw std::runtime_error(std::string(NameOf(error.fault)) + ": " + error.message);
}

inline Error Fail(Fault fault, std::string message) {
  return Error{fault, std::move(message)};
}

}  // namespace ozma::base
