#include "store/shared_gallery.hpp"

#include <algorithm>
#include <charconv>
#include <map>

#include "store/connection.hpp"
#include "store/sql.hpp"

namespace ozma::store {
namespace {

using base::Fail;
using base::Fault;
using base::Result;

constexpr std::size_t kMostDimension = 4000;                   // that HNSW takes
constexpr int kLeastVersion = 8;                               // of pgvector 0.x: iterative scans
constexpr std::size_t kLeastLooked = 200, kMostLooked = 1000;  // candidates of HNSW; pgvector takes no more
// One at a time makes extension and tables: a number that nobody else locks.
constexpr std::string_view kLock = "SELECT pg_advisory_xact_lock(7305808869231650145)";

base::Error BegunAnew() {
  return Fail(Fault::kIo, "The shared index has begun anew.");
}

std::string TextOf(std::span<const std::int8_t> values) {
  std::string text = "[";
  for (const std::int8_t value : values) text += std::to_string(value) + ',';
  text.back() = ']';
  return text;
}

// Empty where the text is none of TextOf.
std::vector<std::int8_t> ValuesOf(std::string_view text) {
  std::vector<std::int8_t> values;
  const char* const end = text.data() + text.size();
  for (const char* at = text.data(); at != end && (*at == '[' || *at == ',');) {
    int value = 0;
    const auto read = std::from_chars(at + 1, end, value);
    if (read.ec != std::errc() || value < -128 || value > 127) return {};
    values.push_back(static_cast<std::int8_t>(value));
    at = read.ptr;
  }
  return values;
}

// "0.8.5" -> 8; 1000 from 1.0 on.
int MinorOf(const std::string& version) {
  const auto dot = version.find('.');
  if (dot == std::string::npos || version.substr(0, dot) != "0") return 1000;
  int minor = 0;
  std::from_chars(version.data() + dot + 1, version.data() + version.size(), minor);
  return minor;
}

struct Extension {
  bool available = false;
  std::string installed;  // its version
};

Result<Extension> Look(Transaction& in) {
  Extension found;
  Fetch(in, Sql("SELECT installed_version FROM pg_available_extensions WHERE name = 'vector'"), {Kind::kText},
        [&](const auto& row) {
          found.available = true;
          if (!row[0].null()) found.installed = row[0].text;
        });
  return found;
}

Result<void> NeedExtension(Database& database) {
  auto found = database.Read(Look);
  if (!found) return found.error();
  if (!found->available)
    return Fail(Fault::kConfiguration, "The PostgreSQL of the shared index does not have pgvector.");
  if (found->installed.empty()) {
    const auto made = database.Write([](Transaction& in) -> Result<void> {
      in.sql() << std::string(kLock);
      Execute(in, Sql("CREATE EXTENSION IF NOT EXISTS vector"));
      return {};
    });
    if (!made)
      return Fail(Fault::kConfiguration,
                  "The database of the shared index lacks the extension; have its administrator run CREATE "
                  "EXTENSION vector there.");
    found = database.Read(Look);
    if (!found) return found.error();
  }
  if (MinorOf(found->installed) < kLeastVersion)
    return Fail(Fault::kConfiguration, "The shared index needs pgvector 0.8 or later, and the database has " +
                                           found->installed + ".");
  return {};
}

Sql HeadSql(const std::string& name) {
  return Sql("SELECT generation, position, forgotten, faces FROM ozma_galleries WHERE name = ?", name);
}

SharedHead HeadOf(Transaction& in, const Sql& sql) {
  SharedHead head;
  const std::vector<Kind> numbers(4, Kind::kInteger);
  Fetch(in, sql, numbers, [&](const auto& row) {
    const auto number = [&](std::size_t at) { return static_cast<std::uint64_t>(row[at].integer); };
    head = {number(0), number(1), number(2), number(3)};
  });
  return head;
}

// What is in force until the transaction ends.
void SetLocal(Transaction& in, std::string_view setting) {
  Sql sql("SET LOCAL ");
  Execute(in, sql.Add(setting));
}

std::vector<Value> NumbersIn(const std::vector<std::int64_t>& numbers) {
  return {numbers.begin(), numbers.end()};
}

}  // namespace

SharedGallery::SharedGallery(SharedGalleryOptions options, std::shared_ptr<Database> database)
    : options_(std::move(options)),
      database_(std::move(database)),
      table_("ozma_faces_" + options_.name),
      type_("halfvec(" + std::to_string(options_.dimension) + ")") {}

Result<std::shared_ptr<SharedGallery>> SharedGallery::Open(const SharedGalleryOptions& options) {
  const bool plain = !options.name.empty() && std::ranges::all_of(options.name, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
  });
  if (!plain || options.dimension == 0 || options.dimension > kMostDimension)
    return Fail(Fault::kConfiguration, "A shared index holds templates of 1 to 4000 values.");
  try {
    DatabaseOptions database;
    database.postgres = options.postgres;
    database.connections = options.connections;
    auto opened = OpenPostgres(database, false);
    if (!opened) return opened.error();
    std::shared_ptr<SharedGallery> made(new SharedGallery(options, std::move(*opened)));
    if (auto prepared = made->Prepare(); !prepared) return prepared.error();
    return made;
  } catch (const soci::soci_error& error) {
    return ErrorOf(error);
  }
}

Result<void> SharedGallery::Prepare() {
  if (auto extended = NeedExtension(*database_); !extended) return extended;
  return database_->Write([&](Transaction& in) -> Result<void> {
    in.sql() << std::string(kLock);
    MakeTables(in);
    return {};
  });
}

void SharedGallery::MakeTables(Transaction& in) const {
  Execute(in,
          Sql("CREATE TABLE IF NOT EXISTS ozma_galleries (name TEXT PRIMARY KEY, generation BIGINT NOT NULL, "
              "position BIGINT NOT NULL, forgotten BIGINT NOT NULL, faces BIGINT NOT NULL)"));
  Execute(in, Sql("INSERT INTO ozma_galleries VALUES (?, 1, 0, 0, 0) ON CONFLICT DO NOTHING", options_.name));
  Execute(in, Sql("CREATE TABLE IF NOT EXISTS " + table_ +
                  " (image BIGINT PRIMARY KEY, collection BIGINT NOT NULL, face " + type_ + " NOT NULL)"));
  Execute(in, Sql("CREATE INDEX IF NOT EXISTS " + table_ + "_by_collection ON " + table_ + " (collection)"));
  if (!options_.approximate) return;
  SetLocal(in, "statement_timeout = 0");
  Execute(in, Sql("CREATE INDEX IF NOT EXISTS " + table_ + "_by_face ON " + table_ +
                  " USING hnsw (face halfvec_cosine_ops) WITH (m = 16, ef_construction = 128)"));
}

Result<SharedHead> SharedGallery::Head() {
  return database_->Read(
      [&](Transaction& in) -> Result<SharedHead> { return HeadOf(in, HeadSql(options_.name)); });
}

Result<SharedHead> SharedGallery::BeginAnew(std::uint64_t generation) {
  return database_->Write([&](Transaction& in) -> Result<SharedHead> {
    auto head = HeadOf(in, HeadSql(options_.name).Add(" FOR UPDATE"));
    if (head.generation != generation) return head;
    SetLocal(in, "statement_timeout = 0");
    // Truncated, it would be empty for searches that began before, too.
    Execute(in, Sql("DELETE FROM " + table_));
    Execute(
        in,
        Sql("UPDATE ozma_galleries SET generation = generation + 1, position = 0, forgotten = 0, faces = 0 "
            "WHERE name = ?",
            options_.name));
    return SharedHead{generation + 1};
  });
}

Result<std::uint64_t> SharedGallery::Forget(std::uint64_t generation, std::uint64_t position) {
  return database_->Write([&](Transaction& in) -> Result<std::uint64_t> {
    const auto head = HeadOf(in, HeadSql(options_.name).Add(" FOR UPDATE"));
    if (head.generation != generation) return BegunAnew();
    if (head.position > 0) return head.forgotten;
    Execute(in, Sql("UPDATE ozma_galleries SET forgotten = ? WHERE name = ?",
                    static_cast<std::int64_t>(position), options_.name));
    return position;
  });
}

Result<void> SharedGallery::Apply(std::uint64_t generation, std::span<const SharedChange> changes) {
  if (changes.empty()) return {};
  return database_->Write([&](Transaction& in) -> Result<void> {
    const auto head = HeadOf(in, HeadSql(options_.name).Add(" FOR UPDATE"));
    if (head.generation != generation) return BegunAnew();
    // The last change of an image counts.
    std::map<std::int64_t, const SharedChange*> last;
    for (const auto& change : changes)
      if (change.position > head.position) last[change.image] = &change;
    if (last.empty()) return {};
    std::vector<Value> images;
    for (const auto& [image, change] : last) images.emplace_back(image);
    Sql removing("DELETE FROM " + table_ + " WHERE image IN ");
    const auto removed = Execute(in, removing.AddList(images));
    Sql adding("INSERT INTO " + table_ + " (image, collection, face) VALUES ");
    std::int64_t added = 0;
    for (const auto& [image, change] : last) {
      if (change->values.empty()) continue;
      adding.Add(added++ ? ", (?, ?, CAST(" : "(?, ?, CAST(", image, change->collection);
      adding.Add("? AS " + type_ + "))", TextOf(change->values));
    }
    if (added > 0) Execute(in, adding);
    Execute(in, Sql("UPDATE ozma_galleries SET position = ?, faces = faces + ? WHERE name = ?",
                    static_cast<std::int64_t>(changes.back().position), added - removed, options_.name));
    return {};
  });
}

Result<std::vector<std::vector<SharedFace>>> SharedGallery::Nearest(
    std::uint64_t generation, std::span<const std::span<const std::int8_t>> probes,
    const std::vector<std::int64_t>& collections, std::size_t most) {
  using Faces = std::vector<std::vector<SharedFace>>;
  return database_->Read([&](Transaction& in) -> Result<Faces> {
    if (HeadOf(in, HeadSql(options_.name)).generation != generation) return BegunAnew();
    if (options_.approximate) {
      const auto looked = std::clamp(2 * most, kLeastLooked, kMostLooked);
      SetLocal(in, "hnsw.ef_search = " + std::to_string(looked));
      // Faces of other collections are passed over, and the search goes on.
      SetLocal(in, "hnsw.iterative_scan = relaxed_order");
    } else {
      // Of an earlier setting there may be an HNSW index.
      SetLocal(in, "enable_indexscan = off");
    }
    Faces nearest;
    bool sound = true;
    for (const auto& probe : probes) {
      Sql sql("SELECT image, collection, CAST(face AS text) FROM " + table_ + " WHERE collection IN ");
      sql.AddList(NumbersIn(collections)).Add(" ORDER BY face <=> CAST(? AS " + type_ + ")", TextOf(probe));
      if (!options_.approximate) sql.Add(", image");
      sql.Add(" LIMIT ?", static_cast<std::int64_t>(most));
      auto& faces = nearest.emplace_back();
      Fetch(in, sql, {Kind::kInteger, Kind::kInteger, Kind::kText}, [&](const auto& row) {
        faces.push_back({row[0].integer, row[1].integer, ValuesOf(row[2].text)});
        sound = sound && faces.back().values.size() == options_.dimension;
      });
    }
    if (!sound) return Fail(Fault::kDatabase, "The shared index holds what is no template.");
    return nearest;
  });
}

}  // namespace ozma::store
