#include "http/work_queue.hpp"

#include <utility>

namespace ozma::http {

WorkQueue::WorkQueue(int workers, std::size_t waiting)
    : workers_(static_cast<std::size_t>(workers)), room_(waiting) {
  for (int i = 0; i < workers; ++i) threads_.emplace_back([this] { Run(); });
}

WorkQueue::~WorkQueue() {
  {
    const std::lock_guard lock(mutex_);
    stop_ = true;
    waiting_.clear();
  }
  wake_.notify_all();
  for (auto& thread : threads_) thread.join();
}

std::optional<WorkQueue::Ticket> WorkQueue::Push(std::function<void()> work) {
  Ticket ticket = 0;
  {
    const std::lock_guard lock(mutex_);
    if (waiting_.size() + running_ >= workers_ + room_) return std::nullopt;
    ticket = next_++;
    waiting_.emplace_hint(waiting_.end(), ticket, std::move(work));
  }
  wake_.notify_one();
  return ticket;
}

bool WorkQueue::Drop(Ticket ticket) {
  std::function<void()> dropped;  // destroyed outside the lock
  const std::lock_guard lock(mutex_);
  const auto found = waiting_.find(ticket);
  if (found == waiting_.end()) return false;
  dropped = std::move(found->second);
  waiting_.erase(found);
  return true;
}

std::size_t WorkQueue::waiting() const {
  const std::lock_guard lock(mutex_);
  return waiting_.size();
}

std::size_t WorkQueue::running() const {
  const std::lock_guard lock(mutex_);
  return running_;
}

void WorkQueue::Run() {
  std::unique_lock lock(mutex_);
  for (;;) {
    wake_.wait(lock, [this] { return stop_ || !waiting_.empty(); });
    if (waiting_.empty()) return;
    std::function<void()> work = std::move(waiting_.begin()->second);
    waiting_.erase(waiting_.begin());
    ++running_;
    lock.unlock();
    work();
    work = nullptr;  // what it holds goes before the worker counts as free
    lock.lock();
    --running_;
  }
}

}  // namespace ozma::http
