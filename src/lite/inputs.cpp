#include "lite/inputs.hpp"

#include <algorithm>
#include <array>

#include "http/text.hpp"

namespace ozma::lite {
namespace {

using base::Fail;
using base::Fault;
using base::Result;

constexpr std::string_view kTransferEncoding = "Content-Transfer-Encoding";

// Names are of RFC 2045, section 6.1. Binary where the header is absent.
std::optional<Encoding> Parse(const http::Headers& headers) {
  if (!headers.contains(kTransferEncoding)) return Encoding::kBinary;
  const std::string name = http::LowerCase(http::Trim(http::Find(headers, kTransferEncoding)));
  if (name == "base64") return Encoding::kBase64;
  if (name == "binary" || name == "8bit" || name == "7bit") return Encoding::kBinary;
  return std::nullopt;
}

std::string LabelOf(const http::Part& part) {
  return "The part `" + part.name + "`";
}

Result<void> Decode(Input& input, base::ByteView raw, Encoding encoding, Fault unreadable) {
  input.bytes = raw;
  if (encoding == Encoding::kBase64) {
    auto decoded = base::DecodeBase64(base::AsText(raw));
    if (!decoded)
      return Fail(unreadable, input.label + " is not the base64 that Content-Transfer-Encoding says.");
    input.owned = std::move(*decoded);
    input.bytes = input.owned;
  }
  if (input.bytes.empty()) return Fail(unreadable, input.label + " is empty.");
  return {};
}

bool StartsWithBrace(base::ByteView bytes) {
  const auto text = base::AsText(bytes);
  const auto first = text.find_first_not_of(" \t\r\n");
  return first != std::string_view::npos && text[first] == '{';
}

Result<void> RequireType(const http::Part& part, std::span<const std::string_view> allowed,
                         std::string_view expected) {
  const std::string type = http::MediaTypeOf(http::Find(part.headers, "Content-Type"));
  if (type.empty() || std::ranges::find(allowed, type) != allowed.end()) return {};
  return Fail(Fault::kPartContentType,
              LabelOf(part) + " has the Content-Type " + type + "; send " + std::string(expected) + ".");
}

}  // namespace

Result<Encoding> EncodingOf(const http::Request& request) {
  const auto encoding = Parse(request.headers);
  if (!encoding)
    return Fail(Fault::kContentType, "The Content-Transfer-Encoding is unknown; send base64 or binary.");
  return *encoding;
}

Result<Input> ImageBody(const http::Request& request) {
  const std::string type = http::MediaTypeOf(http::Find(request.headers, "Content-Type"));
  if (request.multipart || (type != "image/jpeg" && type != "image/png")) {
    return Fail(Fault::kContentType, "The Content-Type of the request must be image/jpeg or image/png.");
  }
  const auto encoding = EncodingOf(request);
  if (!encoding) return encoding.error();
  Input input;
  input.label = "The body";
  if (auto decoded = Decode(input, request.body, *encoding, Fault::kSampleUnreadable); !decoded)
    return decoded.error();
  return input;
}

Result<Form> Form::Of(const http::Request& request) {
  if (!request.multipart) {
    return Fail(Fault::kContentType, "The Content-Type of the request must be multipart/form-data.");
  }
  const auto encoding = EncodingOf(request);
  if (!encoding) return encoding.error();
  return Form(request, *encoding);
}

std::vector<const http::Part*> Form::All(std::string_view name) const {
  std::vector<const http::Part*> found;
  for (const auto& part : request_->parts) {
    if (part.name == name) found.push_back(&part);
  }
  return found;
}

Result<const http::Part*> Form::One(std::string_view name) const {
  const auto found = All(name);
  if (found.size() > 1) {
    return Fail(Fault::kInvalidRequest, "There are several parts `" + std::string(name) + "`; send one.");
  }
  return found.empty() ? nullptr : found.front();
}

Result<Input> Form::Media(const http::Part& part) const {
  return Open(part, Fault::kSampleUnreadable);
}

Result<Input> Form::Template(const http::Part& part) const {
  constexpr std::array<std::string_view, 1> kTypes{"application/octet-stream"};
  if (auto fits = RequireType(part, kTypes, "application/octet-stream"); !fits) return fits.error();
  return Open(part, Fault::kTemplateUnreadable);
}

Result<Input> Form::Json(const http::Part& part) const {
  constexpr std::array<std::string_view, 4> kTypes{"application/json", "text/plain",
                                                   "application/octet-stream", "multipart/form-data"};
  if (auto fits = RequireType(part, kTypes, "application/json"); !fits) return fits.error();
  if (!StartsWithBrace(part.data)) return Open(part, Fault::kInvalidRequest);
  Input input;
  input.label = LabelOf(part);
  input.bytes = part.data;
  return input;
}

Result<Input> Form::Open(const http::Part& part, Fault unreadable) const {
  const auto own = Parse(part.headers);
  if (!own) {
    return Fail(Fault::kPartContentType,
                LabelOf(part) + " has an unknown Content-Transfer-Encoding; send base64 or binary.");
  }
  Input input;
  input.label = LabelOf(part);
  input.filename = part.filename;
  const bool says = part.headers.contains(kTransferEncoding);
  const Encoding encoding = says ? *own : encoding_;  // what a part says of itself counts
  if (auto decoded = Decode(input, part.data, encoding, unreadable); !decoded) return decoded.error();
  return input;
}

}  // namespace ozma::lite
