// app_config.json: every key, its default, what is said of keys that nobody knows.
#include "adapter/config.hpp"

#include <gmock/gmock.h>

#include <cstdlib>

#include "adapter/config_table.hpp"
#include "base/bytes.hpp"

namespace ozma::adapter {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::UnorderedElementsAre;

Config Read(std::string_view text) {
  auto loaded = ParseConfig(text);
  return loaded ? loaded->config : throw std::runtime_error(loaded.error().message);
}

std::string Refused(std::string_view text) {
  const auto loaded = ParseConfig(text);
  return loaded ? "taken" : loaded.error().message;
}

TEST(Config, DefaultsAreTheContracts) {
  const Config config = Read("{}");
  EXPECT_EQ(config.architecture, "normal");
  EXPECT_EQ(config.preinit, "off");
  EXPECT_FALSE(config.debug);
  EXPECT_EQ(config.api_use_token, "config");
  EXPECT_EQ(config.video_actions_list.size(), 9u);
  EXPECT_THAT(config.photo_actions_list, ElementsAre("photo_id_front", "photo_id_back", "photo_doc_custom"));
  EXPECT_THAT(config.video_required_actions_list, ElementsAre("video_selfie_blank"));
  EXPECT_THAT(config.photo_source, ElementsAre("capture"));
  EXPECT_EQ(config.actions_default.video_count, 1);
  EXPECT_TRUE(config.actions_default.photo_front && config.actions_default.photo_back);
  EXPECT_TRUE(config.extract_best_shot && config.save_lossless_frame && config.delete_old_sessions);
  EXPECT_FALSE(config.extract_action_shot || config.iframe_allowed || config.load_3d_mask);
  EXPECT_EQ(config.result_mode, "safe");
  EXPECT_EQ(config.results_polling_interval, 1000);
  EXPECT_EQ(config.delete_old_sessions_offset_minutes, 120);
  EXPECT_FALSE(config.use_for_liveness.has_value());
  EXPECT_THAT(config.cors_origins, IsEmpty());
}

TEST(Config, ReadsNestedKeysAndLists) {
  const Config config = Read(R"({"analyses": {"quality": false, "collection_ids": ["a", "b"]},
      "actions_default": {"video_count": 2, "photo_back": false}, "use_for_liveness": false,
      "trusted_functions": {"getUserMedia": "00"}, "injection_weights": {"webdriver": 0}, "debug": null})");
  EXPECT_FALSE(config.analyses.quality);
  EXPECT_THAT(config.analyses.collection_ids, ElementsAre("a", "b"));
  EXPECT_EQ(config.actions_default.video_count, 2);
  EXPECT_FALSE(config.actions_default.photo_back);
  EXPECT_EQ(config.use_for_liveness, false);
  EXPECT_EQ(config.trusted_functions.at("getUserMedia"), "00");
  EXPECT_EQ(config.injection_weights.at("webdriver"), 0);
}

TEST(Config, UnknownKeysAreNamedWithTheNearestOne) {
  const auto loaded =
      ParseConfig(R"({"prenit": "full", "analyses": {"qualty": true}, "lang_allow": ["en"], "zzzzzzzz": 1})");
  ASSERT_TRUE(loaded);
  ASSERT_EQ(loaded->warnings.size(), 4u);
  EXPECT_THAT(loaded->warnings[0], HasSubstr("prenit; is preinit meant?"));
  EXPECT_THAT(loaded->warnings[1], HasSubstr("analyses.qualty; is analyses.quality meant?"));
  EXPECT_THAT(loaded->warnings[2], HasSubstr("was removed"));
  EXPECT_THAT(loaded->warnings[3], HasSubstr("there is no key zzzzzzzz"));
  EXPECT_EQ(loaded->config.preinit, "off");
}

TEST(Config, WrongTypesAndRangesAreRefusedByName) {
  EXPECT_THAT(Refused("[]"), HasSubstr("JSON object"));
  EXPECT_THAT(Refused("{"), HasSubstr("JSON object"));
  EXPECT_THAT(Refused(R"({"architecture": "heavy"})"),
              HasSubstr("architecture must be one of normal, lite, capture"));
  EXPECT_THAT(Refused(R"({"debug": 1})"), HasSubstr("debug"));
  EXPECT_THAT(Refused(R"({"analyses": []})"), HasSubstr("analyses must be an object"));
  EXPECT_THAT(Refused(R"({"max_frames": 0})"), HasSubstr("max_frames"));
  EXPECT_THAT(Refused(R"({"max_frames": 1.5})"), HasSubstr("whole number"));
  EXPECT_THAT(Refused(R"({"video_actions_list": [1]})"), HasSubstr("video_actions_list"));
  EXPECT_THAT(Refused(R"({"enable_3d_mask": true})"), HasSubstr("load_3d_mask"));
  EXPECT_THAT(Refused(R"({"video_actions_list": ["video_selfie_left"]})"),
              HasSubstr("video_required_actions_list"));
  EXPECT_THAT(Refused(R"({"api_url": "ftp://x"})"), HasSubstr("api_url"));
  EXPECT_THAT(Refused(R"({"api_token": "a\nb"})"), HasSubstr("line end"));
}

TEST(Config, SecretsAreMaskedAndPagesSeeTheirPartAlone) {
  const Config config =
      Read(R"({"api_token": "hidden", "master_license_signature": "hidden", "api_url": "http://inner/"})");
  EXPECT_EQ(base::WriteJson(Shown(config)).find("hidden"), std::string::npos);
  EXPECT_EQ(Shown(config).at("api_token"), "***");
  EXPECT_EQ(Shown(Config{}).at("api_token"), "");
  const std::string seen = base::WriteJson(PublicPart(config));
  for (const char* word :
       {"hidden", "inner", "api_token", "injection", "analyses", "session_data", "use_for_liveness"})
    EXPECT_EQ(seen.find(word), std::string::npos) << word;
  for (const char* key : {"architecture",
                          "preinit",
                          "video_actions_list",
                          "photo_actions_list",
                          "video_required_actions_list",
                          "photo_source",
                          "save_lossless_frame",
                          "extract_best_shot",
                          "extract_action_shot",
                          "video_file_format",
                          "results_polling_interval",
                          "load_3d_mask",
                          "enable_3d_mask",
                          "iframe_allowed",
                          "disable_adapter_errors_on_screen",
                          "devtools_action",
                          "trusted_functions",
                          "assets_base_url",
                          "api_use_token",
                          "debug"})
    EXPECT_TRUE(PublicPart(config).contains(key)) << key;
}

TEST(Config, EveryRowShowsWhatItReads) {
  Config config;
  for (const Key& key : Keys()) {
    const auto value = key.show(config);
    if (value.is_null()) continue;
    EXPECT_TRUE(key.read(config, value)) << key.name;
    EXPECT_EQ(key.show(config), value) << key.name;
  }
}

// docs/app_config.json and the page beside it: every key, with its default.
TEST(Config, TheDocumentedFileHoldsEveryKeyWithItsDefault) {
  const std::filesystem::path docs = std::filesystem::path(OZMA_SOURCE_DIR) / "docs";
  const auto text = base::ReadFile(docs / "app_config.json");
  ASSERT_TRUE(text);
  const auto loaded = ParseConfig(base::AsText(*text));
  ASSERT_TRUE(loaded);
  EXPECT_THAT(loaded->warnings, IsEmpty());
  EXPECT_EQ(Shown(loaded->config), Shown(Config{}));
  const auto page = base::ReadFile(docs / "web-adapter.md");
  ASSERT_TRUE(page);
  const auto written = base::ReadJson(base::AsText(*text))->as_object();
  for (const Key& key : Keys()) {
    const std::string top(key.name.substr(0, key.name.find('.')));
    EXPECT_TRUE(written.contains(top)) << top;
    EXPECT_NE(base::AsText(*page).find('`' + top + '`'), std::string::npos) << top;
  }
}

class Variables : public ::testing::Test {
 protected:
  void Set(const char* name, const char* value) {
    setenv(name, value, 1);
    names_.emplace_back(name);
  }
  void TearDown() override {
    for (const auto& name : names_) unsetenv(name.c_str());
  }
  std::vector<std::string> names_;
};

TEST_F(Variables, FillAndOverruleTheFile) {
  Set("architecture", "lite");
  Set("api_url", "https://api.example/");
  Set("WA_CORS_ORIGINS", "https://a.example, https://b.example");
  Set("WA_CORS_METHODS", "GET");
  const auto loaded = LoadConfig({});
  ASSERT_TRUE(loaded);
  EXPECT_EQ(loaded->config.architecture, "lite");
  EXPECT_EQ(loaded->config.api_url, "https://api.example/");
  EXPECT_THAT(loaded->config.cors_origins, ElementsAre("https://a.example", "https://b.example"));
  EXPECT_EQ(loaded->config.cors_methods, "GET");
  EXPECT_EQ(loaded->config.cors_headers, "Content-Type");
}

TEST_F(Variables, ThatAreWrongAreRefused) {
  Set("WA_SSL_CERT_ADD", "/does/not/exist.pem");
  EXPECT_FALSE(LoadConfig({}));
  Set("WA_SSL_CERT_ADD", "");
  Set("architecture", "heavy");
  EXPECT_FALSE(LoadConfig({}));
}

TEST(Nearest, CountsChangesAndSwaps) {
  const std::vector<std::string_view> names = {"preinit", "debug", "api_url"};
  EXPECT_EQ(Nearest("debgu", names), "debug");
  EXPECT_EQ(Nearest("apiurl", names), "api_url");
  EXPECT_EQ(Nearest("something", names), "");
  EXPECT_EQ(Nearest(std::string(1000, 'a'), names), "");
}

}  // namespace
}  // namespace ozma::adapter
