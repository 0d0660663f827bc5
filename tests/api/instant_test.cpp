#include "api/routes.hpp"
#include "api/world.hpp"
#include "samples.hpp"

namespace ozma::api::testing {
namespace {

// As `stateless` has it: no database, no files, no sessions.
std::shared_ptr<const Context> Stateless() {
  static const std::shared_ptr<const Context> context = [] {
    auto made = std::make_shared<Context>();
    made->throttle = access::Throttle::Parse("").value();
    made->decoder = SharedDecoder();
    made->analyst = analysis::Analyst::Create(tests::SharedEngine(), {}).value();
    return made;
  }();
  return context;
}

Answered Post(const std::vector<http::Part>& parts) {
  http::Router router;
  AddInstantRoutes(router, Stateless());
  http::Request request;
  request.method = "POST";
  request.multipart = true;
  request.parts = parts;
  const auto found = router.Find("POST", "/api/instant/folders/");
  Answered answered;
  answered.response = std::get<http::Match>(found).route->handler(request);
  answered.status = answered.response.status;
  answered.body = base::ReadJson(answered.response.body).value();
  return answered;
}

TEST(Instant, AnswersAWholeFolderThatBelongsToNobody) {
  const auto folder = Post({Payload(R"({"folder:meta_data": {"k": 1}, "media:tags": {"b": ["photo_id"]},
                                        "analyses": [{"type": "quality"}, {"type": "biometry"}]})"),
                            File("a", "person-a-1.jpg"), File("b", "person-a-2.jpg")});
  ASSERT_EQ(folder.status, 200u) << folder.response.body;
  for (const char* key : {"company_id", "user_id", "is_cleared"}) EXPECT_TRUE(folder[key].is_null()) << key;
  EXPECT_EQ(folder["meta_data"], (json::value{{"k", 1}}));
  EXPECT_EQ(folder["resolution_status"], "FINISHED");
  EXPECT_EQ(folder["system_resolution"], "SUCCESS");
  ASSERT_EQ(folder["media"].as_array().size(), 2u);
  for (const auto& media : folder["media"].as_array()) {
    for (const char* key : {"company_id", "original_url", "thumb_url", "video_url"})
      EXPECT_TRUE(media.at(key).is_null()) << key;
  }
  const auto& analyses = folder["analyses"].as_array();
  ASSERT_EQ(analyses.size(), 2u);
  const auto& results = analyses[0].at("results_media").as_array();
  ASSERT_EQ(results.size(), 1u);  // a document is no selfie
  EXPECT_EQ(results[0].at("source_media_id"), folder["media"].at(0).at("media_id"));
  const auto& shot = results[0].at("output_images").at(0);
  const auto jpeg = base::DecodeBase64(std::string(shot.at("image_b64").as_string()));
  ASSERT_TRUE(jpeg);
  EXPECT_EQ(shot.at("info").at("original").at("md5"), json::value(base::Md5Hex(*jpeg)));
  EXPECT_GE(analyses[1].at("results_data").at("min_confidence").as_double(), 0.85);
}

TEST(Instant, WhatTheMediaLackIsToldInside) {
  const auto folder =
      Post({Payload(R"({"analyses": [{"type": "quality"}, {"type": "biometry"}]})"), File("cat", "cat.png")});
  ASSERT_EQ(folder.status, 200u) << folder.response.body;
  EXPECT_EQ(folder["resolution_status"], "FAILED");
  EXPECT_EQ(folder["system_resolution"], "FAILED");
  for (const auto& analysis : folder["analyses"].as_array()) {
    EXPECT_EQ(analysis.at("state"), "FAILED");
    EXPECT_EQ(analysis.at("error_code"), 202);
  }
}

TEST(Instant, RefusesWhatItCannotDo) {
  const auto refuse = [](const std::string& payload, const std::string& sample) {
    return Post({Payload(payload), File("a", sample)}).code();
  };
  EXPECT_EQ(refuse("{}", "person-a-1.jpg"), 3);
  EXPECT_EQ(refuse(R"({"analyses": [{"type": "collection"}]})", "person-a-1.jpg"), 4);
  EXPECT_EQ(refuse(R"({"analyses": [{"type": "documents"}]})", "person-a-1.jpg"), 2);
  EXPECT_EQ(refuse(R"({"analyses": [{"type": "quality"}]})", "README.md"), 4);
  EXPECT_EQ(refuse(R"({"analyses": [{"type": "quality", "source_media": ["b"]}]})", "person-a-1.jpg"), 10);
  EXPECT_EQ(Post({Payload(R"({"analyses": [{"type": "quality"}]})")}).code(), 3);
}

}  // namespace
}  // namespace ozma::api::testing
