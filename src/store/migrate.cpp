#include <map>
#include <vector>

#include "base/bytes.hpp"
#include "base/log.hpp"
#include "store/connection.hpp"
#include "store/sql.hpp"

namespace ozma::store {

namespace {

struct Migration {
  std::string_view name;  // "0001_first"
  std::string_view text;
};

// Made from migrations/*.sql, in order.
constexpr Migration kMigrations[] = {
#include "store/migrations.inc"
};

// Any number will do, as long as every version of this program takes the same.
constexpr std::string_view kLock = "SELECT pg_advisory_xact_lock(7954610322137)";

std::string Replaced(std::string text, std::string_view what, std::string_view with) {
  for (auto at = text.find(what); at != std::string::npos; at = text.find(what, at + with.size())) {
    text.replace(at, what.size(), with);
  }
  return text;
}

// Statements in the words of the database, without comments.
std::vector<std::string> StatementsOf(std::string_view migration, Dialect dialect) {
  const bool sqlite = dialect == Dialect::kSqlite;
  std::string text;
  for (std::size_t at = 0; at < migration.size();) {
    const auto end = std::min(migration.find('\n', at), migration.size());
    const auto line = migration.substr(at, end - at);
    if (!line.starts_with("--")) text.append(line).append("\n");
    at = end + 1;
  }
  text = Replaced(
      std::move(text), "{serial}",
      sqlite ? "INTEGER PRIMARY KEY AUTOINCREMENT" : "BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY");
  text = Replaced(std::move(text), "{clustered}", sqlite ? " WITHOUT ROWID" : "");

  std::vector<std::string> statements;
  for (std::size_t at = 0; at < text.size();) {
    const auto end = text.find(";\n", at);
    if (end == std::string::npos) break;
    statements.push_back(text.substr(at, end - at));
    at = end + 2;
  }
  return statements;
}

base::Error Refuse(const std::string& message) {
  return base::Fail(base::Fault::kConfiguration, message);
}

// How many of our migrations the database has.
base::Result<std::size_t> Applied(Transaction& in) {
  std::size_t applied = 0;
  std::optional<base::Error> refused;
  Fetch(in, Sql("SELECT name, checksum FROM schema_versions ORDER BY version"), {Kind::kText, Kind::kText},
        [&](const auto& row) {
          if (refused) return;
          if (applied == std::size(kMigrations)) {
            refused = Refuse("The database is newer than this program: it has the migration " + row[0].text);
            return;
          }
          const auto& ours = kMigrations[applied++];
          if (ours.name != row[0].text || base::Sha256Hex(base::AsBytes(ours.text)) != row[1].text) {
            refused = Refuse("The database was made by another program: its migration " + row[0].text +
                             " is not ours");
          }
        });
  if (refused) return *refused;
  return applied;
}

// Applies the next migration; false where there is none.
base::Result<bool> Step(Transaction& in) {
  if (in.dialect() == Dialect::kPostgres) in.sql() << std::string(kLock);
  Execute(in,
          Sql("CREATE TABLE IF NOT EXISTS schema_versions (version INTEGER PRIMARY KEY, name TEXT NOT NULL, "
              "checksum TEXT NOT NULL, time_applied DOUBLE PRECISION NOT NULL)"));
  const auto applied = Applied(in);
  if (!applied) return applied.error();
  if (*applied == std::size(kMigrations)) return false;
  const auto& next = kMigrations[*applied];
  for (const auto& statement : StatementsOf(next.text, in.dialect())) in.sql() << statement;
  Execute(in, Sql("INSERT INTO schema_versions VALUES (?, ?, ?, ?)", static_cast<std::int64_t>(*applied) + 1,
                  next.name, base::Sha256Hex(base::AsBytes(next.text)), base::UnixSeconds()));
  base::Log(base::Level::kInfo, "migrated", {{"migration", next.name}});
  return true;
}

}  // namespace

base::Result<void> Migrate(soci::session& sql, Dialect dialect) {
  const std::string_view begin =
      dialect == Dialect::kSqlite ? "BEGIN IMMEDIATE" : "BEGIN ISOLATION LEVEL READ COMMITTED";
  while (true) {
    base::Result<bool> stepped = false;
    const auto ran = RunOnce(sql, dialect, begin, [&](Transaction& in) {
      stepped = Step(in);
      return stepped.has_value();
    });
    if (ran.error) return *ran.error;
    if (!stepped) return stepped.error();
    if (!*stepped) return {};
  }
}

}  // namespace ozma::store
