// Commands that look after what is stored: migrate, cleanup, doctor, license-info.
#include <charconv>
#include <iostream>

#include "base/log.hpp"
#include "cli/api_options.hpp"
#include "store/accounts.hpp"
#include "store/folders.hpp"

namespace ozma::cli {
namespace {

using base::Fail;
using base::Fault;
using store::Transaction;

// "30d", "12h", "90m", "5s"; a bare number is days.
base::Result<double> SecondsOf(const std::string& text) {
  double number = 0;
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), number);
  const std::string unit(failure == std::errc() ? end : text.data(), text.data() + text.size());
  const double seconds = unit.empty() || unit == "d" ? 86400 : unit == "h" ? 3600 : unit == "m" ? 60 : 1;
  if (failure != std::errc() || !(number >= 0) || (seconds == 1 && unit != "s"))
    return Fail(Fault::kConfiguration, "--older-than wants a time such as 30d, 12h, 90m or 5s.");
  return number * seconds;
}

int RunMigrate(const Storage& storage) {
  base::StartLog(base::Level::kWarning);
  const auto opened = Open(storage);
  if (!opened) return Complain(opened.error());
  std::cout << "the database is up to date\n";
  return kOk;
}

// A few at a time, so that nobody waits long for the lock.
base::Result<std::int64_t> DeleteFolders(store::Database& database, double before) {
  constexpr std::int64_t kAtOnce = 50;
  std::int64_t deleted = 0;
  for (;;) {
    const auto some = database.Write([&](Transaction& in) -> base::Result<std::int64_t> {
      const auto ids = store::FoldersOlderThan(in, before, kAtOnce);
      for (const auto& id : ids) store::DeleteFolder(in, id);
      return static_cast<std::int64_t>(ids.size());
    });
    if (!some) return some.error();
    deleted += *some;
    if (*some < kAtOnce) return deleted;
  }
}

base::Result<void> CleanUp(const Opened& opened, double older_than) {
  constexpr double kOrphanAge = 3600;  // an upload under way has its file before its row
  const double now = base::UnixSeconds();
  const auto folders = DeleteFolders(*opened.database, now - older_than);
  if (!folders) return folders.error();
  const auto files = store::RemoveDoomed(*opened.database, *opened.blobs);
  if (!files) return files.error();
  const auto orphans = store::SweepOrphans(*opened.database, *opened.blobs, kOrphanAge);
  if (!orphans) return orphans.error();
  const auto sessions = opened.database->Write(
      [&](Transaction& in) -> base::Result<std::int64_t> { return store::DeleteExpiredSessions(in, now); });
  if (!sessions) return sessions.error();
  std::cout << "deleted: " << *folders << " folders, " << *files << " files of theirs, " << *orphans
            << " files of nobody, " << *sessions << " ended sessions\n";
  return {};
}

int RunCleanUp(const Storage& storage, const std::string& older_than) {
  base::StartLog(base::Level::kWarning);
  const auto seconds = SecondsOf(older_than);
  if (!seconds) return Complain(seconds.error());
  const auto opened = Open(storage);
  if (!opened) return Complain(opened.error());
  const auto done = CleanUp(*opened, *seconds);
  return done ? kOk : Complain(done.error());
}

struct Doctor {
  Common common;
  Storage storage;
  ApiOptions api;
};

// One line for each thing looked at; exit 1 where one fails.
class Report {
 public:
  void Add(const std::string& what, const base::Result<void>& result, const std::string& good = {}) {
    std::cout << (result ? "[OK]   " : "[FAIL] ") << what;
    if (!result) {
      std::cout << ": " << result.error().message;
      well_ = false;
    } else if (!good.empty()) {
      std::cout << ": " << good;
    }
    std::cout << std::endl;
  }
  int exit_code() const { return well_ ? kOk : kFailure; }

 private:
  bool well_ = true;
};

base::Result<void> CheckConfiguration(const Doctor& doctor) {
  if (const auto mode = ModeOf(doctor.api); !mode) return mode.error();
  if (const auto policy = access::PasswordPolicy::Parse(doctor.api.password_policy); !policy)
    return policy.error();
  if (const auto throttle = access::Throttle::Parse(doctor.api.throttling); !throttle)
    return throttle.error();
  if (const auto database = DatabaseOptionsOf(doctor.storage); !database) return database.error();
  return {};
}

base::Result<void> CheckAdmin(store::Database& database) {
  return database.Read([&](Transaction& in) -> base::Result<void> {
    store::Query query;
    query.where = {{"user_type", store::Condition::Op::kAnyOf, {"ADMIN"}},
                   {"is_active", store::Condition::Op::kAnyOf, {"true"}}};
    query.limit = 1;
    if (!store::ListUsers(in, query).items.empty()) return {};
    return Fail(Fault::kConfiguration, "there is none; make one: ozma create-admin --email ADDRESS");
  });
}

void CheckData(const Doctor& doctor, Report& report) {
  const auto opened = Open(doctor.storage);
  const char* kind = "database";
  if (!opened) return report.Add(kind, opened.error());
  const bool sqlite = opened->database->dialect() == store::Dialect::kSqlite;
  report.Add(kind, opened->database->Check(), sqlite ? "SQLite" : "PostgreSQL");
  report.Add("files", opened->blobs->Check(), (doctor.storage.data / "blobs").string());
  report.Add("an active ADMIN", CheckAdmin(*opened->database));
}

void CheckEngine(const Doctor& doctor, Report& report) {
  const auto chain = OpenChain(doctor.common);
  if (!chain) return report.Add("engine", chain.error());
  report.Add("engine", {}, chain->analyst->EngineName());
  report.Add("matching", chain->analyst->CheckMatching());
  report.Add("liveness", chain->analyst->CheckLiveness());
  const bool sandboxed = chain->decoder->sandboxed();
  report.Add("decoder's sandbox", {}, sandboxed ? "" : "none, as --allow-unsandboxed says");
}

int RunDoctor(const Doctor& doctor) {
  base::StartLog(base::Level::kWarning);
  Report report;
  report.Add("configuration", CheckConfiguration(doctor));
  const auto mode = ModeOf(doctor.api);
  if (mode && mode->tokens) {
    const auto secret = SecretOf(doctor.storage);
    report.Add("secret", secret ? base::Result<void>() : secret.error());
    CheckData(doctor, report);
  }
  CheckEngine(doctor, report);
  report.Add("licence", {}, "none is configured, and none is needed");
  return report.exit_code();
}

}  // namespace

void AddUpkeep(CLI::App& app, int& exit_code) {
  auto storage = std::make_shared<Storage>();
  auto* migrate = app.add_subcommand("migrate", "Make the database, or bring it up to date");
  AddStorage(*migrate, *storage);
  migrate->callback([storage, &exit_code] { exit_code = RunMigrate(*storage); });

  struct CleanUpOptions {
    Storage storage;
    std::string older_than;
  };
  auto options = std::make_shared<CleanUpOptions>();
  auto* cleanup = app.add_subcommand("cleanup", "Delete folders that were last changed long ago");
  AddStorage(*cleanup, options->storage);
  cleanup->add_option("--older-than", options->older_than, "As in 30d, 12h; a bare number is days")
      ->required();
  cleanup->callback([options, &exit_code] { exit_code = RunCleanUp(options->storage, options->older_than); });

  auto doctor = std::make_shared<Doctor>();
  auto* check = app.add_subcommand("doctor", "Check configuration, database, files and engine");
  AddStorage(*check, doctor->storage);
  AddApiOptions(*check, doctor->api);
  AddCommon(*check, doctor->common);
  check->callback([doctor, &exit_code] { exit_code = RunDoctor(*doctor); });

  app.add_subcommand("license-info", "What licence the server runs under")->callback([&exit_code] {
    std::cout << "No licence is configured, and none is needed: Ozma is free software under the Apache "
                 "License 2.0,\nwithout limits of time, requests or cores.\n";
    exit_code = kOk;
  });
}

}  // namespace ozma::cli
