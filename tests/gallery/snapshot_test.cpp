#include "gallery/snapshot.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstddef>
#include <cstring>
#include <fstream>
#include <random>

#include "gallery/faces.hpp"
#include "gallery/snapshot_layout.hpp"

namespace ozma::gallery {
namespace {

using base::Fault;

class SnapshotTest : public testing::Test {
 protected:
  ~SnapshotTest() override { std::filesystem::remove_all(folder_); }

  std::vector<Change> RandomChanges(std::int64_t first, std::int64_t last) {
    std::vector<Change> changes;
    for (std::int64_t image = first; image <= last; ++image) {
      changes.push_back(Enrol(static_cast<std::uint64_t>(image), image, 1 + image % 3, RandomFace(random_)));
    }
    return changes;
  }
  // An index of `size` faces, and its snapshot.
  std::unique_ptr<MemoryIndex> Saved(std::int64_t size) {
    auto index = *MemoryIndex::Create(TestOptions());
    EXPECT_TRUE(index->Apply(RandomChanges(1, size)));
    EXPECT_TRUE(index->Save(folder_));
    return index;
  }
  static std::vector<std::vector<Match>> Answer(const Index& index, std::span<const Template> probes) {
    return *index.Search({.probes = probes, .collections = {1, 2, 3}, .most = 20});
  }
  std::string Read() const {
    std::ifstream file(SnapshotIn(folder_), std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
  }
  void Write(const std::string& bytes) const {
    std::ofstream(SnapshotIn(folder_), std::ios::binary)
        .write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  }
  Fault FaultOfOpening(const Shape& shape = TestOptions().shape) const {
    const auto opened = OpenSnapshot(shape, folder_);
    EXPECT_FALSE(opened);
    return opened ? Fault::kInternal : opened.error().fault;
  }

  std::mt19937 random_{3};
  const std::filesystem::path folder_ = testing::TempDir() + "ozma-snapshot-" + std::to_string(::getpid());
  const std::vector<Template> probes_ = {RandomFace(random_), RandomFace(random_)};
};

TEST_F(SnapshotTest, ComesBackAsItWas) {
  const auto before = Saved(5000);
  const auto after = *MemoryIndex::Open(folder_, TestOptions());
  EXPECT_EQ(after->position(), 5000U);
  EXPECT_EQ(after->size(), 5000U);
  EXPECT_GT(after->statistics().mapped_bytes, 5000U * 64);
  EXPECT_LT(after->statistics().heap_bytes, 5000U);
  EXPECT_EQ(Answer(*after, probes_), Answer(*before, probes_));
}

TEST_F(SnapshotTest, AnEmptyIndexHasOneToo) {
  Saved(0);
  EXPECT_EQ((*MemoryIndex::Open(folder_, TestOptions()))->size(), 0U);
}

TEST_F(SnapshotTest, GoesOnWithChanges) {
  PlainIndex plain;
  {
    const auto index = *MemoryIndex::Create(TestOptions());
    const auto changes = RandomChanges(1, 5000);
    ASSERT_TRUE(index->Apply(changes));
    plain.Apply(changes);
    ASSERT_TRUE(index->Save(folder_));
  }
  std::uint64_t position = 5000;
  for (int round = 0; round < 3; ++round) {  // each from the snapshot of the one before
    const auto index = *MemoryIndex::Open(folder_, TestOptions());
    std::vector<Change> changes;
    for (std::int64_t image = 1 + round; image < 6000; image += 3) {
      if (image % 2 == 0) {
        changes.push_back(Remove(++position, image));
      } else {
        changes.push_back(Enrol(++position, image, 1 + image % 3, RandomFace(random_)));
      }
    }
    ASSERT_TRUE(index->Apply(changes));
    plain.Apply(changes);
    EXPECT_EQ(index->size(), plain.entries().size());
    EXPECT_EQ(Answer(*index, probes_),
              plain.Search({.probes = probes_, .collections = {1, 2, 3}, .most = 20}));
    ASSERT_TRUE(index->Save(folder_));
    EXPECT_EQ(Answer(**MemoryIndex::Open(folder_, TestOptions()), probes_), Answer(*index, probes_));
  }
}

// What is mapped stays as it was, although its file has been replaced.
TEST_F(SnapshotTest, MayBeReplacedWhileItIsInUse) {
  const auto first = Saved(3000);
  const auto opened = *MemoryIndex::Open(folder_, TestOptions());
  Saved(10);
  EXPECT_EQ(Answer(*opened, probes_), Answer(*first, probes_));
}

TEST_F(SnapshotTest, IsOfOneNetwork) {
  EXPECT_EQ(FaultOfOpening(), Fault::kNotFound);
  Saved(10);
  EXPECT_EQ(FaultOfOpening({NetworkIdOf("other", "1"), 64}), Fault::kEngine);
  EXPECT_EQ(FaultOfOpening({kTestNetwork, 128}), Fault::kEngine);
}

// One bit is turned at a time. Bytes that hold something are all covered; padding between blocks holds
// nothing.
TEST_F(SnapshotTest, EveryDamageIsNoticed) {
  Saved(2100);
  const std::string whole = Read();
  SnapshotHeader header{};
  std::memcpy(&header, whole.data(), sizeof(header));
  ASSERT_EQ(header.blocks, 3U);
  std::vector<SnapshotEntry> entries(header.blocks);
  std::memcpy(entries.data(), whole.data() + header.directory, entries.size() * sizeof(SnapshotEntry));

  const auto damage = [&](std::size_t at) {
    std::string bytes = whole;
    bytes[at] = static_cast<char>(bytes[at] ^ (1 << (at % 8)));
    Write(bytes);
  };
  for (std::size_t at = 0; at < sizeof(header); ++at) {
    damage(at);
    EXPECT_THAT(FaultOfOpening(), testing::AnyOf(Fault::kIo, Fault::kEngine)) << at;
  }
  for (std::size_t at = header.directory; at < whole.size(); ++at) {
    damage(at);
    EXPECT_EQ(FaultOfOpening(), Fault::kIo) << at;
  }
  for (const SnapshotEntry& entry : entries) {
    const std::size_t bytes = BlockLayout(entry.rows, header.dimension).bytes;
    for (std::size_t at = 0; at < bytes; at += at < 64 || at + 65 > bytes ? 1 : 509) {
      damage(entry.offset + at);
      const auto index = *MemoryIndex::Open(folder_, TestOptions());
      const auto found = index->Search({.probes = probes_, .collections = {1, 2, 3}});
      ASSERT_FALSE(found) << at;
      EXPECT_EQ(found.error().fault, Fault::kIo);
    }
  }
}

TEST_F(SnapshotTest, DamageIsNoticedByChangesAndSavesToo) {
  Saved(2100);
  std::string bytes = Read();
  bytes[kSnapshotPage + 100] ^= 1;
  Write(bytes);
  const auto index = *MemoryIndex::Open(folder_, TestOptions());
  const Change change = Remove(3000, 5);
  EXPECT_EQ(index->Apply(std::span(&change, 1)).error().fault, Fault::kIo);
  EXPECT_EQ(index->Save(folder_).error().fault, Fault::kIo);
  EXPECT_EQ(Read(), bytes);  // the snapshot that could not be written has not taken its place
  const Change elsewhere = Remove(3000, 2000);
  EXPECT_TRUE(index->Apply(std::span(&elsewhere, 1)));
}

// Whoever can write the folder can also make checksums; the program must not read beyond the file for it.
TEST_F(SnapshotTest, ForgedNumbersLeadNowhere) {
  Saved(2100);
  const std::string whole = Read();
  std::uniform_int_distribution<std::size_t> field(0, 9), entry(0, 2), entry_field(0, 5), bit(0, 63);
  std::size_t opened = 0;
  for (int round = 0; round < 2000; ++round) {
    std::string bytes = whole;
    SnapshotHeader header{};
    std::memcpy(&header, bytes.data(), sizeof(header));
    const std::span directory(reinterpret_cast<std::uint64_t*>(bytes.data() + header.directory), 18);
    if (round % 2 == 0) {
      directory[entry(random_) * 6 + entry_field(random_)] ^= 1ULL << bit(random_);
      header.directory_checksum = ChecksumOf(std::as_bytes(directory));
    } else {
      std::uint64_t number = 0;
      auto* at = reinterpret_cast<char*>(&header) + 16 + 8 * (field(random_) % 7);
      std::memcpy(&number, at, sizeof(number));
      number ^= 1ULL << bit(random_);
      std::memcpy(at, &number, sizeof(number));
    }
    header.checksum =
        ChecksumOf(std::as_bytes(std::span(&header, 1)).first(offsetof(SnapshotHeader, checksum)));
    std::memcpy(bytes.data(), &header, sizeof(header));
    Write(bytes);
    const auto index = MemoryIndex::Open(folder_, TestOptions());
    if (!index) continue;
    ++opened;
    (void)(*index)->Search({.probes = probes_, .collections = {1, 2, 3}});
    const Change change = Remove((*index)->position() + 1, 1000);
    (void)(*index)->Apply(std::span(&change, 1));
  }
  EXPECT_LT(opened, 1700U);  // checksums of blocks, image numbers and the position may be anything
}

TEST_F(SnapshotTest, CutsAndAdditionsAreNoticed) {
  Saved(2100);
  const std::string whole = Read();
  for (std::size_t size = 0; size < whole.size(); size += 1021) {
    Write(whole.substr(0, size));
    EXPECT_EQ(FaultOfOpening(), Fault::kIo) << size;
  }
  Write(whole + '\0');
  EXPECT_EQ(FaultOfOpening(), Fault::kIo);
}

TEST_F(SnapshotTest, AFolderThatCannotBeWrittenIsToldOf) {
  const auto index = *MemoryIndex::Create(TestOptions());
  EXPECT_EQ(index->Save("/proc/no-such-folder").error().fault, Fault::kIo);
}

// A child saves one index after another until it is killed. What is left is one of them, whole.
TEST_F(SnapshotTest, AKillWhileSavingLeavesAWholeSnapshot) {
  Saved(4000);
  std::uniform_int_distribution<int> wait(0, 30'000);
  for (int round = 0; round < 20; ++round) {
    const pid_t child = ::fork();
    ASSERT_GE(child, 0);
    if (child == 0) {
      const auto index = MemoryIndex::Open(folder_, TestOptions());
      for (std::uint64_t position = (*index)->position() + 1;; ++position) {
        const auto image = static_cast<std::int64_t>(position);
        const Change change = Enrol(position, image, 1, RandomFace(random_));
        if (!(*index)->Apply(std::span(&change, 1)) || !(*index)->Save(folder_)) ::_exit(1);
      }
    }
    ::usleep(static_cast<useconds_t>(wait(random_)));
    ::kill(child, SIGKILL);
    int status = 0;
    ASSERT_EQ(::waitpid(child, &status, 0), child);
    ASSERT_TRUE(WIFSIGNALED(status));

    const auto index = MemoryIndex::Open(folder_, TestOptions());
    ASSERT_TRUE(index) << index.error().message;
    EXPECT_EQ((*index)->size(), (*index)->position());
    EXPECT_EQ(Answer(**index, probes_)[0].size(), 20U);
  }
}

}  // namespace
}  // namespace ozma::gallery
