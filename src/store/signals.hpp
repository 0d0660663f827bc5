// Counters that threads of one process wait on. Inside this room only.
#pragma once

#include <array>
#include <condition_variable>
#include <mutex>

#include "store/database.hpp"

namespace ozma::store {

constexpr unsigned kAllChannels = 3;  // as Transaction::notified() writes them

// Thread-safe.
class Signals {
 public:
  // Adds one to every channel of the set and wakes those who wait on it.
  void Bump(unsigned channels) {
    if (channels == 0) return;
    {
      const std::lock_guard lock(mutex_);
      for (std::size_t i = 0; i < counts_.size(); ++i) counts_[i] += channels >> i & 1u;
    }
    changed_.notify_all();
  }

  std::uint64_t Count(Channel channel) const {
    const std::lock_guard lock(mutex_);
    return counts_[static_cast<std::size_t>(channel)];
  }

  // True once the count differs from `seen`.
  bool Wait(Channel channel, std::uint64_t seen, base::Deadline::Clock::duration most) {
    std::unique_lock lock(mutex_);
    const auto& count = counts_[static_cast<std::size_t>(channel)];
    changed_.wait_for(lock, most, [&] { return stopped_ || count != seen; });
    return count != seen;
  }

  void Stop() {
    {
      const std::lock_guard lock(mutex_);
      stopped_ = true;
    }
    changed_.notify_all();
  }

  bool stopped() const {
    const std::lock_guard lock(mutex_);
    return stopped_;
  }

 private:
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::array<std::uint64_t, 2> counts_{};
  bool stopped_ = false;
};

}  // namespace ozma::store
