// The index that nodes share, in a real PostgreSQL with pgvector: it answers what the index in memory
// answers.
#include "work/shared_index.hpp"

#include <gmock/gmock.h>

#include <thread>

#include "gallery/faces.hpp"
#include "work/vector_database.hpp"

namespace ozma::work {
namespace {

using base::Fault;
using gallery::Change;
using gallery::Enrol;
using gallery::Match;
using gallery::RandomFace;
using gallery::Remove;
using store::SharedGallery;

class Shared : public testing::Test {
 protected:
  static constexpr std::size_t kDimension = 64;

  void SetUp() override {
    vectors_ = VectorDatabase::Make();
    ASSERT_TRUE(vectors_);
  }

  store::SharedGalleryOptions Options(bool approximate = false) const {
    store::SharedGalleryOptions options;
    options.postgres = vectors_->address();
    options.connections = 3;
    options.name = "test";
    options.dimension = kDimension;
    options.approximate = approximate;
    return options;
  }
  std::shared_ptr<SharedGallery> Gallery(bool approximate = false) const {
    return SharedGallery::Open(Options(approximate)).value();
  }
  std::shared_ptr<SharedIndex> Node(bool approximate = false) const {
    return SharedIndex::Open(Gallery(approximate), shape_).value();
  }

  // So many changes: enrolments in five collections, some of somebody twice, and removals.
  std::vector<Change> Changes(std::size_t count, std::uint64_t from = 1) {
    std::vector<Change> changes;
    for (std::uint64_t position = from; position < from + count; ++position) {
      const auto image = static_cast<std::int64_t>(position);
      if (position > 5 && random_() % 4 == 0) {
        changes.push_back(Remove(position, 1 + static_cast<std::int64_t>(random_() % (position - 1))));
        continue;
      }
      if (faces_.empty() || random_() % 3 != 0) faces_.push_back(RandomFace(random_, kDimension));
      changes.push_back(Enrol(position, image, 1 + image % 5, faces_.back()));
    }
    return changes;
  }

  // As it was enrolled.
  static const gallery::Template& FaceOf(const std::vector<Change>& changes, std::int64_t image) {
    return changes.at(static_cast<std::size_t>(image - 1)).entry.value().face;
  }

  static std::vector<std::vector<Match>> Answer(const gallery::Index& index,
                                                const gallery::Question& question) {
    auto found = index.Search(question);
    EXPECT_TRUE(found) << (found ? "" : found.error().message);
    return found ? *found : std::vector<std::vector<Match>>();
  }

  std::mt19937 random_{7};
  std::vector<gallery::Template> faces_;
  const gallery::Shape shape_{gallery::kTestNetwork, kDimension};
  std::unique_ptr<VectorDatabase> vectors_;
};

TEST_F(Shared, AnswersWhatTheIndexInMemoryAnswers) {
  const auto memory = gallery::MemoryIndex::Create(gallery::TestOptions(kDimension)).value();
  const auto node = Node();
  std::uint64_t position = 1;
  for (const std::size_t count : {1, 300, 50, 700}) {
    const auto changes = Changes(count, position);
    position += count;
    ASSERT_TRUE(memory->Apply(changes));
    ASSERT_TRUE(node->Apply(changes));
    ASSERT_TRUE(node->Apply(changes)) << "again, which changes nothing";
    EXPECT_EQ(node->position(), memory->position());
    EXPECT_EQ(node->size(), memory->size());
    const std::vector<gallery::Template> probes = {faces_.front(), faces_.back(),
                                                   RandomFace(random_, kDimension)};
    const std::vector<std::vector<std::int64_t>> lists = {{1, 2, 3, 4, 5}, {2}, {9}, {}};
    for (const auto& collections : lists) {
      for (const std::size_t most : {1, 10, 1000}) {
        for (const float least : {-1.0F, 0.2F}) {
          const gallery::Question question{probes, collections, least, most};
          EXPECT_EQ(Answer(*node, question), Answer(*memory, question))
              << most << " of " << collections.size();
        }
      }
    }
  }
}

TEST_F(Shared, ByHnswFindsAlmostAllAndComparesExactly) {
  const auto memory = gallery::MemoryIndex::Create(gallery::TestOptions(kDimension)).value();
  const auto node = Node(true);
  const auto changes = Changes(2000);
  ASSERT_TRUE(memory->Apply(changes));
  ASSERT_TRUE(node->Apply(changes));
  std::size_t same = 0;
  constexpr std::size_t kProbes = 100;
  for (std::size_t i = 0; i < kProbes; ++i) {
    const std::vector probes = {gallery::AnotherPhoto(faces_[7 * i % faces_.size()], random_, 0.8F)};
    const gallery::Question question{probes, {1, 2, 3, 4}, -1, 5};
    const auto expected = Answer(*memory, question), found = Answer(*node, question);
    ASSERT_EQ(found[0].size(), 5u);
    same += found[0][0].image == expected[0][0].image ? 1 : 0;
    for (const auto& match : found[0]) EXPECT_NE(match.collection, 5);
    EXPECT_LE(found[0][0].cosine, expected[0][0].cosine);
    EXPECT_EQ(found[0][0].cosine, gallery::Cosine(probes[0], FaceOf(changes, found[0][0].image)));
  }
  EXPECT_GE(same, kProbes - 1);
}

TEST_F(Shared, NodesThatApplyAtOnceAgree) {
  const auto changes = Changes(600);
  const auto memory = gallery::MemoryIndex::Create(gallery::TestOptions(kDimension)).value();
  ASSERT_TRUE(memory->Apply(changes));
  std::vector<std::shared_ptr<SharedIndex>> nodes = {Node(), Node(), Node()};
  {
    std::vector<std::jthread> threads;
    for (const auto& node : nodes) {
      threads.emplace_back([&] {
        for (std::size_t at = 0; at < changes.size(); at += 20)
          EXPECT_TRUE(node->Apply(std::span(changes).subspan(at, 20)));
      });
    }
  }
  const gallery::Question question{std::span(faces_).first(3), {1, 2, 3, 4, 5}, -1, 50};
  for (const auto& node : nodes) {
    EXPECT_EQ(node->size(), memory->size());
    EXPECT_EQ(Answer(*node, question), Answer(*memory, question));
  }
}

TEST_F(Shared, WhoeverBeginsAnewLeavesTheOthersNoStaleAnswer) {
  const auto changes = Changes(30);
  const auto gallery = Gallery();
  const auto first = SharedIndex::Open(gallery, shape_).value();
  const auto second = SharedIndex::Open(Gallery(), shape_).value();
  ASSERT_TRUE(first->Apply(changes));
  const auto anew = SharedIndex::BeginAnew(gallery, shape_, first->generation()).value();
  EXPECT_EQ(anew->position(), 0u);
  EXPECT_EQ(anew->size(), 0u);
  EXPECT_EQ(anew->Forget(17).value(), 17u);
  const gallery::Question question{std::span(faces_).first(1), {1}, -1, 5};
  EXPECT_EQ(second->Search(question).error().fault, Fault::kIo);
  EXPECT_EQ(second->Apply(changes).error().fault, Fault::kIo);
  EXPECT_EQ(second->Forget(3).error().fault, Fault::kIo);
  EXPECT_EQ(second->position(), 0u);
  // The other node goes on with what the first has begun, and does not begin once more.
  const auto joined = SharedIndex::BeginAnew(gallery, shape_, second->generation()).value();
  EXPECT_EQ(joined->generation(), anew->generation());
  EXPECT_EQ(joined->forgotten(), 17u);
  ASSERT_TRUE(joined->Apply(changes));
  EXPECT_EQ(Answer(*anew, question), Answer(*joined, question));
  EXPECT_EQ(joined->Forget(20).value(), 17u) << "not empty any more";
  EXPECT_EQ(anew->forgotten(), 17u);
}

TEST_F(Shared, IsThereAfterTheProcessIsGone) {
  const auto changes = Changes(30);
  ASSERT_TRUE(Node()->Apply(changes));
  const auto later = Node();
  EXPECT_EQ(later->position(), 30u);
  // Exact, though an HNSW index was made in the meantime.
  (void)Gallery(true);
  const auto memory = gallery::MemoryIndex::Create(gallery::TestOptions(kDimension)).value();
  ASSERT_TRUE(memory->Apply(changes));
  const gallery::Question question{std::span(faces_).first(2), {1, 2, 3, 4, 5}, -1, 1000};
  EXPECT_EQ(Answer(*later, question), Answer(*memory, question));
}

TEST_F(Shared, RefusesWhatCannotBe) {
  const auto node = Node();
  const auto foreign = RandomFace(random_, 32);
  EXPECT_EQ(node->Apply(std::vector{Enrol(1, 1, 1, foreign)}).error().fault, Fault::kEngine);
  EXPECT_EQ(node->Apply(std::vector{Enrol(1, 0, 1, RandomFace(random_, kDimension))}).error().fault,
            Fault::kInvalidValue);
  EXPECT_EQ(node->Search({{&foreign, 1}, {1}}).error().fault, Fault::kEngine);
  const auto probe = RandomFace(random_, kDimension);
  EXPECT_EQ(node->Search({{&probe, 1}, {1}, -1, 0}).error().fault, Fault::kInvalidValue);
  EXPECT_EQ(node->position(), 0u);

  auto options = Options();
  options.name = "x; DROP TABLE y";
  EXPECT_EQ(SharedGallery::Open(options).error().fault, Fault::kConfiguration);
  options = Options();
  options.dimension = 5000;
  EXPECT_EQ(SharedGallery::Open(options).error().fault, Fault::kConfiguration);
  options = Options();
  options.postgres = vectors_->address() + "_nowhere";
  EXPECT_EQ(SharedGallery::Open(options).error().fault, Fault::kDatabase);
}

TEST_F(Shared, SaysWhatTheDatabaseLacks) {
  const char* plain = std::getenv("OZMA_TEST_POSTGRES");
  ASSERT_TRUE(plain);
  auto options = Options();
  options.postgres = plain;
  const auto opened = SharedGallery::Open(options);
  ASSERT_FALSE(opened);
  EXPECT_EQ(opened.error().fault, Fault::kConfiguration);
  EXPECT_THAT(opened.error().message, testing::HasSubstr("pgvector"));
}

TEST_F(Shared, EveryDatabaseAndShapeHasItsOwn) {
  EXPECT_NE(SharedNameOf("a", shape_), SharedNameOf("b", shape_));
  EXPECT_NE(SharedNameOf("a", shape_), SharedNameOf("a", {gallery::kTestNetwork, 128}));
  EXPECT_EQ(SharedNameOf("a", shape_), SharedNameOf("a", shape_));
  auto options = Options();
  options.name = SharedNameOf("a", shape_);
  const auto one = SharedIndex::Open(SharedGallery::Open(options).value(), shape_).value();
  ASSERT_TRUE(one->Apply(Changes(10)));
  EXPECT_EQ(Node()->position(), 0u);
}

}  // namespace
}  // namespace ozma::work
