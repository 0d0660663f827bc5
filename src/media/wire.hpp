// What the server and a decoder child say to each other over a SOCK_SEQPACKET pair, one message each way a
// job. Both ends are always of one build, so the structures are sent as they lie in memory. The server trusts
// nothing in a Reply; see CheckReply in worker.cpp.
#pragma once

#include <cstdint>
#include <type_traits>

#include "media/media.hpp"

namespace ozma::media::wire {

constexpr int kSocket = 3;         // the child's end, the one descriptor it starts with beyond 0..2
constexpr int kMostFrames = 1024;  // a reply's room; limits.samples may be no more
constexpr int kMostText = 240;

// Sent once by a child that is ready for work.
struct Hello {
  std::uint32_t magic = kMagic;
  std::uint32_t sandboxed = 0;  // 1: the filter is in place
  std::int32_t error = 0;       // errno of the step that failed, where it is not

  static constexpr std::uint32_t kMagic = 0x4F5A4D41;
};

// Comes with two descriptors: the file's bytes (sealed, read only) and room for pixels (of a fixed size).
struct Request {
  std::uint64_t job = 0;
  std::uint64_t input_bytes = 0;
  std::uint64_t pixel_bytes = 0;
  Limits limits;
};

// BGR rows without padding; the frames' pixels lie one after another.
struct FrameHead {
  std::int32_t width = 0;
  std::int32_t height = 0;
  double seconds = 0;
};

struct Reply {
  std::uint64_t job = 0;
  std::int32_t refused = 0;  // 1: `text` says why and nothing else holds
  std::int32_t width = 0, height = 0;
  std::int32_t frames_in_file = 0;
  double duration = 0, fps = 0;
  std::int32_t compared = 0, still = 0, stutters = 0, looped = 0;  // Traces
  char marks[kMostMarks + 1] = {};
  std::int32_t frames = 0;
  char text[kMostText] = {};
  FrameHead heads[kMostFrames] = {};  // only the first `frames` are sent
};

static_assert(std::is_trivially_copyable_v<Request> && std::is_trivially_copyable_v<Reply>);

}  // namespace ozma::media::wire
