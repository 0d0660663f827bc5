#include <future>

#include "api/single.hpp"
#include "api/world.hpp"
#include "store/accounts.hpp"
#include "store/analyses.hpp"
#include "store/jobs.hpp"

namespace ozma::api::testing {
namespace {

using store::Role;

Sent Json(const std::string& body) {
  return {.body = body, .parts = {}, .headers = {}};
}

// Does what a worker does when an analysis has succeeded.
void Finish(const World& world, const std::string& analysis_id) {
  const auto finished = world.context().database->Write([&](store::Transaction& in) -> base::Result<bool> {
    auto analysis = store::FindAnalysis(in, analysis_id);
    analysis->state = "FINISHED";
    analysis->resolution_status = analysis->system_resolution = "SUCCESS";
    return store::FinishAnalysis(in, *analysis);
  });
  ASSERT_TRUE(finished && *finished);
}

std::size_t Waiting(const World& world) {
  const auto length =
      world.context().database->Read([](store::Transaction& in) -> base::Result<store::QueueLength> {
        return store::Length(in, store::JobKind::kAnalysis, base::UnixSeconds());
      });
  return static_cast<std::size_t>(length->waiting);
}

TEST(Analyses, AGroupStartsInTheOrderAskedFor) {
  World world;
  world.NewUser(Role::kClient);
  const auto path =
      "/api/folders/" + world.NewFolder({File("one", "person-a-1.jpg"), File("two", "person-a-2.jpg")});
  const auto started = world.Call("POST", path + "/analyses", Json(R"({"analyses": [
      {"type": "biometry", "params": {"threshold_min": 0.4, "threshold_max": 0.9}, "meta_data": {"n": 1}},
      {"type": "QUALITY"}]})"));
  ASSERT_EQ(started.status, 201u) << started.response.body;
  const auto& group = started.body.as_array();
  ASSERT_EQ(group.size(), 2u);
  EXPECT_EQ(group[0].at("type"), "BIOMETRY");
  EXPECT_EQ(group[0].at("state"), "PROCESSING");
  EXPECT_EQ(group[0].at("resolution"), "PROCESSING");
  EXPECT_EQ(group[0].at("source_media").as_array().size(), 2u);
  EXPECT_EQ(group[0].at("meta_data"), (json::value{{"n", 1}}));
  EXPECT_EQ(group[0].at("confs"), (json::value{{"threshold_min", 0.4}, {"threshold_max", 0.9}}));
  EXPECT_EQ(group[1].at("type"), "QUALITY");
  EXPECT_EQ(group[0].at("group_id"), group[1].at("group_id"));
  EXPECT_EQ(Waiting(world), 2u);
  EXPECT_EQ(world.Call("GET", path)["resolution_status"], "PROCESSING");
  EXPECT_EQ(world.Call("GET", path)["analyses"].as_array().size(), 2u);
  EXPECT_EQ(world.Call("GET", path + "/analyses").body.as_array().size(), 2u);
  EXPECT_EQ(world.Call("GET", path + "/analyses?type=quality").body.as_array().size(), 1u);
  EXPECT_EQ(world.Call("GET", "/api/analyses")["total_count"], 2);
  const std::string id(group[0].at("analysis_id").as_string());
  EXPECT_EQ(world.Call("GET", "/api/analyses/" + id)["analyse_id"], json::value(id));
}

TEST(Analyses, RefusedBeforeAnythingStarts) {
  World world;
  world.NewUser(Role::kClient);
  const auto foreign =
      world.Call("GET", "/api/folders/" + world.NewFolder({File("one", "person-a-1.jpg")}) + "/media");
  const std::string foreign_id(foreign.body.as_array().at(0).at("media_id").as_string());
  const auto path = "/api/folders/" + world.NewFolder({File("one", "person-a-1.jpg")}) + "/analyses";
  const auto start = [&](const std::string& body) { return world.Call("POST", path, Json(body)); };
  EXPECT_EQ(start("{}").code(), 3);
  EXPECT_EQ(start(R"({"analyses": []})").code(), 3);
  EXPECT_EQ(start(R"({"analyses": [{"type": "quality", "source_media": [")" + foreign_id + "\"]}]}").code(),
            10);
  EXPECT_EQ(start(R"({"analyses": [{"type": "quality"}, {"type": "nonsense"}]})").code(), 4);
  EXPECT_EQ(start(R"({"analyses": [{"type": "quality", "params": {"threshold_spoofing": 2}}]})").code(), 4);
  EXPECT_EQ(start(R"({"analyses": [{"type": "quality", "params": {"threshold_spoofing": "x"}}]})").code(), 5);
  const auto refused = start(R"({"analyses": [{"type": "documents"}]})");
  EXPECT_EQ(refused.status, 501u);
  EXPECT_EQ(refused.code(), 2);
  EXPECT_EQ(start(R"({"analyses": [{"type": "collection"}]})").code(), 4);  // the company has none
  EXPECT_EQ(Waiting(world), 0u);
}

// What they lack is told by the analysis, not by the status.
TEST(Analyses, WithoutMediaTheyStartAllTheSame) {
  World world;
  world.NewUser(Role::kClient);
  const auto path = "/api/folders/" + world.NewFolder() + "/analyses";
  const auto started =
      world.Call("POST", path, Json(R"({"analyses": [{"type": "quality"}, {"type": "biometry"}]})"));
  EXPECT_EQ(started.status, 201u);
  EXPECT_TRUE(started.body.as_array().at(0).at("source_media").as_array().empty());
}

TEST(Analyses, SettingsOfTheCompanyAreTheDefaults) {
  World world;
  const auto user = world.NewUser(Role::kClient);
  const auto changed = world.context().database->Write([&](store::Transaction& in) -> base::Result<void> {
    auto company = store::FindCompany(in, user.company_id);
    company->settings = {{"threshold_spoofing", 0.25}, {"threshold_biometry_min", 0.9}};
    return store::Update(in, *company);
  });
  ASSERT_TRUE(changed);
  const auto path = "/api/folders/" + world.NewFolder() + "/analyses";
  const auto started =
      world.Call("POST", path, Json(R"({"analyses": [{"type": "quality"}, {"type": "biometry"}]})"));
  ASSERT_EQ(started.status, 201u) << started.response.body;
  EXPECT_EQ(started.body.as_array().at(0).at("confs").at("threshold_spoofing"), 0.25);
  EXPECT_EQ(started.body.as_array().at(1).at("confs").at("threshold_min"), 0.9);
  EXPECT_EQ(started.body.as_array().at(1).at("confs").at("threshold_max"), 0.9);
}

TEST(Analyses, AnOperatorDecidesOnceTheyHaveEnded) {
  World world;
  world.NewUser(Role::kClient);
  const auto folder = "/api/folders/" + world.NewFolder();
  const auto started =
      world.Call("POST", folder + "/analyses", Json(R"({"analyses": [{"type": "quality"}]})"));
  const std::string id(started.body.as_array().at(0).at("analysis_id").as_string());
  const auto path = "/api/analyses/" + id;
  const auto decide = [&](const std::string& how) {
    return world.Call("PATCH", path, Json(R"({"resolution_operator": )" + how + "}"));
  };
  EXPECT_EQ(decide("\"DECLINED\"").code(), 9);  // a CLIENT
  const auto user = world.NewUser(Role::kClientOperator);
  EXPECT_EQ(decide("\"DECLINED\"").code(), 4);  // too early
  Finish(world, id);
  const auto decided = decide("\"DECLINED\"");
  ASSERT_EQ(decided.status, 200u) << decided.response.body;
  EXPECT_EQ(decided["resolution"], "DECLINED");
  EXPECT_EQ(decided["resolution_status"], "SUCCESS");
  EXPECT_EQ(world.Call("GET", folder)["resolution_author_id"], json::value(user.user_id));
  EXPECT_EQ(decide("null")["resolution"], "SUCCESS");
  EXPECT_EQ(decide("\"PROCESSING\"").code(), 4);
  world.NewUser(Role::kAdmin);
  EXPECT_EQ(decide("\"DECLINED\"").code(), 9);
  EXPECT_EQ(world.Call("PATCH", path, Json(R"({"meta_data": {"seen": true}})"))["meta_data"],
            (json::value{{"seen", true}}));
  EXPECT_EQ(world.Call("DELETE", path).status, 204u);
  EXPECT_EQ(world.Call("GET", path).status, 404u);
}

TEST(SingleRequest, AnswersWhenTheGroupHasEnded) {
  World world([](Settings& settings) { settings.single_request_timeout = 60; });
  world.NewUser(Role::kClient);
  auto& database = *world.context().database;
  const auto seen = database.Count(store::Channel::kJobs);
  auto answer = std::async(std::launch::async, [&] {
    return world.Call("POST", "/api/folders",
                      {.body = {},
                       .parts = {Payload(R"({"analyses": [{"type": "quality", "source_media": ["b"]}]})"),
                                 File("a", "person-a-1.jpg"), File("b", "person-a-2.jpg")},
                       .headers = {}});
  });
  ASSERT_TRUE(database.Wait(store::Channel::kJobs, seen, base::Deadline(std::chrono::seconds(30))));
  const auto job = database.Write([](store::Transaction& in) -> base::Result<std::optional<store::Job>> {
    return store::Claim(in, {store::JobKind::kAnalysis}, base::UnixSeconds(), 30);
  });
  ASSERT_TRUE(job && *job);
  Finish(world, (*job)->subject);
  const auto folder = answer.get();
  ASSERT_EQ(folder.status, 201u) << folder.response.body;
  EXPECT_EQ(folder["resolution_status"], "FINISHED");
  EXPECT_EQ(folder["media"].as_array().size(), 2u);
  const auto& analysis = folder["analyses"].as_array().at(0);
  EXPECT_EQ(analysis.at("state"), "FINISHED");
  EXPECT_EQ(analysis.at("source_media").as_array().at(0), folder["media"].as_array().at(1));
}

TEST(SingleRequest, BeyondItsPatienceTheFolderIsStillProcessing) {
  World world([](Settings& settings) { settings.single_request_timeout = 0.05; });
  world.NewUser(Role::kClient);
  const auto folder = world.Call("POST", "/api/folders", Json(R"({"analyses": [{"type": "quality"}]})"));
  ASSERT_EQ(folder.status, 201u) << folder.response.body;
  EXPECT_EQ(folder["resolution_status"], "PROCESSING");
  EXPECT_EQ(folder["analyses"].as_array().at(0).at("state"), "PROCESSING");
}

TEST(SingleRequest, StoppingTheServerEndsTheWait) {
  World world;
  world.NewUser(Role::kClient);
  world.context().database->StopWaiting();
  const auto folder = world.Call("POST", "/api/folders", Json(R"({"analyses": [{"type": "quality"}]})"));
  EXPECT_EQ(folder["resolution_status"], "PROCESSING");
}

TEST(SingleRequest, NoPlaceToWaitAndNothingIsStored) {
  World world([](Settings& settings) { settings.single_requests = 0; });
  world.NewUser(Role::kClient);
  const auto refused = world.Call("POST", "/api/folders", Json(R"({"analyses": [{"type": "quality"}]})"));
  EXPECT_EQ(refused.status, 503u);
  EXPECT_EQ(http::Find(refused.response.headers, "Retry-After"), "1");
  EXPECT_EQ(world.Folders(), 0);
  EXPECT_EQ(world.Call("POST", "/api/folders").status, 201u);  // without analyses nobody waits
}

TEST(SingleRequest, RefusedBeforeAnythingIsStored) {
  World world;
  world.NewUser(Role::kClient);
  const auto create = [&](const std::string& payload) {
    return world.Call("POST", "/api/folders",
                      {.body = {}, .parts = {Payload(payload), File("a", "person-a-1.jpg")}, .headers = {}});
  };
  EXPECT_EQ(create(R"({"analyses": [{"type": "documents"}]})").code(), 2);
  EXPECT_EQ(create(R"({"analyses": [{"type": "quality", "params": {"threshold_spoofing": -1}}]})").code(), 4);
  EXPECT_EQ(create(R"({"analyses": [{"type": "quality", "source_media": ["b"]}]})").code(), 10);
  EXPECT_EQ(world.Folders(), 0);
  EXPECT_EQ(world.Files(), 0u);
}

TEST(Waiters, GiveTheirPlacesBack) {
  Waiters waiters(1);
  {
    const auto place = waiters.Take();
    ASSERT_TRUE(place);
    EXPECT_EQ(waiters.Take().error().fault, base::Fault::kOverloaded);
  }
  EXPECT_TRUE(waiters.Take());
}

}  // namespace
}  // namespace ozma::api::testing
