#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>
#include <random>

#include "gallery/faces.hpp"

namespace ozma::gallery {
namespace {

using base::Fault;

class MemoryIndexTest : public testing::Test {
 protected:
  // Applies to both the index and the reference.
  void Apply(const std::vector<Change>& changes) {
    const auto done = index_->Apply(changes);
    ASSERT_TRUE(done) << done.error().message;
    plain_.Apply(changes);
    ASSERT_EQ(index_->size(), plain_.entries().size());
  }
  void EnrolRandom(std::int64_t first, std::int64_t last) {
    std::vector<Change> changes;
    for (std::int64_t image = first; image <= last; ++image) {
      changes.push_back(Enrol(++position_, image, 1 + image % 5, RandomFace(random_)));
    }
    Apply(changes);
  }
  void ExpectEqual(const Question& question) {
    const auto answer = index_->Search(question);
    ASSERT_TRUE(answer) << answer.error().message;
    EXPECT_EQ(*answer, plain_.Search(question));
  }
  void ExpectEqual() {
    const std::vector<Template> probes = {RandomFace(random_), RandomFace(random_), RandomFace(random_)};
    ExpectEqual({.probes = probes, .collections = {1, 2, 3, 4, 5}, .most = 20});
    ExpectEqual({.probes = probes, .collections = {4, 2}, .cosine_min = 0.2F, .most = 1000});
  }

  std::mt19937 random_{7};
  std::uint64_t position_ = 0;
  std::unique_ptr<MemoryIndex> index_ = *MemoryIndex::Create(TestOptions());
  PlainIndex plain_;
};

TEST_F(MemoryIndexTest, AnEmptyIndexFindsNothing) {
  EXPECT_EQ(index_->position(), 0U);
  EXPECT_EQ(index_->size(), 0U);
  ExpectEqual();
}

TEST_F(MemoryIndexTest, FindsWhatTheReferenceFinds) {
  EnrolRandom(1, 5000);
  for (int i = 0; i < 5; ++i) ExpectEqual();
}

TEST_F(MemoryIndexTest, BatchesOfAnySizeFindWhatOneProbeFinds) {
  EnrolRandom(1, 3000);
  std::vector<Template> probes;
  for (int i = 0; i < 20; ++i) {
    probes.push_back(AnotherPhoto(plain_.entries().at(1 + i * 7).face, random_, 0.8F));
    ExpectEqual({.probes = probes, .collections = {1, 2, 3, 4, 5}, .most = 3});
  }
}

TEST_F(MemoryIndexTest, EveryKernelGivesTheSameAnswer) {
  EnrolRandom(1, 3000);
  const std::vector<Template> probes = {RandomFace(random_), RandomFace(random_)};
  for (const Kernel& kernel : Kernels()) {
    IndexOptions options = TestOptions();
    options.kernel = kernel.name;
    const auto index = *MemoryIndex::Create(options);
    std::vector<Change> changes;
    std::uint64_t position = 0;
    for (const auto& [image, entry] : plain_.entries()) changes.push_back({++position, image, entry});
    ASSERT_TRUE(index->Apply(changes));
    EXPECT_EQ(index->statistics().kernel, kernel.name);
    const Question question{.probes = probes, .collections = {1, 3}, .most = 50};
    EXPECT_EQ(*index->Search(question), plain_.Search(question)) << kernel.name;
  }
}

// Many rows with one and the same cosine, at the edge of what is asked for.
TEST_F(MemoryIndexTest, TiesGoToTheLowerImage) {
  const Template face = RandomFace(random_);
  std::vector<Change> changes;
  for (std::int64_t image = 4000; image > 0; --image) changes.push_back(Enrol(++position_, image, 1, face));
  Apply(changes);
  for (const std::size_t most : {1, 2, 63, 64, 65, 1000}) {
    ExpectEqual({.probes = std::span(&face, 1), .collections = {1}, .most = most});
  }
}

// Rows whose cosines differ in the last bit or not at all, with extreme values and lengths.
TEST_F(MemoryIndexTest, CloseCosinesKeepTheirOrder) {
  std::vector<Change> changes;
  std::uniform_int_distribution<int> step(-1, 1);
  for (std::int64_t image = 1; image <= 3000; ++image) {
    std::vector<std::int8_t> values(64, static_cast<std::int8_t>(image % 2 == 0 ? -128 : 127));
    for (int i = 0; i < 3; ++i)
      values[static_cast<std::size_t>(image * 7 + i) % 64] += step(random_) > 0 ? 1 : 0;
    if (image % 3 == 0) std::ranges::fill(values, static_cast<std::int8_t>(1));
    changes.push_back(Enrol(++position_, image, 1, FaceOf(values)));
  }
  Apply(changes);
  const std::vector<Template> probes = {FaceOf(std::vector<std::int8_t>(64, 127)),
                                        FaceOf(std::vector<std::int8_t>(64, -128)),
                                        FaceOf(std::vector<std::int8_t>(64, 1))};
  for (const std::size_t most : {1, 10, 1000}) {
    ExpectEqual({.probes = probes, .collections = {1}, .most = most});
    ExpectEqual({.probes = probes, .collections = {1}, .cosine_min = 1, .most = most});
  }
}

TEST_F(MemoryIndexTest, ManyRandomChangesEqualTheReference) {
  std::uniform_int_distribution<std::int64_t> any(1, 6000);
  std::uniform_int_distribution<int> coin(0, 99);
  for (int round = 0; round < 60; ++round) {
    std::vector<Change> changes;
    const int deletes = round % 3 == 2 ? 90 : 30;  // of a hundred
    for (int i = 0; i < 400; ++i) {
      const std::int64_t image = any(random_);
      if (coin(random_) < deletes) {
        changes.push_back(Remove(++position_, image));
      } else {
        changes.push_back(Enrol(++position_, image, 1 + image % 5, RandomFace(random_)));
      }
    }
    Apply(changes);
    if (round % 5 == 0) ExpectEqual();
  }
  ExpectEqual();
}

TEST_F(MemoryIndexTest, SingleChangesEqualTheReference) {
  for (std::int64_t image = 1; image <= 1500; ++image) {
    Apply({Enrol(++position_, image * 2, 1, RandomFace(random_))});
    if (image % 3 == 0) Apply({Remove(++position_, image)});
    if (image % 7 == 0) Apply({Enrol(++position_, image * 2 - 1, 2, RandomFace(random_))});
  }
  ExpectEqual();
}

TEST_F(MemoryIndexTest, MemoryComesBackWhenFacesGo) {
  EnrolRandom(1, 20'000);
  const std::size_t full = index_->statistics().heap_bytes;
  EXPECT_LT(full, 20'000 * 150);  // 64 values, a sketch, 20 bytes
  std::vector<Change> changes;
  for (std::int64_t image = 1; image <= 20'000; ++image) {
    if (image % 50 != 0) changes.push_back(Remove(++position_, image));
  }
  Apply(changes);
  EXPECT_LT(index_->statistics().heap_bytes, full / 20);
  EXPECT_LE(index_->statistics().blocks, 2U);
  ExpectEqual();
}

TEST_F(MemoryIndexTest, ApplyingTwiceDoesNoHarm) {
  const std::vector<Change> changes = {Enrol(5, 1, 1, RandomFace(random_)),
                                       Enrol(7, 2, 1, RandomFace(random_)), Remove(8, 1)};
  Apply(changes);
  Apply(changes);
  EXPECT_EQ(index_->position(), 8U);
  EXPECT_EQ(index_->size(), 1U);
  ExpectEqual();
}

TEST_F(MemoryIndexTest, AChangeOfTheSameImageTakesItsPlace) {
  EnrolRandom(1, 100);
  Apply({Enrol(++position_, 50, 3, RandomFace(random_)), Remove(++position_, 51),
         Enrol(++position_, 51, 2, RandomFace(random_))});
  ExpectEqual();
}

TEST_F(MemoryIndexTest, RefusesWhatDoesNotBelongHere) {
  const auto fault = [&](const Change& change) { return index_->Apply(std::span(&change, 1)).error().fault; };
  EXPECT_EQ(fault(Enrol(1, 1, 1, RandomFace(random_, 32))), Fault::kEngine);
  EXPECT_EQ(fault(Enrol(1, 1, 1,
                        *Template::FromEmbedding(RandomDirection(random_, 64), NetworkIdOf("other", "1")))),
            Fault::kEngine);
  EXPECT_EQ(fault(Enrol(1, -1, 1, RandomFace(random_))), Fault::kInvalidValue);
  EXPECT_EQ(fault(Enrol(1, 1, 0, RandomFace(random_))), Fault::kInvalidValue);
  EXPECT_EQ(fault({1, 1, Entry{2, 1, RandomFace(random_)}}), Fault::kInvalidValue);
  const std::vector<Change> unordered = {Remove(1, 1), Remove(3, 1), Remove(2, 1), Remove(4, 1)};
  EXPECT_EQ(index_->Apply(unordered).error().fault, Fault::kInternal);
  EXPECT_EQ(index_->position(), 0U);  // nothing of a refused Apply stays
}

TEST_F(MemoryIndexTest, RefusesQuestionsOutOfRange) {
  const std::vector<Template> probes = {RandomFace(random_)}, foreign = {RandomFace(random_, 32)};
  const auto fault = [&](const Question& question) { return index_->Search(question).error().fault; };
  EXPECT_EQ(fault({.probes = probes, .collections = {1}, .most = 0}), Fault::kInvalidValue);
  EXPECT_EQ(fault({.probes = probes, .collections = {1}, .most = 1001}), Fault::kInvalidValue);
  EXPECT_EQ(
      fault({.probes = probes, .collections = {1}, .cosine_min = std::numeric_limits<float>::quiet_NaN()}),
      Fault::kInvalidValue);
  EXPECT_EQ(fault({.probes = foreign, .collections = {1}}), Fault::kEngine);
  EXPECT_THAT(*index_->Search({.probes = probes}), testing::ElementsAre(testing::IsEmpty()));
  EXPECT_THAT(*index_->Search({.collections = {1}}), testing::IsEmpty());
}

TEST_F(MemoryIndexTest, KeepsToItsMemory) {
  IndexOptions options = TestOptions();
  options.most_bytes = 1 << 20;
  const auto index = *MemoryIndex::Create(options);
  std::vector<Change> changes;
  for (std::int64_t image = 1; image <= 20'000; ++image) {
    changes.push_back(Enrol(static_cast<std::uint64_t>(image), image, 1, RandomFace(random_)));
  }
  ASSERT_TRUE(index->Apply(std::span(changes).first(5000)));
  EXPECT_EQ(index->Apply(changes).error().fault, Fault::kConfiguration);
  EXPECT_EQ(index->size(), 5000U);
  EXPECT_LE(index->statistics().heap_bytes, options.most_bytes);
}

TEST(MemoryIndex, RefusesOptionsThatCannotBe) {
  IndexOptions options = TestOptions();
  options.kernel = "abacus";
  EXPECT_EQ(MemoryIndex::Create(options).error().fault, Fault::kConfiguration);
  EXPECT_EQ(MemoryIndex::Create(TestOptions(0)).error().fault, Fault::kConfiguration);
  EXPECT_EQ(MemoryIndex::Create(TestOptions(4097)).error().fault, Fault::kConfiguration);
}

}  // namespace
}  // namespace ozma::gallery
