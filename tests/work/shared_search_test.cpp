// Searches of nodes that share an index: what one has applied or begun anew, the others go on with.
#include <random>

#include "gallery/faces.hpp"
#include "store/collections.hpp"
#include "store/gallery_log.hpp"
#include "work/searcher.hpp"
#include "work/shared_index.hpp"
#include "work/vector_database.hpp"
#include "work/workplace.hpp"

namespace ozma::work {
namespace {

using ::testing::ElementsAre;
using ::testing::UnorderedElementsAre;

constexpr std::size_t kDimension = 64;

// A process of its own: connections, indexes and searcher.
struct Node {
  Node(std::shared_ptr<store::Database> database, const std::string& vectors) {
    store::SharedGalleryOptions options;
    options.postgres = vectors;
    options.connections = 2;
    options.name = "shared";
    options.dimension = kDimension;
    gallery = store::SharedGallery::Open(options).value();
    indexes = std::make_shared<SharedIndexes>(gallery, gallery::Shape{gallery::kTestNetwork, kDimension});
    searcher = std::make_shared<Searcher>(std::move(database), gallery::kTestNetwork,
                                          [made = indexes](bool anew) { return made->Make(anew); });
  }
  std::shared_ptr<store::SharedGallery> gallery;
  std::shared_ptr<SharedIndexes> indexes;
  std::shared_ptr<Searcher> searcher;
};

class SharedSearch : public Workplace {
 protected:
  void SetUp() override {
    Workplace::SetUp();
    vectors_ = VectorDatabase::Make();
    ASSERT_TRUE(vectors_);
    list_.collection_id = base::NewUuid();
    list_.company_id = store::kSystemCompany;
    list_.alias = "list";
    Write([&](Transaction& in) { ASSERT_TRUE(store::Insert(in, list_)); });
    face_ = gallery::RandomFace(random_, kDimension);
  }
  void TearDown() override {
    vectors_.reset();
    Workplace::TearDown();
  }

  Node NewNode() const { return {database_, vectors_->address()}; }

  // Somebody who is alike to all others.
  store::Person AddPerson() {
    store::Person person;
    person.person_id = base::NewUuid();
    person.collection_id = list_.collection_id;
    person.company_id = list_.company_id;
    store::Enrolment photo;
    photo.image.media_id = base::NewUuid();
    photo.image.person_id = person.person_id;
    photo.image.collection_id = person.collection_id;
    photo.image.company_id = person.company_id;
    photo.bytes = gallery::AnotherPhoto(*face_, random_, 0.2F).Encode();
    std::vector<store::Enrolment> photos = {photo};
    Write([&](Transaction& in) {
      ASSERT_TRUE(store::Insert(in, person));
      store::Enrol(in, photos);
    });
    return person;
  }
  void Delete(const store::Person& person) {
    Write([&](Transaction& in) { ASSERT_TRUE(store::DeletePerson(in, person.person_id)); });
  }
  void ForgetRemovals() {
    Write([](Transaction& in) { EXPECT_GE(store::PruneGallery(in, base::UnixSeconds() + 60), 1); });
  }
  std::vector<std::string> Found(const Node& node) const {
    const auto found = node.searcher->Find({{&*face_, 1}, {list_.collection_id}, 100}, base::Deadline(1min));
    EXPECT_TRUE(found) << (found ? "" : found.error().message);
    std::vector<std::string> ids;
    if (!found) return ids;
    for (const auto& one : found->of_probe.at(0)) ids.push_back(one.person_id);
    return ids;
  }

  std::mt19937 random_{3};
  std::optional<gallery::Template> face_;
  store::Collection list_;
  std::unique_ptr<VectorDatabase> vectors_;
};
OZMA_ON_BOTH_DATABASES(SharedSearch);

TEST_P(SharedSearch, NodesSeeWhatAnyOfThemHasApplied) {
  const auto here = NewNode(), there = NewNode();
  const auto ann = AddPerson();
  EXPECT_THAT(Found(here), ElementsAre(ann.person_id));
  const auto bob = AddPerson();
  EXPECT_THAT(Found(there), UnorderedElementsAre(ann.person_id, bob.person_id));
  Delete(ann);
  EXPECT_THAT(Found(here), ElementsAre(bob.person_id));
  EXPECT_THAT(Found(there), ElementsAre(bob.person_id));
  EXPECT_EQ(here.gallery->Head()->generation, 1u);
}

TEST_P(SharedSearch, AnIndexThatWasAwayForTooLongIsMadeAnewOnce) {
  const auto ann = AddPerson(), bob = AddPerson();
  const auto old = NewNode();
  EXPECT_THAT(Found(old), UnorderedElementsAre(ann.person_id, bob.person_id));
  Delete(ann);
  const auto carl = AddPerson();
  ForgetRemovals();
  EXPECT_THAT(Found(NewNode()), UnorderedElementsAre(bob.person_id, carl.person_id));
  EXPECT_EQ(old.gallery->Head()->generation, 2u);
  EXPECT_THAT(Found(old), UnorderedElementsAre(bob.person_id, carl.person_id));
  EXPECT_EQ(old.gallery->Head()->generation, 2u) << "the other node goes on with it";
}

TEST_P(SharedSearch, ManyNodesThatBeginAtOnceLoadItTogether) {
  std::vector<std::string> people;
  for (int i = 0; i < 30; ++i) people.push_back(AddPerson().person_id);
  const auto gone = AddPerson();
  Delete(gone);
  ForgetRemovals();
  const std::vector<Node> nodes = {NewNode(), NewNode(), NewNode()};
  {
    std::vector<std::jthread> threads;
    for (const auto& node : nodes) {
      threads.emplace_back([&] { EXPECT_THAT(Found(node), testing::UnorderedElementsAreArray(people)); });
    }
  }
  EXPECT_EQ(nodes.front().gallery->Head()->generation, 1u);
  EXPECT_EQ(nodes.front().gallery->Head()->faces, people.size());
}

}  // namespace
}  // namespace ozma::work
