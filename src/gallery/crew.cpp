#include "gallery/crew.hpp"

#include <algorithm>
#include <system_error>
#include <thread>
#include <vector>

namespace ozma::gallery {

std::size_t Helpers::Take(std::size_t most) {
  std::size_t spare = spare_.load();
  while (!spare_.compare_exchange_weak(spare, spare - std::min(spare, most))) {
  }
  return std::min(spare, most);
}

bool Crew::Run(std::size_t items, std::size_t turn,
               const std::function<bool(std::size_t worker, std::size_t item)>& work) const {
  std::atomic<std::size_t> next = 0;
  std::atomic<bool> failed = false;
  const auto take_turns = [&](std::size_t worker) {
    for (std::size_t first = next.fetch_add(turn); first < items; first = next.fetch_add(turn)) {
      for (std::size_t item = first; item < std::min(first + turn, items); ++item) {
        if (failed) return;
        if (!work(worker, item)) failed = true;
      }
    }
  };
  std::vector<std::jthread> threads;
  threads.reserve(taken_);
  try {
    for (std::size_t worker = 1; worker <= taken_; ++worker) {
      threads.emplace_back([&take_turns, worker] { take_turns(worker); });
    }
  } catch (const std::system_error&) {
    // The system gives no more threads: those there are do all the work.
  }
  take_turns(0);
  threads.clear();  // waits for them
  return !failed;
}

}  // namespace ozma::gallery
