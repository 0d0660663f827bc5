#include "store/folders.hpp"

#include "store/list_sql.hpp"
#include "store/shared.hpp"

namespace ozma::store {

namespace {

constexpr std::size_t kLeavesPerStatement = 500;

using Leaves = std::vector<std::pair<std::string, std::string>>;  // dotted key, value as text

void AddLeaves(const std::string& key, const json::value& value, Leaves& leaves) {
  if (const auto* object = value.if_object()) {
    for (const auto& [name, below] : *object) {
      AddLeaves(key.empty() ? std::string(name) : key + "." + std::string(name), below, leaves);
    }
  } else if (const auto* text = value.if_string()) {
    leaves.emplace_back(key, std::string(*text));
  } else {
    leaves.emplace_back(key, base::WriteJson(value));
  }
}

Leaves LeavesOf(const Folder& folder) {
  Leaves leaves;
  if (folder.meta_data.is_object()) AddLeaves("", folder.meta_data, leaves);
  return leaves;
}

void InsertLeaves(Transaction& in, const std::string& folder_id, const Leaves& leaves) {
  for (std::size_t at = 0; at < leaves.size(); at += kLeavesPerStatement) {
    Sql sql("INSERT INTO folder_metadata (digest, folder_id) VALUES ");
    for (std::size_t i = at; i < std::min(leaves.size(), at + kLeavesPerStatement); ++i) {
      sql.Add(i > at ? ", (?, ?)" : "(?, ?)", DigestOf(leaves[i].first, leaves[i].second), folder_id);
    }
    // {"a.b": 1, "a": {"b": 1}} has the same leaf twice.
    Execute(in, sql.Add(" ON CONFLICT DO NOTHING"));
  }
}

std::string SearchOf(const Folder& folder, const Leaves& leaves) {
  std::string text = folder.folder_id + "\n" + folder.user_id + "\n" + folder.company_id;
  for (const auto& [key, value] : leaves) text += "\n" + value;
  return Folded(text);
}

}  // namespace

void Insert(Transaction& in, const Folder& folder) {
  const auto leaves = LeavesOf(folder);
  Execute(in, InsertSql("folders", folder));
  Execute(in, Sql("INSERT INTO folder_search (folder_id, own, names) VALUES (?, ?, '')", folder.folder_id,
                  SearchOf(folder, leaves)));
  InsertLeaves(in, folder.folder_id, leaves);
}

void Update(Transaction& in, const Folder& folder) {
  const auto leaves = LeavesOf(folder);
  if (Execute(in, UpdateSql("folders", folder)) == 0) return;
  Execute(in, Sql("UPDATE folder_search SET own = ? WHERE folder_id = ?", SearchOf(folder, leaves),
                  folder.folder_id));
  Execute(in, Sql("DELETE FROM folder_metadata WHERE folder_id = ?", folder.folder_id));
  InsertLeaves(in, folder.folder_id, leaves);
}

std::optional<Folder> FindFolder(Transaction& in, std::string_view folder_id) {
  return FetchOne<Folder>(in, SelectSql<Folder>("folders").Add(" WHERE folder_id = ?", folder_id));
}

std::optional<Folder> LockFolder(Transaction& in, std::string_view folder_id) {
  auto sql = SelectSql<Folder>("folders").Add(" WHERE folder_id = ?", folder_id);
  // SQLite has one writer anyway.
  if (in.dialect() == Dialect::kPostgres) sql.Add(" FOR UPDATE");
  return FetchOne<Folder>(in, sql);
}

bool HoldFolder(Transaction& in, std::string_view folder_id) {
  Sql sql("SELECT folder_id FROM folders WHERE folder_id = ?", folder_id);
  if (in.dialect() == Dialect::kPostgres) sql.Add(" FOR UPDATE");
  return !FetchTexts(in, sql).empty();
}

Listed<Folder> ListFolders(Transaction& in, const Query& query) {
  return FetchList<Folder>(in, List::kFolders, query);
}

void DeleteFolder(Transaction& in, std::string_view folder_id) {
  DeleteFoldersWhere(in, Sql("folders.folder_id = ?", folder_id));
}

void DeleteFoldersWhere(Transaction& in, const Sql& condition) {
  Sql folders("(SELECT folder_id FROM folders WHERE ");
  folders.Add(condition).Add(")");
  if (in.dialect() == Dialect::kPostgres) {
    // In one order for everybody, lest two who delete stand in each other's way.
    FetchTexts(
        in, Sql("SELECT folder_id FROM folders WHERE ").Add(condition).Add(" ORDER BY folder_id FOR UPDATE"));
  }
  DoomBlobsOf(in, Sql("folder_id IN ").Add(folders));
  Execute(in, Sql("DELETE FROM jobs WHERE subject IN (SELECT analysis_id FROM analyses WHERE folder_id IN ")
                  .Add(folders)
                  .Add(") OR subject IN (SELECT media_id FROM media WHERE folder_id IN ")
                  .Add(folders)
                  .Add(") OR subject IN ")
                  .Add(folders));
  Execute(in, Sql("DELETE FROM folders WHERE ").Add(condition));
}

void ClearFolder(Transaction& in, std::string_view folder_id, double now) {
  auto folder = LockFolder(in, folder_id);
  if (!folder) return;
  Execute(in, Sql("DELETE FROM jobs WHERE subject IN (SELECT media_id FROM media WHERE folder_id = ?)",
                  folder_id));
  DeleteMediaWhere(
      in, Sql("folder_id = ? AND (media_association_id IS NOT NULL OR snapshot_of IS NOT NULL)", folder_id));
  DoomBlobsOf(in, Sql("folder_id = ?", folder_id));
  // `info` goes too: a digest of a picture tells who has the same one.
  Execute(
      in,
      Sql("UPDATE media SET original_key = NULL, thumb_key = NULL, preview_key = NULL, original_name = '', "
          "info = '{}', meta_data = 'null', technical_meta_data = '{}', time_updated = ? WHERE folder_id = ?",
          now, folder_id));
  Execute(in, Sql("UPDATE analyses SET meta_data = 'null', technical_meta_data = '{}', time_updated = ? "
                  "WHERE folder_id = ?",
                  now, folder_id));
  folder->meta_data = nullptr;
  folder->technical_meta_data = {};
  folder->operator_comment.reset();
  folder->is_cleared = true;
  folder->time.updated = now;
  Update(in, *folder);
  Execute(in, Sql("UPDATE folder_search SET names = '' WHERE folder_id = ?", folder_id));
}

std::vector<std::string> FoldersOlderThan(Transaction& in, double time_updated, std::int64_t most) {
  return FetchTexts(
      in, Sql("SELECT folder_id FROM folders WHERE time_updated < ? ORDER BY time_updated, folder_id "
              "LIMIT ?",
              time_updated, most));
}

}  // namespace ozma::store
