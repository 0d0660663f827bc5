// What a request carries: content types, transfer encodings, parts.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.hpp"
#include "base/result.hpp"
#include "http/message.hpp"

namespace ozma::lite {

enum class Encoding { kBinary, kBase64 };

// By Content-Transfer-Encoding; binary where there is none. kContentType for a request's, kPartContentType
// for a part's that is neither base64 nor one of binary, 8bit and 7bit.
base::Result<Encoding> EncodingOf(const http::Request& request);

// Decoded bytes and where they came from. `bytes` points into the request or into `owned`: it may be moved,
// must not outlive the request, and is never copied.
struct Input {
  std::string label;  // for messages: "the part `sample_1`", "the body"
  std::optional<std::string> filename;
  base::Bytes owned;
  base::ByteView bytes;

  Input() = default;
  Input(Input&&) = default;
  Input& operator=(Input&&) = default;
  Input(const Input&) = delete;
  Input& operator=(const Input&) = delete;
};

// The body of a bare image/jpeg or image/png request. kContentType for any other type, kSampleUnreadable
// where it is empty or not the base64 it says it is.
base::Result<Input> ImageBody(const http::Request& request);

// A multipart/form-data request.
class Form {
 public:
  // kContentType where the request is no multipart/form-data or its transfer encoding is unknown.
  static base::Result<Form> Of(const http::Request& request);

  Encoding encoding() const { return encoding_; }
  std::vector<const http::Part*> All(std::string_view name) const;
  // kInvalidRequest where there are several; nullptr where there is none.
  base::Result<const http::Part*> One(std::string_view name) const;

  // A media part, of any Content-Type: bytes decide. kSampleUnreadable where empty or not base64.
  base::Result<Input> Media(const http::Part& part) const;
  // A template part: application/octet-stream or no type, else kPartContentType. kTemplateUnreadable as
  // above.
  base::Result<Input> Template(const http::Part& part) const;
  // A JSON part: application/json, text/plain, application/octet-stream (a file part), multipart/form-data or
  // no type, else kPartContentType. A text that starts with a brace is never taken for base64.
  // kInvalidRequest as above.
  base::Result<Input> Json(const http::Part& part) const;

 private:
  Form(const http::Request& request, Encoding encoding) : request_(&request), encoding_(encoding) {}
  base::Result<Input> Open(const http::Part& part, base::Fault unreadable) const;

  const http::Request* request_;
  Encoding encoding_;
};

}  // namespace ozma::lite
