// The single request: a folder, its media and its analyses in one call, answered when the analyses have
// ended.
#pragma once

#include <semaphore>

#include "api/call.hpp"

namespace ozma::api {

// How many requests may wait for analyses at once. Thread-safe.
class Waiters {
 public:
  explicit Waiters(std::size_t most) : places_(static_cast<std::ptrdiff_t>(most)) {}

  // A place, given back when it goes. kOverloaded where none is free.
  class Place {
   public:
    explicit Place(Waiters* of) : of_(of) {}
    Place(Place&& other) noexcept : of_(std::exchange(other.of_, nullptr)) {}
    Place& operator=(Place&&) = delete;
    ~Place() {
      if (of_) of_->places_.release();
    }

   private:
    Waiters* of_;
  };
  base::Result<Place> Take() {
    if (places_.try_acquire()) return Place(this);
    return base::Fail(base::Fault::kOverloaded,
                      "Too many single requests are under way; come back in a moment.");
  }

 private:
  std::counting_semaphore<> places_;
};

// Returns when every analysis of the group has ended, when `deadline` has passed, or when the server stops.
base::Result<void> AwaitGroup(store::Database& database, const std::string& group_id,
                              const base::Deadline& deadline);

}  // namespace ozma::api
