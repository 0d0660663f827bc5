#include "api/world.hpp"

namespace ozma::api::testing {
namespace {

using store::Role;

TEST(Folders, EmptyOnesComeFromAnyBodyWithoutMedia) {
  World world;
  const auto user = world.NewUser(Role::kClient);
  for (const std::string body : {"", "{}", R"({"folder:meta_data": {"a": 1}, "unknown": [2]})"}) {
    const auto made = world.Call("POST", "/api/folders", {.body = body, .parts = {}, .headers = {}});
    ASSERT_EQ(made.status, 201u) << made.response.body;
    EXPECT_EQ(made["user_id"], json::value(user.user_id));
    EXPECT_EQ(made["company_id"], json::value(user.company_id));
    EXPECT_EQ(made["resolution_status"], "INITIAL");
    EXPECT_TRUE(made["media"].as_array().empty());
    EXPECT_FALSE(made.body.as_object().contains("analyses"));
  }
}

TEST(Folders, MediaOfEveryKindIsDescribed) {
  World world;
  world.NewUser(Role::kClient);
  const auto made = world.Call(
      "POST", "/api/folders",
      {.body = {},
       .parts = {Payload(
                     R"({"media:tags": {"one": ["photo_selfie"]}, "media:meta_data": {"two": {"k": "v"}}})"),
                 File("one", "person-a-1.jpg"), File("two", "video.mp4"), File("three", "frames.zip")},
       .headers = {}});
  ASSERT_EQ(made.status, 201u) << made.response.body;
  const auto& media = made["media"].as_array();
  ASSERT_EQ(media.size(), 3u);
  EXPECT_EQ(media[0].at("media_type"), "IMAGE_FOLDER");
  EXPECT_EQ(media[0].at("tags"), json::value({"photo_selfie"}));
  EXPECT_EQ(media[0].at("original_name"), "person-a-1.jpg");
  const auto bytes = SampleFile("person-a-1.jpg");
  const auto& original = media[0].at("info").at("original");
  EXPECT_EQ(original.at("md5"), json::value(base::Md5Hex(bytes)));
  EXPECT_EQ(original.at("size").to_number<std::size_t>(), bytes.size());
  EXPECT_EQ(original.at("mime-type"), "image/jpeg");
  EXPECT_GT(original.at("width").to_number<int>(), 0);
  EXPECT_EQ(media[1].at("media_type"), "VIDEO_FOLDER");
  EXPECT_EQ(media[1].at("meta_data"), (json::value{{"k", "v"}}));
  EXPECT_GT(media[1].at("info").at("video").at("duration").to_number<double>(), 0);
  EXPECT_GT(media[1].at("info").at("video").at("FPS").to_number<double>(), 0);
  EXPECT_EQ(media[2].at("media_type"), "SHOTS_SET_FOLDER");
  EXPECT_EQ(media[2].at("original_info").at("mime-type"), "application/zip");
  for (const auto& one : media)
    EXPECT_TRUE(one.at("thumb_url").as_string().starts_with("http://here/static/"));
  EXPECT_EQ(world.Files(), 6u);  // originals and thumbnails
}

TEST(Folders, OneBrokenFileAndNothingOfTheRequestIsKept) {
  World world;
  world.NewUser(Role::kClient);
  auto broken = File("two", "person-a-2.jpg");
  broken.data.resize(broken.data.size() / 2);
  const auto refused = world.Call(
      "POST", "/api/folders", {.body = {}, .parts = {File("one", "person-a-1.jpg"), broken}, .headers = {}});
  EXPECT_EQ(refused.status, 400u);
  EXPECT_EQ(refused.code(), 4);
  EXPECT_THAT(refused.Text("error_message"), ::testing::HasSubstr("two"));
  EXPECT_EQ(world.Files(), 0u);
  EXPECT_EQ(world.Folders(), 0);
}

TEST(Folders, RarIsRefusedInPlainWords) {
  World world;
  world.NewUser(Role::kClient);
  const auto refused = world.Call(
      "POST", "/api/folders",
      {.body = {},
       .parts = {{"set", "a.rar", {}, {'R', 'a', 'r', '!', 0x1A, 7, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0}}},
       .headers = {}});
  EXPECT_EQ(refused.status, 400u);
  EXPECT_EQ(refused.code(), 4);
  EXPECT_THAT(refused.Text("error_message"), ::testing::HasSubstr("RAR"));
}

TEST(Folders, LimitsOnFilesAreLimits) {
  World world([](Settings& settings) {
    settings.files = 2;
    settings.file_bytes = 1000;
  });
  world.NewUser(Role::kClient);
  const http::Part small{"a", "a.jpg", {}, base::Bytes(10)};
  for (const auto& parts : {std::vector{small, small, small}, std::vector{File("a", "person-a-1.jpg")}}) {
    const auto refused = world.Call("POST", "/api/folders", {.body = {}, .parts = parts, .headers = {}});
    EXPECT_EQ(refused.status, 413u);
    EXPECT_EQ(refused.code(), 14);
  }
  EXPECT_EQ(world.Folders(), 0);
}

TEST(Folders, ThoseOfOthersDoNotExist) {
  World world;
  world.NewUser(Role::kClient, "a");
  const auto id = world.NewFolder();
  const auto absent = base::NewUuid();
  world.NewUser(Role::kClient, "a");  // a colleague, who sees only what is its own
  for (const Role role : {Role::kClient, Role::kClientAdmin}) {
    if (role == Role::kClientAdmin) world.NewUser(role, "b");
    for (const std::string method : {"GET", "PATCH", "DELETE"}) {
      const auto hidden = world.Call(method, "/api/folders/" + id);
      EXPECT_EQ(hidden.status, 404u) << method;
      EXPECT_EQ(hidden.code(), 10);
      EXPECT_EQ(hidden.response.body, world.Call(method, "/api/folders/" + absent).response.body);
    }
    EXPECT_TRUE(world.Call("GET", "/api/folders")["items"].as_array().empty());
  }
  world.NewUser(Role::kClientOperator, "a");
  EXPECT_EQ(world.Call("GET", "/api/folders/" + id).status, 200u);
  EXPECT_EQ(world.Call("DELETE", "/api/folders/" + id).status, 403u);
  EXPECT_EQ(world.Call("GET", "/api/folders")["total_count"], 1);
}

TEST(Folders, ListsShowWhatTheirSwitchesSay) {
  World world;
  world.NewUser(Role::kClient);
  const auto id =
      world.NewFolder({Payload(R"({"folder:meta_data": {"order": "7"}})"), File("one", "person-a-1.jpg")});
  world.NewFolder();
  const auto item = [&](const std::string& query) {
    const auto listed = world.Call("GET", "/api/folders?meta_data=order==7&" + query);
    EXPECT_EQ(listed["items"].as_array().size(), 1u) << listed.response.body;
    return listed["items"].as_array().at(0).as_object();
  };
  EXPECT_EQ(item("").at("media").as_array().size(), 1u);
  EXPECT_FALSE(item("").contains("analyses"));
  EXPECT_FALSE(item("with_media=false").contains("media"));
  EXPECT_TRUE(item("with_analyses=true").at("analyses").as_array().empty());
  EXPECT_TRUE(world.Call("GET", "/api/folders/" + id).body.as_object().contains("analyses"));
  EXPECT_FALSE(
      world.Call("GET", "/api/folders/" + id + "?with_analyses=0").body.as_object().contains("analyses"));
  EXPECT_EQ(world.Call("GET", "/api/folders?with_media=maybe").code(), 4);
}

TEST(Folders, OperatorsDecideAndSign) {
  World world;
  world.NewUser(Role::kClient);
  const auto id = world.NewFolder();
  const std::string path = "/api/folders/" + id;
  EXPECT_EQ(
      world.Call("PATCH", path, {.body = R"({"operator_status": "SUCCESS"})", .parts = {}, .headers = {}})
          .code(),
      9);
  const auto user = world.NewUser(Role::kClientOperator);
  const auto patch = [&](const std::string& body) {
    return world.Call("PATCH", path, {.body = body, .parts = {}, .headers = {}});
  };
  const auto decided = patch(R"({"resolution_suggest": "DECLINED", "operator_comment": "looks odd"})");
  ASSERT_EQ(decided.status, 200u) << decided.response.body;
  EXPECT_EQ(decided["operator_status"], "DECLINED");
  EXPECT_EQ(decided["resolution_suggest"], "DECLINED");
  EXPECT_EQ(decided["operator_comment"], "looks odd");
  EXPECT_EQ(decided["resolution_author_id"], json::value(user.user_id));
  EXPECT_TRUE(decided["resolution_time"].is_double());
  EXPECT_TRUE(patch(R"({"operator_status": null})")["operator_status"].is_null());
  EXPECT_EQ(patch(R"({"is_archive": true})")["is_archive"], true);
  EXPECT_EQ(patch(R"({"resolution_endpoint": "example.com/x"})")["resolution_endpoint"],
            "https://example.com/x");
  EXPECT_EQ(patch(R"({"operator_status": "PERHAPS"})").code(), 4);
  EXPECT_EQ(patch(R"({"operator_status": 5})").code(), 5);
  EXPECT_EQ(patch(R"({"is_archive": "yes"})").code(), 5);
}

TEST(Folders, TheOwnerChangesWithinTheCompany) {
  World world;
  const auto first = world.NewUser(Role::kClient, "a"), second = world.NewUser(Role::kClient, "a"),
             foreign = world.NewUser(Role::kClient, "b");
  world.As(first);
  const auto id = world.NewFolder();
  const auto give = [&](const store::User& to) {
    return world.Call("PATCH", "/api/folders/" + id,
                      {.body = R"({"user_id": ")" + to.user_id + "\"}", .parts = {}, .headers = {}});
  };
  EXPECT_EQ(give(second).code(), 10);  // a CLIENT knows nobody else
  world.NewUser(Role::kClientAdmin, "a");
  EXPECT_EQ(give(foreign).code(), 10);
  EXPECT_EQ(give(second)["user_id"], json::value(second.user_id));
  world.As(first);
  EXPECT_EQ(world.Call("GET", "/api/folders/" + id).status, 404u);
  world.As(second);
  EXPECT_EQ(world.Call("GET", "/api/folders/" + id).status, 200u);
  world.NewUser(Role::kAdmin);
  EXPECT_EQ(give(foreign).code(), 4);
}

TEST(Folders, ClearingWipesFilesAndMetadataAndTakesNoMoreMedia) {
  World world;
  world.NewUser(Role::kClient);
  const auto id =
      world.NewFolder({Payload(R"({"folder:meta_data": {"name": "Jane"}})"), File("one", "person-a-1.jpg")});
  EXPECT_EQ(world.Files(), 2u);
  EXPECT_EQ(world.Call("DELETE", "/api/folders/" + id + "/pi").status, 204u);
  EXPECT_EQ(world.Files(), 0u);
  const auto folder = world.Call("GET", "/api/folders/" + id);
  EXPECT_EQ(folder["is_cleared"], true);
  EXPECT_THAT(folder.response.body, ::testing::Not(::testing::HasSubstr("Jane")));
  EXPECT_THAT(folder.response.body, ::testing::Not(::testing::HasSubstr("person-a-1")));
  const auto refused = world.Call("POST", "/api/folders/" + id + "/media",
                                  {.body = {}, .parts = {File("two", "person-a-2.jpg")}, .headers = {}});
  EXPECT_EQ(refused.status, 400u);
  EXPECT_EQ(refused.code(), 4);
  EXPECT_EQ(world.Files(), 0u);
  EXPECT_EQ(world.Call("POST", "/api/folders/" + id + "/delete_pi").status, 204u);  // as it was called before
}

TEST(Folders, DeletedWithTheirFiles) {
  World world;
  world.NewUser(Role::kClientAdmin);
  const auto id = world.NewFolder({File("one", "person-a-1.jpg")});
  EXPECT_EQ(world.Call("DELETE", "/api/folders/" + id).status, 204u);
  EXPECT_EQ(world.Files(), 0u);
  EXPECT_EQ(world.Call("GET", "/api/folders/" + id).status, 404u);
}

}  // namespace
}  // namespace ozma::api::testing
