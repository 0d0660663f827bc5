// Decoding in a pool of sandboxed child processes.
#pragma once

#include <filesystem>
#include <memory>

#include "base/ids.hpp"
#include "media/media.hpp"

namespace ozma::media {

struct DecoderOptions {
  Limits limits;
  int workers = 0;                // child processes; 0: as many as cores
  std::filesystem::path program;  // the `ozma-decoder` executable; empty: beside this program's own file
  std::chrono::milliseconds job_deadline{20'000};  // a child that takes longer is killed and replaced
  std::size_t address_space = 2u << 30;            // RLIMIT_AS of a child, bytes
  bool allow_unsandboxed = false;                  // go on where seccomp is not available
};

// Thread-safe: Decode may be called from any number of threads; a call waits for a free child.
// Nothing that a file holds reaches this process but pixels and numbers, which are checked.
class Decoder {
 public:
  // Starts the children. kConfiguration where seccomp is missing and `allow_unsandboxed` is not set.
  static base::Result<std::unique_ptr<Decoder>> Start(DecoderOptions options);
  virtual ~Decoder() = default;

  // kSampleUnreadable: broken, of no known kind, beyond a limit, or the child died or stalled over it; the
  // message says which. kTimedOut: `deadline` passed while waiting for a free child.
  virtual base::Result<Media> Decode(base::ByteView bytes, const base::Deadline& deadline, Pace pace) = 0;
  base::Result<Media> Decode(base::ByteView bytes, const base::Deadline& deadline) {
    return Decode(bytes, deadline, Pace::kUsual);
  }

  virtual bool sandboxed() const = 0;
  virtual std::vector<int> worker_pids() const = 0;  // for health pages and tests
};

}  // namespace ozma::media
