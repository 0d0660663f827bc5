// The jobs that this process has in hand.
#pragma once

#include <atomic>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <stop_token>
#include <thread>
#include <vector>

#include "store/jobs.hpp"

namespace ozma::work {

// One job in hand. It leaves the hand in one of two ways, and never both: its thread begins to write its end,
// or it is taken away (claimed by another worker, given back, overdue).
class Hold {
 public:
  explicit Hold(const store::Job& job, double now) : job_(job), since_(now) {}
  const store::Job& job() const { return job_; }
  double since() const { return since_; }

  // Whether it was taken away: whatever is done for it now is in vain.
  bool lost() const { return state_ == State::kLost; }
  // Asked once, before the end is written; false where it was taken away.
  bool BeginToEnd() { return Leave(State::kEnding); }
  // False where its thread is writing its end already.
  bool TakeAway() {
    if (!Leave(State::kLost)) return false;
    stop_.request_stop();
    return true;
  }
  std::stop_token stop() const { return stop_.get_token(); }

 private:
  enum class State { kHeld, kEnding, kLost };
  bool Leave(State to) {
    State held = State::kHeld;
    return state_.compare_exchange_strong(held, to);
  }

  const store::Job job_;
  const double since_;
  std::atomic<State> state_{State::kHeld};
  std::stop_source stop_;
};

// Renews the leases of all jobs in hand, on one thread for all. Thread-safe.
class Leases {
 public:
  Leases(std::shared_ptr<store::Database> database, double lease);
  ~Leases();
  Leases(const Leases&) = delete;
  Leases& operator=(const Leases&) = delete;

  std::shared_ptr<Hold> Take(const store::Job& job);
  void LetGo(const std::shared_ptr<Hold>& hold);

  std::vector<std::shared_ptr<Hold>> InHand() const;
  // False if something is still in hand after `patience`.
  bool AwaitNone(std::chrono::milliseconds patience) const;
  // Takes it away, if its end is not being written, and frees it for others.
  void GiveBack(Hold& hold);
  void GiveAllBack();

 private:
  void Run(const std::stop_token& stop);
  void RenewAll();
  void Measure();

  const std::shared_ptr<store::Database> database_;
  const double lease_;
  mutable std::mutex mutex_;
  mutable std::condition_variable_any changed_;
  std::vector<std::shared_ptr<Hold>> holds_;
  std::jthread thread_;
};

}  // namespace ozma::work
