#include "lite/samples.hpp"

namespace ozma::lite {

using base::Fail;
using base::Fault;
using base::Result;

Samples::Samples(std::shared_ptr<const analysis::Analyst> analyst, std::shared_ptr<media::Decoder> decoder,
                 const Options& options)
    : analyst_(std::move(analyst)), decoder_(std::move(decoder)), options_(options) {}

Result<media::Media> Samples::Decode(const Input& input, const base::Deadline& deadline,
                                     media::Pace pace) const {
  if (input.bytes.size() > options_.file_bytes) {
    return Fail(Fault::kSampleUnreadable, input.label + " is larger than " +
                                              std::to_string(options_.file_bytes >> 20) +
                                              " MB, the limit for a file.");
  }
  auto decoded = decoder_->Decode(input.bytes, deadline, pace);
  if (!decoded) return About(input, decoded.error());
  return decoded;
}

Result<media::Media> Samples::DecodeImage(const Input& input, const base::Deadline& deadline) const {
  const auto type = media::Sniff(input.bytes);
  if (!type) return About(input, type.error());
  if (type->kind != media::Kind::kImage) {
    return Fail(Fault::kSampleUnreadable, input.label + " holds " + type->mime + "; send an image.");
  }
  return Decode(input, deadline);
}

Result<gallery::Template> Samples::Extract(const Input& image, const base::Deadline& deadline) const {
  const auto medium = DecodeImage(image, deadline);
  if (!medium) return medium.error();
  auto extracted = analyst_->Extract(*medium);
  if (!extracted) return About(image, extracted.error());
  return extracted;
}

Result<gallery::Template> Samples::ReadTemplate(const Input& input) const {
  auto read = analyst_->ReadTemplate(input.bytes);
  if (!read) return About(input, read.error());
  return read;
}

base::Error About(const Input& input, const base::Error& error) {
  return Fail(error.fault, input.label + ": " + error.message);
}

}  // namespace ozma::lite
