// Every test of this room runs on SQLite and on a real PostgreSQL, whose connection string is in
// OZMA_TEST_POSTGRES. Each test has a database of its own, which goes with it.
#pragma once

#include <gtest/gtest.h>
#include <soci/soci.h>

#include <cstdlib>
#include <filesystem>
#include <string>

#include "store/accounts.hpp"
#include "store/analyses.hpp"
#include "store/blobs.hpp"
#include "store/database.hpp"
#include "store/folders.hpp"
#include "store/jobs.hpp"
#include "store/on_server.hpp"

namespace ozma::store {

// A folder that goes with the test.
class TemporaryFolder {
 public:
  TemporaryFolder() : path_(std::filesystem::temp_directory_path() / ("ozma-store-" + base::NewUuid())) {
    std::filesystem::create_directories(path_);
  }
  ~TemporaryFolder() { std::filesystem::remove_all(path_); }
  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

class OnBothDatabases : public testing::TestWithParam<Dialect> {
 protected:
  void SetUp() override {
    if (GetParam() == Dialect::kPostgres) {
      const char* server = std::getenv("OZMA_TEST_POSTGRES");
      ASSERT_TRUE(server)
          << "OZMA_TEST_POSTGRES must hold a connection string; scripts/postgres starts a server";
      server_ = server;
      std::string name = "ozma_" + base::NewUuid();
      std::erase(name, '-');
      ASSERT_EQ(OnServer(server_, "CREATE DATABASE " + name), "");
      database_name_ = name;
    }
    auto opened = Database::Open(Options());
    ASSERT_TRUE(opened.has_value()) << opened.error().message;
    database_ = *opened;
  }

  void TearDown() override {
    database_.reset();
    if (!database_name_.empty()) {
      EXPECT_EQ(OnServer(server_, "DROP DATABASE " + database_name_ + " WITH (FORCE)"), "");
    }
  }

  DatabaseOptions Options() const {
    DatabaseOptions options;
    if (GetParam() == Dialect::kPostgres) {
      options.postgres = server_ + " dbname=" + database_name_;
    } else {
      options.sqlite = folder_.path() / "data base.db";
    }
    return options;
  }

  // In one transaction that must succeed.
  template <class Work>
  void Write(Work&& work) {
    const auto done = database_->Write([&](Transaction& in) -> base::Result<void> {
      work(in);
      return {};
    });
    ASSERT_TRUE(done.has_value()) << done.error().message;
  }
  template <class Work>
  auto Read(Work&& work) {
    using Answer = std::invoke_result_t<Work, Transaction&>;
    auto done = database_->Read([&](Transaction& in) -> base::Result<Answer> { return work(in); });
    EXPECT_TRUE(done.has_value()) << (done ? "" : done.error().message);
    return done ? std::move(*done) : Answer();
  }

  // Things with every field set, so that a column that is forgotten shows.
  static Company SomeCompany(const std::string& name = "Company") {
    Company company;
    company.company_id = base::NewUuid();
    company.name = name;
    company.settings = {{"threshold_spoofing", 0.25}};
    company.meta_data = {{"a", {{"b", "ünïcode \"quoted\" \\ 'single'"}}}};
    company.technical_meta_data = {{"x", nullptr}};
    company.time = {1744017549.366616, 1744017550.000001};
    return company;
  }
  static User SomeUser(const std::string& company_id, const std::string& email) {
    User user;
    user.user_id = base::NewUuid();
    user.company_id = company_id;
    user.email = email;
    user.role = Role::kClientOperator;
    user.first_name = "Zoë";
    user.last_name = "O'Brien; DROP TABLE users; --";
    user.middle_name = "%_\\";
    user.password_hash = "$argon2id$x";
    user.is_active = false;
    user.may_quality = false;
    user.meta_data = {{"k", true}};
    user.technical_meta_data = {{"t", 1}};
    user.time = {1.5, 2.5};
    return user;
  }
  static Folder SomeFolder(const std::string& company_id = std::string(kSystemCompany),
                           const std::string& user_id = "u") {
    Folder folder;
    folder.folder_id = base::NewUuid();
    folder.company_id = company_id;
    folder.user_id = user_id;
    folder.meta_data = json::object();
    folder.time = {base::UnixSeconds(), base::UnixSeconds()};
    return folder;
  }
  static Media SomeMedia(const Folder& folder, const std::string& name = "selfie.jpg") {
    Media media;
    media.media_id = base::NewUuid();
    media.folder_id = folder.folder_id;
    media.company_id = folder.company_id;
    media.folder_time_created = folder.time.created;
    media.media_type = "IMAGE_FOLDER";
    media.original_name = name;
    media.mime = "image/jpeg";
    media.tags = {"photo_selfie", "free \"tag\""};
    media.info = {{"thumb", nullptr}};
    media.meta_data = nullptr;
    media.original_key = "original-" + media.media_id;
    media.thumb_key = "thumb-" + media.media_id;
    media.time = folder.time;
    return media;
  }
  static Analysis SomeAnalysis(const Folder& folder, const std::string& group_id, int position = 0) {
    Analysis analysis;
    analysis.analysis_id = base::NewUuid();
    analysis.folder_id = folder.folder_id;
    analysis.company_id = folder.company_id;
    analysis.group_id = group_id;
    analysis.folder_time_created = folder.time.created;
    analysis.position = position;
    analysis.confs = {{"threshold_spoofing", 0.5}};
    analysis.time = folder.time;
    return analysis;
  }
  static Analysis Ended(Analysis analysis, const std::string& resolution, double time_finished = 100) {
    analysis.state = resolution == "FAILED" ? "FAILED" : "FINISHED";
    analysis.resolution_status = analysis.system_resolution = resolution;
    analysis.time_received = 50;
    analysis.time_finished = time_finished;
    return analysis;
  }

  std::shared_ptr<Database> database_;
  TemporaryFolder folder_;
  std::string server_, database_name_;
};

#define OZMA_ON_BOTH_DATABASES(Suite)                                     \
  INSTANTIATE_TEST_SUITE_P(                                               \
      Both, Suite, testing::Values(Dialect::kSqlite, Dialect::kPostgres), \
      [](const auto& parameter) { return parameter.param == Dialect::kSqlite ? "Sqlite" : "Postgres"; })

}  // namespace ozma::store
