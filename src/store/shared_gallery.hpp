// Vectors of faces in a PostgreSQL with pgvector (0.8 or later), searched there: what several nodes share.
#pragma once

#include <memory>
#include <span>
#include <vector>

#include "store/database.hpp"

namespace ozma::store {

struct SharedGalleryOptions {
  std::string postgres;  // libpq connection string or URI; it may be the database of all else, or another
  int connections = 8;   // at most
  std::string name;      // of the gallery, in lower-case letters and digits: it has a table of its own
  std::size_t dimension = 0;  // values of a face, 1 to 4000
  bool approximate =
      false;  // searches go by an HNSW index, which takes time to keep; else every face is compared
};

// A face, or what is left of one that is gone (no values).
struct SharedChange {
  std::uint64_t position = 0;
  std::int64_t image = 0, collection = 0;
  std::span<const std::int8_t> values = {};
};

struct SharedFace {
  std::int64_t image = 0, collection = 0;
  std::vector<std::int8_t> values;
};

struct SharedHead {
  std::uint64_t generation = 0;  // rises when the gallery begins anew
  std::uint64_t position = 0, forgotten = 0, faces = 0;
};

// Thread-safe, and safe from any number of nodes. The functions that are given a generation answer kIo where
// the gallery has begun anew since: what they were to go on with is no more.
class SharedGallery {
 public:
  // Connects, and makes the tables that are missing. kConfiguration: not a connection string, no pgvector
  // there, or one too old. kDatabase.
  static base::Result<std::shared_ptr<SharedGallery>> Open(const SharedGalleryOptions& options);

  base::Result<SharedHead> Head();
  // Empty, at position 0, in a new generation; unless another node was faster. kDatabase.
  base::Result<SharedHead> BeginAnew(std::uint64_t generation);
  // Notes `forgotten` where the gallery is empty; answers what is noted.
  base::Result<std::uint64_t> Forget(std::uint64_t generation, std::uint64_t position);

  // In order of position; those at or before the head's are passed over. All or none. One node at a time.
  base::Result<void> Apply(std::uint64_t generation, std::span<const SharedChange> changes);

  // Of the faces in these collections the `most` nearest to the probe by cosine, the nearest first; by HNSW
  // maybe not quite those. One moment of the gallery for all probes.
  base::Result<std::vector<std::vector<SharedFace>>> Nearest(
      std::uint64_t generation, std::span<const std::span<const std::int8_t>> probes,
      const std::vector<std::int64_t>& collections, std::size_t most);

 private:
  SharedGallery(SharedGalleryOptions options, std::shared_ptr<Database> database);
  base::Result<void> Prepare();
  void MakeTables(Transaction& in) const;

  const SharedGalleryOptions options_;
  const std::shared_ptr<Database> database_;
  const std::string table_, type_;  // "halfvec(512)": whole numbers up to 2048 are exact in it
};

}  // namespace ozma::store
