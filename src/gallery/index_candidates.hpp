// The approximate search: all sketches are read, the rows with the nearest ones are candidates, and these are
// compared exactly. What it answers is exact but for what was no candidate.
#pragma once

#include "gallery/index_search.hpp"

namespace ozma::gallery {

// Offers the best of `candidates` rows of each probe to `best`, one a probe. The candidates are the same
// however many threads choose them. kIo: a block is damaged.
base::Result<void> ScanCandidates(const Hunt& hunt, std::span<const std::shared_ptr<const Block>> blocks,
                                  std::size_t candidates, const Crew& crew, std::vector<BestMatches>& best);

}  // namespace ozma::gallery
