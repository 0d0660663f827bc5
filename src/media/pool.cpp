// Decoder, as a pool of children and one thread that keeps it whole.
#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>
#include <condition_variable>
#include <cstring>
#include <future>
#include <mutex>
#include <thread>

#include "base/log.hpp"
#include "base/metrics.hpp"
#include "media/decoder.hpp"
#include "media/format.hpp"
#include "media/worker.hpp"

namespace ozma::media {
namespace {

using base::Fault;

// Twice as many frames of a quarter of the size: no more room for pixels than at the usual pace.
Limits At(Pace pace, Limits limits) {
  if (pace == Pace::kUsual) return limits;
  limits.sample_rate = std::max(limits.sample_rate, 12.0);
  limits.samples = std::min(2 * limits.samples, wire::kMostFrames);
  limits.frame_side = std::max(16, limits.frame_side / 2);
  return limits;
}

class Pool final : public Decoder {
 public:
  explicit Pool(DecoderOptions options)
      : options_(std::move(options)),
        slots_(options_.workers),
        wake_(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {}
  ~Pool() override;

  base::Result<void> Begin();
  base::Result<Media> Decode(base::ByteView bytes, const base::Deadline& deadline, Pace pace) override;
  bool sandboxed() const override;
  std::vector<int> worker_pids() const override;

 private:
  enum class State { kDead, kStarting, kIdle, kBusy };
  struct Slot {
    State state = State::kDead;
    bool hung_up = false;  // its child is gone, though nobody has asked for it yet
    std::unique_ptr<Worker> worker;
  };

  base::Result<Slot*> Acquire(const base::Deadline& deadline);
  void Release(Slot& slot, Worker::State state);

  void Supervise(std::promise<base::Result<void>> begun);
  base::Result<void> ReplaceDead();
  base::Result<bool> CheckHello(const base::Result<wire::Hello>& hello) const;
  void WaitForTrouble(bool failing);
  void Wake() { eventfd_write(wake_.get(), 1); }

  const DecoderOptions options_;
  mutable std::mutex mutex_;
  std::condition_variable freed_;
  std::vector<Slot> slots_;  // a slot's worker belongs to whoever moved it to kBusy or kStarting
  bool stopping_ = false;
  bool sandboxed_ = true;
  std::optional<base::Error> failing_;  // why the last replacement failed
  Descriptor wake_;
  std::thread supervisor_;  // starts every child: a child dies with the thread that started it
};

base::Result<void> Pool::Begin() {
  std::promise<base::Result<void>> begun;
  auto outcome = begun.get_future();
  supervisor_ = std::thread(&Pool::Supervise, this, std::move(begun));
  return outcome.get();
}

Pool::~Pool() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  Wake();
  if (supervisor_.joinable()) supervisor_.join();
}

base::Result<Media> Pool::Decode(base::ByteView bytes, const base::Deadline& deadline, Pace pace) {
  const auto type = Sniff(bytes);
  if (!type) return type.error();
  if (bytes.size() > options_.limits.file_bytes) {
    return Unreadable("The file is larger than " + std::to_string(options_.limits.file_bytes >> 20) + " MB.");
  }
  for (;;) {
    auto slot = Acquire(deadline);
    if (!slot) return slot.error();
    auto [media, state] =
        (*slot)->worker->Run(bytes, *type, At(pace, options_.limits), options_.job_deadline);
    Release(**slot, state);
    if (state == Worker::State::kNotAccepted) continue;  // no child has seen the file yet
    if (!media) return media.error();
    media->info.size = bytes.size();
    media->info.md5 = base::Md5Hex(bytes);
    media->pace = pace;
    return media;
  }
}

base::Result<Pool::Slot*> Pool::Acquire(const base::Deadline& deadline) {
  std::unique_lock lock(mutex_);
  const auto idle = [&] {
    return std::ranges::find_if(slots_, [](const Slot& slot) { return slot.state == State::kIdle; });
  };
  const auto none_left = [&] {
    return failing_ &&
           std::ranges::all_of(slots_, [](const Slot& slot) { return slot.state == State::kDead; });
  };
  freed_.wait_for(lock, deadline.Left(), [&] { return idle() != slots_.end() || none_left(); });
  if (const auto free = idle(); free != slots_.end()) {
    free->state = State::kBusy;
    return &*free;
  }
  if (none_left()) return *failing_;
  return base::Fail(Fault::kTimedOut, "No decoder process became free in time.");
}

void Pool::Release(Slot& slot, Worker::State state) {
  bool dead = false;
  {
    const std::lock_guard lock(mutex_);
    dead = state != Worker::State::kFine || slot.hung_up;
    slot.state = dead ? State::kDead : State::kIdle;
  }
  if (dead) {
    Wake();
  } else {
    freed_.notify_one();
  }
}

void Pool::Supervise(std::promise<base::Result<void>> begun) {
  auto outcome = ReplaceDead();
  const bool good = outcome.has_value();
  begun.set_value(std::move(outcome));
  for (bool failing = false; good;) {
    WaitForTrouble(failing);
    {
      const std::lock_guard lock(mutex_);
      if (stopping_) break;
    }
    const auto replaced = ReplaceDead();
    failing = !replaced;
    if (failing)
      base::Log(base::Level::kError, "decoder_not_replaced", {{"reason", replaced.error().message}});
  }
  slots_.clear();  // kills and reaps
}

// Starts all that are missing, then waits for each, so that many take no longer than one.
base::Result<void> Pool::ReplaceDead() {
  std::vector<Slot*> ours;
  std::vector<std::unique_ptr<Worker>> broken;
  {
    const std::lock_guard lock(mutex_);
    for (auto& slot : slots_) {
      if (slot.state != State::kDead) continue;
      slot.state = State::kStarting;
      ours.push_back(&slot);
      if (slot.worker) broken.push_back(std::move(slot.worker));
    }
  }
  for (const auto& worker : broken) {
    base::Log(base::Level::kWarning, "decoder_replaced", {{"pid", worker->pid()}});
    base::Counter("ozma_decoders_replaced_total", "Decoder processes that died or were killed").Increment();
  }
  broken.clear();  // kills and reaps
  std::vector<std::unique_ptr<Worker>> started(ours.size());
  std::optional<base::Error> failed;
  for (std::size_t i = 0; i < ours.size(); ++i) {
    auto worker = Worker::Spawn(options_.program, options_.address_space);
    if (worker) {
      started[i] = std::move(*worker);
    } else {
      failed = worker.error();
    }
  }
  const base::Deadline deadline(std::chrono::seconds(30));
  for (std::size_t i = 0; i < ours.size(); ++i) {
    base::Result<bool> sandboxed = true;
    if (started[i]) sandboxed = CheckHello(started[i]->AwaitHello(deadline));
    if (!sandboxed) {
      failed = sandboxed.error();
      started[i].reset();
    }
    const std::lock_guard lock(mutex_);
    auto& slot = *ours[i];
    slot.worker = std::move(started[i]);
    slot.hung_up = false;
    slot.state = slot.worker ? State::kIdle : State::kDead;
    if (slot.worker) sandboxed_ = *sandboxed;
  }
  {
    const std::lock_guard lock(mutex_);
    failing_ = failed;
  }
  freed_.notify_all();
  if (failed) return *failed;
  return {};
}

base::Result<bool> Pool::CheckHello(const base::Result<wire::Hello>& hello) const {
  if (!hello) return hello.error();
  if (hello->sandboxed || options_.allow_unsandboxed) return hello->sandboxed != 0;
  return base::Fail(
      Fault::kConfiguration,
      std::string("Files from clients are decoded in a seccomp sandbox, which cannot be set up here (") +
          std::strerror(hello->error) +
          "); allow seccomp filters for this process, or decode without a sandbox by --allow-unsandboxed.");
}

// Until a child dies or somebody calls Wake; after a failure also for a second, to try again.
void Pool::WaitForTrouble(bool failing) {
  std::vector<pollfd> waits{{wake_.get(), POLLIN, 0}};
  std::vector<Slot*> watched;
  {
    const std::lock_guard lock(mutex_);
    for (auto& slot : slots_) {
      if (!slot.worker || slot.hung_up || slot.state == State::kDead) continue;
      waits.push_back({slot.worker->socket(), 0, 0});  // hang-ups alone
      watched.push_back(&slot);
    }
  }
  poll(waits.data(), waits.size(), failing ? 1000 : -1);
  eventfd_t ignored;
  eventfd_read(wake_.get(), &ignored);

  const std::lock_guard lock(mutex_);
  for (std::size_t i = 0; i < watched.size(); ++i) {
    if (waits[i + 1].revents == 0) continue;
    watched[i]->hung_up = true;
    if (watched[i]->state == State::kIdle) watched[i]->state = State::kDead;
  }
}

bool Pool::sandboxed() const {
  const std::lock_guard lock(mutex_);
  return sandboxed_;
}

std::vector<int> Pool::worker_pids() const {
  const std::lock_guard lock(mutex_);
  std::vector<int> pids;
  for (const auto& slot : slots_)
    if (slot.worker && slot.state != State::kDead) pids.push_back(slot.worker->pid());
  return pids;
}

}  // namespace

base::Result<std::unique_ptr<Decoder>> Decoder::Start(DecoderOptions options) {
  if (options.workers <= 0) options.workers = std::max(1u, std::thread::hardware_concurrency());
  if (options.program.empty()) {
    std::error_code error;
    options.program = std::filesystem::read_symlink("/proc/self/exe", error).parent_path() / "ozma-decoder";
  }
  if (options.limits.samples < 1 || options.limits.samples > wire::kMostFrames ||
      options.limits.frame_side < 16)
    return base::Fail(Fault::kConfiguration,
                      "Limits on media: 1 to 1024 samples, frames of 16 pixels a side or more.");
  auto pool = std::make_unique<Pool>(std::move(options));
  if (auto begun = pool->Begin(); !begun) return begun.error();
  return pool;
}

}  // namespace ozma::media
