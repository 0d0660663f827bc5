// What both databases share: a transaction run once, failures sorted, sessions lent. Inside this room only.
#pragma once

#include <soci/soci.h>

#include <condition_variable>
#include <functional>
#include <mutex>
#include <vector>

#include "store/database.hpp"

namespace ozma::store {

// What a failure of the database calls for.
enum class Failure {
  kLostRace,   // serialisation, deadlock: run it again
  kBroken,     // the connection is gone
  kDuplicate,  // something unique is there already
  kBadText,    // a value that the database cannot keep
  kBusy,       // no lock in time
  kOther,
};
Failure Classify(const soci::soci_error& error);

// The error to answer with, and a line in the log. Neither holds values that were bound.
base::Error ErrorOf(const soci::soci_error& error);

struct Ran {
  std::optional<base::Error> error;
  Failure failure = Failure::kOther;
  bool committing = false;  // it failed while committing: nobody knows whether it did
  unsigned notified = 0;    // the channels that it signalled when it committed
};

// Runs `work` between `begin` and COMMIT, or without either where `begin` is empty. Exceptions other than
// SOCI's pass through, after ROLLBACK.
Ran RunOnce(soci::session& sql, Dialect dialect, std::string_view begin,
            const std::function<bool(Transaction&)>& work);

// Lends sessions to one thread each, at most `size` at once. Thread-safe.
class Pool {
 public:
  using Open = std::function<std::unique_ptr<soci::session>()>;  // throws soci_error

  Pool(int size, std::chrono::milliseconds wait, Open open)
      : wait_(wait), open_(std::move(open)), free_(static_cast<std::size_t>(size)) {}

  // Returns the session to the pool when it goes.
  class Loan {
   public:
    Loan(Pool& pool, std::unique_ptr<soci::session> session) : pool_(&pool), session_(std::move(session)) {}
    Loan(Loan&& other) noexcept
        : pool_(std::exchange(other.pool_, nullptr)), session_(std::move(other.session_)) {}
    Loan& operator=(Loan&&) = delete;
    ~Loan() {
      if (pool_) pool_->Return(std::move(session_));
    }
    soci::session& operator*() { return *session_; }
    // Closes it, so that the next one is opened anew.
    void Discard() { session_.reset(); }
    void Reopen() {
      session_.reset();
      session_ = pool_->open_();
    }

   private:
    Pool* pool_;
    std::unique_ptr<soci::session> session_;
  };

  // None where no session came free in time. Throws where a new one cannot be opened.
  std::optional<Loan> Borrow() { return Borrow(wait_); }
  std::optional<Loan> Borrow(std::chrono::milliseconds wait);

 private:
  void Return(std::unique_ptr<soci::session> session);

  const std::chrono::milliseconds wait_;
  const Open open_;
  std::mutex mutex_;
  std::condition_variable returned_;
  std::vector<std::unique_ptr<soci::session>> idle_;
  std::size_t free_;  // how many more may be lent
};

base::Result<std::shared_ptr<Database>> OpenSqlite(const DatabaseOptions& options);
// `ours`: the migrations are run. Else the database is somebody else's, where only shared_gallery.hpp has
// tables.
base::Result<std::shared_ptr<Database>> OpenPostgres(const DatabaseOptions& options, bool ours = true);

// Runs the migrations that are missing, each in its transaction, one process at a time.
base::Result<void> Migrate(soci::session& sql, Dialect dialect);

}  // namespace ozma::store
