// The program that parses what clients send. The server starts it (pool.cpp); it is of no use by hand, but
// for
//   ozma-decoder --self-test open|socket|exec|fork|thread|ptrace|code
// which enters the sandbox and then tries that: dying of SIGSYS is the right outcome.
#include <iconv.h>
#include <malloc.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <string>

#include <opencv2/core.hpp>

#include "media/decode.hpp"
#include "media/sandbox.hpp"
#include "media/wire.hpp"

namespace ozma::media {
namespace {

constexpr const char* kTooMuchMemory = "Decoding the file takes too much memory.";

bool Send(const void* data, std::size_t size) {
  return send(wire::kSocket, data, size, MSG_NOSIGNAL) == static_cast<ssize_t>(size);
}

struct Job {
  wire::Request request;
  int input = -1;
  int pixels = -1;
};

// False when the server is gone, or talks nonsense.
bool Receive(Job& job) {
  iovec part{&job.request, sizeof(job.request)};
  alignas(cmsghdr) std::array<char, CMSG_SPACE(2 * sizeof(int))> room{};
  msghdr message{};
  message.msg_iov = &part;
  message.msg_iovlen = 1;
  message.msg_control = room.data();
  message.msg_controllen = room.size();
  ssize_t got;
  do got = recvmsg(wire::kSocket, &message, 0);
  while (got < 0 && errno == EINTR);
  const auto* control = CMSG_FIRSTHDR(&message);
  if (got != static_cast<ssize_t>(sizeof(job.request)) || !control || control->cmsg_type != SCM_RIGHTS ||
      control->cmsg_len != CMSG_LEN(2 * sizeof(int)))
    return false;
  std::array<int, 2> files;
  std::memcpy(files.data(), CMSG_DATA(control), sizeof(files));
  job.input = files[0];
  job.pixels = files[1];
  return true;
}

// Writes frames one after another into the room for pixels, and their heads into the reply.
class PixelWriter {
 public:
  PixelWriter(const Job& job, wire::Reply& reply) : job_(job), reply_(reply) {}

  base::Result<void> Write(const cv::Mat& bgr, double seconds) {
    if (reply_.frames >= wire::kMostFrames) return Unreadable("The medium gives too many frames.");
    const auto packed = bgr.isContinuous() ? bgr : bgr.clone();
    const auto size = packed.total() * packed.elemSize();
    if (size > job_.request.pixel_bytes - at_) return Unreadable("The medium gives too many pixels.");
    for (std::size_t done = 0; done < size;) {
      const auto wrote = pwrite(job_.pixels, packed.data + done, size - done, static_cast<off_t>(at_ + done));
      if (wrote <= 0) return Unreadable("There is no memory for the medium's frames.");
      done += wrote;
    }
    at_ += size;
    reply_.heads[reply_.frames++] = {bgr.cols, bgr.rows, seconds};
    return {};
  }

 private:
  const Job& job_;
  wire::Reply& reply_;
  std::uint64_t at_ = 0;
};

void Refuse(wire::Reply& reply, const std::string& why) {
  reply.refused = 1;
  reply.frames = 0;
  std::memcpy(reply.text, why.data(), std::min<std::size_t>(why.size(), wire::kMostText - 1));
}

void Decode(const Job& job, base::ByteView bytes, wire::Reply& reply) {
  PixelWriter writer(job, reply);
  const auto decoded = DecodeBytes(bytes, job.request.limits, [&](const cv::Mat& bgr, double seconds) {
    return writer.Write(bgr, seconds);
  });
  if (!decoded) return Refuse(reply, decoded.error().message);
  reply.width = decoded->info.width;
  reply.height = decoded->info.height;
  reply.frames_in_file = decoded->info.frames;
  reply.duration = decoded->info.duration;
  reply.fps = decoded->info.fps;
  const auto& traces = decoded->traces;
  reply.compared = traces.compared;
  reply.still = traces.still;
  reply.stutters = traces.stutters;
  reply.looped = traces.looped;
  std::memcpy(reply.marks, traces.marks.data(), std::min(traces.marks.size(), kMostMarks));
}

bool Serve(const Job& job) {
  wire::Reply reply;
  reply.job = job.request.job;
  void* input = mmap(nullptr, job.request.input_bytes, PROT_READ, MAP_PRIVATE, job.input, 0);
  try {
    if (input == MAP_FAILED) throw std::bad_alloc();
    Decode(job, {static_cast<const std::uint8_t*>(input), job.request.input_bytes}, reply);
  } catch (const std::bad_alloc&) {
    Refuse(reply, kTooMuchMemory);
  } catch (const cv::Exception& error) {
    Refuse(reply, error.code == cv::Error::StsNoMem ? kTooMuchMemory : "The file is damaged.");
  }
  if (input != MAP_FAILED) munmap(input, job.request.input_bytes);
  close(job.input);
  close(job.pixels);
  return Send(&reply, offsetof(wire::Reply, heads) + reply.frames * sizeof(wire::FrameHead));
}

// Whatever the C library would go to a file for later, it is told here.
void Settle() {
  // The zone of the local times in ZIP.
  setenv("TZ", "UTC0", 1);
  // FFmpeg converts the names of stations in transport streams. Without converters to load it leaves them
  // alone.
  setenv("GCONV_PATH", "/nonexistent", 1);
  // NOLINTNEXTLINE(performance-no-int-to-ptr): iconv's own way to say that it failed.
  if (const auto converter = iconv_open("UTF-8", "ISO6937"); converter != reinterpret_cast<iconv_t>(-1))
    iconv_close(converter);
  // Large pictures go back to the system at once, so that a child at rest is small whatever it has seen.
  mallopt(M_MMAP_THRESHOLD, 32 << 20);
  mallopt(M_TRIM_THRESHOLD, 48 << 20);
  WarmUp();
}

int SelfTest(const std::string& what) {
  Settle();
  if (EnterSandbox() != 0) return 2;
  TryForbidden(what);
  return 1;
}

// argv: the server's process id, bytes of address space.
int Main(int argc, char** argv) {
  if (argc == 3 && std::string(argv[1]) == "--self-test") return SelfTest(argv[2]);
  if (argc != 3) return 64;
  wire::Hello hello;
  hello.error = LimitProcess(std::strtoull(argv[2], nullptr, 10));
  if (getppid() != std::atoi(argv[1])) return 1;  // the server died before it could take us with it
  Settle();
  if (hello.error == 0) hello.error = EnterSandbox();
  hello.sandboxed = hello.error == 0;
  if (!Send(&hello, sizeof(hello))) return 1;
  for (;;) {
    Job job;
    if (!Receive(job) || !Serve(job)) return 0;
  }
}

}  // namespace
}  // namespace ozma::media

int main(int argc, char** argv) {
  const int code = ozma::media::Main(argc, argv);
  _exit(code);  // the libraries' own endings would do what the sandbox forbids
}
