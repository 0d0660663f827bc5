// The index of this process, kept up with the collections in the database.
#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <mutex>
#include <thread>

#include "gallery/finder.hpp"
#include "gallery/index.hpp"
#include "store/database.hpp"

namespace ozma::work {

// An index to go on from: what an earlier process left, or an empty one; always an empty one if `anew`.
using MakeIndex = std::function<base::Result<std::shared_ptr<gallery::Index>>(bool anew)>;

// The rows of the database are the truth, and the index follows their log of changes: every search first
// applies what was committed since the last one, so it sees what any node has answered. Thread-safe.
class Searcher : public gallery::Finder {
 public:
  // `network`: whose templates these are.
  Searcher(std::shared_ptr<store::Database> database, const gallery::NetworkId& network, MakeIndex make);
  ~Searcher() override;

  base::Result<gallery::Findings> Find(const gallery::Inquiry& inquiry,
                                       const base::Deadline& deadline) override;

  base::Result<void> Check(const base::Deadline& deadline) override { return CatchUp(deadline); }

  // Loads in the background, so that the first search need not. Called once.
  void Warm();
  // Applies what was committed before the call. kEngine: a template of another network, or one that is
  // damaged; `ozma sync-collections` makes it anew.
  base::Result<void> CatchUp(const base::Deadline& deadline);
  // Loads under way end with kTimedOut, and none begin any more: for shutting down.
  void Stop();

  // As of the last load; null before the first.
  std::shared_ptr<gallery::Index> index() const;

 private:
  using Index = std::shared_ptr<gallery::Index>;
  base::Result<Index> Current(const base::Deadline& deadline);
  base::Result<Index> Load(const base::Deadline& deadline);
  base::Result<std::int64_t> Step(gallery::Index& index);
  base::Result<Index> Begin(bool anew);
  void Abandon(const Index& index, const base::Error& why);
  base::Result<gallery::Findings> Search(const Index& index, const gallery::Inquiry& inquiry,
                                         const std::vector<std::int64_t>& collections, bool& moved);

  const std::shared_ptr<store::Database> database_;
  const gallery::NetworkId network_;
  const MakeIndex make_;
  std::timed_mutex loading_;  // held by whoever applies changes; guards the next
  // What was forgotten when the load from nothing began that is under way: it read nothing of that.
  std::int64_t forgotten_ = 0;
  mutable std::mutex mutex_;  // guards the next
  Index index_;
  bool broken_ = false;  // of the index before: a new one begins from nothing
  std::atomic<bool> stopped_ = false;
  std::jthread warming_;
};

}  // namespace ozma::work
