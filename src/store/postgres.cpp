// PostgreSQL: a pool of connections, and one more that listens.
#include <libpq-fe.h>
#include <soci/postgresql/soci-postgresql.h>

#include <random>
#include <thread>

#include "store/connection.hpp"
#include "store/listener.hpp"
#include "store/signals.hpp"

namespace ozma::store {

namespace {

constexpr int kTries = 8;

// The operator's string with time-outs that it leaves open. SOCI and libpq both take the result.
base::Result<std::string> Complete(const std::string& given) {
  char* message = nullptr;
  PQconninfoOption* options = PQconninfoParse(given.c_str(), &message);
  if (!options) {
    PQfreemem(message);  // may quote the password
    return base::Fail(base::Fault::kConfiguration, "The PostgreSQL connection string cannot be read");
  }
  constexpr std::pair<std::string_view, std::string_view> kDefaults[] = {
      {"connect_timeout", "5"},      {"application_name", "ozma"}, {"client_encoding", "UTF8"},
      {"keepalives_idle", "30"},     {"keepalives_interval", "5"}, {"keepalives_count", "3"},
      {"tcp_user_timeout", "20000"},
  };
  std::string complete;
  for (const auto* option = options; option->keyword; ++option) {
    std::string_view value = option->val ? option->val : "";
    for (const auto& [keyword, preset] : kDefaults) {
      if (!option->val && keyword == option->keyword) value = preset;
    }
    if (value.empty()) continue;
    complete += std::string(complete.empty() ? "" : " ") + option->keyword + "='";
    for (const char character : value) {
      if (character == '\'' || character == '\\') complete += '\\';
      complete += character;
    }
    complete += '\'';
  }
  PQconninfoFree(options);
  return complete;
}

std::unique_ptr<soci::session> OpenSession(const std::string& address, std::chrono::milliseconds wait) {
  auto sql = std::make_unique<soci::session>(soci::postgresql, address);
  *sql << "SET client_min_messages = warning";
  // Compiling a query takes longer than any of ours runs.
  *sql << "SET jit = off";
  // What lists look at is in memory or on a disk without arms: then an index alone is read sooner than a wide
  // table, which PostgreSQL's own guess of 4 for the price of a jump denies.
  *sql << "SET random_page_cost = 1.1";
  *sql << "SET lock_timeout = " + std::to_string(wait.count());
  *sql << "SET statement_timeout = " + std::to_string(6 * wait.count());
  *sql << "SET idle_in_transaction_session_timeout = " + std::to_string(12 * wait.count());
  return sql;
}

// Before another try: long enough that two who stand in each other's way do not meet again.
void Pause(int tries) {
  thread_local std::minstd_rand random(std::random_device{}());
  const int most = 2 << tries;
  std::this_thread::sleep_for(std::chrono::milliseconds(1 + static_cast<int>(random()) % most));
}

class Postgres final : public Database {
 public:
  Postgres(const std::string& address, const DatabaseOptions& options)
      : readers_and_writers_(options.connections, options.wait,
                             [address, wait = options.wait] { return OpenSession(address, wait); }),
        listener_(address, signals_) {}

  std::uint64_t Count(Channel channel) const override { return signals_.Count(channel); }
  bool Wait(Channel channel, std::uint64_t seen, const base::Deadline& until) override {
    return signals_.Wait(channel, seen, until.Left());
  }
  void StopWaiting() override { signals_.Stop(); }
  Dialect dialect() const override { return Dialect::kPostgres; }

  base::Result<void> Check() override {
    return Transact(Access::kReadOnce, [](Transaction& in) {
      in.sql() << "SELECT 1";
      return true;
    });
  }

 protected:
  base::Result<void> Transact(Access access, const std::function<bool(Transaction&)>& work) override {
    try {
      auto loan = readers_and_writers_.Borrow();
      if (!loan) return base::Fail(base::Fault::kDatabase, "The database is busy; try again later");
      return TransactOn(*loan, access, work);
    } catch (const soci::soci_error& error) {
      return ErrorOf(error);
    }
  }

 private:
  static std::string_view BeginOf(Access access) {
    if (access == Access::kReadOnce) return "";
    return access == Access::kRead ? "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"
                                   : "BEGIN ISOLATION LEVEL READ COMMITTED";
  }

  base::Result<void> TransactOn(Pool::Loan& loan, Access access,
                                const std::function<bool(Transaction&)>& work) {
    const std::string_view begin = BeginOf(access);
    bool reopened = false;
    for (int tries = 1;; ++tries) {
      auto ran = RunOnce(*loan, Dialect::kPostgres, begin, work);
      if (!ran.error) {
        signals_.Bump(ran.notified);
        return {};
      }
      if (ran.failure == Failure::kBroken) {
        // Where it was not yet committing, nothing has happened, and a fresh connection may do it.
        loan.Discard();
        if (ran.committing || std::exchange(reopened, true)) return *ran.error;
        loan.Reopen();
      } else if (ran.failure != Failure::kLostRace || tries == kTries) {
        return *ran.error;
      } else {
        Pause(tries);
      }
    }
  }

  Signals signals_;
  Pool readers_and_writers_;
  Listener listener_;
};

}  // namespace

base::Result<std::shared_ptr<Database>> OpenPostgres(const DatabaseOptions& options, bool ours) {
  auto address = Complete(options.postgres);
  if (!address) return address.error();
  {
    const auto session = OpenSession(*address, options.wait);
    std::string encoding;
    *session << "SHOW server_encoding", soci::into(encoding);
    if (encoding != "UTF8") {
      return base::Fail(base::Fault::kConfiguration,
                        "The PostgreSQL database must be encoded in UTF8, not " + encoding);
    }
    if (!ours) return std::shared_ptr<Database>(std::make_shared<Postgres>(*address, options));
    // Another process may be migrating for as long as it takes.
    *session << "SET lock_timeout = 0";
    *session << "SET statement_timeout = 0";
    if (auto migrated = Migrate(*session, Dialect::kPostgres); !migrated) return migrated.error();
  }
  return std::shared_ptr<Database>(std::make_shared<Postgres>(*address, options));
}

}  // namespace ozma::store
