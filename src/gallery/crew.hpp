// The threads of a search: the one that asks, and helpers if there are any to spare.
#pragma once

#include <atomic>
#include <cstddef>
#include <functional>

namespace ozma::gallery {

// Helpers that all searches share; none waits for another's.
class Helpers {
 public:
  explicit Helpers(std::size_t count) : spare_(count) {}
  std::size_t Take(std::size_t most);
  void Return(std::size_t count) { spare_ += count; }

 private:
  std::atomic<std::size_t> spare_;
};

// The calling thread and as many helpers as there are to spare, `most` workers at most.
class Crew {
 public:
  Crew(Helpers& helpers, std::size_t most)
      : helpers_(helpers), taken_(most > 1 ? helpers.Take(most - 1) : 0) {}
  ~Crew() { helpers_.Return(taken_); }
  Crew(const Crew&) = delete;
  Crew& operator=(const Crew&) = delete;

  std::size_t size() const { return taken_ + 1; }  // of workers

  // Calls work(worker, item) once for each item. A worker takes `turn` neighbours at once, and gets its items
  // in rising order. Stops early and returns false when a call does.
  bool Run(std::size_t items, std::size_t turn,
           const std::function<bool(std::size_t worker, std::size_t item)>& work) const;

 private:
  Helpers& helpers_;
  std::size_t taken_;
};

}  // namespace ozma::gallery
