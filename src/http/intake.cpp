#include "http/intake.hpp"

#include "http/text.hpp"

namespace ozma::http {

using base::Fail;
using base::Fault;

Intake::Intake(Request& request, const Limits& limits, Budget::Share& memory)
    : request_(request), limits_(limits), memory_(memory), limit_(limits.body_bytes) {}

base::Result<void> Intake::Begin() {
  const std::string_view coding = Trim(Find(request_.headers, "Content-Encoding"));
  if (!coding.empty() && !EqualsIgnoringCase(coding, "identity"))
    return Fail(Fault::kContentType, "A body with a Content-Encoding is not taken; send it as it is.");

  const std::string_view type = Find(request_.headers, "Content-Type");
  if (MediaTypeOf(type) != "multipart/form-data") return {};
  auto boundary = BoundaryOf(type);
  if (!boundary) return boundary.error();
  request_.multipart = true;
  multipart_.emplace(*boundary, MultipartLimits{.parts = limits_.parts, .part_bytes = limits_.part_bytes},
                     memory_);
  return {};
}

base::Result<void> Intake::Feed(base::ByteView bytes) {
  received_ += bytes.size();
  if (discard_) return {};
  if (received_ > limit_)
    return Fail(Fault::kTooLarge, "The body is larger than " + std::to_string(limit_) + " bytes.");
  if (multipart_) return multipart_->Feed(bytes);
  if (received_ > limits_.part_bytes)
    return Fail(Fault::kTooLarge,
                "The body is larger than " + std::to_string(limits_.part_bytes) + " bytes.");
  if (!memory_.Append(request_.body, bytes, limits_.part_bytes))
    return Fail(Fault::kOverloaded, "The server holds as many bodies as it may; come back later.");
  return {};
}

base::Result<void> Intake::Finish() {
  if (discard_ || !multipart_) return {};
  auto parts = multipart_->Finish();
  if (!parts) return parts.error();
  request_.parts = std::move(*parts);
  return {};
}

}  // namespace ozma::http
