// How each object lies in its table: one function names the columns, and from it come reading, inserting and
// updating. Inside this room only.
#pragma once

#include <span>

#include "store/jobs.hpp"
#include "store/objects.hpp"
#include "store/sql.hpp"

namespace ozma::store {

// An empty string that is NULL in the table.
struct Nullable {
  std::string& text;
};

template <class V>
void Columns(V& v, Company& o) {
  v("company_id", o.company_id), v("name", o.name), v("is_active", o.is_active), v("settings", o.settings);
  v("meta_data", o.meta_data), v("technical_meta_data", o.technical_meta_data);
  v("time_created", o.time.created), v("time_updated", o.time.updated);
}

template <class V>
void Columns(V& v, User& o) {
  v("user_id", o.user_id), v("company_id", o.company_id), v("email", o.email), v("user_type", o.role);
  v("first_name", o.first_name), v("last_name", o.last_name), v("middle_name", o.middle_name);
  v("password_hash", o.password_hash), v("is_active", o.is_active);
  v("may_biometry", o.may_biometry), v("may_quality", o.may_quality);
  v("may_collection", o.may_collection), v("may_documents", o.may_documents);
  v("meta_data", o.meta_data), v("technical_meta_data", o.technical_meta_data);
  v("time_created", o.time.created), v("time_updated", o.time.updated);
}

template <class V>
void Columns(V& v, Session& o) {
  v("token_id", o.token_id), v("user_id", o.user_id), v("access_hash", o.access_hash);
  v("expire_hash", o.expire_hash), v("replaces", Nullable{o.replaces}), v("is_service", o.is_service);
  v("ttl", o.ttl), v("time_created", o.time_created), v("time_used", o.time_used);
  v("time_expires", o.time_expires);
}

template <class V>
void Columns(V& v, AuditEntry& o) {
  v("audit_id", o.audit_id), v("user_id", o.user_id), v("company_id", o.company_id), v("object", o.object);
  v("object_id", o.object_id), v("action", o.action), v("details", o.details);
  v("time_created", o.time_created);
}

template <class V>
void Columns(V& v, Folder& o) {
  v("folder_id", o.folder_id), v("company_id", o.company_id), v("user_id", o.user_id);
  v("resolution_endpoint", o.resolution_endpoint), v("resolution_status", o.resolution_status);
  v("system_resolution", o.system_resolution), v("resolution_time", o.resolution_time);
  v("resolution_author_id", o.resolution_author_id), v("resolution_state_hash", o.resolution_state_hash);
  v("operator_status", o.operator_status), v("operator_comment", o.operator_comment);
  v("is_cleared", o.is_cleared), v("is_archive", o.is_archive);
  v("meta_data", o.meta_data), v("technical_meta_data", o.technical_meta_data);
  v("time_created", o.time.created), v("time_updated", o.time.updated);
}

template <class V>
void Columns(V& v, Media& o) {
  v("media_id", o.media_id), v("folder_id", o.folder_id), v("company_id", o.company_id);
  v("folder_time_created", o.folder_time_created), v("media_type", o.media_type);
  v("original_name", o.original_name), v("mime", o.mime), v("tags", o.tags), v("info", o.info);
  v("meta_data", o.meta_data), v("technical_meta_data", o.technical_meta_data);
  v("original_key", Nullable{o.original_key}), v("thumb_key", Nullable{o.thumb_key});
  v("preview_key", Nullable{o.preview_key}), v("media_association_id", Nullable{o.media_association_id});
  v("snapshot_of", Nullable{o.snapshot_of});
  v("time_created", o.time.created), v("time_updated", o.time.updated);
}

template <class V>
void Columns(V& v, Analysis& o) {
  v("analysis_id", o.analysis_id), v("folder_id", o.folder_id), v("company_id", o.company_id);
  v("group_id", o.group_id), v("folder_time_created", o.folder_time_created), v("type", o.type);
  v("position", o.position), v("state", o.state), v("resolution_status", o.resolution_status);
  v("resolution_operator", o.resolution_operator), v("system_resolution", o.system_resolution);
  v("results_data", o.results_data), v("confs", o.confs), v("error_code", o.error_code);
  v("error_message", o.error_message), v("meta_data", o.meta_data);
  v("technical_meta_data", o.technical_meta_data), v("source_media", o.source_media);
  v("time_sent", o.time_sent), v("time_received", o.time_received), v("time_finished", o.time_finished);
  v("time_created", o.time.created), v("time_updated", o.time.updated);
}

template <class V>
void Columns(V& v, ResultMedia& o) {
  v("media_association_id", o.media_association_id), v("analysis_id", o.analysis_id);
  v("source_media_id", o.source_media_id), v("results_data", o.results_data);
  v("collection_persons", o.collection_persons);
}

template <class V>
void Columns(V& v, Collection& o) {
  v("collection_id", o.collection_id), v("company_id", o.company_id), v("alias", o.alias);
  v("persons_count", o.persons_count);
  v("meta_data", o.meta_data), v("technical_meta_data", o.technical_meta_data);
  v("time_created", o.time.created), v("time_updated", o.time.updated);
}

template <class V>
void Columns(V& v, Person& o) {
  v("person_id", o.person_id), v("collection_id", o.collection_id), v("company_id", o.company_id);
  v("meta_data", o.meta_data), v("technical_meta_data", o.technical_meta_data);
  v("time_created", o.time.created), v("time_updated", o.time.updated);
}

template <class V>
void Columns(V& v, PersonImage& o) {
  v("media_id", o.media_id), v("person_id", o.person_id), v("collection_id", o.collection_id);
  v("company_id", o.company_id), v("image", o.image), v("original_name", o.original_name);
  v("mime", o.mime), v("tags", o.tags), v("info", o.info);
  v("meta_data", o.meta_data), v("technical_meta_data", o.technical_meta_data);
  v("original_key", Nullable{o.original_key}), v("thumb_key", Nullable{o.thumb_key});
  v("time_created", o.time.created), v("time_updated", o.time.updated);
}

template <class V>
void Columns(V& v, Job& o) {
  v("job_id", o.job_id), v("subject", o.subject), v("kind", o.kind), v("payload", o.payload);
  v("attempt", o.attempt), v("time_created", o.time_created), v("run_after", o.run_after);
  v("lease_until", o.lease_until);
}

// What is stored in a column for each type of member, and back.
Value ToValue(const std::string& text);
Value ToValue(const Nullable& nullable);
Value ToValue(const std::optional<std::string>& text);
Value ToValue(const bool& flag);
Value ToValue(const int& number);
Value ToValue(const std::int64_t& number);
Value ToValue(const std::optional<int>& number);
Value ToValue(const double& number);
Value ToValue(const std::optional<double>& number);
Value ToValue(const json::object& object);
Value ToValue(const json::array& array);
Value ToValue(const json::value& value);
Value ToValue(const std::vector<std::string>& texts);
Value ToValue(const Role& role);
Value ToValue(const AnalysisType& type);
Value ToValue(const JobKind& kind);

void FromCell(const Cell& cell, std::string& text);
void FromCell(const Cell& cell, Nullable nullable);
void FromCell(const Cell& cell, std::optional<std::string>& text);
void FromCell(const Cell& cell, bool& flag);
void FromCell(const Cell& cell, int& number);
void FromCell(const Cell& cell, std::int64_t& number);
void FromCell(const Cell& cell, std::optional<int>& number);
void FromCell(const Cell& cell, double& number);
void FromCell(const Cell& cell, std::optional<double>& number);
void FromCell(const Cell& cell, json::object& object);
void FromCell(const Cell& cell, json::array& array);
void FromCell(const Cell& cell, json::value& value);
void FromCell(const Cell& cell, std::vector<std::string>& texts);
void FromCell(const Cell& cell, Role& role);
void FromCell(const Cell& cell, AnalysisType& type);
void FromCell(const Cell& cell, JobKind& kind);

template <class Member>
constexpr Kind KindOf() {
  using T = std::remove_cvref_t<Member>;
  if constexpr (std::is_same_v<T, double> || std::is_same_v<T, std::optional<double>>) return Kind::kReal;
  if constexpr (std::is_same_v<T, int> || std::is_same_v<T, std::optional<int>> || std::is_same_v<T, bool> ||
                std::is_same_v<T, std::int64_t>) {
    return Kind::kInteger;
  }
  return Kind::kText;
}

// "folder_id, company_id, ...", each with `prefix` before it.
template <class T>
std::string NamesOf(std::string_view prefix = "") {
  std::string names;
  auto visit = [&](std::string_view name, auto&&) {
    if (!names.empty()) names += ", ";
    names.append(prefix).append(name);
  };
  T object;
  Columns(visit, object);
  return names;
}

template <class T>
const std::vector<Kind>& KindsOf() {
  static const std::vector<Kind> kinds = [] {
    std::vector<Kind> found;
    auto visit = [&](std::string_view, auto&& member) { found.push_back(KindOf<decltype(member)>()); };
    T object;
    Columns(visit, object);
    return found;
  }();
  return kinds;
}

template <class T>
T FromCells(std::span<const Cell> cells) {
  T object;
  std::size_t at = 0;
  auto visit = [&](std::string_view, auto&& member) { FromCell(cells[at++], member); };
  Columns(visit, object);
  return object;
}

// A column that no member stands for: what filters look at.
struct Extra {
  std::string_view name;
  Value value;
};

template <class T>
Sql InsertSql(std::string_view table, const T& object, const std::vector<Extra>& extras = {}) {
  Sql sql("INSERT INTO ");
  sql.Add(table).Add(" (").Add(NamesOf<T>());
  for (const auto& extra : extras) sql.Add(", ").Add(extra.name);
  sql.Add(") VALUES (");
  bool first = true;
  // Columns() also fills objects, so it wants one it may change; ToValue only reads it.
  auto visit = [&](std::string_view, auto&& member) {
    sql.Add(std::exchange(first, false) ? "?" : ", ?", ToValue(member));
  };
  Columns(visit, const_cast<T&>(object));
  for (const auto& extra : extras) sql.Add(", ?", extra.value);
  return sql.Add(")");
}

// UPDATE ... SET every column but the first, which is the id; the caller adds to the WHERE.
template <class T>
Sql UpdateSql(std::string_view table, const T& object, const std::vector<Extra>& extras = {}) {
  Sql sql("UPDATE ");
  sql.Add(table).Add(" SET ");
  std::string_view key;
  Value id;
  std::size_t at = 0;
  auto visit = [&](std::string_view name, auto&& member) {
    if (at == 0) {
      key = name, id = ToValue(member);
    } else {
      if (at > 1) sql.Add(", ");
      sql.Add(name).Add(" = ?", ToValue(member));
    }
    ++at;
  };
  Columns(visit, const_cast<T&>(object));
  for (const auto& extra : extras) sql.Add(", ").Add(extra.name).Add(" = ?", extra.value);
  return sql.Add(" WHERE ").Add(key).Add(" = ?", id);
}

template <class T>
Sql SelectSql(std::string_view table) {
  Sql sql("SELECT ");
  return sql.Add(NamesOf<T>()).Add(" FROM ").Add(table);
}

template <class T>
std::vector<T> FetchAll(Transaction& in, const Sql& sql) {
  std::vector<T> all;
  Fetch(in, sql, KindsOf<T>(), [&](const auto& cells) { all.push_back(FromCells<T>(cells)); });
  return all;
}

template <class T>
std::optional<T> FetchOne(Transaction& in, const Sql& sql) {
  auto all = FetchAll<T>(in, sql);
  if (all.empty()) return std::nullopt;
  return std::move(all.front());
}

}  // namespace ozma::store
