// Sessions on disk: nothing is lost at a restart, nothing grows without end.
#include "adapter/sessions.hpp"

#include <gmock/gmock.h>

#include <fstream>

#include "adapter/seal.hpp"
#include "base/ids.hpp"

namespace ozma::adapter {
namespace {

class Disk : public ::testing::Test {
 protected:
  Disk() {
    std::string folder = std::filesystem::temp_directory_path() / "ozma-sessions-XXXXXX";
    root_ = mkdtemp(folder.data());
  }
  ~Disk() override { std::filesystem::remove_all(root_); }

  std::unique_ptr<Sessions> Open() {
    auto opened = Sessions::Open(root_, limits_);
    return opened ? std::move(*opened) : throw std::runtime_error(opened.error().message);
  }
  static Session New(double created) {
    Session session;
    session.session_id = base::NewUuid();
    session.event_session_id = base::NewUuid();
    session.nonce = NewNonce();
    session.actions = {"video_selfie_blank"};
    session.meta = {{"transaction_id", "7"}};
    session.extract_best_shot = false;
    session.token = "secret";
    session.created = created;
    return session;
  }
  static Upload Uploaded(std::size_t bytes) {
    Upload upload;
    upload.upload_id = "u";
    upload.hashes = {std::string(64, 'a'), std::string(64, 'b')};
    upload.media = {{"video_selfie_blank.zip", "application/zip", {"video_selfie"}, true, true, bytes}};
    upload.additional_info = "x.y";
    upload.cameras = {"Front"};
    upload.signals = {"webdriver"};
    return upload;
  }

  std::filesystem::path root_;
  SessionLimits limits_;
};

TEST_F(Disk, SurvivesARestart) {
  const base::FixedWorld world(1000);
  std::string id;
  json::object before;
  {
    auto sessions = Open();
    const auto entry = sessions->Create(New(1000));
    ASSERT_TRUE(entry);
    id = (*entry)->session.session_id;
    ASSERT_TRUE(sessions->Reserve(3));
    ASSERT_TRUE(sessions->WriteMedium(id, "video_selfie_blank.zip", base::AsBytes("zip")));
    const std::lock_guard work((*entry)->work);
    (*entry)->session.uploads["video_selfie_blank"] = Uploaded(3);
    (*entry)->session.state = Session::State::kSubmitted;
    (*entry)->session.failure = Refuse(Code::kServiceUnavailable, "why");
    ASSERT_TRUE(sessions->Save(**entry));
    before = ToJson((*entry)->session);
  }
  auto sessions = Open();
  const auto entry = sessions->Find(id);
  ASSERT_TRUE(entry);
  EXPECT_EQ(ToJson((*entry)->session), before);
  EXPECT_EQ(sessions->used(), 3u);
  EXPECT_EQ(base::AsText(*sessions->ReadMedium(id, "video_selfie_blank.zip")), "zip");
  EXPECT_TRUE(sessions->NoteFrames("another", {std::string(64, 'a')}))
      << "frames are known after a restart too";
  EXPECT_FALSE(sessions->NoteFrames(id, {std::string(64, 'b')})) << "a session may repeat its own";
  sessions->DropMedia(**entry);
  EXPECT_EQ(sessions->used(), 0u);
  EXPECT_FALSE(sessions->ReadMedium(id, "video_selfie_blank.zip"));
}

TEST_F(Disk, ItsFolderIsItsOwnersAlone) {
  auto sessions = Open();
  const auto mode = std::filesystem::status(root_).permissions();
  EXPECT_EQ(mode & std::filesystem::perms::mask, std::filesystem::perms::owner_all);
}

TEST_F(Disk, LiveSessionsAndBytesAreBounded) {
  limits_.live = 2;
  limits_.bytes = 10;
  auto sessions = Open();
  const double now = base::UnixSeconds();
  ASSERT_TRUE(sessions->Create(New(now)));
  ASSERT_TRUE(sessions->Create(New(now)));
  const auto third = sessions->Create(New(now));
  ASSERT_FALSE(third);
  EXPECT_EQ(third.error().code, Code::kTooMany);
  EXPECT_EQ(ResponseOf(third.error()).headers.count("Retry-After"), 1u);
  EXPECT_TRUE(sessions->Reserve(8));
  EXPECT_EQ(sessions->Reserve(3).error().code, Code::kOverloaded);
  sessions->GiveBack(8);
  EXPECT_TRUE(sessions->Reserve(3));
}

TEST_F(Disk, PurgeTakesTheOldAndLeavesWhatTheApiHas) {
  auto sessions = Open();
  std::string open, submitted, young;
  {
    const base::FixedWorld world(10'000);
    open = (*sessions->Create(New(1000)))->session.session_id;
    auto entry = *sessions->Create(New(1000));
    submitted = entry->session.session_id;
    entry->session.state = Session::State::kSubmitted;
    ASSERT_TRUE(sessions->Save(*entry));
  }
  const base::FixedWorld world(20'000);
  Session last = New(19'000);
  last.session_id = young = "11111111-1111-4111-8111-111111111111";  // a fixed world counts its ids from one
  ASSERT_TRUE(sessions->Create(last));
  EXPECT_EQ(sessions->Purge(), 1u);
  EXPECT_FALSE(sessions->Find(open));
  EXPECT_FALSE(std::filesystem::exists(root_ / open));
  EXPECT_TRUE(sessions->Find(submitted));
  EXPECT_TRUE(sessions->Find(young));
}

TEST_F(Disk, WithoutPurgeFilesStay) {
  limits_.purge = false;
  const base::FixedWorld world(20'000);
  auto sessions = Open();
  const auto id = (*sessions->Create(New(1000)))->session.session_id;
  EXPECT_EQ(sessions->Purge(), 1u);
  EXPECT_FALSE(sessions->Find(id));
  EXPECT_TRUE(std::filesystem::exists(root_ / id / "session.json"));
  EXPECT_FALSE(Open()->Find(id)) << "and come back no more";
}

TEST_F(Disk, DamagedFilesAreLeftAndHalfMadeOnesGo) {
  std::filesystem::create_directories(root_ / "damaged");
  std::ofstream(root_ / "damaged" / "session.json") << "{\"session_id\": 1}";
  std::filesystem::create_directories(root_ / "half");
  auto sessions = Open();
  EXPECT_TRUE(sessions->All().empty());
  EXPECT_TRUE(std::filesystem::exists(root_ / "damaged"));
  EXPECT_FALSE(std::filesystem::exists(root_ / "half"));
}

}  // namespace
}  // namespace ozma::adapter
