#include "lite/folder_json.hpp"

#include <gtest/gtest.h>

#include "base/bytes.hpp"

namespace ozma::lite {
namespace {

using analysis::Resolution;

Medium MediumOf(media::Kind kind, std::string mime) {
  Medium medium;
  medium.media_id = "m";
  medium.original_name = "a.bin";
  medium.type = {kind, std::move(mime)};
  medium.info.width = 640;
  medium.info.height = 480;
  medium.info.md5 = "abc";
  medium.info.size = 9;
  return medium;
}

std::vector<std::string> KeysOf(const base::json::object& object) {
  std::vector<std::string> keys;
  for (const auto& [key, value] : object) keys.emplace_back(key);
  return keys;
}

TEST(FolderJson, HasTheDocumentedKeysInOrder) {
  Folder folder;
  folder.media.push_back(MediumOf(media::Kind::kVideo, "video/mp4"));
  folder.media[0].confidence = 0.25;
  folder.media[0].best_shot = BestShot{{1, 2, 3}, 4, 5};
  Analysis one;
  one.media = {&folder.media[0]};
  one.resolution = Resolution::kSuccess;
  folder.analyses = {one};
  const auto json = ToJson(folder);

  EXPECT_EQ(KeysOf(json),
            (std::vector<std::string>{
                "company_id", "time_created", "folder_id", "user_id", "resolution_endpoint",
                "resolution_status", "resolution_comment", "system_resolution", "resolution_time",
                "resolution_author_id", "resolution_state_hash", "operator_comment", "operator_status",
                "is_cleared", "meta_data", "technical_meta_data", "time_updated", "media", "analyses"}));
  const auto& medium = json.at("media").at(0).as_object();
  EXPECT_EQ(medium.at("media_type"), "VIDEO_FOLDER");
  EXPECT_EQ(medium.at("video_id"), "m");
  EXPECT_EQ(medium.at("info").at("video").at("mime-type"), "video/mp4");
  const auto& analysis = json.at("analyses").at(0).as_object();
  EXPECT_EQ(analysis.at("source_media").at(0), json.at("media").at(0));
  EXPECT_EQ(analysis.at("state"), "FINISHED");
  EXPECT_EQ(analysis.at("resolution"), "SUCCESS");
  const auto& result = analysis.at("results_media").at(0).as_object();
  EXPECT_EQ(result.at("results_data").at("confidence_spoofing"), 0.25);
  const auto& shot = result.at("output_images").at(0).as_object();
  EXPECT_EQ(shot.at("image_b64"), "AQID");
  EXPECT_EQ(shot.at("original_name"), "best_shot.jpg");
  EXPECT_EQ(shot.at("media_association_id"), result.at("media_association_id"));
  EXPECT_EQ(shot.at("info").at("original").at("size"), 3u);
}

TEST(FolderJson, NamesEveryKind) {
  const std::tuple<media::Kind, const char*, const char*> cases[] = {
      {media::Kind::kImage, "IMAGE_FOLDER", "image_id"},
      {media::Kind::kVideo, "VIDEO_FOLDER", "video_id"},
      {media::Kind::kArchive, "SHOTS_SET_FOLDER", "shots_set_id"},
  };
  for (const auto& [kind, type, twin] : cases) {
    Folder folder;
    folder.media.push_back(MediumOf(kind, "x/y"));
    const auto json = ToJson(folder);
    EXPECT_EQ(json.at("media").at(0).at("media_type"), type);
    EXPECT_EQ(json.at("media").at(0).at(twin), "m");
  }
}

TEST(FolderJson, AnAnalysisWithoutMediaFailed) {
  Folder folder;
  folder.media.push_back(MediumOf(media::Kind::kImage, "image/png"));
  folder.analyses.emplace_back();
  const auto json = ToJson(folder);
  const auto& analysis = json.at("analyses").at(0).as_object();
  EXPECT_EQ(analysis.at("state"), "FAILED");
  EXPECT_EQ(analysis.at("error_code"), 5);
  EXPECT_EQ(analysis.at("error_message"), "Invalid/missed tag values to process quality check");
  EXPECT_TRUE(analysis.at("results_media").as_array().empty());
  EXPECT_EQ(json.at("resolution_status"), "FAILED");
  EXPECT_EQ(json.at("system_resolution"), "FAILED");
}

}  // namespace
}  // namespace ozma::lite
