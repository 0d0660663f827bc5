#include <gtest/gtest.h>

#include <bit>
#include <cmath>
#include <numbers>
#include <random>

#include "gallery/faces.hpp"
#include "gallery/sketch.hpp"

namespace ozma::gallery {
namespace {

std::vector<std::uint64_t> SketchOf(const Template& face) {
  std::vector<std::uint64_t> words(SketchWords(face.values().size()));
  Sketch(face.values(), face.values().size(), words);
  return words;
}

int Distance(const Template& a, const Template& b) {
  const auto of_a = SketchOf(a), of_b = SketchOf(b);
  int bits = 0;
  for (std::size_t word = 0; word < of_a.size(); ++word) bits += std::popcount(of_a[word] ^ of_b[word]);
  return bits;
}

// Snapshots hold sketches: what is written today must be the same bits for ever and everywhere.
TEST(Sketch, IsTheSameForEver) {
  std::vector<std::int8_t> values(512);
  for (std::size_t i = 0; i < values.size(); ++i) values[i] = static_cast<std::int8_t>(i * 37 % 255 - 127);
  EXPECT_EQ(SketchOf(FaceOf(values))[0], 683565682115228707U);
  EXPECT_EQ(SketchOf(FaceOf(std::span(values).first(100)))[7], 6216991085915470639U);
}

TEST(Sketch, HasABitAValueAndFiveHundredAtLeast) {
  EXPECT_EQ(SketchWords(1), 8U);
  EXPECT_EQ(SketchWords(512), 8U);
  EXPECT_EQ(SketchWords(513), 16U);
  EXPECT_EQ(SketchWords(4096), 64U);
}

// Also of templates whose values differ in size as much as can be, or are all alike.
TEST(Sketch, DistanceIsTheAngle) {
  std::mt19937 random(2);
  for (const std::size_t dimension : {64, 128, 200, 512, 1024}) {
    double worst = 0;
    for (int i = 0; i < 200; ++i) {
      std::vector<float> direction = RandomDirection(random, dimension);
      for (std::size_t at = 0; at < dimension; ++at) {
        if (i % 3 == 1)
          direction[at] *= std::exp(-8 * static_cast<float>(at) / static_cast<float>(dimension));
        if (i % 3 == 2) direction[at] = 1 + direction[at] * 0.1F;
      }
      const Template a = *Template::FromEmbedding(direction, kTestNetwork);
      const Template b = AnotherPhoto(a, random, 0.05F * static_cast<float>(i));
      const double angle = std::acos(Cosine(a, b)) / std::numbers::pi;
      const double bits = 64.0 * static_cast<double>(SketchWords(dimension));
      worst = std::max(worst, std::abs(Distance(a, b) / bits - angle) * std::sqrt(bits));
    }
    EXPECT_LT(worst, 2.5) << dimension;  // five standard deviations of so many tosses of a coin
  }
}

TEST(Sketch, EveryKernelFindsTheSameNearOnes) {
  std::mt19937_64 random(4);
  constexpr std::size_t kRows = 1000;
  for (const std::size_t words : {8, 16, 64}) {
    std::vector<std::uint64_t> sketches(kRows * words), probe(words);
    std::ranges::generate(sketches, random);
    std::ranges::generate(probe, random);
    const auto bits = static_cast<std::uint32_t>(64 * words);
    for (const std::uint32_t cutoff : {0U, bits / 2 - 10, bits / 2, bits / 2 + 10, bits + 1, ~0U}) {
      std::vector<std::pair<int, int>> expected;
      for (std::size_t row = 0; row < kRows; ++row) {
        std::uint32_t distance = 0;
        for (std::size_t i = 0; i < words; ++i) {
          distance += static_cast<std::uint32_t>(std::popcount(sketches[row * words + i] ^ probe[i]));
        }
        if (distance < cutoff) expected.emplace_back(row, distance);
      }
      for (const Kernel& kernel : Kernels()) {
        std::vector<Near> near(kRows);
        near.resize(kernel.near(sketches.data(), kRows, probe, cutoff, near.data()));
        std::vector<std::pair<int, int>> found;
        for (const Near& one : near) found.emplace_back(one.row, one.distance);
        EXPECT_EQ(found, expected) << kernel.name << ", " << words << " words, cutoff " << cutoff;
      }
    }
  }
}

// Templates like a network's: impostors have cosines of 0 +- 0.06, photos of one person 0.6 +- 0.12.
class ApproximateTest : public testing::Test {
 protected:
  static constexpr std::size_t kDimension = 512;
  static constexpr std::int64_t kFaces = 18'000;

  static std::vector<float> Direction() {
    std::vector<float> direction = RandomDirection(random_, kDimension);
    for (std::size_t i = 0; i < kDimension; ++i) direction[i] *= std::exp(-static_cast<float>(i) / 300);
    return direction;
  }
  // At this cosine from `face`, but for what noise happens to share with it.
  static Template At(float cosine, const Template& face) {
    std::vector<float> noise = Direction();
    double length = 0;
    for (const float component : noise) length += static_cast<double>(component) * component;
    const auto step = static_cast<float>(std::sqrt((1 - cosine * cosine) / length));
    const auto size = static_cast<float>(cosine / face.norm());
    for (std::size_t i = 0; i < kDimension; ++i)
      noise[i] = noise[i] * step + size * static_cast<float>(face.values()[i]);
    return *Template::FromEmbedding(noise, kTestNetwork);
  }
  static std::unique_ptr<MemoryIndex> IndexOf(std::size_t candidates, std::size_t threads = 2) {
    IndexOptions options = TestOptions(kDimension);
    options.approximate_above = 0;
    options.candidates = candidates;
    options.threads = threads;
    auto index = *MemoryIndex::Create(options);
    EXPECT_TRUE(index->Apply(changes_));
    EXPECT_TRUE(index->statistics().approximate);
    return index;
  }

  static void SetUpTestSuite() {
    random_.seed(9);
    for (std::int64_t image = 1; image <= kFaces; ++image) {
      const auto face = *Template::FromEmbedding(Direction(), kTestNetwork);
      changes_.push_back(Enrol(static_cast<std::uint64_t>(image), image, 1 + image % 2, face));
    }
    std::normal_distribution<float> cosine(0.6F, 0.12F);
    for (std::size_t i = 0; i < 200; ++i) {
      probes_.push_back(At(std::clamp(cosine(random_), 0.35F, 0.95F), changes_[i * 90].entry->face));
    }
    plain_.Apply(changes_);
  }
  static void TearDownTestSuite() {
    changes_.clear();
    probes_.clear();
    plain_ = {};
  }

  // Made once: the tests only read them.
  static inline std::mt19937 random_;
  static inline std::vector<Change> changes_;
  static inline std::vector<Template> probes_;
  static inline PlainIndex plain_;
};

TEST_F(ApproximateTest, FindsThePersonAsTheExactSearchDoes) {
  const auto index = IndexOf(kFaces / 200);
  const Question question{.probes = probes_, .collections = {1, 2}, .most = 1};
  const auto exact = plain_.Search(question), found = *index->Search(question);
  int same = 0;
  for (std::size_t i = 0; i < probes_.size(); ++i) same += found[i] == exact[i] ? 1 : 0;
  EXPECT_GE(same, 0.99 * static_cast<double>(probes_.size()));
}

TEST_F(ApproximateTest, IsExactWhereAllRowsAreCandidates) {
  const Question question{.probes = std::span(probes_).first(10), .collections = {2}, .most = 30};
  EXPECT_EQ(*IndexOf(kFaces / 2)->Search(question), plain_.Search(question));
}

TEST_F(ApproximateTest, AnswersDoNotDependOnThreads) {
  const Question question{.probes = probes_, .collections = {1, 2}, .most = 10};
  const auto alone = *IndexOf(40, 1)->Search(question);
  const auto index = IndexOf(40, 4);
  for (int i = 0; i < 3; ++i) EXPECT_EQ(*index->Search(question), alone);
}

// Most blocks hold none of them, and are passed over.
TEST_F(ApproximateTest, FindsAllOfASmallCollection) {
  const auto index = IndexOf(100);
  std::vector<Change> added;
  for (std::int64_t image = kFaces + 1; image <= kFaces + 100; ++image) {
    added.push_back(Enrol(static_cast<std::uint64_t>(image), image, 9, At(0.5F, probes_[0])));
  }
  ASSERT_TRUE(index->Apply(added));
  PlainIndex plain;
  plain.Apply(added);
  const Question question{.probes = std::span(probes_).first(9), .collections = {8, 9}, .most = 100};
  EXPECT_EQ(*index->Search(question), plain.Search(question));
}

// Nothing is trained, so nothing lags behind: a face is found at once, and not found at once.
TEST_F(ApproximateTest, SeesEveryChangeAtOnce) {
  const auto index = IndexOf(100);
  const Question question{.probes = std::span(probes_).first(1), .collections = {1, 2}, .most = 1};
  const std::vector<Change> added = {Enrol(kFaces + 1, kFaces + 1, 1, probes_[0])};
  ASSERT_TRUE(index->Apply(added));
  EXPECT_EQ((*index->Search(question))[0][0].image, kFaces + 1);
  const std::vector<Change> removed = {Remove(kFaces + 2, kFaces + 1)};
  ASSERT_TRUE(index->Apply(removed));
  EXPECT_EQ(*index->Search(question), plain_.Search(question));
}

}  // namespace
}  // namespace ozma::gallery
