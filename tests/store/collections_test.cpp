#include "store/collections.hpp"

#include <gmock/gmock.h>

#include <map>
#include <thread>

#include "store/databases.hpp"
#include "store/gallery_log.hpp"

namespace ozma::store {
namespace {

using base::Fault;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::UnorderedElementsAre;

class Collections : public OnBothDatabases {
 protected:
  static Collection SomeCollection(const std::string& alias = "blacklist",
                                   const std::string& company_id = std::string(kSystemCompany)) {
    Collection collection;
    collection.collection_id = base::NewUuid();
    collection.company_id = company_id;
    collection.alias = alias;
    collection.meta_data = {{"k", "v"}};
    collection.technical_meta_data = {{"t", 1}};
    collection.time = {1.5, 2.5};
    return collection;
  }
  static Person SomePerson(const Collection& collection) {
    Person person;
    person.person_id = base::NewUuid();
    person.collection_id = collection.collection_id;
    person.company_id = collection.company_id;
    person.meta_data = {{"name", "Zoë"}};
    person.technical_meta_data = {{"t", nullptr}};
    person.time = {3.5, 4.5};
    return person;
  }
  static Enrolment SomePhoto(const Person& person, base::Bytes bytes = {1, 0, 255}) {
    Enrolment photo;
    photo.image.media_id = base::NewUuid();
    photo.image.person_id = person.person_id;
    photo.image.collection_id = person.collection_id;
    photo.image.company_id = person.company_id;
    photo.image.original_name = "face.jpg";
    photo.image.mime = "image/png";
    photo.image.tags = {"photo_selfie"};
    photo.image.info = {{"thumb", nullptr}};
    photo.image.meta_data = {{"m", 2}};
    photo.image.original_key = "original-" + photo.image.media_id;
    photo.image.thumb_key = "thumb-" + photo.image.media_id;
    photo.image.time = {5.5, 6.5};
    photo.bytes = std::move(bytes);
    return photo;
  }

  Collection AddCollection(const std::string& alias = "blacklist") {
    auto collection = SomeCollection(alias);
    Write([&](Transaction& in) { ASSERT_TRUE(Insert(in, collection)); });
    return collection;
  }
  Person AddPerson(const Collection& collection, std::vector<Enrolment>* photos = nullptr) {
    auto person = SomePerson(collection);
    std::vector<Enrolment> some = {SomePhoto(person), SomePhoto(person)};
    Write([&](Transaction& in) {
      ASSERT_TRUE(Insert(in, person));
      Enrol(in, some);
    });
    if (photos) *photos = some;
    return person;
  }
  void RemoveImage(const PersonImage& image) {
    Write([&](Transaction& in) {
      LockPerson(in, image.person_id);
      DeletePersonImage(in, image);
    });
  }
  template <class Work>
  std::optional<Fault> FaultOf(Work&& work) {
    const auto done = database_->Write([&](Transaction& in) -> base::Result<void> { return work(in); });
    return done ? std::nullopt : std::optional(done.error().fault);
  }

  std::vector<GalleryChange> ChangesFrom(std::int64_t position, std::int64_t most = 1000) {
    return Read([&](Transaction& in) { return ChangesAfter(in, position, most).value(); });
  }
  GalleryHead Head() {
    return Read([](Transaction& in) { return HeadOfGallery(in); });
  }
  // What a node holds that began at `position` and took every change since.
  static void Replay(const std::vector<GalleryChange>& changes, std::map<std::int64_t, base::Bytes>& held) {
    for (const auto& change : changes) {
      if (change.gone) {
        held.erase(change.image);
      } else {
        held[change.image] = change.bytes;
      }
    }
  }
  // An analysis that ended and names the person.
  Analysis Name(const std::string& person_id) {
    const auto folder = SomeFolder();
    const auto media = SomeMedia(folder);
    auto analysis = SomeAnalysis(folder, base::NewUuid());
    analysis.type = AnalysisType::kCollection;
    Write([&](Transaction& in) {
      Insert(in, folder);
      Insert(in, media);
      StartGroup(in, {analysis});
      auto ended = Ended(analysis, "DECLINED");
      ResultMedia result{base::NewUuid(), analysis.analysis_id, media.media_id, {}, {}, {}};
      result.collection_persons = {json::object{{"person_id", person_id}},
                                   json::object{{"person_id", person_id}}};
      ended.results_media = {result};
      EXPECT_EQ(HoldPersons(in, {person_id, "nobody"}), std::vector{person_id});
      ASSERT_TRUE(FinishAnalysis(in, ended));
    });
    return analysis;
  }
};
OZMA_ON_BOTH_DATABASES(Collections);

TEST_P(Collections, ComeBackAsTheyWent) {
  const auto collection = AddCollection();
  std::vector<Enrolment> photos;
  const auto person = AddPerson(collection, &photos);
  const auto found = Read([&](Transaction& in) { return FindCollection(in, collection.collection_id); });
  ASSERT_TRUE(found);
  EXPECT_EQ(found->alias, "blacklist");
  EXPECT_EQ(found->persons_count, 1);
  EXPECT_EQ(found->meta_data, collection.meta_data);
  EXPECT_EQ(found->technical_meta_data, collection.technical_meta_data);
  EXPECT_EQ(found->time.updated, 2.5);
  const auto someone = Read([&](Transaction& in) { return FindPerson(in, person.person_id); });
  ASSERT_TRUE(someone);
  EXPECT_EQ(someone->collection_id, collection.collection_id);
  EXPECT_EQ(someone->company_id, kSystemCompany);
  EXPECT_EQ(someone->meta_data, person.meta_data);
  EXPECT_EQ(someone->technical_meta_data, person.technical_meta_data);
  EXPECT_EQ(someone->time.created, 3.5);
  const auto images =
      Read([&](Transaction& in) { return ImagesOf(in, std::vector<std::string>{person.person_id}); });
  ASSERT_EQ(images.size(), 2u);
  for (std::size_t i = 0; i < 2; ++i) {
    const auto& wanted = photos[i].image;
    EXPECT_EQ(images[i].media_id, wanted.media_id);
    EXPECT_EQ(images[i].image, wanted.image);
    EXPECT_GT(images[i].image, 0);
    EXPECT_EQ(images[i].original_name, "face.jpg");
    EXPECT_EQ(images[i].mime, "image/png");
    EXPECT_EQ(images[i].tags, wanted.tags);
    EXPECT_EQ(images[i].info, wanted.info);
    EXPECT_EQ(images[i].meta_data, wanted.meta_data);
    EXPECT_EQ(images[i].original_key, wanted.original_key);
    EXPECT_EQ(images[i].thumb_key, wanted.thumb_key);
    EXPECT_EQ(images[i].time.updated, 6.5);
  }
  const auto owner = Read([&](Transaction& in) { return OwnerOf(in, images[0].thumb_key); });
  ASSERT_TRUE(owner);
  EXPECT_TRUE(owner->of_person);
  EXPECT_EQ(owner->mime, "image/jpeg");
  EXPECT_EQ(owner->company_id, kSystemCompany);
  EXPECT_EQ(Read([&](Transaction& in) { return OwnerOf(in, images[0].original_key); })->mime, "image/png");
}

TEST_P(Collections, AnAliasIsUniqueInItsCompanyAlone) {
  AddCollection("x");
  EXPECT_EQ(FaultOf([&](Transaction& in) { return Insert(in, SomeCollection("x")); }), Fault::kAlreadyExists);
  const auto other = SomeCompany("other");
  Write([&](Transaction& in) {
    ASSERT_TRUE(Insert(in, other));
    EXPECT_FALSE(HasCollections(in, other.company_id));
    ASSERT_TRUE(Insert(in, SomeCollection("x", other.company_id)));
    EXPECT_TRUE(HasCollections(in, other.company_id));
  });
  Query query;
  query.only_company = other.company_id;
  EXPECT_EQ(Read([&](Transaction& in) { return ListCollections(in, query); }).items.size(), 1u);
  query.search_text = "X";
  EXPECT_EQ(Read([&](Transaction& in) { return ListCollections(in, query); }).total, 1);
}

TEST_P(Collections, GoOnlyWhenTheyAreEmptyAndPersonsOnlyWhenNobodyNamesThem) {
  const auto collection = AddCollection();
  std::vector<Enrolment> photos;
  const auto person = AddPerson(collection, &photos);
  const auto analysis = Name(person.person_id);
  const auto delete_person = [&](Transaction& in) { return DeletePerson(in, person.person_id); };
  const auto delete_collection = [&](Transaction& in) {
    return DeleteCollection(in, collection.collection_id);
  };
  EXPECT_EQ(FaultOf(delete_person), Fault::kInvalidValue);
  EXPECT_EQ(FaultOf(delete_collection), Fault::kInvalidValue);
  Write([&](Transaction& in) { DeleteAnalysis(in, analysis.analysis_id); });
  EXPECT_EQ(FaultOf(delete_collection), Fault::kInvalidValue);
  EXPECT_EQ(FaultOf(delete_person), std::nullopt);
  EXPECT_FALSE(Read([&](Transaction& in) { return FindPerson(in, person.person_id); }));
  EXPECT_FALSE(Read([&](Transaction& in) { return OwnerOf(in, photos[0].image.original_key); }));
  EXPECT_EQ(
      Read([&](Transaction& in) { return FindCollection(in, collection.collection_id); })->persons_count, 0);
  EXPECT_EQ(FaultOf(delete_collection), std::nullopt);
  EXPECT_FALSE(Read([&](Transaction& in) { return FindCollection(in, collection.collection_id); }));
  EXPECT_EQ(FaultOf([&](Transaction& in) { return Insert(in, SomePerson(collection)); }), Fault::kNotFound);
}

TEST_P(Collections, AFolderThatIsDeletedNamesNobodyAnyMore) {
  const auto person = AddPerson(AddCollection());
  const auto analysis = Name(person.person_id);
  Write([&](Transaction& in) { DeleteFolder(in, analysis.folder_id); });
  EXPECT_EQ(FaultOf([&](Transaction& in) { return DeletePerson(in, person.person_id); }), std::nullopt);
}

TEST_P(Collections, FilesOfWhatIsDeletedAreRemovedAndThoseOfTheRestStay) {
  const auto blobs = OpenFolder(folder_.path() / "blobs").value();
  const auto collection = AddCollection();
  const auto person = SomePerson(collection);
  std::vector<Enrolment> photos = {SomePhoto(person), SomePhoto(person)};
  for (auto& photo : photos) {
    photo.image.original_key = blobs->Put(base::AsBytes("original")).value();
    photo.image.thumb_key = blobs->Put(base::AsBytes("thumb")).value();
  }
  Write([&](Transaction& in) {
    ASSERT_TRUE(Insert(in, person));
    Enrol(in, photos);
  });
  EXPECT_EQ(SweepOrphans(*database_, *blobs, -60).value(), 0);
  RemoveImage(photos[0].image);
  EXPECT_EQ(RemoveDoomed(*database_, *blobs).value(), 2);
  EXPECT_FALSE(blobs->Get(photos[0].image.original_key));
  EXPECT_TRUE(blobs->Get(photos[1].image.original_key));
  ASSERT_EQ(FaultOf([&](Transaction& in) { return DeletePerson(in, person.person_id); }), std::nullopt);
  EXPECT_EQ(RemoveDoomed(*database_, *blobs).value(), 2);
}

TEST_P(Collections, GoWithTheirCompany) {
  const auto company = SomeCompany("gone");
  const auto collection = SomeCollection("x", company.company_id);
  const auto person = SomePerson(collection);
  std::vector<Enrolment> photos = {SomePhoto(person)};
  Write([&](Transaction& in) {
    ASSERT_TRUE(Insert(in, company));
    ASSERT_TRUE(Insert(in, collection));
    ASSERT_TRUE(Insert(in, person));
    Enrol(in, photos);
  });
  Name(person.person_id);  // in a folder that is not the company's
  const auto before = Head().position;
  Write([&](Transaction& in) { DeleteCompany(in, company.company_id); });
  EXPECT_FALSE(Read([&](Transaction& in) { return FindCollection(in, collection.collection_id); }));
  const auto changes = ChangesFrom(before);
  ASSERT_EQ(changes.size(), 1u);
  EXPECT_TRUE(changes[0].gone);
  EXPECT_EQ(changes[0].image, photos[0].image.image);
}

TEST_P(Collections, TheLogHoldsEveryChangeInOrderAndComesInPages) {
  EXPECT_EQ(Head().position, 0);
  Write([](Transaction& in) {
    const auto epoch = EpochOfGallery(in);
    EXPECT_EQ(epoch.size(), 36u);
    EXPECT_EQ(EpochOfGallery(in), epoch);
  });
  EXPECT_THAT(ChangesFrom(0), IsEmpty());
  const auto one = AddCollection("one"), two = AddCollection("two");
  std::vector<Enrolment> first, second;
  AddPerson(one, &first);
  AddPerson(two, &second);
  RemoveImage(first[1].image);
  EXPECT_EQ(Head().position, 5);

  const auto all = ChangesFrom(0);
  ASSERT_EQ(all.size(), 4u);  // the enrolment of what was removed is not there any more
  EXPECT_EQ(all[0].image, first[0].image.image);
  EXPECT_EQ(all[0].bytes, first[0].bytes);
  EXPECT_EQ(all[3].image, first[1].image.image);
  EXPECT_TRUE(all[3].gone);
  EXPECT_EQ(all[3].position, 5);
  const auto numbers = Read([&](Transaction& in) {
    return std::pair(NumbersOf(in, {one.collection_id, "none"}), NumbersOf(in, {two.collection_id}));
  });
  EXPECT_THAT(numbers.first, ElementsAre(all[0].collection));
  EXPECT_THAT(numbers.second, ElementsAre(all[1].collection));

  std::vector<std::int64_t> positions;
  for (std::int64_t at = 0;;) {
    const auto page = ChangesFrom(at, 1);
    if (page.empty()) break;
    at = page.back().position;
    positions.push_back(at);
  }
  EXPECT_THAT(positions, ElementsAre(1, 3, 4, 5));

  const auto owners = Read([&](Transaction& in) {
    return OwnersOf(in, {first[0].image.image, first[1].image.image, second[1].image.image});
  });
  std::vector<std::string> ids;
  for (const auto& owner : owners) ids.push_back(owner.media_id);
  EXPECT_THAT(ids, UnorderedElementsAre(first[0].image.media_id, second[1].image.media_id));
  const auto since = Read(
      [&](Transaction& in) { return EnrolledAfter(in, two.collection_id, second[0].image.image).value(); });
  ASSERT_EQ(since.size(), 1u);
  EXPECT_EQ(since[0].person_id, second[1].image.person_id);
}

TEST_P(Collections, PruningForgetsRemovalsAloneSoAFreshLoadIsRight) {
  std::vector<Enrolment> photos;
  AddPerson(AddCollection(), &photos);
  RemoveImage(photos[0].image);
  Write([&](Transaction& in) { EXPECT_EQ(PruneGallery(in, base::UnixSeconds() - 60), 0); });
  EXPECT_EQ(Head().pruned, 0);
  Write([&](Transaction& in) { EXPECT_EQ(PruneGallery(in, base::UnixSeconds() + 60), 1); });
  EXPECT_EQ(Head().position, 3);
  EXPECT_EQ(Head().pruned, 3);
  const auto left = ChangesFrom(0);
  ASSERT_EQ(left.size(), 1u);
  EXPECT_EQ(left[0].image, photos[1].image.image);
}

TEST_P(Collections, ANewTemplateComesUnderANewNumber) {
  std::vector<Enrolment> photos;
  AddPerson(AddCollection(), &photos);
  const auto old = photos[0].image.image;
  const base::Bytes fresh = {9, 8, 7};
  Write([&](Transaction& in) {
    EXPECT_TRUE(ReplaceTemplate(in, old, fresh));
    EXPECT_FALSE(ReplaceTemplate(in, old, fresh));
  });
  const auto changes = ChangesFrom(2);
  ASSERT_EQ(changes.size(), 2u);
  EXPECT_TRUE(changes[0].gone);
  EXPECT_EQ(changes[0].image, old);
  EXPECT_EQ(changes[1].bytes, fresh);
  const auto found = Read([&](Transaction& in) { return FindPersonImage(in, photos[0].image.media_id); });
  EXPECT_EQ(found->image, changes[1].image);
  const auto stored = Read([&](Transaction& in) { return TemplatesAfter(in, 0, 10); });
  ASSERT_EQ(stored.size(), 2u);
  EXPECT_EQ(stored[1].bytes, fresh);
  EXPECT_EQ(stored[1].original_key, photos[0].image.original_key);
}

// Whoever reads while others write misses nothing: positions become visible in their order.
TEST_P(Collections, AReaderThatFollowsConcurrentWritersEndsWithWhatThereIs) {
  constexpr int kWriters = 4, kRounds = 12;
  const auto collection = AddCollection();
  std::vector<Person> persons;
  for (int i = 0; i < kWriters; ++i) persons.push_back(AddPerson(collection));
  std::atomic<bool> done = false;
  std::vector<std::jthread> writers;
  writers.reserve(kWriters);
  for (const auto& person : persons) {
    writers.emplace_back([&, person] {
      for (int round = 0; round < kRounds; ++round) {
        std::vector<Enrolment> photos = {SomePhoto(person), SomePhoto(person)};
        Write([&](Transaction& in) {
          LockPerson(in, person.person_id);
          Enrol(in, photos);
        });
        RemoveImage(photos[static_cast<std::size_t>(round) % 2].image);
      }
    });
  }
  std::map<std::int64_t, base::Bytes> held;
  std::int64_t at = 0;
  const auto follow = [&] {
    const auto page = ChangesFrom(at, 7);
    for (const auto& change : page) {
      EXPECT_GT(change.position, at);
      at = change.position;
    }
    Replay(page, held);
    return !page.empty();
  };
  std::jthread reader([&] {
    while (!done) follow();
    while (follow()) continue;
  });
  writers.clear();
  done = true;
  reader.join();
  std::map<std::int64_t, base::Bytes> wanted;
  Replay(ChangesFrom(0, 100'000), wanted);
  EXPECT_EQ(held, wanted);
  EXPECT_EQ(held.size(), static_cast<std::size_t>(kWriters * (2 + kRounds)));
}

}  // namespace
}  // namespace ozma::store
