// 1:N search over a real database and the index in memory: what was committed is seen, on every node.
#include "work/searcher.hpp"

#include <random>

#include "analysis/job.hpp"
#include "gallery/memory_index.hpp"
#include "store/collections.hpp"
#include "store/gallery_log.hpp"
#include "work/sync.hpp"
#include "work/workplace.hpp"

namespace ozma::work {
namespace {

using base::Fault;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::UnorderedElementsAre;

constexpr std::size_t kDimension = 64;
const gallery::NetworkId kNetwork = gallery::NetworkIdOf("test", "1");

// A direction of its own for each seed; `turn` towards that of the next makes faces that are alike.
gallery::Template FaceOf(unsigned seed, float turn = 0, const gallery::NetworkId& network = kNetwork) {
  const auto direction = [](unsigned of) {
    std::mt19937 random(of);
    std::normal_distribution<float> normal;
    std::vector<float> values(kDimension);
    for (float& value : values) value = normal(random);
    return values;
  };
  auto values = direction(seed);
  const auto towards = direction(seed + 1);
  for (std::size_t i = 0; i < kDimension; ++i) values[i] += turn * towards[i];
  return gallery::Template::FromEmbedding(values, network).value();
}

class Search : public Workplace {
 protected:
  store::Collection AddCollection(const std::string& alias = "list") {
    store::Collection collection;
    collection.collection_id = base::NewUuid();
    collection.company_id = store::kSystemCompany;
    collection.alias = alias;
    Write([&](Transaction& in) { ASSERT_TRUE(store::Insert(in, collection)); });
    return collection;
  }
  std::vector<store::PersonImage> Enrol(const store::Person& person,
                                        const std::vector<base::Bytes>& templates,
                                        const std::string& key = "") {
    std::vector<store::Enrolment> photos;
    for (const auto& bytes : templates) {
      store::Enrolment photo;
      photo.image.media_id = base::NewUuid();
      photo.image.person_id = person.person_id;
      photo.image.collection_id = person.collection_id;
      photo.image.company_id = person.company_id;
      photo.image.original_key = key;
      photo.bytes = bytes;
      photos.push_back(photo);
    }
    Write([&](Transaction& in) {
      store::LockPerson(in, person.person_id);
      store::Enrol(in, photos);
    });
    std::vector<store::PersonImage> images;
    for (const auto& photo : photos) images.push_back(photo.image);
    return images;
  }
  store::Person AddPerson(const store::Collection& collection, const std::vector<base::Bytes>& templates,
                          const std::string& key = "") {
    store::Person person;
    person.person_id = base::NewUuid();
    person.collection_id = collection.collection_id;
    person.company_id = collection.company_id;
    Write([&](Transaction& in) { ASSERT_TRUE(store::Insert(in, person)); });
    Enrol(person, templates, key);
    return person;
  }
  store::Person AddPerson(const store::Collection& collection, unsigned seed) {
    return AddPerson(collection, {FaceOf(seed).Encode()});
  }
  void Delete(const store::Person& person) {
    Write([&](Transaction& in) { ASSERT_TRUE(store::DeletePerson(in, person.person_id)); });
  }

  std::shared_ptr<Searcher> NewSearcher(const gallery::NetworkId& network = kNetwork,
                                        std::size_t dimension = kDimension) {
    return std::make_shared<Searcher>(
        database_, network,
        [this, network, dimension](bool anew) -> base::Result<std::shared_ptr<gallery::Index>> {
          (anew ? anew_ : made_)++;
          gallery::IndexOptions options;
          options.shape = {network, dimension};
          auto index = gallery::MemoryIndex::Create(options);
          if (!index) return index.error();
          return std::shared_ptr<gallery::Index>(std::move(*index));
        });
  }
  static base::Result<gallery::Findings> Ask(Searcher& searcher, const std::vector<gallery::Template>& probes,
                                             const std::vector<store::Collection>& in,
                                             std::size_t persons = 10) {
    std::vector<std::string> ids;
    for (const auto& collection : in) ids.push_back(collection.collection_id);
    return searcher.Find({probes, ids, persons}, base::Deadline(1min));
  }
  static std::vector<std::string> PersonsOf(const std::vector<gallery::Found>& found) {
    std::vector<std::string> ids;
    for (const auto& one : found) ids.push_back(one.person_id);
    return ids;
  }
  static std::vector<std::string> Persons(Searcher& searcher, unsigned seed,
                                          const std::vector<store::Collection>& in,
                                          std::size_t persons = 10) {
    const auto found = Ask(searcher, {FaceOf(seed)}, in, persons);
    EXPECT_TRUE(found) << found.error().message;
    return found ? PersonsOf(found->of_probe.at(0)) : std::vector<std::string>{"error"};
  }

  int made_ = 0, anew_ = 0;  // indexes
};
OZMA_ON_BOTH_DATABASES(Search);

TEST_P(Search, SeesWhatWasCommittedBeforeItOnEveryNode) {
  const auto here = NewSearcher(), there = NewSearcher();
  const auto list = AddCollection(), other = AddCollection("other");
  EXPECT_THAT(Persons(*here, 1, {list}), IsEmpty());
  const auto one = AddPerson(list, 1);
  EXPECT_THAT(Persons(*here, 1, {list}, 1), ElementsAre(one.person_id));
  EXPECT_THAT(Persons(*there, 1, {list}, 1), ElementsAre(one.person_id));
  const auto two = AddPerson(other, 20);
  EXPECT_THAT(Persons(*there, 20, {other}), ElementsAre(two.person_id));
  EXPECT_THAT(Persons(*there, 20, {list}), ElementsAre(one.person_id));
  EXPECT_THAT(Persons(*here, 20, {list, other}), ElementsAre(two.person_id, one.person_id));
  Delete(one);
  EXPECT_THAT(Persons(*here, 1, {list}), IsEmpty());
  EXPECT_THAT(Persons(*there, 1, {list}), IsEmpty());
  EXPECT_EQ(anew_, 0);
  store::Collection gone;
  gone.collection_id = base::NewUuid();
  EXPECT_THAT(Persons(*here, 20, {gone}), IsEmpty());
}

TEST_P(Search, FindsEachPersonOnceByTheMostAlikePhoto) {
  const auto list = AddCollection();
  std::vector<base::Bytes> photos;
  for (int i = 0; i < 60; ++i) photos.push_back(FaceOf(1, 0.002F * static_cast<float>(60 - i)).Encode());
  const auto many = AddPerson(list, photos);
  const auto few = AddPerson(list, {FaceOf(1, 0.5).Encode(), FaceOf(300).Encode()});
  const auto searcher = NewSearcher();
  const auto found = Ask(*searcher, {FaceOf(1), FaceOf(300)}, {list});
  ASSERT_TRUE(found);
  EXPECT_EQ(found->position, 62);
  // More photos of one person than the first question to the index asks for.
  EXPECT_THAT(PersonsOf(found->of_probe[0]), ElementsAre(many.person_id, few.person_id));
  EXPECT_THAT(PersonsOf(found->of_probe[1]), ElementsAre(few.person_id, many.person_id));
  const auto images = Read([&](Transaction& in) { return store::ImagesOf(in, std::vector{many.person_id}); });
  EXPECT_EQ(found->of_probe[0][0].image_id, images.back().media_id);
  EXPECT_EQ(found->of_probe[0][0].collection_id, list.collection_id);
  EXPECT_FLOAT_EQ(found->of_probe[0][0].cosine, gallery::Cosine(FaceOf(1), FaceOf(1, 0.002F)));
}

TEST_P(Search, AnIndexThatMissedWhatIsForgottenBeginsAnew) {
  const auto list = AddCollection();
  const auto one = AddPerson(list, 1), two = AddPerson(list, 20);
  const auto searcher = NewSearcher();
  EXPECT_THAT(Persons(*searcher, 1, {list}), ElementsAre(one.person_id, two.person_id));
  Delete(one);
  Write([](Transaction& in) { EXPECT_EQ(store::PruneGallery(in, base::UnixSeconds() + 60), 1); });
  EXPECT_THAT(Persons(*searcher, 1, {list}), ElementsAre(two.person_id));
  EXPECT_EQ(anew_, 1);
  EXPECT_EQ(searcher->index()->size(), 1u);
  EXPECT_EQ(searcher->index()->position(), 3u);  // though nothing is left of the last change
  EXPECT_THAT(Persons(*NewSearcher(), 1, {list}), ElementsAre(two.person_id));
  EXPECT_THAT(Persons(*searcher, 1, {list}), ElementsAre(two.person_id));
  EXPECT_EQ(anew_, 1);
}

TEST_P(Search, ComesInPages) {
  const auto list = AddCollection();
  std::vector<base::Bytes> photos(90, FaceOf(1).Encode());
  const auto person = AddPerson(list, photos);
  for (int i = 0; i < 23; ++i) Enrol(person, photos);
  const auto searcher = NewSearcher();
  ASSERT_TRUE(searcher->CatchUp(base::Deadline(1min)));
  EXPECT_EQ(searcher->index()->size(), 24u * 90);
  EXPECT_EQ(made_, 1);
  // Whoever loads from nothing needs nothing of what is forgotten, though its first page ends before that.
  const auto other = AddPerson(list, 50);
  Delete(other);
  Write([](Transaction& in) { EXPECT_EQ(store::PruneGallery(in, base::UnixSeconds() + 60), 1); });
  const auto fresh = NewSearcher();
  ASSERT_TRUE(fresh->CatchUp(base::Deadline(1min)));
  EXPECT_EQ(fresh->index()->size(), 24u * 90);
  EXPECT_EQ(anew_, 0);
}

TEST_P(Search, RefusesWhatItCannotCompare) {
  const auto list = AddCollection();
  AddPerson(list, {FaceOf(1, 0, gallery::NetworkIdOf("other", "1")).Encode()});
  const auto found = Ask(*NewSearcher(), {FaceOf(1)}, {list});
  ASSERT_FALSE(found);
  EXPECT_EQ(found.error().fault, Fault::kEngine);
  EXPECT_THAT(found.error().message, HasSubstr("sync-collections"));
}

TEST_P(Search, GivesUpWhenToldTo) {
  AddPerson(AddCollection(), 1);
  const auto searcher = NewSearcher();
  EXPECT_EQ(searcher->CatchUp(base::Deadline(0s)).error().fault, Fault::kTimedOut);
  searcher->Stop();
  EXPECT_EQ(searcher->CatchUp(base::Deadline(1min)).error().fault, Fault::kTimedOut);
}

TEST_P(Search, GoesOnWhileOthersEnrolAndDelete) {
  const auto list = AddCollection();
  const auto fixed = AddPerson(list, 1);
  const auto here = NewSearcher(), there = NewSearcher();
  std::vector<std::jthread> threads;
  for (unsigned writer = 0; writer < 2; ++writer) {
    threads.emplace_back([&, writer] {
      for (unsigned round = 0; round < 10; ++round) {
        const unsigned seed = 1000 + 100 * writer + 3 * round;
        const auto person = AddPerson(list, seed);
        auto& one = *(round % 2 ? here : there);
        EXPECT_THAT(Persons(one, seed, {list}, 1), ElementsAre(person.person_id));
        Delete(person);
        EXPECT_THAT(Persons(one, seed, {list}, 100), ::testing::Not(::testing::Contains(person.person_id)));
        EXPECT_THAT(Persons(one, 1, {list}, 1), ElementsAre(fixed.person_id));
      }
    });
  }
  threads.clear();
  EXPECT_THAT(Persons(*here, 1, {list}), ElementsAre(fixed.person_id));
  EXPECT_EQ(here->index()->size(), 1u);
}

class CollectionJobs : public Search {
 protected:
  std::shared_ptr<Searcher> RealSearcher() {
    return NewSearcher(TheAnalyst()->network(), TheAnalyst()->dimension());
  }
  static base::Bytes TemplateOf(const std::string& sample) {
    const auto medium =
        TheDecoder()->Decode(base::ReadFile(tests::SamplePath(sample)).value(), base::Deadline(1min)).value();
    return TheAnalyst()->Extract(medium).value().Encode();
  }
  store::Analysis BeginSearch(const store::Folder& folder, const store::Media& medium,
                              const std::vector<std::string>& collections) {
    auto analysis = SomeAnalysis(folder, base::NewUuid());
    analysis.type = store::AnalysisType::kCollection;
    analysis::Parameters parameters;
    parameters.collection_ids = collections;
    analysis.confs = analysis::ConfsOf(analysis::Type::kCollection, parameters);
    analysis.source_media = {medium.media_id};
    Write([&](Transaction& in) { StartGroup(in, {analysis}); });
    return analysis;
  }
  std::unique_ptr<Runner> StartWith(std::shared_ptr<gallery::Finder> finder) {
    return Runner::Start(Quick(), database_, blobs_, TheAnalyst(), TheDecoder(), std::move(finder)).value();
  }
};
OZMA_ON_BOTH_DATABASES(CollectionJobs);

TEST_P(CollectionJobs, NameWhomTheyFindAndKeepThatPersonFromBeingDeleted) {
  const auto list = AddCollection(), empty = AddCollection("empty");
  const auto person = AddPerson(list, {TemplateOf("person-a-1.jpg")});
  AddPerson(list, {TemplateOf("person-b-1.jpg")});
  const auto folder = AddFolder();
  const auto medium = AddMedium(folder, "person-a-2.jpg");
  const auto all = BeginSearch(folder, medium, {});
  const auto none = BeginSearch(folder, medium, {empty.collection_id});
  const auto runner = StartWith(RealSearcher());
  const auto ended = AwaitEnd(all);
  EXPECT_EQ(ended.resolution_status, "DECLINED") << ended.error_message.value_or("");
  ASSERT_EQ(ended.results_media.size(), 1u);
  ASSERT_EQ(ended.results_media[0].collection_persons.size(), 1u);
  const auto& named = ended.results_media[0].collection_persons[0].as_object();
  EXPECT_EQ(named.at("person_id").as_string(), person.person_id);
  EXPECT_GE(named.at("confidence").as_double(), 0.85);
  EXPECT_EQ(ended.results_data.at("max_confidence"), named.at("confidence"));
  EXPECT_EQ(AwaitEnd(none).resolution_status, "SUCCESS");
  const auto refused = database_->Write(
      [&](Transaction& in) -> base::Result<void> { return store::DeletePerson(in, person.person_id); });
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().fault, Fault::kInvalidValue);
}

TEST_P(CollectionJobs, APersonWhoIsDeletedMeanwhileIsNotNamed) {
  const auto list = AddCollection();
  const auto person = AddPerson(list, {TemplateOf("person-a-1.jpg")});
  // Between the search and the end of its analysis somebody deletes whom it found.
  struct Deleting : gallery::Finder {
    std::shared_ptr<Searcher> searcher;
    std::function<void()> after;
    base::Result<gallery::Findings> Find(const gallery::Inquiry& inquiry,
                                         const base::Deadline& deadline) override {
      auto found = searcher->Find(inquiry, deadline);
      if (after) std::exchange(after, nullptr)();
      return found;
    }
    base::Result<void> Check(const base::Deadline& deadline) override { return searcher->Check(deadline); }
  };
  const auto finder = std::make_shared<Deleting>();
  finder->searcher = RealSearcher();
  finder->after = [&] { Delete(person); };
  const auto folder = AddFolder();
  const auto begun = BeginSearch(folder, AddMedium(folder, "person-a-2.jpg"), {list.collection_id});
  auto options = Quick();
  options.threads = 1;
  const auto runner = Runner::Start(options, database_, blobs_, TheAnalyst(), TheDecoder(), finder).value();
  const auto ended = AwaitEnd(begun);
  EXPECT_EQ(ended.resolution_status, "SUCCESS") << ended.error_message.value_or("");
  EXPECT_THAT(ended.results_media.at(0).collection_persons, IsEmpty());
}

TEST_P(CollectionJobs, FailWithoutAnIndex) {
  const auto list = AddCollection();
  const auto folder = AddFolder();
  const auto begun = BeginSearch(folder, AddMedium(folder, "person-a-1.jpg"), {list.collection_id});
  const auto runner = Start();
  EXPECT_EQ(AwaitEnd(begun).error_code, 2);
}

TEST_P(CollectionJobs, TemplatesOfAnotherNetworkAreMadeAnewFromThePhotos) {
  const auto list = AddCollection();
  const auto foreign = FaceOf(1).Encode();
  const auto key = blobs_->Put(base::ReadFile(tests::SamplePath("person-a-1.jpg")).value()).value();
  const auto cat = blobs_->Put(base::ReadFile(tests::SamplePath("cat.png")).value()).value();
  const auto good = AddPerson(list, {TemplateOf("person-b-1.jpg")});
  const auto old = AddPerson(list, {foreign}, key);
  const auto bad = AddPerson(list, {foreign}, cat), lost = AddPerson(list, {foreign}, "nowhere");
  auto synced = SyncCollections(*database_, *blobs_, *TheAnalyst(), *TheDecoder(), {});
  ASSERT_TRUE(synced) << synced.error().message;
  EXPECT_EQ(synced->looked, 4);
  EXPECT_EQ(synced->remade, 1);
  EXPECT_EQ(synced->unusable.size(), 2u);
  const auto searcher = RealSearcher();
  EXPECT_FALSE(searcher->CatchUp(base::Deadline(1min)));

  synced = SyncCollections(*database_, *blobs_, *TheAnalyst(), *TheDecoder(), {.remove_unusable = true});
  ASSERT_TRUE(synced);
  EXPECT_EQ(synced->remade, 0);
  EXPECT_EQ(synced->removed, 2);
  ASSERT_TRUE(searcher->CatchUp(base::Deadline(1min)));
  const auto probe = TheAnalyst()->ReadTemplate(TemplateOf("person-a-2.jpg")).value();
  const auto found = Ask(*searcher, {probe}, {list});
  ASSERT_TRUE(found);
  EXPECT_THAT(PersonsOf(found->of_probe[0]), ElementsAre(old.person_id, good.person_id));
}

}  // namespace
}  // namespace ozma::work
