#include "adapter/verdict.hpp"

#include <algorithm>

#include "adapter/injection.hpp"
#include "http/text.hpp"

namespace ozma::adapter {
namespace {

const json::value* At(const json::object& object, std::string_view key) {
  const auto* value = object.if_contains(key);
  return value && !value->is_null() ? value : nullptr;
}

std::string LowerAt(const json::object& object, std::string_view key) {
  const auto* value = At(object, key);
  return value && value->is_string() ? http::LowerCase(value->get_string()) : std::string();
}

const json::object* AnalysisOf(const Session& session, std::string_view type) {
  for (const auto& analysis : session.analyses)
    if (analysis.is_object() && LowerAt(analysis.get_object(), "type") == type) return &analysis.get_object();
  return nullptr;
}

// The highest spoofing score of its media: what decides.
json::value SpoofingOf(const json::object& analysis) {
  json::value highest;
  const auto* media = At(analysis, "results_media");
  if (!media || !media->is_array()) return highest;
  for (const auto& medium : media->get_array()) {
    const auto* data = medium.is_object() ? At(medium.get_object(), "results_data") : nullptr;
    const auto* score = data && data->is_object() ? At(data->get_object(), "confidence_spoofing") : nullptr;
    if (!score || !score->is_number()) continue;
    if (highest.is_null() || score->to_number<double>() > highest.to_number<double>()) highest = *score;
  }
  return highest;
}

void AddDetails(const json::object& analysis, json::object& shown) {
  if (const auto score = SpoofingOf(analysis); !score.is_null()) shown["confidence_spoofing"] = score;
  const auto* data = At(analysis, "results_data");
  for (const char* key : {"min_confidence", "max_confidence"})
    if (data && data->is_object() && data->get_object().contains(key))
      shown[key] = data->get_object().at(key);
  for (const char* key :
       {"analysis_id", "company_id", "group_id", "folder_id", "time_created", "time_updated",
        "time_task_finished", "meta_data", "confs", "error_code", "error_message"})
    if (analysis.contains(key)) shown[key] = analysis.at(key);
  json::array media;
  if (const auto* sources = At(analysis, "source_media"); sources && sources->is_array())
    for (const auto& source : sources->get_array()) {
      if (!source.is_object()) continue;
      json::object one;
      for (const char* key : {"media_id", "media_type", "tags", "info", "meta_data"})
        if (source.get_object().contains(key)) one[key] = source.get_object().at(key);
      media.push_back(std::move(one));
    }
  shown["media"] = std::move(media);
  shown["result_json"] = analysis;
}

json::object ShowAnalysis(const Session& session, std::string_view type, bool full) {
  json::object shown;
  const auto* analysis = session.state == Session::State::kFinished ? AnalysisOf(session, type) : nullptr;
  shown["state"] = analysis ? "finished" : "processing";
  shown["resolution"] = analysis ? LowerAt(*analysis, "resolution") : std::string();
  if (analysis && full) AddDetails(*analysis, shown);
  return shown;
}

}  // namespace

std::vector<std::string> AnalysesOf(const Config& config) {
  std::vector<std::string> types;
  if (config.analyses.quality) types.emplace_back("quality");
  if (config.analyses.biometry) types.emplace_back("biometry");
  if (!config.analyses.collection_ids.empty()) types.emplace_back("collection");
  if (config.analyses.documents) types.emplace_back("documents");
  return types;
}

json::object ResultOf(const Session& session, const Config& config) {
  json::object result;
  result["state"] = session.state == Session::State::kFinished ? "finished" : "processing";
  result["event_session_id"] = session.event_session_id;
  if (config.result_mode == "safe") return result;

  const bool full = config.result_mode == "full";
  json::object analyses;
  for (const auto& type : AnalysesOf(config)) analyses[type] = ShowAnalysis(session, type, full);
  result["analyses"] = std::move(analyses);
  if (config.result_mode == "status") return result;
  result["folder_id"] = session.folder_id.empty() ? json::value() : json::value(session.folder_id);
  if (full) result["injection"] = InjectionOf(session, config);
  return result;
}

json::object InjectionOf(const Session& session, const Config& config) {
  const auto signals = session.signals();
  const double weight = WeightOf(signals, config.injection_weights);
  return {{"weight", weight},
          {"signals", json::array(signals.begin(), signals.end())},
          {"suspected", weight >= config.injection_threshold}};
}

}  // namespace ozma::adapter
