// Files: what clients sent and what was made of it. The database row is the truth; a file without one is an
// orphan.
#pragma once

#include <memory>

#include "base/bytes.hpp"
#include "store/database.hpp"

namespace ozma::store {

// Keys are random (192 bits, lower-case base32 or hex, no dot or slash), so a link to one cannot be guessed.
// Thread-safe.
class Blobs {
 public:
  virtual ~Blobs() = default;
  // Durable when it returns: written beside, synced, renamed. kIo where the disk fails or is full.
  virtual base::Result<std::string> Put(base::ByteView bytes) = 0;
  virtual base::Result<base::Bytes> Get(std::string_view key) const = 0;  // kNotFound, kIo
  virtual base::Result<void> Remove(std::string_view key) = 0;            // none there is no error
  // Keys last written before `time` (Unix seconds), at most `most`, in some order that goes on after `after`.
  virtual base::Result<std::vector<std::string>> OlderThan(double time, std::string_view after,
                                                           std::size_t most) const = 0;
  virtual base::Result<void> Check() = 0;  // for health pages: can be written
};

base::Result<std::shared_ptr<Blobs>> OpenFolder(const std::filesystem::path& folder);

// The deletes of folders.hpp and analyses.hpp note the keys they free in a table, in their transaction. This
// removes those files and then the notes; run after each such commit, and again by clean-up after a crash.
// Answers how many went.
base::Result<int> RemoveDoomed(Database& database, Blobs& blobs);

// Removes files older than `age` seconds that no row names: a crash between file and commit leaves such.
base::Result<int> SweepOrphans(Database& database, Blobs& blobs, double age);

// What a static link leads to; `mime` is that of the very file: image/jpeg for thumbnails, video/mp4 for
// previews.
struct BlobOwner {
  std::string folder_id{}, company_id{}, user_id{}, mime{}, original_name{};
  bool of_person = false;  // a person's photo: it has no folder, and no user
};
// The folder whose media row names the key, as original, thumbnail or preview, or the person's photo.
std::optional<BlobOwner> OwnerOf(Transaction& in, std::string_view key);

}  // namespace ozma::store
