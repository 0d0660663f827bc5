// SQLite in one file: one writer, many readers beside it.
#include <fcntl.h>
#include <soci/sqlite3/soci-sqlite3.h>
#include <unistd.h>

#include "base/log.hpp"
#include "store/connection.hpp"
#include "store/signals.hpp"

namespace ozma::store {

namespace {

using std::chrono::milliseconds;

std::unique_ptr<soci::session> OpenSession(const DatabaseOptions& options, bool writes) {
  auto sql = std::make_unique<soci::session>(soci::sqlite3, "dbname=\"" + options.sqlite.string() + "\"");
  *sql << "PRAGMA busy_timeout = " + std::to_string(options.wait.count());
  *sql << "PRAGMA journal_mode = WAL";
  *sql << "PRAGMA synchronous = FULL";
  *sql << "PRAGMA foreign_keys = ON";
  *sql << "PRAGMA cache_size = -16000";
  *sql << "PRAGMA temp_store = MEMORY";
  *sql << "PRAGMA journal_size_limit = 67108864";
  // What was deleted is overwritten, also in pages that stay.
  *sql << "PRAGMA secure_delete = ON";
  if (!writes) *sql << "PRAGMA query_only = ON";
  return sql;
}

class Sqlite final : public Database {
 public:
  explicit Sqlite(const DatabaseOptions& options)
      : writer_(1, options.wait, [options] { return OpenSession(options, true); }),
        readers_(options.connections, options.wait, [options] { return OpenSession(options, false); }) {
    data_version_ = DataVersion(**writer_.Borrow());
  }

  std::uint64_t Count(Channel channel) const override { return signals_.Count(channel); }

  // Another process on the same file can send us no signal. We look each second whether it wrote.
  bool Wait(Channel channel, std::uint64_t seen, const base::Deadline& until) override {
    constexpr base::Deadline::Clock::duration kLook = std::chrono::seconds(1);
    while (true) {
      const auto left = until.Left();
      if (signals_.Wait(channel, seen, std::min(left, kLook))) return true;
      if (left <= kLook && until.Passed()) return false;
      if (signals_.stopped()) return false;
      BumpIfForeign();
    }
  }

  void StopWaiting() override { signals_.Stop(); }
  Dialect dialect() const override { return Dialect::kSqlite; }

  base::Result<void> Check() override {
    return Transact(Access::kReadOnce, [](Transaction& in) {
      in.sql() << "SELECT 1 FROM schema_versions LIMIT 1";
      return true;
    });
  }

 protected:
  base::Result<void> Transact(Access access, const std::function<bool(Transaction&)>& work) override {
    if (access == Access::kWrite) return Write(work);
    return Read(access == Access::kRead ? "BEGIN" : "", work);
  }

 private:
  base::Result<void> Read(std::string_view begin, const std::function<bool(Transaction&)>& work) {
    try {
      auto loan = readers_.Borrow();
      if (!loan) return Busy();
      auto ran = RunOnce(**loan, Dialect::kSqlite, begin, work);
      if (ran.error) return *ran.error;
      return {};
    } catch (const soci::soci_error& error) {
      return ErrorOf(error);
    }
  }

  base::Result<void> Write(const std::function<bool(Transaction&)>& work) {
    Ran ran;
    {
      auto loan = writer_.Borrow();
      if (!loan) return Busy();
      ran = RunOnce(**loan, Dialect::kSqlite, "BEGIN IMMEDIATE", work);
    }
    if (ran.error) return *ran.error;
    signals_.Bump(ran.notified);
    return {};
  }

  static base::Error Busy() {
    return base::Fail(base::Fault::kDatabase, "The database is busy; try again later");
  }

  static long long DataVersion(soci::session& writer) {
    long long version = 0;
    writer << "PRAGMA data_version", soci::into(version);
    return version;
  }

  // The writer's connection counts what every other connection wrote; the readers write nothing.
  void BumpIfForeign() {
    auto loan = writer_.Borrow(milliseconds(0));
    if (!loan) return;
    try {
      const auto before = std::exchange(data_version_, DataVersion(**loan));
      if (before != data_version_) signals_.Bump(kAllChannels);
    } catch (const soci::soci_error& error) {
      base::Log(base::Level::kWarning, "database", {{"error", ErrorOf(error).message}});
    }
  }

  Pool writer_;
  long long data_version_ = 0;  // whoever has borrowed the writer has this
  Pool readers_;
  Signals signals_;
};

// Nobody else on this machine may read it; SQLite gives the files beside it the same permissions.
base::Result<void> MakeFile(const std::filesystem::path& path) {
  std::error_code failed;
  if (path.has_parent_path()) std::filesystem::create_directories(path.parent_path(), failed);
  const int file = open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (file < 0)
    return base::Fail(base::Fault::kConfiguration, "The database's file cannot be written: " + path.string());
  close(file);
  return {};
}

}  // namespace

base::Result<std::shared_ptr<Database>> OpenSqlite(const DatabaseOptions& options) {
  const std::string path = options.sqlite.string();
  if (path.empty() || path.find('"') != std::string::npos) {
    return base::Fail(base::Fault::kConfiguration, "The database's file has no name, or a quote in it");
  }
  if (auto made = MakeFile(options.sqlite); !made) return made.error();
  {
    auto patient = options;
    patient.wait = std::chrono::minutes(10);
    const auto session = OpenSession(patient, true);
    if (auto migrated = Migrate(*session, Dialect::kSqlite); !migrated) return migrated.error();
  }
  return std::shared_ptr<Database>(std::make_shared<Sqlite>(options));
}

}  // namespace ozma::store
