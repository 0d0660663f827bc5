// The figures of open-set identification (ISO/IEC 19795-1): who is found, who is missed, who is taken for
// somebody else.
#pragma once

#include <cstddef>
#include <vector>

namespace ozma::cli {

// Searches of one gallery, or of several of one size. `mates` and `strangers` are ascending once they are
// asked.
struct Searched {
  std::vector<float> mates;      // of mated probes, the score of the right person, where that was named
  std::vector<float> strangers;  // of non-mated probes, the score of the person named first; 0: nobody was
  std::size_t first = 0;         // mated probes whose person was named first
  std::size_t unnamed = 0;       // mated probes whose person was not named, or without a usable face
  std::size_t unusable = 0;      // non-mated probes without a usable face; they are in no rate

  std::size_t mated() const { return mates.size() + unnamed; }
  std::size_t non_mated() const { return strangers.size(); }
  void Sort();
};

// Probes of people who are not in the gallery of which somebody scores at or above the threshold.
std::size_t FalsePositives(const Searched& searched, double threshold);
// Probes of people in the gallery who are not named at or above the threshold.
std::size_t FalseNegatives(const Searched& searched, double threshold);
// The lowest threshold at which at most that share of the non-mated searches gives a false positive.
double ThresholdAtFpir(const Searched& searched, double fpir);

// Of a gallery of so many independent comparisons, each of which is false with the probability `fmr`.
double ExpectedFpir(double fmr, double comparisons);

}  // namespace ozma::cli
