#include "api/payload.hpp"

#include "api/limits.hpp"
#include "api/metadata.hpp"

namespace ozma::api {
namespace {

using base::Fault;

base::Result<FolderPayload> Parse(std::string_view text) {
  const auto document = ParseObject(text);
  if (!document) return document.error();
  return ParsePayload(*document);
}

Fault FaultOf(std::string_view text) {
  const auto payload = Parse(text);
  return payload ? Fault::kInternal : payload.error().fault;
}

// A request whose `payload` part, or body, is that text.
http::Request Sent(std::string_view text, bool multipart) {
  http::Request request;
  request.multipart = multipart;
  const base::Bytes bytes(text.begin(), text.end());
  if (multipart) {
    request.parts.push_back({"payload", std::nullopt, {}, bytes});
  } else {
    request.body = bytes;
  }
  return request;
}

TEST(Payload, EverythingOfTheContractIsRead) {
  const auto payload = Parse(R"({
    "folder:meta_data": {"order": "1", "deep": {"a": [1, 2]}},
    "resolution_endpoint": "www.example.com/done",
    "media:tags": {"video1": ["video_selfie", "video_selfie_blank"], "nowhere": ["x"]},
    "media:meta_data": {"video1": {"additional_info": "e30"}},
    "analyses": [
      {"type": "quality", "source_media": ["video1"], "params": {"extract_best_shot": false},
       "meta_data": {"run": 1}},
      {"type": "BIOMETRY"}],
    "unknown": 1})");
  ASSERT_TRUE(payload) << payload.error().message;
  EXPECT_EQ(payload->meta_data.at("order"), "1");
  EXPECT_EQ(payload->resolution_endpoint, "https://www.example.com/done");
  EXPECT_THAT(payload->media.at("video1").tags, testing::ElementsAre("video_selfie", "video_selfie_blank"));
  EXPECT_EQ(payload->media.at("video1").meta_data.at("additional_info"), "e30");
  ASSERT_EQ(payload->analyses.size(), 2u);
  EXPECT_EQ(payload->analyses[0].type, store::AnalysisType::kQuality);
  EXPECT_THAT(payload->analyses[0].source_media, testing::ElementsAre("video1"));
  EXPECT_EQ(payload->analyses[0].params.at("extract_best_shot"), false);
  EXPECT_EQ(payload->analyses[0].meta_data.at("run"), 1);
  EXPECT_EQ(payload->analyses[1].type, store::AnalysisType::kBiometry);
}

TEST(Payload, AbsentAndNullAreTheSame) {
  for (const char* text : {"", " ", "{}",
                           R"({"folder:meta_data": null, "resolution_endpoint": null, "media:tags": null,
                               "media:meta_data": {"a": null}, "analyses": []})"}) {
    const auto payload = Parse(text);
    ASSERT_TRUE(payload) << text;
    EXPECT_TRUE(payload->meta_data.empty());
    EXPECT_FALSE(payload->resolution_endpoint);
    EXPECT_TRUE(payload->media.empty());
    EXPECT_TRUE(payload->analyses.empty());
  }
}

TEST(Payload, WrongTypesAreTypeErrors) {
  for (const char* text :
       {R"({"folder:meta_data": []})", R"({"resolution_endpoint": 5})", R"({"media:tags": []})",
        R"({"media:tags": {"a": "b"}})", R"({"media:tags": {"a": [1]}})", R"({"media:meta_data": {"a": 1}})",
        R"({"analyses": {}})", R"({"analyses": ["quality"]})", R"({"analyses": [{"type": 1}]})",
        R"({"analyses": [{"type": "quality", "source_media": "a"}]})",
        R"({"analyses": [{"type": "quality", "source_media": [1]}]})",
        R"({"analyses": [{"type": "quality", "params": []}]})"})
    EXPECT_EQ(FaultOf(text), Fault::kInvalidType) << text;
}

TEST(Payload, MalformedAndMissingAreStructureErrors) {
  for (const char* text : {"{", "[]", "5", R"({"analyses": [{}]})"})
    EXPECT_EQ(FaultOf(text), Fault::kInvalidRequest) << text;
}

TEST(Payload, ValuesOutsideTheirLimitsAreValueErrors) {
  json::array tags, analyses, sources;
  for (std::size_t i = 0; i <= kTags; ++i) tags.push_back(json::value("t" + std::to_string(i)));
  for (std::size_t i = 0; i <= kGroupAnalyses; ++i) analyses.push_back(json::value{{"type", "quality"}});
  for (std::size_t i = 0; i <= kAnalysisSources; ++i) sources.push_back(json::value(std::to_string(i)));
  json::object deep;
  for (int i = 0; i < kMetadataDepth; ++i) deep = {{"a", deep}};
  for (const json::object& document : {
           json::object{{"media:tags", {{"a", tags}}}},
           json::object{{"media:tags", {{"a", {std::string(kTagCharacters + 1, 'x')}}}}},
           json::object{{"media:tags", {{"a", {""}}}}},
           json::object{{"analyses", analyses}},
           json::object{{"analyses", {{{"type", "quality"}, {"source_media", sources}}}}},
           json::object{{"analyses", {{{"type", "astrology"}}}}},
           json::object{{"folder:meta_data", deep}},
           json::object{{"folder:meta_data", {{"a", std::string(kMetadataBytes, 'x')}}}},
           json::object{{"resolution_endpoint", "ftp://example.com"}},
           json::object{{"resolution_endpoint", "https://user:password@example.com/"}},
           json::object{{"resolution_endpoint", "https:///path"}},
           json::object{{"resolution_endpoint", "https://example.com/a b"}},
           json::object{{"resolution_endpoint", "https://e.com/" + std::string(kUrlCharacters, 'a')}},
       }) {
    const auto payload = ParsePayload(document);
    ASSERT_FALSE(payload) << base::WriteJson(document).substr(0, 200);
    EXPECT_EQ(payload.error().fault, Fault::kInvalidValue) << base::WriteJson(document).substr(0, 200);
  }
}

TEST(Payload, TagsAtTheLimitAreTaken) {
  json::array tags;
  for (std::size_t i = 0; i < kTags; ++i) tags.push_back(json::value("t" + std::to_string(i)));
  tags.push_back("t0");  // again: counts once
  const auto parsed = ParseTags(tags, "tags");
  ASSERT_TRUE(parsed);
  EXPECT_EQ(parsed->size(), kTags);
  std::string umlauts;
  for (std::size_t i = 0; i < kTagCharacters; ++i) umlauts += "ä";
  EXPECT_TRUE(ParseTags(json::array{json::value(umlauts)}, "tags"));
}

TEST(Payload, IsAPartOfMultipartOrTheBodyOfAnythingElse) {
  for (const bool multipart : {true, false}) {
    const auto payload = PayloadOf(Sent(R"({"folder:meta_data": {"a": 1}})", multipart));
    ASSERT_TRUE(payload);
    EXPECT_EQ(payload->meta_data.at("a"), 1);
    EXPECT_TRUE(PayloadOf(Sent("", multipart)));
    const auto long_one = PayloadOf(Sent(std::string(kPayloadBytes + 1, ' '), multipart));
    ASSERT_FALSE(long_one);
    EXPECT_EQ(long_one.error().fault, Fault::kTooLarge);
  }
  http::Request twice = Sent("{}", true);
  twice.parts.push_back(twice.parts.front());
  ASSERT_FALSE(PayloadOf(twice));
  EXPECT_EQ(PayloadOf(twice).error().fault, Fault::kInvalidRequest);
  http::Request none;
  none.multipart = true;
  EXPECT_TRUE(PayloadOf(none));
}

// The example of RFC 7396, section 3, and its null rule.
TEST(Metadata, MergesAsTheStandardSays) {
  const auto before = json::parse(
      R"({"title": "Goodbye!", "author": {"givenName": "John", "familyName": "Doe"}, "tags": ["a", "b"],
          "content": "This will be unchanged"})");
  const auto patch = json::parse(
      R"({"title": "Hello!", "phoneNumber": "+01-123-456-7890", "author": {"familyName": null}, "tags": ["a"]})");
  const auto after = json::parse(
      R"({"title": "Hello!", "author": {"givenName": "John"}, "tags": ["a"], "content": "This will be unchanged",
          "phoneNumber": "+01-123-456-7890"})");
  const auto merged = MergeMetadata(before, patch.as_object());
  ASSERT_TRUE(merged);
  EXPECT_EQ(json::value(*merged), after);
  EXPECT_EQ(*MergeMetadata(nullptr, patch.as_object()), *MergeMetadata(json::object(), patch.as_object()));
  EXPECT_FALSE(MergeMetadata(before, {{"a", std::string(kMetadataBytes, 'x')}}));
}

}  // namespace
}  // namespace ozma::api
