// One decoder child, seen from the server.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <filesystem>
#include <memory>

#include "base/ids.hpp"
#include "media/media.hpp"
#include "media/wire.hpp"

namespace ozma::media {

// A file descriptor with an owner.
class Descriptor {
 public:
  explicit Descriptor(int fd = -1) : fd_(fd) {}
  Descriptor(Descriptor&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  Descriptor& operator=(Descriptor&& other) noexcept {
    std::swap(fd_, other.fd_);
    return *this;
  }
  ~Descriptor();
  int get() const { return fd_; }

 private:
  int fd_;
};

// Used by one thread at a time. Must be made by a thread that outlives it: the child dies with that thread.
// Destroying it kills and reaps the child.
class Worker {
 public:
  // Starts the child with an empty environment and no descriptor but its socket. Does not wait for it. kIo.
  static base::Result<std::unique_ptr<Worker>> Spawn(const std::filesystem::path& program,
                                                     std::size_t address_space);
  ~Worker();
  Worker(const Worker&) = delete;
  Worker& operator=(const Worker&) = delete;

  // Waits until the child has loaded what it needs. kIo where it does not come up.
  base::Result<wire::Hello> AwaitHello(const base::Deadline& deadline);

  enum class State {
    kFine,         // ready for another job
    kNotAccepted,  // died before the job reached it: the job may go to another
    kBroken,       // died, stalled or lied over the job: to be replaced
  };
  struct Outcome {
    base::Result<Media> media;  // info.size and info.md5 left empty
    State state;
  };

  // Decodes in the child, which has `most` for it. `limits` are the same at each call.
  Outcome Run(base::ByteView bytes, const Type& type, const Limits& limits, std::chrono::milliseconds most);

  pid_t pid() const { return pid_; }
  int socket() const { return socket_.get(); }  // hangs up when the child is gone

 private:
  Worker(pid_t pid, Descriptor socket) : pid_(pid), socket_(std::move(socket)) {}
  void RenewCpuLimit(std::chrono::milliseconds most) const;

  pid_t pid_;
  Descriptor socket_;
  Descriptor pixels_;     // where the child writes frames; made at the first job
  std::size_t room_ = 0;  // bytes there are in it
  std::uint64_t jobs_ = 0;
};

}  // namespace ozma::media
