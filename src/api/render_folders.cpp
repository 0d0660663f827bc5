// Folders, media and analyses as the contract words them.
#include <algorithm>

#include "api/compat.hpp"
#include "api/render.hpp"

namespace ozma::api {
namespace {

template <class T>
json::value OrNull(const std::optional<T>& value) {
  return value ? json::value(*value) : json::value();
}

// The Instant API's objects belong to nobody.
json::value IdOrNull(const std::string& id) {
  return id.empty() ? json::value() : json::value(id);
}

json::value TimeOrNull(double time) {
  return time > 0 ? json::value(time) : json::value();
}

json::value LinkTo(std::string_view key, std::string_view base_url) {
  if (key.empty()) return nullptr;
  return json::value(std::string(base_url) + "/static/" + std::string(key));
}

bool IsPlayed(const store::Media& media) {
  return media.media_type == "VIDEO_FOLDER" || media.media_type == "SHOTS_SET_FOLDER";
}

void AddVideoKeys(json::object& object, const store::Media& media, std::string_view base_url) {
  const bool shots = media.media_type == "SHOTS_SET_FOLDER";
  object["video_url"] = nullptr;
  if (!IsPlayed(media)) return;
  object["video_url"] = LinkTo(shots ? media.preview_key : media.original_key, base_url);
  object["preview_url"] = LinkTo(media.preview_key, base_url);
  if (!shots) return;
  const auto* original = media.info.if_contains("original");
  object["original_info"] = original ? *original : json::value(json::object());
}

json::object RenderResult(const store::ResultMedia& result, const store::Analysis& analysis,
                          const std::vector<store::Media>& media, std::string_view base_url) {
  json::object object;
  object["company_id"] = IdOrNull(analysis.company_id);
  object["media_association_id"] = result.media_association_id;
  object["analysis_id"] = IdOrNull(analysis.analysis_id);
  object["results_data"] = result.results_data;
  object["source_media_id"] = result.source_media_id;
  object["output_images"] = RenderMedia(result.output_images, base_url);
  object["collection_persons"] = result.collection_persons;
  object["folder_time_created"] = TimeOrNull(analysis.folder_time_created);
  const auto source = std::ranges::find(media, result.source_media_id, &store::Media::media_id);
  if (source != media.end()) AddOldSourceKeys(object, source->media_type);
  return object;
}

}  // namespace

json::object Render(const store::Folder& folder) {
  json::object object;
  object["company_id"] = IdOrNull(folder.company_id);
  object["time_created"] = folder.time.created;
  object["folder_id"] = folder.folder_id;
  object["user_id"] = IdOrNull(folder.user_id);
  object["resolution_endpoint"] = OrNull(folder.resolution_endpoint);
  object["resolution_status"] = folder.resolution_status;
  object["resolution_comment"] = "[]";
  object["system_resolution"] = folder.system_resolution;
  object["resolution_time"] = OrNull(folder.resolution_time);
  object["resolution_author_id"] = OrNull(folder.resolution_author_id);
  object["resolution_state_hash"] = OrNull(folder.resolution_state_hash);
  object["operator_comment"] = OrNull(folder.operator_comment);
  object["operator_status"] = OrNull(folder.operator_status);
  object["is_cleared"] = folder.is_cleared;
  object["is_archive"] = folder.is_archive;
  object["meta_data"] = folder.meta_data;
  object["technical_meta_data"] = folder.technical_meta_data;
  object["time_updated"] = folder.time.updated;
  AddOldFolderKeys(object);
  return object;
}

json::object Render(const store::Media& media, std::string_view base_url) {
  json::object object;
  object["folder_id"] = media.folder_id;
  object["media_id"] = media.media_id;
  object["media_type"] = media.media_type;
  object["info"] = media.info;
  object["tags"] = json::array(media.tags.begin(), media.tags.end());
  object["original_name"] = media.original_name;
  object["original_url"] = LinkTo(media.original_key, base_url);
  object["original_local_path"] = nullptr;  // a path of this server would tell strangers about it
  object["company_id"] = IdOrNull(media.company_id);
  object["technical_meta_data"] = media.technical_meta_data;
  object["time_created"] = media.time.created;
  object["time_updated"] = media.time.updated;
  object["meta_data"] = media.meta_data;
  object["thumb_url"] = LinkTo(media.thumb_key, base_url);
  object["folder_time_created"] = TimeOrNull(media.folder_time_created);
  AddOldMediaKeys(object);
  AddVideoKeys(object, media, base_url);
  if (!media.media_association_id.empty()) object["media_association_id"] = media.media_association_id;
  if (!media.snapshot_of.empty()) object["source_media_id"] = media.snapshot_of;
  return object;
}

json::object Render(const store::Analysis& analysis, const std::vector<store::Media>& media,
                    std::string_view base_url) {
  json::array sources;
  for (const std::string& id : analysis.source_media) {
    const auto source = std::ranges::find(media, id, &store::Media::media_id);
    if (source != media.end()) sources.push_back(Render(*source, base_url));
  }
  json::array results;
  for (const auto& result : analysis.results_media)
    results.push_back(RenderResult(result, analysis, media, base_url));

  json::object object;
  object["analysis_id"] = analysis.analysis_id;
  object["folder_id"] = analysis.folder_id;
  object["folder_time_created"] = TimeOrNull(analysis.folder_time_created);
  object["type"] = store::NameOf(analysis.type);
  object["state"] = analysis.state;
  object["company_id"] = IdOrNull(analysis.company_id);
  object["group_id"] = IdOrNull(analysis.group_id);
  object["results_data"] = analysis.results_data;
  object["confs"] = analysis.confs;
  object["error_message"] = OrNull(analysis.error_message);
  object["error_code"] = OrNull(analysis.error_code);
  object["resolution_operator"] = OrNull(analysis.resolution_operator);
  object["system_resolution"] = analysis.system_resolution;
  object["technical_meta_data"] = analysis.technical_meta_data;
  object["time_created"] = analysis.time.created;
  object["time_updated"] = analysis.time.updated;
  object["time_task_send_to_broker"] = OrNull(analysis.time_sent);
  object["time_task_received"] = OrNull(analysis.time_received);
  object["time_task_finished"] = OrNull(analysis.time_finished);
  object["meta_data"] = analysis.meta_data;
  object["source_media"] = std::move(sources);
  object["results_media"] = std::move(results);
  object["resolution_status"] = analysis.resolution_status;
  object["resolution"] = analysis.resolution_operator.value_or(analysis.resolution_status);
  AddOldAnalysisKeys(object);
  return object;
}

json::array RenderMedia(const std::vector<store::Media>& media, std::string_view base_url) {
  json::array rendered;
  for (const store::Media& one : media) rendered.push_back(Render(one, base_url));
  return rendered;
}

json::array RenderAnalyses(const std::vector<store::Analysis>& analyses,
                           const std::vector<store::Media>& media, std::string_view base_url) {
  json::array rendered;
  for (const store::Analysis& one : analyses) rendered.push_back(Render(one, media, base_url));
  return rendered;
}

}  // namespace ozma::api
