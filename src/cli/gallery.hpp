// The index of this process: where it is kept, and how it follows the database.
#pragma once

#include <condition_variable>
#include <mutex>
#include <thread>

#include "cli/program.hpp"
#include "cli/storage.hpp"
#include "gallery/memory_index.hpp"
#include "work/searcher.hpp"
#include "work/shared_index.hpp"

namespace ozma::cli {

enum class IndexKind { kMemory, kPgvector, kPgvectorHnsw };

struct GalleryOptions {
  IndexKind kind = IndexKind::kMemory;
  std::string database;         // of the shared index; empty: the PostgreSQL of all else
  gallery::IndexOptions index;  // of the one in memory, but for the shape
  double save_period = 60;      // seconds between looks whether a snapshot is due
};
void AddGalleryOptions(CLI::App& command, GalleryOptions& options);

// The index in memory goes on from the snapshot in the data folder, and writes a new one when enough has
// changed. Of the processes that share a folder one writes; each has its own index. The shared index is in
// its database, and nothing is saved.
class Gallery {
 public:
  // Loads nothing yet. kDatabase, kConfiguration.
  static base::Result<std::unique_ptr<Gallery>> Open(const GalleryOptions& options, const Storage& storage,
                                                     const Opened& opened, const Chain& chain);
  ~Gallery();

  const std::shared_ptr<work::Searcher>& searcher() const { return searcher_; }

  // Loads in the background, then saves now and then. Called once.
  void Start();
  void Stop();
  // False where another process is at it. kIo.
  base::Result<bool> Save();
  // Of files that were saved before: the next index begins from the database alone.
  void Distrust() { distrusted_ = true; }

 private:
  Gallery(const GalleryOptions& options, std::filesystem::path folder);
  base::Result<void> OpenShared(const Storage& storage, const std::string& epoch);
  base::Result<std::shared_ptr<gallery::Index>> Make(bool anew);
  void KeepSaved(const std::stop_token& stop);

  GalleryOptions options_;
  const std::filesystem::path folder_;
  std::atomic<bool> distrusted_ = false;
  std::atomic<std::uint64_t> saved_ = 0;         // the position of the snapshot
  std::unique_ptr<work::SharedIndexes> shared_;  // null: each process has its own in memory
  std::shared_ptr<work::Searcher> searcher_;
  std::jthread saving_;
};

}  // namespace ozma::cli
