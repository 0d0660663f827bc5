// What is answered, against JSON written by hand after the contract.
#include "api/render.hpp"

namespace ozma::api {
namespace {

constexpr std::string_view kBase = "https://ozma.example:443";

store::Media Video() {
  store::Media media;
  media.media_id = "m1";
  media.folder_id = "f1";
  media.company_id = "c1";
  media.folder_time_created = 10.5;
  media.media_type = "VIDEO_FOLDER";
  media.original_name = "video.mp4";
  media.mime = "video/mp4";
  media.tags = {"video_selfie"};
  media.info = {{"thumb", nullptr}, {"video", json::object{{"duration", 2.5}}}};
  media.meta_data = json::object{{"a", 1}};
  media.original_key = "aaa";
  media.thumb_key = "bbb";
  media.time = {11.5, 12.5};
  return media;
}

TEST(RenderFolder, HasTheKeysOfTheContract) {
  store::Folder folder;
  folder.folder_id = "f1";
  folder.company_id = "c1";
  folder.user_id = "u1";
  folder.operator_status = "DECLINED";
  folder.meta_data = json::object();
  folder.time = {10.5, 11.25};
  EXPECT_EQ(json::value(Render(folder)), json::parse(R"({
    "company_id": "c1", "time_created": 10.5, "folder_id": "f1", "user_id": "u1", "resolution_endpoint": null,
    "resolution_status": "INITIAL", "resolution_comment": "[]", "system_resolution": "INITIAL",
    "resolution_time": null, "resolution_author_id": null, "resolution_state_hash": null,
    "operator_comment": null, "operator_status": "DECLINED", "resolution_suggest": "DECLINED",
    "is_cleared": false, "is_archive": false, "meta_data": {}, "technical_meta_data": {},
    "time_updated": 11.25})"));
}

TEST(RenderMedia, OfAVideo) {
  EXPECT_EQ(json::value(Render(Video(), kBase)), json::parse(R"({
    "folder_id": "f1", "media_id": "m1", "media_type": "VIDEO_FOLDER",
    "info": {"thumb": null, "video": {"duration": 2.5}}, "tags": ["video_selfie"], "original_name": "video.mp4",
    "original_url": "https://ozma.example:443/static/aaa", "original_local_path": null, "company_id": "c1",
    "technical_meta_data": {}, "time_created": 11.5, "time_updated": 12.5, "meta_data": {"a": 1},
    "thumb_url": "https://ozma.example:443/static/bbb", "folder_time_created": 10.5, "video_id": "m1",
    "video_url": "https://ozma.example:443/static/aaa", "preview_url": null})"));
}

TEST(RenderMedia, OfAnArchiveTheVideoIsTheOneMadeOfIt) {
  store::Media media = Video();
  media.media_type = "SHOTS_SET_FOLDER";
  media.info = {{"thumb", nullptr}, {"original", json::object{{"size", 5}}}};
  media.preview_key = "ccc";
  const auto rendered = Render(media, kBase);
  EXPECT_EQ(rendered.at("shots_set_id"), "m1");
  EXPECT_EQ(rendered.at("video_url"), "https://ozma.example:443/static/ccc");
  EXPECT_EQ(rendered.at("preview_url"), "https://ozma.example:443/static/ccc");
  EXPECT_EQ(rendered.at("original_url"), "https://ozma.example:443/static/aaa");
  EXPECT_EQ(rendered.at("original_info"), (json::value{{"size", 5}}));
  EXPECT_FALSE(rendered.contains("video_id"));
}

TEST(RenderMedia, OfAnImageThatWasClearedAllLinksAreNull) {
  store::Media media = Video();
  media.media_type = "IMAGE_FOLDER";
  media.original_key = media.thumb_key = "";
  const auto rendered = Render(media, kBase);
  EXPECT_EQ(rendered.at("image_id"), "m1");
  for (const char* key : {"original_url", "thumb_url", "video_url"}) EXPECT_TRUE(rendered.at(key).is_null());
  EXPECT_FALSE(rendered.contains("preview_url"));
}

TEST(RenderAnalysis, HasTheKeysOfTheContract) {
  store::Analysis analysis;
  analysis.analysis_id = "a1";
  analysis.folder_id = "f1";
  analysis.company_id = "c1";
  analysis.group_id = "g1";
  analysis.folder_time_created = 10.5;
  analysis.state = "FINISHED";
  analysis.resolution_status = analysis.system_resolution = "SUCCESS";
  analysis.confs = {{"threshold_spoofing", 0.5}};
  analysis.meta_data = json::object();
  analysis.source_media = {"m1", "deleted"};
  analysis.time_sent = 20.5;
  analysis.time = {20.5, 21.5};
  store::ResultMedia result;
  result.media_association_id = "r1";
  result.analysis_id = "a1";
  result.source_media_id = "m1";
  result.results_data = {{"confidence_spoofing", 0.25}};
  analysis.results_media = {result};

  json::object rendered = Render(analysis, {Video()}, kBase);
  ASSERT_EQ(rendered.at("source_media").as_array().size(), 1u);
  EXPECT_EQ(rendered.at("source_media").at(0), json::value(Render(Video(), kBase)));
  rendered.erase("source_media");
  EXPECT_EQ(json::value(rendered), json::parse(R"({
    "analysis_id": "a1", "analyse_id": "a1", "folder_id": "f1", "folder_time_created": 10.5, "type": "QUALITY",
    "state": "FINISHED", "company_id": "c1", "group_id": "g1", "results_data": null,
    "confs": {"threshold_spoofing": 0.5}, "error_message": null, "error_code": null, "resolution_operator": null,
    "system_resolution": "SUCCESS", "technical_meta_data": {}, "time_created": 20.5, "time_updated": 21.5,
    "time_task_send_to_broker": 20.5, "time_task_received": null, "time_task_finished": null, "meta_data": {},
    "results_media": [{"company_id": "c1", "media_association_id": "r1", "analysis_id": "a1",
      "results_data": {"confidence_spoofing": 0.25}, "source_media_id": "m1", "source_video_id": "m1",
      "output_images": [], "collection_persons": [], "folder_time_created": 10.5}],
    "resolution_status": "SUCCESS", "resolution": "SUCCESS"})"));
}

TEST(RenderAnalysis, TheOperatorsResolutionWins) {
  store::Analysis analysis;
  analysis.resolution_status = "DECLINED";
  EXPECT_EQ(Render(analysis, {}, kBase).at("resolution"), "DECLINED");
  analysis.resolution_operator = "SUCCESS";
  EXPECT_EQ(Render(analysis, {}, kBase).at("resolution"), "SUCCESS");
  EXPECT_EQ(Render(analysis, {}, kBase).at("resolution_status"), "DECLINED");
}

}  // namespace
}  // namespace ozma::api
