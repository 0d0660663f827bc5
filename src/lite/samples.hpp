// From what a client sent to media and templates.
#pragma once

#include <memory>

#include "analysis/analyst.hpp"
#include "base/ids.hpp"
#include "lite/inputs.hpp"
#include "lite/routes.hpp"
#include "media/decoder.hpp"

namespace ozma::lite {

// What all handlers share. Errors name the input they are about. Thread-safe, as its parts are.
class Samples {
 public:
  Samples(std::shared_ptr<const analysis::Analyst> analyst, std::shared_ptr<media::Decoder> decoder,
          const Options& options);

  const analysis::Analyst& analyst() const { return *analyst_; }
  const Options& options() const { return options_; }

  // kSampleUnreadable: beyond the limit on a file, or what the decoder refuses. kTimedOut.
  base::Result<media::Media> Decode(const Input& input, const base::Deadline& deadline,
                                    media::Pace pace = media::Pace::kUsual) const;
  // As Decode; kSampleUnreadable where it is a video or an archive, before anything is decoded.
  base::Result<media::Media> DecodeImage(const Input& input, const base::Deadline& deadline) const;
  // The template of the one face of an image.
  base::Result<gallery::Template> Extract(const Input& image, const base::Deadline& deadline) const;
  base::Result<gallery::Template> ReadTemplate(const Input& input) const;

 private:
  std::shared_ptr<const analysis::Analyst> analyst_;
  std::shared_ptr<media::Decoder> decoder_;
  Options options_;
};

// The same fault, with the input's label before the message.
base::Error About(const Input& input, const base::Error& error);

}  // namespace ozma::lite
