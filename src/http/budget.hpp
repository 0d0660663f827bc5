// A shared allowance of memory for bodies, so that many clients at once cannot fill the machine.
#pragma once

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <limits>
#include <utility>

#include "base/bytes.hpp"

namespace ozma::http {

// Safe from any thread; outlives its shares.
class Budget {
 public:
  explicit Budget(std::size_t limit = std::numeric_limits<std::size_t>::max()) : limit_(limit) {}
  std::size_t used() const { return used_; }

  // What one request has taken; given back when it goes. One thread at a time.
  class Share {
   public:
    explicit Share(Budget& budget) : budget_(&budget) {}
    ~Share() { Release(); }
    Share(const Share&) = delete;
    Share& operator=(const Share&) = delete;

    // False, and nothing taken, where the allowance would be passed.
    bool Take(std::size_t bytes) {
      const std::size_t before = budget_->used_.fetch_add(bytes);
      if (before > budget_->limit_ || bytes > budget_->limit_ - before) {
        budget_->used_ -= bytes;
        return false;
      }
      held_ += bytes;
      return true;
    }

    // Takes what is there already, such as an answer: later requests are refused instead of this one.
    void Count(std::size_t bytes) {
      budget_->used_ += bytes;
      held_ += bytes;
    }

    void Release() { budget_->used_ -= std::exchange(held_, 0); }

    // Appends after taking the memory it needs. The caller has checked that the sum is within `limit`, where
    // growth by doubling stops. False where the allowance would be passed.
    bool Append(base::Bytes& to, base::ByteView bytes, std::size_t limit) {
      const std::size_t size = to.size() + bytes.size();
      if (size > to.capacity()) {
        const std::size_t capacity = std::max(size, std::min(limit, 2 * to.capacity()));
        if (!Take(capacity - to.capacity())) return false;
        to.reserve(capacity);
      }
      to.insert(to.end(), bytes.begin(), bytes.end());
      return true;
    }

   private:
    Budget* budget_;
    std::size_t held_ = 0;
  };

 private:
  const std::size_t limit_;
  std::atomic<std::size_t> used_{0};
};

}  // namespace ozma::http
