#include <atomic>
#include <thread>

#include "store/databases.hpp"

namespace ozma::store {
namespace {

using base::Deadline;
using base::Fault;
using std::chrono::seconds;

class Databases : public OnBothDatabases {
 protected:
  std::string Sql(const std::string& statement) {
    const auto done = database_->Write([&](Transaction& in) -> base::Result<void> {
      in.sql() << statement;
      return {};
    });
    return done ? "" : done.error().message;
  }
  std::string PlanOf(const std::string& query) {
    const bool sqlite = GetParam() == Dialect::kSqlite;
    return Read([&](Transaction& in) {
      std::string plan;
      // Small tables are scanned whatever the indexes are.
      if (!sqlite) in.sql() << "SET LOCAL enable_seqscan = off";
      soci::rowset<soci::row> rows = in.sql().prepare
                                     << (sqlite ? "EXPLAIN QUERY PLAN " : "EXPLAIN ") + query;
      for (const auto& row : rows) plan += row.get<std::string>(sqlite ? 3 : 0) + "\n";
      return plan;
    });
  }
};
OZMA_ON_BOTH_DATABASES(Databases);

TEST_P(Databases, ErrorsAndExceptionsRollBack) {
  const auto folder = SomeFolder();
  const auto refused = database_->Write([&](Transaction& in) -> base::Result<int> {
    Insert(in, folder);
    return base::Fail(Fault::kLogic, "no");
  });
  EXPECT_EQ(refused.error().fault, Fault::kLogic);
  EXPECT_THROW((void)database_->Write([&](Transaction& in) -> base::Result<int> {
    Insert(in, folder);
    throw std::runtime_error("thrown");
  }),
               std::runtime_error);
  const auto failed = database_->Write([&](Transaction& in) -> base::Result<int> {
    Insert(in, folder);
    in.sql() << "SELECT nonsense FROM nowhere";
    return 1;
  });
  EXPECT_EQ(failed.error().fault, Fault::kDatabase);
  EXPECT_EQ(failed.error().message.find("nonsense"), std::string::npos);
  EXPECT_FALSE(Read([&](Transaction& in) { return FindFolder(in, folder.folder_id); }));
  Write([&](Transaction& in) { Insert(in, folder); });
  EXPECT_TRUE(Read([&](Transaction& in) { return FindFolder(in, folder.folder_id); }));
}

TEST_P(Databases, AReadCannotWrite) {
  const auto refused = database_->Read([&](Transaction& in) -> base::Result<int> {
    Insert(in, SomeFolder());
    return 1;
  });
  EXPECT_EQ(refused.error().fault, Fault::kDatabase);
}

TEST_P(Databases, ForeignKeysHold) {
  const auto refused = database_->Write([&](Transaction& in) -> base::Result<int> {
    Insert(in, SomeMedia(SomeFolder()));
    return 1;
  });
  EXPECT_EQ(refused.error().fault, Fault::kDatabase);
}

TEST_P(Databases, TextThatIsNoTextIsMended) {
  auto folder = SomeFolder(std::string(kSystemCompany), std::string("a\0b\xFF"
                                                                    "c",
                                                                    5));
  Write([&](Transaction& in) { Insert(in, folder); });
  EXPECT_EQ(Read([&](Transaction& in) { return FindFolder(in, folder.folder_id); })->user_id,
            "a\xEF\xBF\xBD"
            "b\xEF\xBF\xBD"
            "c");
}

TEST_P(Databases, SignalsComeAfterCommitAlone) {
  const auto seen = database_->Count(Channel::kGroups);
  (void)database_->Write([&](Transaction& in) -> base::Result<int> {
    in.Notify(Channel::kGroups);
    return base::Fail(Fault::kLogic, "rolled back");
  });
  // PostgreSQL's listener may just have connected, which counts too.
  if (GetParam() == Dialect::kSqlite) {
    EXPECT_EQ(database_->Count(Channel::kGroups), seen);
  }
  std::atomic<bool> woken = false;
  std::thread waiter([&] { woken = database_->Wait(Channel::kGroups, seen, Deadline(seconds(20))); });
  Write([&](Transaction& in) { in.Notify(Channel::kGroups); });
  waiter.join();
  EXPECT_TRUE(woken);
}

TEST_P(Databases, WaitingEndsAtItsTimeOrWhenStopped) {
  // The other channel may count once, when PostgreSQL's listener connects.
  if (GetParam() == Dialect::kPostgres) database_->Wait(Channel::kJobs, 0, Deadline(seconds(10)));
  const auto seen = database_->Count(Channel::kJobs);
  EXPECT_FALSE(database_->Wait(Channel::kJobs, seen, Deadline(std::chrono::milliseconds(20))));
  std::thread waiter([&] { EXPECT_FALSE(database_->Wait(Channel::kJobs, seen, Deadline(seconds(60)))); });
  database_->StopWaiting();
  waiter.join();
  EXPECT_FALSE(database_->Wait(Channel::kJobs, seen, Deadline(seconds(60))));
}

TEST_P(Databases, AnotherProcessIsHeard) {
  const auto other = Database::Open(Options());
  ASSERT_TRUE(other);
  if (GetParam() == Dialect::kPostgres) database_->Wait(Channel::kJobs, 0, Deadline(seconds(10)));
  const auto seen = database_->Count(Channel::kJobs);
  const auto done = (*other)->Write([&](Transaction& in) -> base::Result<void> {
    Insert(in, SomeFolder());
    in.Notify(Channel::kJobs);
    return {};
  });
  ASSERT_TRUE(done);
  EXPECT_TRUE(database_->Wait(Channel::kJobs, seen, Deadline(seconds(20))));
}

TEST_P(Databases, ManyMayOpenAtOnceAndAgain) {
  // A fresh one, so that all of them find their migrations missing.
  DatabaseOptions options = Options();
  if (GetParam() == Dialect::kSqlite) {
    options.sqlite = folder_.path() / "fresh.db";
  } else {
    Sql("DROP SCHEMA public CASCADE");
    Sql("CREATE SCHEMA public");
  }
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&] {
      const auto opened = Database::Open(options);
      ASSERT_TRUE(opened.has_value()) << opened.error().message;
      EXPECT_TRUE((*opened)->Check().has_value());
    });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_TRUE(Database::Open(options).has_value());
}

TEST_P(Databases, NewerAndForeignOnesAreRefused) {
  ASSERT_EQ(Sql("INSERT INTO schema_versions VALUES (9999, '9999_later', 'x', 0)"), "");
  auto opened = Database::Open(Options());
  ASSERT_FALSE(opened.has_value());
  EXPECT_EQ(opened.error().fault, Fault::kConfiguration);
  EXPECT_NE(opened.error().message.find("newer"), std::string::npos);
  ASSERT_EQ(Sql("DELETE FROM schema_versions WHERE version = 9999"), "");
  ASSERT_EQ(Sql("UPDATE schema_versions SET checksum = 'other'"), "");
  opened = Database::Open(Options());
  ASSERT_FALSE(opened.has_value());
  EXPECT_EQ(opened.error().fault, Fault::kConfiguration);
}

TEST_P(Databases, FolderListsUseIndexes) {
  const std::string index =
      GetParam() == Dialect::kSqlite ? "SEARCH folder_metadata USING" : "folder_metadata_pkey";
  for (const std::string condition :
       {"folders.folder_id IN (SELECT folder_id FROM folder_metadata WHERE digest = 'd')",
        "EXISTS (SELECT 1 FROM folder_metadata WHERE digest = 'd' AND folder_metadata.folder_id = "
        "folders.folder_id)"}) {
    const auto by_metadata = PlanOf("SELECT folders.folder_id FROM folders WHERE " + condition +
                                    " ORDER BY folders.time_created DESC, folders.folder_id DESC LIMIT 100");
    EXPECT_NE(by_metadata.find(index), std::string::npos) << by_metadata;
  }
  const auto plan = PlanOf(
      "SELECT folder_id FROM folders WHERE company_id = 'c' "
      "ORDER BY time_created DESC, folder_id DESC LIMIT 100");
  EXPECT_NE(plan.find("folders_by_company"), std::string::npos) << plan;
  EXPECT_EQ(plan.find("Sort"), std::string::npos) << plan;
  EXPECT_EQ(plan.find("TEMP B-TREE"), std::string::npos) << plan;
}

TEST_P(Databases, BrokenConnectionsAreOpenedAgain) {
  if (GetParam() == Dialect::kSqlite) return;  // there is nothing to break
  ASSERT_TRUE(database_->Wait(Channel::kJobs, 0, Deadline(seconds(10))));
  const auto seen = database_->Count(Channel::kJobs);
  ASSERT_EQ(OnServer(server_, "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '" +
                                  database_name_ + "'"),
            "");
  EXPECT_TRUE(database_->Check().has_value());
  Write([&](Transaction& in) { Insert(in, SomeFolder()); });
  // The listener has come back, and counts that it may have missed something.
  EXPECT_TRUE(database_->Wait(Channel::kJobs, seen, Deadline(seconds(20))));
}

TEST_P(Databases, ADeadlockIsRunAgain) {
  const auto one = SomeFolder(), two = SomeFolder();
  Write([&](Transaction& in) {
    Insert(in, one);
    Insert(in, two);
  });
  std::atomic<int> holding = 0, runs = 0;
  const auto lock_both = [&](const std::string& first, const std::string& second) {
    bool met = false;
    const auto done = database_->Write([&](Transaction& in) -> base::Result<void> {
      ++runs;
      LockFolder(in, first);
      // Only the first time: both hold one and want the other. SQLite lets one alone in.
      if (!std::exchange(met, true) && in.dialect() == Dialect::kPostgres) {
        ++holding;
        while (holding < 2) std::this_thread::yield();
      }
      LockFolder(in, second);
      return {};
    });
    EXPECT_TRUE(done.has_value());
  };
  std::thread other([&] { lock_both(two.folder_id, one.folder_id); });
  lock_both(one.folder_id, two.folder_id);
  other.join();
  EXPECT_EQ(runs, GetParam() == Dialect::kPostgres ? 3 : 2);
}

TEST(Opening, RefusesWhatCannotBeRight) {
  DatabaseOptions options;
  EXPECT_EQ(Database::Open(options).error().fault, Fault::kConfiguration);
  options.postgres = "this is no=connection string";
  EXPECT_EQ(Database::Open(options).error().fault, Fault::kConfiguration);
  options.postgres = "host=/nowhere user=x dbname=y";
  EXPECT_EQ(Database::Open(options).error().fault, Fault::kDatabase);
  options.postgres.clear();
  options.sqlite = "/proc/nowhere/file.db";
  EXPECT_EQ(Database::Open(options).error().fault, Fault::kConfiguration);
  options.connections = 0;
  EXPECT_EQ(Database::Open(options).error().fault, Fault::kConfiguration);
}

TEST(Opening, KeepsTheFileToItsOwner) {
  const TemporaryFolder folder;
  DatabaseOptions options;
  options.sqlite = folder.path() / "below" / "ozma.db";
  ASSERT_TRUE(Database::Open(options).has_value());
  const auto others = std::filesystem::perms::group_all | std::filesystem::perms::others_all;
  EXPECT_EQ(std::filesystem::status(options.sqlite).permissions() & others, std::filesystem::perms::none);
}

}  // namespace
}  // namespace ozma::store
