// The best matches of one probe so far.
#pragma once

#include <algorithm>

#include "gallery/index.hpp"

namespace ozma::gallery {

class BestMatches {
 public:
  BestMatches(std::size_t most, float cosine_min) : most_(most), cosine_min_(cosine_min) {}

  // No match below it can enter.
  float bar() const { return heap_.size() < most_ ? cosine_min_ : heap_.front().cosine; }

  void Offer(const Match& match) {
    if (match.cosine < cosine_min_) return;
    if (heap_.size() == most_) {
      if (!Better(match, heap_.front())) return;
      std::ranges::pop_heap(heap_, Better);
      heap_.pop_back();
    }
    heap_.push_back(match);
    std::ranges::push_heap(heap_, Better);
  }

  void Offer(const BestMatches& others) {
    for (const Match& match : others.heap_) Offer(match);
  }

  std::vector<Match> InOrder() const {
    std::vector<Match> matches = heap_;
    std::ranges::sort(matches, Better);
    return matches;
  }

  // The order of answers: a total one, so that they do not depend on the order of work.
  static bool Better(const Match& a, const Match& b) {
    return a.cosine != b.cosine ? a.cosine > b.cosine : a.image < b.image;
  }

 private:
  std::size_t most_;
  float cosine_min_;
  std::vector<Match> heap_;  // the worst in front
};

}  // namespace ozma::gallery
