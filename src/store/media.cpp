#include "store/folders.hpp"
#include "store/list_sql.hpp"
#include "store/shared.hpp"

namespace ozma::store {

namespace {

// Of what clients sent: no pictures that analyses made, no stills.
constexpr std::string_view kSent = " AND media_association_id IS NULL AND snapshot_of IS NULL ORDER BY seq";

bool IsSent(const Media& media) {
  return media.media_association_id.empty() && media.snapshot_of.empty();
}

std::string NameLine(const Media& media) {
  return Folded(media.media_id + " " + media.original_name + "\n");
}

void RefreshNames(Transaction& in, const std::string& folder_id) {
  std::string names;
  for (const auto& media : MediaOf(in, folder_id)) names += NameLine(media);
  Execute(in, Sql("UPDATE folder_search SET names = ? WHERE folder_id = ?", names, folder_id));
}

}  // namespace

void Insert(Transaction& in, const Media& media) {
  Execute(in, InsertSql("media", media));
  if (!IsSent(media)) return;
  Execute(in, Sql("UPDATE folder_search SET names = names || ? WHERE folder_id = ?", NameLine(media),
                  media.folder_id));
}

void Update(Transaction& in, const Media& media) {
  const auto before = FindMedia(in, media.media_id);
  if (!before) return;
  Execute(in, UpdateSql("media", media));
  for (const auto key : {&Media::original_key, &Media::thumb_key, &Media::preview_key}) {
    const std::string& freed = (*before).*key;
    if (freed != media.original_key && freed != media.thumb_key && freed != media.preview_key)
      Doom(in, freed);
  }
  if (IsSent(media) && before->original_name != media.original_name) RefreshNames(in, media.folder_id);
}

std::optional<Media> FindMedia(Transaction& in, std::string_view media_id) {
  return FetchOne<Media>(in, SelectSql<Media>("media").Add(" WHERE media_id = ?", media_id));
}

std::vector<Media> MediaOf(Transaction& in, std::string_view folder_id) {
  return FetchAll<Media>(in, SelectSql<Media>("media").Add(" WHERE folder_id = ?", folder_id).Add(kSent));
}

std::vector<Media> MediaOf(Transaction& in, const std::vector<std::string>& folder_ids) {
  std::vector<Media> all;
  for (const auto& chunk : Chunks(folder_ids)) {
    auto some =
        FetchAll<Media>(in, SelectSql<Media>("media").Add(" WHERE folder_id IN ").AddList(chunk).Add(kSent));
    std::move(some.begin(), some.end(), std::back_inserter(all));
  }
  return all;
}

std::vector<Media> SnapshotsOf(Transaction& in, std::string_view media_id) {
  return FetchAll<Media>(in, SelectSql<Media>("media").Add(" WHERE snapshot_of = ? ORDER BY seq", media_id));
}

void DeleteMedia(Transaction& in, std::string_view media_id) {
  const auto media = FindMedia(in, media_id);
  if (!media || !HoldFolder(in, media->folder_id)) return;
  DeleteMediaWhere(in, Sql("media_association_id IN (SELECT media_association_id FROM result_media "
                           "WHERE source_media_id = ?)",
                           media_id));
  DeleteJobsOf(in, media_id);
  DeleteMediaWhere(in, Sql("media_id = ? OR snapshot_of = ?", media_id, media_id));
  if (IsSent(*media)) RefreshNames(in, media->folder_id);
}

void DoomBlobsOf(Transaction& in, const Sql& condition) {
  for (const std::string_view key : {"original_key", "thumb_key", "preview_key"}) {
    Sql sql("INSERT INTO doomed_blobs (blob_key) SELECT ");
    sql.Add(key).Add(" FROM media WHERE ").Add(key).Add(" IS NOT NULL AND (").Add(condition).Add(")");
    Execute(in, sql.Add(" ON CONFLICT DO NOTHING"));
  }
}

void Doom(Transaction& in, std::string_view key) {
  if (key.empty()) return;
  Execute(in, Sql("INSERT INTO doomed_blobs (blob_key) VALUES (?) ON CONFLICT DO NOTHING", key));
}

void DeleteMediaWhere(Transaction& in, const Sql& condition) {
  DoomBlobsOf(in, condition);
  Execute(in, Sql("DELETE FROM media WHERE ").Add(condition));
}

}  // namespace ozma::store
