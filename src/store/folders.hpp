// Folders, their media and metadata.
#pragma once

#include "store/database.hpp"
#include "store/objects.hpp"
#include "store/query.hpp"

namespace ozma::store {

void Insert(Transaction& in, const Folder& folder);
void Update(Transaction& in, const Folder& folder);  // everything but the ids; metadata is indexed anew
std::optional<Folder> FindFolder(Transaction& in, std::string_view folder_id);
// The same, and nobody else changes the folder, its media or its analyses until the transaction ends.
std::optional<Folder> LockFolder(Transaction& in, std::string_view folder_id);
Listed<Folder> ListFolders(Transaction& in, const Query& query);
// With media, analyses, results and jobs; blobs are doomed.
void DeleteFolder(Transaction& in, std::string_view folder_id);
// Personal data goes: files, thumbnails, previews, result images, all metadata, operator's comment, original
// names; is_cleared is set.
void ClearFolder(Transaction& in, std::string_view folder_id, double now);
// Folders last updated before that time; at most `most`, the oldest first.
std::vector<std::string> FoldersOlderThan(Transaction& in, double time_updated, std::int64_t most);

void Insert(Transaction& in, const Media& media);
void Update(Transaction& in, const Media& media);
std::optional<Media> FindMedia(Transaction& in, std::string_view media_id);
// What clients sent to a folder, in the order sent; no result images, no stills.
std::vector<Media> MediaOf(Transaction& in, std::string_view folder_id);
// The same for many folders at once.
std::vector<Media> MediaOf(Transaction& in, const std::vector<std::string>& folder_ids);
std::vector<Media> SnapshotsOf(Transaction& in, std::string_view media_id);
// With its results in analyses; blobs are doomed.
void DeleteMedia(Transaction& in, std::string_view media_id);

}  // namespace ozma::store
