#include "lite/folder_json.hpp"

#include <algorithm>

#include "base/bytes.hpp"
#include "base/ids.hpp"

namespace ozma::lite {
namespace {

namespace json = base::json;
using analysis::Resolution;

// The error of an analysis that found no medium to take; the answer is still a 200.
constexpr int kInvalidType = 5;
constexpr char kNoUsableTag[] = "Invalid/missed tag values to process quality check";

json::array ToJson(const std::vector<std::string>& tags) {
  return json::array(tags.begin(), tags.end());
}

// How the wire names a kind of medium: its type, and the deprecated twin of media_id.
struct KindNames {
  std::string_view media_type, twin;
};

KindNames NamesOf(media::Kind kind) {
  switch (kind) {
    case media::Kind::kVideo:
      return {"VIDEO_FOLDER", "video_id"};
    case media::Kind::kArchive:
      return {"SHOTS_SET_FOLDER", "shots_set_id"};
    case media::Kind::kImage:
      break;
  }
  return {"IMAGE_FOLDER", "image_id"};
}

json::object PictureInfo(std::string_view md5, int width, int height, std::size_t size,
                         std::string_view mime) {
  json::object original;
  original["md5"] = md5;
  original["width"] = width;
  original["height"] = height;
  original["size"] = size;
  original["mime-type"] = mime;
  json::object info;
  info["thumb"] = nullptr;
  info["original"] = std::move(original);
  return info;
}

json::object InfoOf(const Medium& medium) {
  const media::Info& info = medium.info;
  if (medium.type.kind != media::Kind::kVideo) {
    return PictureInfo(info.md5, info.width, info.height, info.size, medium.type.mime);
  }
  json::object video;
  video["duration"] = info.duration;
  video["FPS"] = info.fps;
  video["width"] = info.width;
  video["height"] = info.height;
  video["md5"] = info.md5;
  video["size"] = info.size;
  video["mime-type"] = medium.type.mime;
  json::object object;
  object["thumb"] = nullptr;
  object["video"] = std::move(video);
  return object;
}

json::object ToJson(const Medium& medium, const Folder& folder) {
  const KindNames names = NamesOf(medium.type.kind);
  json::object object;
  object["folder_id"] = folder.folder_id;
  object["media_id"] = medium.media_id;
  object["media_type"] = names.media_type;
  object["info"] = InfoOf(medium);
  object["tags"] = ToJson(medium.request.tags);
  object["original_name"] = medium.original_name;
  object["original_url"] = nullptr;
  object["company_id"] = nullptr;
  object["technical_meta_data"] = json::object();
  object["time_created"] = medium.time_created;
  object["time_updated"] = folder.time_updated;
  object["meta_data"] = medium.request.meta_data;
  object["thumb_url"] = nullptr;
  object["folder_time_created"] = nullptr;
  object[names.twin] = medium.media_id;
  object["video_url"] = nullptr;
  return object;
}

json::object ToJson(const BestShot& shot, const std::string& association, const Folder& folder) {
  json::object object;
  object["folder_id"] = folder.folder_id;
  object["media_id"] = base::NewUuid();
  object["media_type"] = "IMAGE_RESULT_ANALYSIS_SINGLE";
  object["info"] =
      PictureInfo(base::Md5Hex(shot.jpeg), shot.width, shot.height, shot.jpeg.size(), "image/jpeg");
  object["tags"] = json::array();
  object["original_name"] = "best_shot.jpg";
  object["original_url"] = nullptr;
  object["image_b64"] = base::EncodeBase64(shot.jpeg);
  object["media_association_id"] = association;
  object["time_created"] = folder.time_updated;
  object["time_updated"] = folder.time_updated;
  object["meta_data"] = nullptr;
  return object;
}

json::object ResultOf(const Medium& medium, const Analysis& from, const Folder& folder) {
  const std::string association = base::NewUuid();
  json::object data;
  data["confidence_spoofing"] = medium.confidence.value_or(0);
  if (!medium.gestures.empty()) data["gestures"] = analysis::JsonOf(medium.gestures);
  if (medium.injection.suspected) data["injection"] = analysis::JsonOf(medium.injection);
  json::array images;
  if (from.request.extract_best_shot && medium.best_shot) {
    images.push_back(ToJson(*medium.best_shot, association, folder));
  }
  json::object object;
  object["company_id"] = nullptr;
  object["media_association_id"] = association;
  object["analysis_id"] = nullptr;
  object["results_data"] = std::move(data);
  object["source_media_id"] = medium.media_id;
  object["output_images"] = std::move(images);
  object["collection_persons"] = json::array();
  object["folder_time_created"] = nullptr;
  return object;
}

json::object ConfsOf(const AnalysisRequest& request) {
  json::object confs;
  confs["threshold_spoofing"] = request.threshold_spoofing;
  confs["threshold_replay"] = request.threshold_replay;
  confs["threshold_liveness"] = request.threshold_liveness;
  confs["extract_best_shot"] = request.extract_best_shot;
  return confs;
}

json::object ToJson(const Analysis& one, const Folder& folder) {
  const bool failed = one.resolution == Resolution::kFailed;
  json::array source;
  json::array results;
  for (const Medium* medium : one.media) {
    source.push_back(ToJson(*medium, folder));
    results.push_back(ResultOf(*medium, one, folder));
  }
  json::object object;
  object["analyse_id"] = nullptr;
  object["analysis_id"] = nullptr;
  object["folder_id"] = folder.folder_id;
  object["folder_time_created"] = nullptr;
  object["type"] = "QUALITY";
  object["state"] = failed ? "FAILED" : "FINISHED";
  object["company_id"] = nullptr;
  object["group_id"] = nullptr;
  object["results_data"] = nullptr;
  object["confs"] = ConfsOf(one.request);
  object["error_message"] = nullptr;
  object["error_code"] = nullptr;
  if (failed) {
    object["error_message"] = kNoUsableTag;
    object["error_code"] = kInvalidType;
  }
  object["resolution_operator"] = nullptr;
  object["technical_meta_data"] = json::object();
  object["time_created"] = one.time_created;
  object["time_updated"] = folder.time_updated;
  object["meta_data"] = one.request.meta_data;
  object["source_media"] = std::move(source);
  object["results_media"] = std::move(results);
  object["resolution_status"] = analysis::NameOf(one.resolution);
  object["resolution"] = analysis::NameOf(one.resolution);
  return object;
}

Resolution SystemResolution(const Folder& folder) {
  std::vector<Resolution> all(folder.analyses.size());
  std::ranges::transform(folder.analyses, all.begin(), &Analysis::resolution);
  return analysis::WorstOf(all);
}

}  // namespace

json::object ToJson(const Folder& folder) {
  const Resolution resolution = SystemResolution(folder);
  json::array media;
  for (const Medium& medium : folder.media) media.push_back(ToJson(medium, folder));
  json::array analyses;
  for (const Analysis& one : folder.analyses) analyses.push_back(ToJson(one, folder));

  json::object object;
  object["company_id"] = nullptr;
  object["time_created"] = folder.time_created;
  object["folder_id"] = folder.folder_id;
  object["user_id"] = nullptr;
  object["resolution_endpoint"] = nullptr;
  if (folder.payload.resolution_endpoint) object["resolution_endpoint"] = *folder.payload.resolution_endpoint;
  object["resolution_status"] = resolution == Resolution::kFailed ? "FAILED" : "FINISHED";
  object["resolution_comment"] = "[]";
  object["system_resolution"] = analysis::NameOf(resolution);
  object["resolution_time"] = nullptr;
  object["resolution_author_id"] = nullptr;
  object["resolution_state_hash"] = nullptr;
  object["operator_comment"] = nullptr;
  object["operator_status"] = nullptr;
  object["is_cleared"] = nullptr;
  object["meta_data"] = folder.payload.folder_meta_data;
  object["technical_meta_data"] = json::object();
  object["time_updated"] = folder.time_updated;
  object["media"] = std::move(media);
  object["analyses"] = std::move(analyses);
  return object;
}

}  // namespace ozma::lite
