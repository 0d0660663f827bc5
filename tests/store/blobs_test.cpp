#include "store/blobs.hpp"

#include <fstream>
#include <set>

#include "store/databases.hpp"

namespace ozma::store {
namespace {

using base::Fault;

class BlobFolder : public testing::Test {
 protected:
  void SetUp() override {
    auto opened = OpenFolder(folder_.path() / "blobs");
    ASSERT_TRUE(opened.has_value()) << opened.error().message;
    blobs_ = *opened;
  }
  TemporaryFolder folder_;
  std::shared_ptr<Blobs> blobs_;
};

TEST_F(BlobFolder, GivesBackWhatItTook) {
  const base::Bytes bytes{0, 1, 2, 255};
  const auto key = blobs_->Put(bytes);
  ASSERT_TRUE(key);
  EXPECT_EQ(key->size(), 48u);
  EXPECT_EQ(blobs_->Get(*key).value(), bytes);
  EXPECT_NE(*blobs_->Put(bytes), *key);
  EXPECT_TRUE(blobs_->Get(*blobs_->Put({})).value().empty());
  EXPECT_TRUE(blobs_->Remove(*key));
  EXPECT_TRUE(blobs_->Remove(*key));
  EXPECT_EQ(blobs_->Get(*key).error().fault, Fault::kNotFound);
  EXPECT_TRUE(blobs_->Check());
}

TEST_F(BlobFolder, LeadsNowhereElse) {
  std::ofstream(folder_.path() / "secret") << "x";
  for (const std::string key : {"", "../secret", "../../../secret", "/etc/passwd", "a/b", "."}) {
    EXPECT_EQ(blobs_->Get(key).error().fault, Fault::kNotFound) << key;
    EXPECT_TRUE(blobs_->Remove(key));
  }
  EXPECT_TRUE(std::filesystem::exists(folder_.path() / "secret"));
}

TEST_F(BlobFolder, IsClosedToOthers) {
  const auto key = *blobs_->Put({});
  const auto others = std::filesystem::perms::group_all | std::filesystem::perms::others_all;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder_.path() / "blobs")) {
    EXPECT_EQ(entry.status().permissions() & others, std::filesystem::perms::none) << entry.path();
  }
}

TEST_F(BlobFolder, ListsEachOldFileOnce) {
  std::set<std::string> keys;
  for (int i = 0; i < 50; ++i) keys.insert(*blobs_->Put({}));
  EXPECT_TRUE(blobs_->OlderThan(base::UnixSeconds() - 60, "", 100)->empty());
  std::set<std::string> listed;
  std::string after;
  while (true) {
    const auto some = *blobs_->OlderThan(base::UnixSeconds() + 60, after, 7);
    if (some.empty()) break;
    EXPECT_LE(some.size(), 7u);
    for (const auto& key : some) EXPECT_TRUE(listed.insert(key).second);
    after = some.back();
  }
  EXPECT_EQ(listed, keys);
}

class Orphans : public OnBothDatabases {};
OZMA_ON_BOTH_DATABASES(Orphans);

TEST_P(Orphans, AreSweptAndNothingElse) {
  const auto root = folder_.path() / "blobs";
  const auto blobs = *OpenFolder(root);
  const auto folder = SomeFolder();
  auto media = SomeMedia(folder);
  media.original_key = *blobs->Put({});
  media.thumb_key = *blobs->Put({});
  media.preview_key = *blobs->Put({});
  Write([&](Transaction& in) {
    Insert(in, folder);
    Insert(in, media);
  });
  const auto orphan = *blobs->Put({});
  // What a crash leaves in the middle of Put, and what is not ours.
  const std::string unfinished = std::string(48, 'a') + ".part";
  std::ofstream(root / "a" / "a" / unfinished) << "half";
  std::ofstream(root / "a" / "a" / "README") << "not ours";
  EXPECT_EQ(SweepOrphans(*database_, *blobs, 60).value(), 0);
  EXPECT_EQ(SweepOrphans(*database_, *blobs, -60).value(), 2);
  EXPECT_FALSE(blobs->Get(orphan).has_value());
  EXPECT_FALSE(std::filesystem::exists(root / "a" / "a" / unfinished));
  EXPECT_TRUE(std::filesystem::exists(root / "a" / "a" / "README"));
  for (const auto& key : {media.original_key, media.thumb_key, media.preview_key}) {
    EXPECT_TRUE(blobs->Get(key).has_value());
  }
}

TEST_P(Orphans, ReplacedFilesAreDoomedAndNamedOnesAreSpared) {
  const auto blobs = *OpenFolder(folder_.path() / "blobs");
  const auto folder = SomeFolder();
  auto media = SomeMedia(folder);
  const auto old = media.thumb_key = *blobs->Put({});
  const auto original = media.original_key = *blobs->Put({});
  Write([&](Transaction& in) {
    Insert(in, folder);
    Insert(in, media);
  });
  media.thumb_key = *blobs->Put({});
  Write([&](Transaction& in) { Update(in, media); });
  EXPECT_EQ(RemoveDoomed(*database_, *blobs).value(), 1);
  EXPECT_FALSE(blobs->Get(old).has_value());
  EXPECT_TRUE(blobs->Get(media.thumb_key).has_value());
  EXPECT_TRUE(blobs->Get(original).has_value());
}

}  // namespace
}  // namespace ozma::store
