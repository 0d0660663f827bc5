// Adds, deletes, saves and searches at once. Fit for ThreadSanitizer.
#include <gtest/gtest.h>
#include <unistd.h>

#include <atomic>
#include <random>
#include <thread>

#include "gallery/faces.hpp"

namespace ozma::gallery {
namespace {

constexpr std::int64_t kCollections = 3;

// Changes in random batches, the same whenever they are made anew.
std::vector<std::vector<Change>> Batches(int count) {
  std::mt19937 random(11);
  std::uniform_int_distribution<std::int64_t> any(1, 4000);
  std::uniform_int_distribution<int> size(1, 200), coin(0, 9);
  std::vector<std::vector<Change>> batches;
  std::uint64_t position = 0;
  for (int batch = 0; batch < count; ++batch) {
    auto& changes = batches.emplace_back();
    for (int left = size(random); left > 0; --left) {
      const std::int64_t image = any(random);
      if (coin(random) < 4) {
        changes.push_back(Remove(++position, image));
      } else {
        changes.push_back(Enrol(++position, image, 1 + image % kCollections, RandomFace(random)));
      }
    }
  }
  return batches;
}

// A search while one thread applies: its answer is that of the serial replay after some batch, none before
// the last one whose Apply had returned when the search began, none after the last one whose Apply had begun
// when it ended.
TEST(Concurrency, EverySearchSeesTheStateAfterSomeBatch) {
  const auto batches = Batches(150);
  std::mt19937 random(5);
  const std::vector<Template> probes = {RandomFace(random), RandomFace(random)};
  const Question question{.probes = probes, .collections = {1, 2}, .most = 15};
  std::vector<std::vector<std::vector<Match>>> serial;
  PlainIndex plain;
  serial.push_back(plain.Search(question));
  for (const auto& batch : batches) {
    plain.Apply(batch);
    serial.push_back(plain.Search(question));
  }

  IndexOptions options = TestOptions();
  options.parallel_above = 1000;
  const auto index = *MemoryIndex::Create(options);
  const std::string folder = testing::TempDir() + "ozma-concurrency-" + std::to_string(::getpid());
  std::atomic<std::size_t> begun = 0, returned = 0;
  std::atomic<bool> failed = false;
  const auto search = [&] {
    for (bool last = false; !last && !failed;) {
      const std::size_t from = returned;
      last = from == batches.size();
      const auto answer = index->Search(question);
      const std::size_t to = begun;
      bool known = false;
      for (std::size_t at = from; answer && at <= to; ++at) known = known || *answer == serial[at];
      if (!known) failed = true;
    }
  };
  const auto save = [&] {
    while (returned < batches.size() && !failed) {
      if (!index->Save(folder)) failed = true;
    }
  };
  {
    std::vector<std::jthread> threads;
    for (int i = 0; i < 3; ++i) threads.emplace_back(search);
    threads.emplace_back(save);
    for (const auto& batch : batches) {
      ++begun;
      if (!index->Apply(batch)) failed = true;
      ++returned;
    }
  }
  EXPECT_FALSE(failed);
  EXPECT_EQ(index->size(), plain.entries().size());
  EXPECT_EQ(*index->Search(question), serial.back());
  ASSERT_TRUE(index->Save(folder));
  EXPECT_EQ(*(*MemoryIndex::Open(folder, options))->Search(question), serial.back());
  std::filesystem::remove_all(folder);
}

// Several that catch up at once apply the same changes: each change counts once.
TEST(Concurrency, TheSameChangesFromManyThreadsCountOnce) {
  const auto batches = Batches(80);
  PlainIndex plain;
  for (const auto& batch : batches) plain.Apply(batch);
  const auto index = *MemoryIndex::Create(TestOptions());
  {
    std::vector<std::jthread> threads;
    for (int i = 0; i < 4; ++i) {
      threads.emplace_back([&] {
        for (const auto& batch : batches) EXPECT_TRUE(index->Apply(batch));
      });
    }
  }
  EXPECT_EQ(index->size(), plain.entries().size());
  std::mt19937 random(6);
  const std::vector<Template> probes = {RandomFace(random)};
  const Question question{.probes = probes, .collections = {1, 2, 3}, .most = 1000};
  EXPECT_EQ(*index->Search(question), plain.Search(question));
}

// The first searches of a fresh snapshot verify its blocks together.
TEST(Concurrency, ManyMayVerifyASnapshotAtOnce) {
  const std::string folder = testing::TempDir() + "ozma-verify-" + std::to_string(::getpid());
  const auto batches = Batches(60);
  const auto index = *MemoryIndex::Create(TestOptions());
  for (const auto& batch : batches) ASSERT_TRUE(index->Apply(batch));
  ASSERT_TRUE(index->Save(folder));
  std::mt19937 random(6);
  const std::vector<Template> probes = {RandomFace(random)};
  const Question question{.probes = probes, .collections = {1, 2, 3}};
  const auto expected = *index->Search(question);
  const auto opened = *MemoryIndex::Open(folder, TestOptions());
  {
    std::vector<std::jthread> threads;
    for (int i = 0; i < 4; ++i) threads.emplace_back([&] { EXPECT_EQ(*opened->Search(question), expected); });
  }
  std::filesystem::remove_all(folder);
}

}  // namespace
}  // namespace ozma::gallery
