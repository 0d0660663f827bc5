// What each result_mode tells a page, and what it keeps back.
#include "adapter/verdict.hpp"

#include <gmock/gmock.h>

namespace ozma::adapter {
namespace {

using ::testing::ElementsAre;

constexpr char kAnalysis[] =
    R"({"type": "QUALITY", "state": "FINISHED", "resolution": "SUCCESS", "analysis_id": "a",
    "company_id": "c", "group_id": "g", "folder_id": "f", "time_created": 1.5, "meta_data": {}, "confs": {"threshold_spoofing": 0.5},
    "source_media": [{"media_id": "m", "info": {}, "original_url": "http://inner"}],
    "results_media": [{"results_data": {"confidence_spoofing": 0.1}}, {"results_data": {"confidence_spoofing": 0.3}}, {"results_data": null}]})";

Session Finished() {
  Session session;
  session.event_session_id = "e";
  session.folder_id = "f";
  session.state = Session::State::kFinished;
  session.analyses = {*base::ReadJson(kAnalysis)};
  return session;
}

std::vector<std::string> KeysOf(const json::object& object) {
  std::vector<std::string> keys;
  for (const auto& [key, value] : object) keys.emplace_back(key);
  return keys;
}

json::object Told(const Session& session, const char* mode) {
  Config config;
  config.result_mode = mode;
  return ResultOf(session, config);
}

TEST(Verdict, SafeTellsTheStateAlone) {
  const auto told = Told(Finished(), "safe");
  EXPECT_THAT(KeysOf(told), ElementsAre("state", "event_session_id"));
  EXPECT_EQ(told.at("state"), "finished");
}

TEST(Verdict, StatusTellsResolutions) {
  const auto told = Told(Finished(), "status");
  EXPECT_THAT(KeysOf(told), ElementsAre("state", "event_session_id", "analyses"));
  EXPECT_EQ(told.at("analyses"),
            *base::ReadJson(R"({"quality": {"state": "finished", "resolution": "success"}})"));
}

TEST(Verdict, FolderAddsItsId) {
  EXPECT_EQ(Told(Finished(), "folder").at("folder_id"), "f");
}

TEST(Verdict, FullTellsScoresAndTheApisOwnWord) {
  const auto told = Told(Finished(), "full");
  const auto& quality = told.at("analyses").at("quality").as_object();
  EXPECT_EQ(quality.at("confidence_spoofing").as_double(), 0.3) << "the highest decides";
  for (const char* key :
       {"analysis_id", "company_id", "group_id", "folder_id", "time_created", "meta_data", "confs", "media"})
    EXPECT_TRUE(quality.contains(key)) << key;
  EXPECT_EQ(quality.at("result_json"), *base::ReadJson(kAnalysis));
  EXPECT_EQ(told.at("injection").at("weight").as_double(), 0);
}

TEST(Verdict, WhileProcessingResolutionsAreEmpty) {
  Session session = Finished();
  session.state = Session::State::kSubmitted;
  const auto told = Told(session, "full");
  EXPECT_EQ(told.at("state"), "processing");
  EXPECT_EQ(told.at("analyses"),
            *base::ReadJson(R"({"quality": {"state": "processing", "resolution": ""}})"));
}

TEST(Verdict, AnalysesFollowTheConfiguration) {
  Config config;
  EXPECT_THAT(AnalysesOf(config), ElementsAre("quality"));
  config.analyses.biometry = config.analyses.documents = true;
  config.analyses.collection_ids = {"x"};
  EXPECT_THAT(AnalysesOf(config), ElementsAre("quality", "biometry", "collection", "documents"));
}

}  // namespace
}  // namespace ozma::adapter
