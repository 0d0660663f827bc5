#include "media/worker.hpp"

#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cmath>
#include <csignal>
#include <cstring>

#include "media/format.hpp"

namespace ozma::media {
namespace {

base::Error Io(const std::string& what, int error) {
  return base::Fail(base::Fault::kIo, what + ": " + std::strerror(error) + ".");
}

// Memory to be handed to a child: `bytes` in it, of a size that nobody can change.
base::Result<Descriptor> SealedCopy(base::ByteView bytes) {
  Descriptor memory(memfd_create("ozma-input", MFD_CLOEXEC | MFD_ALLOW_SEALING));
  if (memory.get() < 0) return Io("No memory for handing over a file", errno);
  for (std::size_t done = 0; done < bytes.size();) {
    const auto wrote = write(memory.get(), bytes.data() + done, bytes.size() - done);
    if (wrote <= 0) return Io("No memory for handing over a file", errno);
    done += wrote;
  }
  if (fcntl(memory.get(), F_ADD_SEALS, F_SEAL_WRITE | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL) != 0)
    return Io("Memory for handing over a file cannot be sealed", errno);
  return memory;
}

// Room for pixels, which costs nothing where it is not written to.
base::Result<Descriptor> SealedRoom(std::size_t size) {
  Descriptor memory(memfd_create("ozma-pixels", MFD_CLOEXEC | MFD_ALLOW_SEALING));
  if (memory.get() < 0 || ftruncate(memory.get(), static_cast<off_t>(size)) != 0 ||
      fcntl(memory.get(), F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL) != 0)
    return Io("No memory for pixels", errno);
  return memory;
}

// The most that honest frames can need.
std::size_t PixelRoom(const Limits& limits) {
  return std::size_t{3} * limits.frame_side * limits.frame_side * std::max(1, limits.samples);
}

bool SendRequest(int socket, const wire::Request& request, int input, int pixels) {
  iovec part{const_cast<wire::Request*>(&request), sizeof(request)};  // C without const; only read
  const std::array<int, 2> files{input, pixels};
  alignas(cmsghdr) std::array<char, CMSG_SPACE(sizeof(files))> room{};
  msghdr message{};
  message.msg_iov = &part;
  message.msg_iovlen = 1;
  message.msg_control = room.data();
  message.msg_controllen = room.size();
  auto* control = CMSG_FIRSTHDR(&message);
  control->cmsg_level = SOL_SOCKET;
  control->cmsg_type = SCM_RIGHTS;
  control->cmsg_len = CMSG_LEN(sizeof(files));
  std::memcpy(CMSG_DATA(control), files.data(), sizeof(files));
  return sendmsg(socket, &message, MSG_NOSIGNAL) == static_cast<ssize_t>(sizeof(request));
}

// Waits for one message; 0 when the child is gone, -1 when the time is up.
ssize_t ReceiveBy(int socket, void* to, std::size_t size, const base::Deadline& deadline) {
  for (;;) {
    pollfd wait{socket, POLLIN, 0};
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline.Left());
    const int ready = poll(&wait, 1, static_cast<int>(left.count()));
    if (ready < 0 && errno == EINTR) continue;
    if (ready == 0) return -1;
    // Plain recv: descriptors that a child gone bad might attach are closed by the kernel.
    const auto got = recv(socket, to, size, MSG_DONTWAIT | MSG_TRUNC);
    if (got < 0 && (errno == EINTR || errno == EAGAIN)) continue;
    return std::max<ssize_t>(got, 0);
  }
}

// A child gone bad may say anything: every number is measured against what an honest one could have meant.
bool Plausible(const wire::Reply& reply, std::size_t got, const wire::Request& request) {
  constexpr auto kHead = offsetof(wire::Reply, heads);
  if (got < kHead || reply.job != request.job) return false;
  if (reply.refused) return reply.refused == 1 && reply.frames == 0 && got == kHead;

  const auto& limits = request.limits;
  const auto within = [](double value, double most) {
    return value >= 0 && value <= most;
  };  // false for a NaN
  if (reply.frames < 1 || reply.frames > std::min(wire::kMostFrames, std::max(1, limits.samples)))
    return false;
  if (got != kHead + reply.frames * sizeof(wire::FrameHead)) return false;
  if (reply.width < 1 || reply.height < 1 || std::int64_t{reply.width} * reply.height > limits.pixels)
    return false;
  if (reply.frames_in_file < 1 ||
      reply.frames_in_file > std::max({1, limits.video_frames, limits.archive_entries}))
    return false;
  for (const auto traced : {reply.compared, reply.still, reply.stutters, reply.looped})
    if (traced < 0 || traced > limits.video_frames) return false;
  if (!within(reply.duration, limits.video_seconds + 60) || !within(reply.fps, 1e6)) return false;

  std::uint64_t bytes = 0;
  for (int i = 0; i < reply.frames; ++i) {
    const auto& head = reply.heads[i];
    if (head.width < 1 || head.height < 1 || head.width > limits.frame_side ||
        head.height > limits.frame_side)
      return false;
    if (!within(head.seconds, limits.video_seconds + 60)) return false;
    bytes += std::uint64_t{3} * head.width * head.height;
  }
  return bytes <= request.pixel_bytes;
}

Traces TracesOf(const wire::Reply& reply) {
  Traces traces{{}, reply.compared, reply.still, reply.stutters, reply.looped};
  AddMark(traces.marks, {reply.marks, strnlen(reply.marks, kMostMarks)});
  return traces;
}

std::string TextOf(const wire::Reply& reply) {
  std::string text(reply.text, strnlen(reply.text, sizeof(reply.text)));
  for (char& c : text)
    if (c < ' ' || c > '~') c = '?';
  return text.empty() ? "The file cannot be read." : text;
}

// Copies rather than maps: the child still holds the memory and could change it under our feet.
base::Result<std::vector<Frame>> TakeFrames(const wire::Reply& reply, int pixels) {
  std::vector<Frame> frames;
  std::size_t at = 0;
  for (int i = 0; i < reply.frames; ++i) {
    const auto& head = reply.heads[i];
    cv::Mat bgr(head.height, head.width, CV_8UC3);
    const auto size = bgr.total() * bgr.elemSize();
    for (std::size_t done = 0; done < size;) {
      const auto got = pread(pixels, bgr.data + done, size - done, static_cast<off_t>(at + done));
      if (got <= 0) return base::Fail(base::Fault::kInternal, "Decoded pixels cannot be read back.");
      done += got;
    }
    at += size;
    frames.push_back({std::move(bgr), head.seconds});
  }
  return frames;
}

// Fresh memory is dear: a worker keeps what an ordinary picture takes for its next job, and no more.
void GiveBackMost(int pixels, std::size_t size) {
  constexpr std::size_t kKept = 16u << 20;
  if (size > kKept)
    fallocate(pixels, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, kKept, static_cast<off_t>(size - kKept));
}

// What posix_spawn is told; its C objects need an owner.
class SpawnPlan {
 public:
  explicit SpawnPlan(int socket) {
    posix_spawn_file_actions_init(&actions_);
    posix_spawn_file_actions_addopen(&actions_, 0, "/dev/null", O_RDWR, 0);
    posix_spawn_file_actions_adddup2(&actions_, 0, 1);
    posix_spawn_file_actions_adddup2(&actions_, 0, 2);
    posix_spawn_file_actions_adddup2(&actions_, socket, wire::kSocket);
    posix_spawn_file_actions_addclosefrom_np(&actions_, wire::kSocket + 1);

    // A group of its own: Ctrl-C at a terminal is the server's to handle.
    sigset_t all, none;
    sigfillset(&all);
    sigemptyset(&none);
    posix_spawnattr_init(&attributes_);
    posix_spawnattr_setsigdefault(&attributes_, &all);
    posix_spawnattr_setsigmask(&attributes_, &none);
    posix_spawnattr_setpgroup(&attributes_, 0);
    posix_spawnattr_setflags(&attributes_,
                             POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETPGROUP);
  }
  ~SpawnPlan() {
    posix_spawn_file_actions_destroy(&actions_);
    posix_spawnattr_destroy(&attributes_);
  }
  SpawnPlan(const SpawnPlan&) = delete;
  SpawnPlan& operator=(const SpawnPlan&) = delete;

  int Start(const std::string& program, const std::vector<std::string>& arguments, pid_t& pid) {
    std::vector<char*> argv{const_cast<char*>(program.c_str())};  // C without const; only read
    for (const auto& argument : arguments) argv.push_back(const_cast<char*>(argument.c_str()));
    argv.push_back(nullptr);
    char* environment[] = {nullptr};
    return posix_spawn(&pid, program.c_str(), &actions_, &attributes_, argv.data(), environment);
  }

 private:
  posix_spawn_file_actions_t actions_;
  posix_spawnattr_t attributes_;
};

}  // namespace

Descriptor::~Descriptor() {
  if (fd_ >= 0) close(fd_);
}

base::Result<std::unique_ptr<Worker>> Worker::Spawn(const std::filesystem::path& program,
                                                    std::size_t address_space) {
  std::array<int, 2> pair;
  if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair.data()) != 0)
    return Io("No socket for a decoder process", errno);
  Descriptor ours(pair[0]);
  const Descriptor theirs(pair[1]);

  pid_t pid = 0;
  const int failed =
      SpawnPlan(theirs.get())
          .Start(program.string(), {std::to_string(getpid()), std::to_string(address_space)}, pid);
  if (failed != 0) return Io("The decoder program " + program.string() + " cannot be started", failed);
  return std::unique_ptr<Worker>(new Worker(pid, std::move(ours)));
}

Worker::~Worker() {
  kill(pid_, SIGKILL);  // a zombie keeps its number until reaped below: never another process
  while (waitpid(pid_, nullptr, 0) < 0 && errno == EINTR) continue;
}

base::Result<wire::Hello> Worker::AwaitHello(const base::Deadline& deadline) {
  wire::Hello hello;
  hello.magic = 0;
  const auto got = ReceiveBy(socket_.get(), &hello, sizeof(hello), deadline);
  if (got != static_cast<ssize_t>(sizeof(hello)) || hello.magic != wire::Hello::kMagic)
    return base::Fail(base::Fault::kIo, "A decoder process did not come up.");
  return hello;
}

void Worker::RenewCpuLimit(std::chrono::milliseconds most) const {
  clockid_t clock;
  timespec used;
  if (clock_getcpuclockid(pid_, &clock) != 0 || clock_gettime(clock, &used) != 0) return;
  const auto seconds =
      static_cast<rlim_t>(used.tv_sec + std::chrono::ceil<std::chrono::seconds>(most).count() + 1);
  const rlimit limit{seconds, RLIM_INFINITY};
  prlimit(pid_, RLIMIT_CPU, &limit, nullptr);  // the deadline below holds even where this is not allowed
}

Worker::Outcome Worker::Run(base::ByteView bytes, const Type& type, const Limits& limits,
                            std::chrono::milliseconds most) {
  const auto input = SealedCopy(bytes);
  if (!input) return {input.error(), State::kFine};
  if (const auto needed = PixelRoom(limits); needed > room_) {
    auto room = SealedRoom(needed);
    if (!room) return {room.error(), State::kFine};
    pixels_ = std::move(*room);
    room_ = needed;
  }
  const wire::Request request{++jobs_, bytes.size(), room_, limits};

  RenewCpuLimit(most);
  const base::Deadline deadline(most);
  if (!SendRequest(socket_.get(), request, input->get(), pixels_.get()))
    return {base::Fail(base::Fault::kIo, "A decoder process is gone."), State::kNotAccepted};

  wire::Reply reply;
  const auto got = ReceiveBy(socket_.get(), &reply, sizeof(reply), deadline);
  if (got < 0) {
    const auto seconds = std::to_string(std::chrono::ceil<std::chrono::seconds>(most).count());
    return {Unreadable("Decoding the file took longer than " + seconds + " s."), State::kBroken};
  }
  if (got == 0 || got > static_cast<ssize_t>(sizeof(reply)) || !Plausible(reply, got, request))
    return {Unreadable("The decoder failed over the file."), State::kBroken};

  auto frames = TakeFrames(reply, pixels_.get());
  GiveBackMost(pixels_.get(), request.pixel_bytes);
  if (reply.refused) return {Unreadable(TextOf(reply)), State::kFine};
  if (!frames) return {frames.error(), State::kBroken};
  Media media{type, {}, std::move(*frames)};
  media.info.width = reply.width;
  media.info.height = reply.height;
  media.info.frames = reply.frames_in_file;
  media.info.duration = reply.duration;
  media.info.fps = reply.fps;
  media.traces = TracesOf(reply);
  return {std::move(media), State::kFine};
}

}  // namespace ozma::media
