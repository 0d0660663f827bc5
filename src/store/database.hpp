// The database: SQLite in one file, or PostgreSQL. One set of repositories and migrations serves both.
#pragma once

#include <chrono>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <type_traits>

#include "base/ids.hpp"
#include "base/result.hpp"

namespace soci {
class session;
}

namespace ozma::store {

enum class Dialect { kSqlite, kPostgres };

// What somebody may wait for. A signal says "look again", nothing more.
enum class Channel {
  kJobs,    // a job may be ready to run
  kGroups,  // a group of analyses has ended
};

struct DatabaseOptions {
  std::filesystem::path sqlite;           // the file; used where `postgres` is empty
  std::string postgres;                   // libpq connection string or URI
  int connections = 8;                    // PostgreSQL: of the pool. SQLite: readers; there is one writer
  std::chrono::milliseconds wait{5'000};  // for a connection or a lock; beyond: kDatabase
};

// One transaction, as the repositories' functions take it. Used by one thread.
// The functions throw soci::soci_error where the database itself fails; Database turns that into kDatabase.
class Transaction {
 public:
  Transaction(soci::session& sql, Dialect dialect) : sql_(sql), dialect_(dialect) {}
  soci::session& sql() { return sql_; }
  Dialect dialect() const { return dialect_; }

  // Wakes those who wait on the channel once this transaction has committed: here, and with PostgreSQL on
  // every node.
  void Notify(Channel channel) { notified_ |= 1u << static_cast<unsigned>(channel); }
  unsigned notified() const { return notified_; }

 private:
  soci::session& sql_;
  Dialect dialect_;
  unsigned notified_ = 0;
};

// Thread-safe. Connections that broke are opened again.
class Database {
 public:
  // Connects, takes the migration lock and runs the migrations that are missing. kConfiguration: an address
  // that cannot be right, or a database newer than this program. kDatabase: unreachable.
  static base::Result<std::shared_ptr<Database>> Open(const DatabaseOptions& options);
  virtual ~Database() = default;

  // Runs `work(Transaction&)`, which returns a Result, in one transaction. An error in the Result, or an
  // exception, rolls it back; else it has committed when this returns. A lost serialisation race or a
  // deadlock is run again, so `work` has no effect but on the database and on its own result.
  template <class Work>
  auto Read(Work&& work) -> std::invoke_result_t<Work, Transaction&> {
    return Run(Access::kRead, std::forward<Work>(work));
  }
  // As Read, for work that is one statement alone and so needs no transaction around it: a third of the round
  // trips.
  template <class Work>
  auto ReadOnce(Work&& work) -> std::invoke_result_t<Work, Transaction&> {
    return Run(Access::kReadOnce, std::forward<Work>(work));
  }
  template <class Work>
  auto Write(Work&& work) -> std::invoke_result_t<Work, Transaction&> {
    return Run(Access::kWrite, std::forward<Work>(work));
  }

  // Counts the signals of a channel. Take the count, look whether there is something to do, then wait.
  virtual std::uint64_t Count(Channel channel) const = 0;
  // True once the count differs from `seen`; false when `until` passed or StopWaiting was called.
  virtual bool Wait(Channel channel, std::uint64_t seen, const base::Deadline& until) = 0;
  // Every Wait returns, now and later: for shutting down.
  virtual void StopWaiting() = 0;

  virtual Dialect dialect() const = 0;
  virtual base::Result<void> Check() = 0;  // one round trip, for health pages

 protected:
  enum class Access { kRead, kReadOnce, kWrite };
  // `work` says whether to commit.
  virtual base::Result<void> Transact(Access access, const std::function<bool(Transaction&)>& work) = 0;

 private:
  template <class Work>
  auto Run(Access access, Work&& work) -> std::invoke_result_t<Work, Transaction&> {
    std::optional<std::invoke_result_t<Work, Transaction&>> answer;
    const auto ran = Transact(access, [&](Transaction& transaction) {
      answer.emplace(work(transaction));
      return answer->has_value();
    });
    if (!ran) return ran.error();
    return std::move(*answer);
  }
};

}  // namespace ozma::store
