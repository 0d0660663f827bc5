#include "store/connection.hpp"

#include <libpq-fe.h>
#include <soci/postgresql/soci-postgresql.h>
#include <soci/sqlite3/soci-sqlite3.h>

#include "base/log.hpp"

namespace ozma::store {

namespace {

// SQLite's primary result codes; sqlite3.h cannot be included beside SOCI's own reading of it.
constexpr int kSqliteBusy = 5, kSqliteLocked = 6, kSqliteConstraint = 19;

// PostgreSQL's five letters, or SQLite's number.
std::string CodeOf(const soci::soci_error& error) {
  if (const auto* postgres = dynamic_cast<const soci::postgresql_soci_error*>(&error)) {
    return postgres->sqlstate();
  }
  if (const auto* sqlite = dynamic_cast<const soci::sqlite3_soci_error*>(&error)) {
    return std::to_string(sqlite->result());
  }
  return "";
}

bool InTransaction(soci::session& sql, Dialect dialect) {
  if (dialect == Dialect::kSqlite) return true;
  auto* backend = static_cast<soci::postgresql_session_backend*>(sql.get_backend());
  return PQtransactionStatus(backend->conn_) == PQTRANS_INTRANS;
}

void Rollback(soci::session& sql) {
  try {
    sql << "ROLLBACK";
  } catch (const soci::soci_error&) {
    // SQLite has rolled back by itself, or the connection is gone and its transaction with it.
  }
}

void AddNotifications(Transaction& transaction) {
  if (transaction.dialect() != Dialect::kPostgres) return;
  if (transaction.notified() & 1u) transaction.sql() << "SELECT pg_notify('ozma_jobs', '')";
  if (transaction.notified() & 2u) transaction.sql() << "SELECT pg_notify('ozma_groups', '')";
}

}  // namespace

Failure Classify(const soci::soci_error& error) {
  if (const auto* sqlite = dynamic_cast<const soci::sqlite3_soci_error*>(&error)) {
    const int code = sqlite->result() & 0xFF;
    if (code == kSqliteBusy || code == kSqliteLocked) return Failure::kBusy;
    const bool unique =
        code == kSqliteConstraint && error.get_error_message().find("UNIQUE") != std::string::npos;
    return unique ? Failure::kDuplicate : Failure::kOther;
  }
  const std::string code = CodeOf(error);
  if (code == "40001" || code == "40P01") return Failure::kLostRace;
  if (code == "23505") return Failure::kDuplicate;
  if (code.starts_with("22")) return Failure::kBadText;
  if (code == "55P03" || code == "57014") return Failure::kBusy;
  // 08: connection; 57P: the server shuts down; 25P03: we idled too long. Blank: libpq lost its connection.
  if (code.starts_with("08") || code.starts_with("57P") || code == "25P03" || code.starts_with(" ")) {
    return Failure::kBroken;
  }
  return Failure::kOther;
}

base::Error ErrorOf(const soci::soci_error& error) {
  const auto failure = Classify(error);
  if (failure == Failure::kDuplicate) {
    return base::Fail(base::Fault::kAlreadyExists, "Something with this name is there already");
  }
  if (failure == Failure::kBadText) {
    return base::Fail(base::Fault::kInvalidValue, "A value is out of the range that can be stored");
  }
  // PostgreSQL's messages quote values, so the log gets its code alone.
  // A lost race is run again, so it is no fault yet.
  const auto level = failure == Failure::kLostRace ? base::Level::kInfo : base::Level::kError;
  base::Log(level, "database", {{"code", CodeOf(error)}});
  switch (failure) {
    case Failure::kBusy:
      return base::Fail(base::Fault::kDatabase, "The database is busy; try again later");
    case Failure::kBroken:
      return base::Fail(base::Fault::kDatabase, "The database cannot be reached");
    default:
      return base::Fail(base::Fault::kDatabase, "The database failed");
  }
}

Ran RunOnce(soci::session& sql, Dialect dialect, std::string_view begin,
            const std::function<bool(Transaction&)>& work) {
  Ran ran;
  try {
    if (!begin.empty()) sql << std::string(begin);
    Transaction transaction(sql, dialect);
    const bool good = work(transaction);
    if (begin.empty()) return ran;
    if (!good) {
      sql << "ROLLBACK";
      return ran;
    }
    AddNotifications(transaction);
    // PostgreSQL answers COMMIT of a failed transaction with success, having rolled it back.
    if (!InTransaction(sql, dialect)) throw soci::soci_error("the transaction has failed before its end");
    ran.committing = true;
    sql << "COMMIT";
    ran.notified = transaction.notified();
  } catch (const soci::soci_error& error) {
    ran.failure = Classify(error);
    if (!begin.empty()) Rollback(sql);
    ran.error = ErrorOf(error);
  } catch (...) {
    if (!begin.empty()) Rollback(sql);
    throw;
  }
  return ran;
}

std::optional<Pool::Loan> Pool::Borrow(std::chrono::milliseconds wait) {
  std::unique_ptr<soci::session> session;
  {
    std::unique_lock lock(mutex_);
    if (!returned_.wait_for(lock, wait, [&] { return free_ > 0; })) return std::nullopt;
    --free_;
    if (!idle_.empty()) {
      session = std::move(idle_.back());
      idle_.pop_back();
    }
  }
  const bool fresh = session == nullptr;
  Loan loan(*this, std::move(session));
  if (fresh) loan.Reopen();
  return loan;
}

void Pool::Return(std::unique_ptr<soci::session> session) {
  {
    const std::lock_guard lock(mutex_);
    ++free_;
    if (session) idle_.push_back(std::move(session));
  }
  returned_.notify_one();
}

}  // namespace ozma::store
