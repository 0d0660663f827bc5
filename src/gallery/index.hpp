// 1:N search: which enrolled faces are like a probe.
#pragma once

#include <memory>
#include <optional>
#include <vector>

#include "gallery/template.hpp"

namespace ozma::gallery {

// One enrolled face. The numbers are the database's, positive, and never used twice.
struct Entry {
  std::int64_t image = 0;       // unique
  std::int64_t collection = 0;  // the list it is on
  Template face;
};

// What happened to the galleries, in the order in which it was committed.
struct Change {
  std::uint64_t position = 0;  // rising; gaps are allowed
  std::int64_t image = 0;
  std::optional<Entry> entry;  // none: the image is gone
};

struct Match {
  std::int64_t image = 0, collection = 0;
  float cosine = 0;  // exact, of the templates in 8 bits; -1..1
};

struct Question {
  std::span<const Template> probes = {};       // searched together: a batch reads the gallery once
  std::vector<std::int64_t> collections = {};  // these only; none: nothing is found
  float cosine_min = -1;                       // matches at or above it
  std::size_t most = 10;                       // matches of each probe, 1..1000
};

// Thread-safe. A search sees every change whose Apply returned before it began, and none in part.
class Index {
 public:
  virtual ~Index() = default;

  // Changes in order of position; those at or before position() are passed over, so applying twice does no
  // harm. All or none of them are applied. kEngine: a template of another network or dimension.
  // kInvalidValue: an image or collection number that is not positive. kConfiguration: no room is left. kIo,
  // kDatabase.
  //
  // After kIo, from here or from Search, the index is of no use: make an empty one and apply all changes to
  // it.
  virtual base::Result<void> Apply(std::span<const Change> changes) = 0;

  // Of each probe the best matches, highest cosine first, then the lower image number. kInvalidValue: a
  // number of the question out of its range. kEngine: a probe of another network or dimension. kIo,
  // kDatabase.
  virtual base::Result<std::vector<std::vector<Match>>> Search(const Question& question) const = 0;

  virtual std::uint64_t position() const = 0;  // of the last change applied; 0: none
  virtual std::size_t size() const = 0;        // faces enrolled

  // Of an index that several processes load together: how far removals had been forgotten when its load from
  // nothing began. Whoever goes on with that load misses nothing of those.
  virtual std::uint64_t forgotten() const { return 0; }
  // Notes that where the index is empty still; answers what is noted. kIo, kDatabase.
  virtual base::Result<std::uint64_t> Forget(std::uint64_t position) { return position; }
};

}  // namespace ozma::gallery
