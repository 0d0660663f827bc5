#include "lite/payload.hpp"

#include <gtest/gtest.h>

namespace ozma::lite {
namespace {

using base::Fault;

TEST(Payload, ReadsEveryKey) {
  const auto payload = ParsePayload(R"({
    "folder:meta_data": {"order": 7}, "resolution_endpoint": "https://example.com/hook",
    "media:tags": {"video1": ["video_selfie", "video_selfie_blank"]},
    "media:meta_data": {"video1": {"additional_info": "x"}, "nobody": {}},
    "analyses": [{"type": "Quality", "meta_data": {"a": null},
                  "params": {"threshold_spoofing": 0.6, "extract_best_shot": false, "unknown": []}}],
    "unknown": 1})");
  ASSERT_TRUE(payload) << payload.error().message;
  EXPECT_EQ(payload->folder_meta_data.at("order"), 7);
  EXPECT_EQ(payload->resolution_endpoint, "https://example.com/hook");
  EXPECT_EQ(payload->media.at("video1").tags,
            (std::vector<std::string>{"video_selfie", "video_selfie_blank"}));
  EXPECT_EQ(payload->media.at("video1").meta_data.at("additional_info"), "x");
  ASSERT_EQ(payload->analyses.size(), 1u);
  EXPECT_DOUBLE_EQ(payload->analyses[0].threshold_spoofing, 0.6);
  EXPECT_DOUBLE_EQ(payload->analyses[0].threshold_replay, 0.5);
  EXPECT_FALSE(payload->analyses[0].extract_best_shot);
  EXPECT_TRUE(payload->analyses[0].meta_data.at("a").is_null());
}

TEST(Payload, AsksForOneQualityAnalysisByDefault) {
  for (const char* text :
       {"{}", R"({"analyses": null})", R"({"media:tags": null, "folder:meta_data": null})"}) {
    const auto payload = ParsePayload(text);
    ASSERT_TRUE(payload) << text;
    ASSERT_EQ(payload->analyses.size(), 1u);
    EXPECT_DOUBLE_EQ(payload->analyses[0].threshold_spoofing, 0.5);
    EXPECT_TRUE(payload->analyses[0].extract_best_shot);
  }
}

TEST(Payload, RefusesWrongTypesByName) {
  const std::pair<const char*, const char*> cases[] = {
      {"", "unreadable"},
      {"[]", "object"},
      {"{", "unreadable"},
      {R"({"folder:meta_data": []})", "folder:meta_data"},
      {R"({"resolution_endpoint": 5})", "resolution_endpoint"},
      {R"({"media:tags": {"a": "x"}})", "media:tags.a"},
      {R"({"media:tags": {"a": [1]}})", "media:tags.a"},
      {R"({"media:meta_data": {"a": 1}})", "media:meta_data.a"},
      {R"({"analyses": {}})", "analyses"},
      {R"({"analyses": []})", "analyses"},
      {R"({"analyses": [1]})", "analyses"},
      {R"({"analyses": [{}]})", "analyses.type"},
      {R"({"analyses": [{"type": "biometry"}]})", "analyses.type"},
      {R"({"analyses": [{"type": "quality", "params": {"threshold_spoofing": 1.01}}]})",
       "threshold_spoofing"},
      {R"({"analyses": [{"type": "quality", "params": {"threshold_spoofing": -0.1}}]})",
       "threshold_spoofing"},
      {R"({"analyses": [{"type": "quality", "params": {"threshold_spoofing": "0.5"}}]})",
       "threshold_spoofing"},
      {R"({"analyses": [{"type": "quality", "params": {"extract_best_shot": 1}}]})", "extract_best_shot"},
      {R"({"analyses": [{"type": "quality", "params": []}]})", "params"},
  };
  for (const auto& [text, named] : cases) {
    const auto payload = ParsePayload(text);
    ASSERT_FALSE(payload) << text;
    EXPECT_EQ(payload.error().fault, Fault::kInvalidRequest) << text;
    EXPECT_NE(payload.error().message.find(named), std::string::npos) << payload.error().message;
  }
}

TEST(Payload, IsBounded) {
  const PayloadLimits limits{.bytes = 200, .analyses = 2};
  const auto long_text = ParsePayload("{" + std::string(200, ' ') + "}", limits);
  ASSERT_FALSE(long_text);
  EXPECT_EQ(long_text.error().fault, Fault::kTooLarge);

  const auto many = ParsePayload(
      R"({"analyses": [{"type": "quality"}, {"type": "quality"}, {"type": "quality"}]})", limits);
  ASSERT_FALSE(many);
  EXPECT_EQ(many.error().fault, Fault::kTooLarge);

  // Twelve characters that an echo would write in three hundred.
  const auto grows = ParsePayload(R"({"folder:meta_data": {"a": 1e308}})", limits);
  ASSERT_FALSE(grows);
  EXPECT_EQ(grows.error().fault, Fault::kTooLarge);
}

}  // namespace
}  // namespace ozma::lite
