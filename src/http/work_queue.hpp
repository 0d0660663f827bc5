// A bounded queue of work and the threads that do it.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <thread>
#include <vector>

namespace ozma::http {

// First in, first out. Safe from any thread.
class WorkQueue {
 public:
  using Ticket = std::uint64_t;

  // `waiting`: how many pieces of work may wait while every worker is busy.
  WorkQueue(int workers, std::size_t waiting);
  ~WorkQueue();  // lets running work end; what waits is dropped

  // Empty where the queue is full: the work was not taken. `work` does not throw.
  std::optional<Ticket> Push(std::function<void()> work);

  // True: the work had not begun, and never will.
  bool Drop(Ticket ticket);

  std::size_t waiting() const;
  std::size_t running() const;

 private:
  void Run();

  const std::size_t workers_, room_;
  mutable std::mutex mutex_;
  std::condition_variable wake_;
  std::map<Ticket, std::function<void()>> waiting_;  // tickets count up, so the first is the oldest
  Ticket next_ = 0;
  std::size_t running_ = 0;
  bool stop_ = false;
  std::vector<std::thread> threads_;
};

}  // namespace ozma::http
