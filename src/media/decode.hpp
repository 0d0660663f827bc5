// The whole of decoding as one function of bytes, free of processes: what a decoder child runs, and what can
// be fuzzed.
#pragma once

#include "media/format.hpp"
#include "media/video.hpp"

namespace ozma::media {

struct Decoded {
  Type type;
  Info info;  // size and md5 left empty
  Traces traces{};
};

// Called once, before the first Decode and before a sandbox closes: makes everything that the libraries load
// or read at first use, and keeps them from starting threads or printing.
void WarmUp();

// Gives the frames of any medium to `sink`, at least one on success. Stateless; safe from any thread.
// kSampleUnreadable with the reason; the sink's error is passed on.
base::Result<Decoded> DecodeBytes(base::ByteView bytes, const Limits& limits, const FrameSink& sink);

}  // namespace ozma::media
