// The index in this process's memory: exact, and approximate above a size.
#pragma once

#include <filesystem>
#include <mutex>
#include <string>

#include "gallery/index_search.hpp"

namespace ozma::gallery {

struct IndexOptions {
  Shape shape;
  std::size_t threads = 0;              // of one search, and of all searches beyond one each; 0: one a core
  std::size_t parallel_above = 50'000;  // faces: a search of fewer is one thread's work
  // Faces: in a gallery of more, sketches choose which rows are compared (gallery/index_candidates.hpp).
  std::size_t approximate_above = 1'000'000;
  std::size_t candidates = 0;  // rows of each probe that are compared then; 0: one in 200, 4096 to 100,000
  std::size_t most_bytes = 64ULL << 30;  // of memory for the faces; a mapped snapshot counts nothing
  std::string kernel;                    // one of Kernels(); empty: the fastest
};

struct IndexStatistics {
  std::size_t faces = 0, blocks = 0;
  std::size_t heap_bytes = 0;    // of blocks made since the snapshot was opened
  std::size_t mapped_bytes = 0;  // of the snapshot, which the system may drop from memory and read again
  bool approximate = false;      // whether searches are, at this size
  std::size_t threads = 0;
  std::string_view kernel;
};

// Thread-safe. Changes make new blocks beside the old ones, which the searches under way go on reading, so
// that neither waits for the other for more than the swap of a pointer; changes wait for changes.
//
// A search or a change that meets a damaged block of a snapshot answers kIo. The index is of no use from then
// on: make an empty one and apply all changes anew.
class MemoryIndex : public Index {
 public:
  // Empty, at position 0. kConfiguration: a kernel that this processor does not run, or an odd dimension.
  static base::Result<std::unique_ptr<MemoryIndex>> Create(const IndexOptions& options);

  // From the snapshot in `folder`, at its position; nothing but its directory is read now. Faults as of
  // OpenSnapshot and Create: after kIo, kEngine and kNotFound, begin with an empty index.
  static base::Result<std::unique_ptr<MemoryIndex>> Open(const std::filesystem::path& folder,
                                                         const IndexOptions& options);

  // Writes the present state as the snapshot in `folder`. Searches and changes go on meanwhile. kIo.
  base::Result<void> Save(const std::filesystem::path& folder) const;

  base::Result<void> Apply(std::span<const Change> changes) override;
  base::Result<std::vector<std::vector<Match>>> Search(const Question& question) const override;
  std::uint64_t position() const override { return Now()->position; }
  std::size_t size() const override { return Now()->size; }

  IndexStatistics statistics() const;

 private:
  MemoryIndex(const IndexOptions& options, const Kernel& kernel, std::size_t threads);
  std::shared_ptr<const State> Now() const;
  std::size_t CandidatesOf(std::size_t size, std::size_t most) const;
  void Publish(std::shared_ptr<const State> state);

  const IndexOptions options_;
  const Kernel& kernel_;
  const std::size_t threads_;
  mutable Helpers helpers_;
  std::size_t mapped_bytes_ = 0;
  mutable std::mutex saving_;  // held by the one Save under way
  std::mutex changing_;        // held by the one Apply under way
  mutable std::mutex state_;   // held to copy or swap the pointer
  std::shared_ptr<const State> now_ = std::make_shared<State>();
};

}  // namespace ozma::gallery
