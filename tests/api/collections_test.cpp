// Collections and persons through the API, with the real networks; searches are the workers' business.
#include "store/collections.hpp"
#include "analysis/analyst.hpp"
#include "api/world.hpp"
#include "samples.hpp"
#include "store/gallery_log.hpp"

namespace ozma::api::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

std::shared_ptr<const analysis::Analyst> TheAnalyst() {
  static const std::shared_ptr<const analysis::Analyst> analyst =
      analysis::Analyst::Create(tests::SharedEngine(), {}).value();
  return analyst;
}

Sent Json(const std::string& body) {
  return {.body = body, .parts = {}, .headers = {}};
}

class Persons : public ::testing::Test {
 protected:
  Persons() : world_({}, TheAnalyst()) {
    boss_ = world_.NewUser(store::Role::kClientAdmin);
    collection_ = world_.Call("POST", "/api/collections", Json(R"({"alias": "list"})")).Text("collection_id");
  }
  std::string Path(const std::string& below = "") const {
    return "/api/collections/" + collection_ + "/persons" + below;
  }
  Answered Send(const std::string& path, std::vector<http::Part> parts) {
    return world_.Call("POST", path, {.body = {}, .parts = std::move(parts), .headers = {}});
  }
  std::vector<store::GalleryChange> Changes() {
    return world_.context()
        .database
        ->Read([](store::Transaction& in) -> base::Result<std::vector<store::GalleryChange>> {
          return store::ChangesAfter(in, 0, 1000);
        })
        .value();
  }

  World world_;
  store::User boss_;
  std::string collection_;
};

TEST_F(Persons, AreEnrolledWithATemplateForEachPhoto) {
  const auto made = Send(Path(), {File("a", "person-a-1.jpg"), File("b", "person-a-2.jpg"),
                                  Payload(R"({"person:meta_data": {"n": 1}, "media:tags": {"b": ["t"]}})")});
  ASSERT_EQ(made.status, 201u) << made.response.body;
  EXPECT_EQ(made["meta_data"], json::value({{"n", 1}}));
  const auto& images = made["images"].as_array();
  ASSERT_EQ(images.size(), 2u);
  EXPECT_EQ(images[1].at("tags"), json::value({"t"}));
  EXPECT_EQ(images[0].at("media_type"), "IMAGE_COLLECTION_PERSON");
  EXPECT_EQ(images[0].at("person_image_id"), images[0].at("media_id"));
  EXPECT_TRUE(images[0].at("folder_id").is_null());
  const auto changes = Changes();
  ASSERT_EQ(changes.size(), 2u);
  const auto face = TheAnalyst()->ReadTemplate(changes[0].bytes);
  ASSERT_TRUE(face);
  EXPECT_GT(TheAnalyst()->Compare(*face, TheAnalyst()->ReadTemplate(changes[1].bytes).value()).score, 0.85);
  EXPECT_EQ(world_.Files(), 4u);
}

TEST_F(Persons, APhotoThatIsRefusedLeavesNothing) {
  for (const auto& [photo, code] : {std::pair{"cat.png", 202}, {"two-people.jpg", 202}, {"video.mp4", 4}}) {
    const auto refused = Send(Path(), {File("a", "person-a-1.jpg"), File("b", photo)});
    EXPECT_EQ(refused.status, 400u);
    EXPECT_EQ(refused.code(), code) << photo;
    EXPECT_THAT(refused.Text("error_message"), ::testing::HasSubstr("part b"));
  }
  EXPECT_EQ(Send(Path(), {Payload("{}")}).code(), 3);
  EXPECT_EQ(world_.Files(), 0u);
  EXPECT_THAT(Changes(), IsEmpty());
  EXPECT_EQ(world_.Call("GET", Path())["total_count"], 0);
}

TEST_F(Persons, ServiceAccountsEnrolButAddNoPhotos) {
  world_.NewUser(store::Role::kClientService);
  const auto made = Send(Path(), {File("a", "person-a-1.jpg")});
  ASSERT_EQ(made.status, 201u) << made.response.body;
  const auto images = Path("/" + made.Text("person_id") + "/images");
  EXPECT_EQ(Send(images, {File("a", "person-a-2.jpg")}).status, 403u);
  world_.As(boss_);
  const auto more = Send(images, {File("a", "person-a-2.jpg")});
  ASSERT_EQ(more.status, 201u);
  EXPECT_EQ(more.body.as_array().size(), 1u);
  EXPECT_EQ(world_.Call("GET", images).body.as_array().size(), 2u);
}

TEST_F(Persons, APhotoIsDeletedByAnyOfItsPaths) {
  const auto made =
      Send(Path(), {File("a", "person-a-1.jpg"), File("b", "person-a-2.jpg"), File("c", "person-a-3.jpg")});
  const auto id = [&](std::size_t i) {
    return std::string(made["images"].as_array()[i].at("media_id").as_string());
  };
  world_.NewUser(store::Role::kClientOperator);
  EXPECT_EQ(world_.Call("DELETE", "/api/media/" + id(0)).status, 403u);
  world_.NewUser(store::Role::kClientAdmin, "b");
  EXPECT_EQ(world_.Call("DELETE", "/api/media/" + id(0)).status, 404u);
  world_.As(boss_);
  const auto images = Path("/" + made.Text("person_id") + "/images/");
  for (const auto& path : {images + id(0), "/api/media/" + id(1), "/api/images/" + id(2)}) {
    EXPECT_EQ(world_.Call("DELETE", path).status, 204u);
    EXPECT_EQ(world_.Call("DELETE", path).status, 404u);
  }
  EXPECT_EQ(world_.Files(), 0u);
  for (const auto& change : Changes()) EXPECT_TRUE(change.gone);
}

TEST_F(Persons, FilesAreForWhoMayReadThePhoto) {
  World world([](Settings& settings) { settings.permissions_for_static = true; }, TheAnalyst());
  world.NewUser(store::Role::kClientAdmin);
  const auto list = world.Call("POST", "/api/collections", Json(R"({"alias": "x"})")).Text("collection_id");
  const auto made = world.Call("POST", "/api/collections/" + list + "/persons",
                               {.body = {}, .parts = {File("a", "person-a-1.jpg")}, .headers = {}});
  const std::string url(made["images"].as_array()[0].at("thumb_url").as_string());
  const auto path = url.substr(std::string("http://here").size());
  EXPECT_EQ(world.Call("GET", path).status, 200u);
  world.NewUser(store::Role::kClient, "b");
  EXPECT_EQ(world.Call("GET", path).status, 404u);
}

// Answers as if the collection held one person; what the index says is tested with the index.
struct Known : gallery::Finder {
  std::string person_id;
  float cosine = 1;
  base::Result<void> health;
  base::Result<void> Check(const base::Deadline&) override { return health; }
  base::Result<gallery::Findings> Find(const gallery::Inquiry& inquiry, const base::Deadline&) override {
    gallery::Findings findings{0, {}};
    findings.of_probe.resize(inquiry.probes.size(),
                             {{person_id, inquiry.collection_ids.at(0), "image", cosine}});
    return findings;
  }
};

TEST_F(Persons, DuplicatesAreRefusedAlsoThoseWhoCameBetweenTheLookAndTheLock) {
  World world([](Settings& settings) { settings.refuse_duplicates = true; }, TheAnalyst());
  const auto finder = std::make_shared<Known>();
  world.Search(finder);
  world.NewUser(store::Role::kClientAdmin);
  const auto list = world.Call("POST", "/api/collections", Json(R"({"alias": "x"})")).Text("collection_id");
  const auto enrol = [&](const std::string& sample, const std::string& to = "") {
    return world.Call("POST", "/api/collections/" + list + "/persons" + to,
                      {.body = {}, .parts = {File("a", sample)}, .headers = {}});
  };
  finder->person_id = "somebody";
  EXPECT_EQ(enrol("person-a-1.jpg").code(), 13);
  finder->cosine = 0;
  const auto first = enrol("person-a-1.jpg");
  ASSERT_EQ(first.status, 201u) << first.response.body;
  // The search knew nothing of the first: as of position 0.
  EXPECT_EQ(enrol("person-a-2.jpg").code(), 13);
  EXPECT_EQ(enrol("person-b-1.jpg").status, 201u);
  EXPECT_EQ(enrol("person-a-2.jpg", "/" + first.Text("person_id") + "/images").status, 201u);
  EXPECT_EQ(enrol("person-b-1.jpg", "/" + first.Text("person_id") + "/images").code(), 13);
  EXPECT_EQ(world.Files(), 6u);
}

TEST_F(Persons, HealthSaysWhetherSearchesAreAnswered) {
  const auto told = [](const std::shared_ptr<gallery::Finder>& finder) {
    World world([](Settings&) {}, TheAnalyst());
    if (finder) world.Search(finder);
    auto answer = world.Call("GET", "/api/healthcheck");
    return std::pair(answer.status, answer.body.at("services").at("o2n"));
  };
  const auto finder = std::make_shared<Known>();
  EXPECT_EQ(told(nullptr), std::pair(200u, json::value()));
  EXPECT_EQ(told(finder).first, 200u);
  EXPECT_EQ(told(finder).second.at("status"), 0);
  finder->health = base::Fail(base::Fault::kTimedOut, "Loading.");
  EXPECT_EQ(told(finder).first, 200u);
  EXPECT_EQ(told(finder).second.at("status"), 0);
  finder->health = base::Fail(base::Fault::kEngine, "A photo cannot be searched.");
  EXPECT_EQ(told(finder).first, 503u);
  EXPECT_EQ(told(finder).second.at("status"), 3);
  EXPECT_EQ(told(finder).second.at("message"), "A photo cannot be searched.");
}

TEST(Collections, AreNotThereWhereTheyAreSwitchedOff) {
  World world([](Settings& settings) { settings.collections = false; });
  world.NewUser(store::Role::kClientAdmin);
  EXPECT_THROW(world.Call("GET", "/api/collections"), std::runtime_error);
  const auto folder = world.NewFolder({File("a", "person-a-1.jpg")});
  const auto refused = world.Call("POST", "/api/folders/" + folder + "/analyses",
                                  Json(R"({"analyses": [{"type": "collection"}]})"));
  EXPECT_EQ(refused.status, 501u);
}

}  // namespace
}  // namespace ozma::api::testing
