#include "api/world.hpp"

namespace ozma::api::testing {
namespace {

using store::Role;

Sent Json(const std::string& body) {
  return {.body = body, .parts = {}, .headers = {}};
}

TEST(Media, AddedListedTaggedDeleted) {
  World world;
  world.NewUser(Role::kClientAdmin);
  const auto folder = "/api/folders/" + world.NewFolder();
  const auto added = world.Call(
      "POST", folder + "/media",
      {.body = {}, .parts = {File("one", "person-a-1.jpg"), File("two", "person-a-2.jpg")}, .headers = {}});
  ASSERT_EQ(added.status, 201u) << added.response.body;
  ASSERT_EQ(added.body.as_array().size(), 2u);
  EXPECT_EQ(added.body.as_array()[0].at("original_name"), "person-a-1.jpg");
  EXPECT_EQ(world.Call("GET", folder + "/media").body, added.body);

  const std::string id(added.body.as_array()[0].at("media_id").as_string());
  for (const std::string path : {"/api/media/", "/api/images/", "/api/videos/"})
    EXPECT_EQ(world.Call("GET", path + id).body, added.body.as_array()[0]);
  const auto item = "/api/media/" + id;
  EXPECT_EQ(world.Call("PATCH", item, Json(R"({"tags": ["photo_selfie"]})"))["tags"],
            json::value({"photo_selfie"}));
  EXPECT_EQ(world.Call("PATCH", item, Json("{}"))["tags"], json::value({"photo_selfie"}));
  EXPECT_TRUE(world.Call("PATCH", item, Json(R"({"tags": []})"))["tags"].as_array().empty());
  EXPECT_EQ(world.Call("PATCH", item, Json(R"({"tags": "a"})")).code(), 5);
  EXPECT_EQ(world.Call("DELETE", item).status, 204u);
  EXPECT_EQ(world.Call("GET", item).status, 404u);
  EXPECT_EQ(world.Call("GET", folder + "/media").body.as_array().size(), 1u);
  EXPECT_EQ(world.Files(), 2u);
}

TEST(Media, ARequestWithoutAnyIsRefused) {
  World world;
  world.NewUser(Role::kClient);
  const auto folder = "/api/folders/" + world.NewFolder();
  EXPECT_EQ(
      world.Call("POST", folder + "/media", {.body = {}, .parts = {Payload("{}")}, .headers = {}}).code(), 3);
  EXPECT_EQ(world.Call("POST", folder + "/media").code(), 3);
}

TEST(Media, NobodyLearnsOfAHiddenFolderByAddingToIt) {
  World world;
  world.NewUser(Role::kClient);
  const auto id = world.NewFolder({File("one", "video.mp4")});
  const auto media = world.Call("GET", "/api/folders/" + id + "/media");
  const std::string video(media.body.as_array().at(0).at("media_id").as_string());
  world.NewUser(Role::kClient);
  const Sent file{.body = {}, .parts = {File("one", "person-a-1.jpg")}, .headers = {}};
  EXPECT_EQ(world.Call("POST", "/api/folders/" + id + "/media", file).code(), 10);
  EXPECT_EQ(world.Call("POST", "/api/media/" + video + "/snapshot", Json(R"({"time": 0})")).code(), 10);
  EXPECT_EQ(
      world.Call("POST", "/api/folders/" + id + "/analyses", Json(R"({"analyses": [{"type": "quality"}]})"))
          .code(),
      10);
}

TEST(Media, NamesAreCutAndLoseTheirFolders) {
  World world;
  world.NewUser(Role::kClient);
  auto part = File("one", "person-a-1.jpg");
  std::string umlauts;
  for (int i = 0; i < 300; ++i) umlauts += "ä";
  for (const auto& [sent, kept] : {std::pair<std::string, std::string>{"..\\..\\C:/a b.jpg", "a b.jpg"},
                                   {umlauts, umlauts.substr(0, 510)},
                                   {"", "file"}}) {
    part.filename = sent;
    const auto made = world.Call("POST", "/api/folders", {.body = {}, .parts = {part}, .headers = {}});
    EXPECT_EQ(made["media"].as_array().at(0).at("original_name"), json::value(kept));
  }
}

TEST(Media, StillsOfVideos) {
  World world;
  world.NewUser(Role::kClient);
  const auto folder =
      "/api/folders/" + world.NewFolder({File("one", "video.mp4"), File("two", "person-a-1.jpg")});
  const auto media = world.Call("GET", folder + "/media");
  const auto path = [&](std::size_t i) {
    return "/api/media/" + std::string(media.body.as_array().at(i).at("media_id").as_string()) + "/snapshot";
  };
  const auto still = world.Call("POST", path(0), Json(R"({"time": 1})"));
  ASSERT_EQ(still.status, 201u) << still.response.body;
  EXPECT_EQ(still["media_type"], "IMAGE_FOLDER");
  EXPECT_EQ(still["source_media_id"], media.body.as_array()[0].at("media_id"));
  EXPECT_NEAR(still["technical_meta_data"].at("time").as_double(), 1, 0.5);
  EXPECT_EQ(world.Call("GET", path(0)).body, json::value(json::array{still.body}));
  EXPECT_EQ(world.Call("GET", folder + "/media").body.as_array().size(), 2u);  // stills are not among them
  EXPECT_EQ(world.Call("POST", path(0), Json("{}")).code(), 3);
  EXPECT_EQ(world.Call("POST", path(0), Json(R"({"time": "1"})")).code(), 5);
  for (const char* time : {R"({"time": -1})", R"({"time": 1e9})"})
    EXPECT_EQ(world.Call("POST", path(0), Json(time)).code(), 4);
  EXPECT_EQ(world.Call("POST", path(1), Json(R"({"time": 0})")).code(), 4);  // no video
}

TEST(Metadata, OfEveryBearer) {
  World world;
  const auto user = world.NewUser(Role::kClientAdmin);
  const auto id = world.NewFolder({File("one", "person-a-1.jpg")});
  const auto media = world.Call("GET", "/api/folders/" + id + "/media");
  for (const std::string& bearer :
       {"/api/folders/" + id,
        "/api/media/" + std::string(media.body.as_array().at(0).at("media_id").as_string()),
        "/api/users/" + user.user_id}) {
    const auto path = bearer + "/meta_data";
    EXPECT_EQ(world.Call("GET", path).body, json::value(json::object())) << bearer;
    EXPECT_EQ(world.Call("POST", path, Json(R"({"a": 1, "b": {"c": 2}})")).status, 200u);
    EXPECT_EQ(world.Call("PATCH", path, Json(R"({"a": null, "b": {"d": 3}})")).body,
              json::parse(R"({"b": {"c": 2, "d": 3}})"));
    EXPECT_EQ(world.Call("GET", path).body, json::parse(R"({"b": {"c": 2, "d": 3}})"));
    EXPECT_EQ(world.Call("PATCH", path, Json(R"({"x": ")" + std::string(70000, 'x') + "\"}")).code(), 4);
    EXPECT_EQ(world.Call("POST", path, Json("[]")).code(), 3);
    EXPECT_EQ(world.Call("DELETE", path).status, 204u);
    EXPECT_EQ(world.Call("GET", path).body, json::value(json::object()));
  }
}

TEST(Static, FilesComeWithHeadersThatLetNothingRun) {
  World world;
  world.NewUser(Role::kClient);
  auto part = File("one", "person-a-1.jpg");
  part.filename = "a\"b;\r\nä.jpg";
  const auto made = world.Call("POST", "/api/folders", {.body = {}, .parts = {part}, .headers = {}});
  const auto& media = made["media"].as_array().at(0).as_object();
  const std::string url(media.at("original_url").as_string());
  const std::string path = url.substr(std::string("http://here").size());
  world.AsNobody();
  const auto file = world.Call("GET", path);
  EXPECT_EQ(file.status, 200u);
  EXPECT_EQ(file.response.content_type, "image/jpeg");
  EXPECT_EQ(file.response.body, base::AsText(part.data));
  const auto header = [](const Answered& answer, std::string_view name) {
    return std::string(http::Find(answer.response.headers, name));
  };
  EXPECT_EQ(header(file, "X-Content-Type-Options"), "nosniff");
  EXPECT_THAT(header(file, "Content-Security-Policy"), ::testing::HasSubstr("sandbox"));
  EXPECT_THAT(header(file, "Cache-Control"), ::testing::HasSubstr("immutable"));
  EXPECT_THAT(
      header(file, "Content-Disposition"),
      ::testing::MatchesRegex("inline; filename=\"[A-Za-z0-9._-]+\"; filename\\*=UTF-8''[A-Za-z0-9._%-]+"));

  const auto tag = header(file, "ETag");
  const auto same = world.Call("GET", path, {.body = {}, .parts = {}, .headers = {{"If-None-Match", tag}}});
  EXPECT_EQ(same.status, 304u);
  EXPECT_TRUE(same.response.body.empty());
  const auto some = world.Call("GET", path, {.body = {}, .parts = {}, .headers = {{"Range", "bytes=2-5"}}});
  EXPECT_EQ(some.status, 206u);
  EXPECT_EQ(some.response.body, base::AsText(part.data).substr(2, 4));
  EXPECT_EQ(header(some, "Content-Range"), "bytes 2-5/" + std::to_string(part.data.size()));
  EXPECT_EQ(
      world.Call("GET", path, {.body = {}, .parts = {}, .headers = {{"Range", "bytes=99999999-"}}}).status,
      416u);

  const std::string thumb(media.at("thumb_url").as_string());
  EXPECT_EQ(world.Call("GET", thumb.substr(std::string("http://here").size())).response.content_type,
            "image/jpeg");
  EXPECT_EQ(world.Call("GET", "/static/abcdef").code(), 10);
}

TEST(Static, WithPermissionsOnlyForThoseWhoReadTheFolder) {
  World world([](Settings& settings) { settings.permissions_for_static = true; });
  world.NewUser(Role::kClient);
  const auto made = world.Call("POST", "/api/folders",
                               {.body = {}, .parts = {File("one", "person-a-1.jpg")}, .headers = {}});
  const std::string url(made["media"].as_array().at(0).at("original_url").as_string());
  const std::string path = url.substr(std::string("http://here").size());
  EXPECT_EQ(world.Call("GET", path).status, 200u);
  world.NewUser(Role::kClient);
  EXPECT_EQ(world.Call("GET", path).code(), 10);
  world.AsNobody();
  EXPECT_EQ(world.Call("GET", path).code(), 6);
}

}  // namespace
}  // namespace ozma::api::testing
