// Which files rows name, and which may go.
#include "store/blobs.hpp"

#include <unordered_set>

#include "store/sql.hpp"

namespace ozma::store {

namespace {

constexpr std::size_t kBatch = 500;
struct KeyColumn {
  std::string_view table, column;
};
constexpr KeyColumn kKeyColumns[] = {{"media", "original_key"},
                                     {"media", "thumb_key"},
                                     {"media", "preview_key"},
                                     {"person_images", "original_key"},
                                     {"person_images", "thumb_key"}};

std::unordered_set<std::string> Named(Transaction& in, const std::vector<std::string>& keys) {
  std::unordered_set<std::string> named;
  for (const auto& [table, column] : kKeyColumns) {
    Sql sql("SELECT ");
    sql.Add(column).Add(" FROM ").Add(table).Add(" WHERE ").Add(column).Add(" IN ").AddList(keys);
    for (auto& key : FetchTexts(in, sql)) named.insert(std::move(key));
  }
  return named;
}

struct Doomed {
  std::vector<std::string> keys;
  std::unordered_set<std::string> named;  // among them: a row has come to name it
};

base::Result<Doomed> NextDoomed(Database& database, const std::string& after) {
  return database.Read([&](Transaction& in) -> base::Result<Doomed> {
    Doomed doomed;
    doomed.keys =
        FetchTexts(in, Sql("SELECT blob_key FROM doomed_blobs WHERE blob_key > ? ORDER BY blob_key LIMIT ?",
                           after, static_cast<std::int64_t>(kBatch)));
    doomed.named = Named(in, doomed.keys);
    return doomed;
  });
}

}  // namespace

base::Result<int> RemoveDoomed(Database& database, Blobs& blobs) {
  int removed = 0;
  std::string after;
  std::optional<base::Error> failed;
  while (true) {
    const auto doomed = NextDoomed(database, after);
    if (!doomed) return doomed.error();
    if (doomed->keys.empty()) break;
    after = doomed->keys.back();

    std::vector<std::string> done;
    for (const auto& key : doomed->keys) {
      if (!doomed->named.contains(key)) {
        if (auto gone = blobs.Remove(key); !gone) {
          failed = gone.error();
          continue;
        }
        ++removed;
      }
      done.push_back(key);
    }
    auto noted = database.Write([&](Transaction& in) -> base::Result<void> {
      Execute(in, Sql("DELETE FROM doomed_blobs WHERE blob_key IN ").AddList(done));
      return {};
    });
    if (!noted) return noted.error();
  }
  if (failed) return *failed;
  return removed;
}

base::Result<int> SweepOrphans(Database& database, Blobs& blobs, double age) {
  int removed = 0;
  const double before = base::UnixSeconds() - age;
  std::string after;
  while (true) {
    const auto keys = blobs.OlderThan(before, after, kBatch);
    if (!keys) return keys.error();
    if (keys->empty()) return removed;
    after = keys->back();
    const auto named = database.Read(
        [&](Transaction& in) -> base::Result<std::unordered_set<std::string>> { return Named(in, *keys); });
    if (!named) return named.error();
    for (const auto& key : *keys) {
      if (named->contains(key)) continue;
      if (auto gone = blobs.Remove(key); !gone) return gone.error();
      ++removed;
    }
  }
}

std::optional<BlobOwner> OwnerOf(Transaction& in, std::string_view key) {
  std::optional<BlobOwner> owner;
  Sql sql(
      "SELECT media.folder_id, folders.company_id, folders.user_id, media.original_name, "
      "CASE WHEN original_key = ? THEN mime WHEN thumb_key = ? THEN 'image/jpeg' ELSE 'video/mp4' END "
      "FROM media JOIN folders ON folders.folder_id = media.folder_id "
      "WHERE original_key = ? OR thumb_key = ? OR preview_key = ?",
      key, key, key, key, key);
  Fetch(in, sql, std::vector<Kind>(5, Kind::kText), [&](const auto& row) {
    owner = BlobOwner{.folder_id = row[0].text,
                      .company_id = row[1].text,
                      .user_id = row[2].text,
                      .mime = row[4].text,
                      .original_name = row[3].text};
  });
  if (owner) return owner;
  Sql image(
      "SELECT company_id, original_name, CASE WHEN original_key = ? THEN mime ELSE 'image/jpeg' END "
      "FROM person_images WHERE original_key = ? OR thumb_key = ?",
      key, key, key);
  Fetch(in, image, std::vector<Kind>(3, Kind::kText), [&](const auto& row) {
    owner = BlobOwner{
        .company_id = row[0].text, .mime = row[2].text, .original_name = row[1].text, .of_person = true};
  });
  return owner;
}

}  // namespace ozma::store
