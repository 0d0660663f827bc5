#include "api/analysis_request.hpp"

#include <algorithm>

#include "api/limits.hpp"
#include "api/metadata.hpp"

namespace ozma::api {
namespace {

using base::Fail;
using base::Fault;

base::Error WrongType(const std::string& path, std::string_view expected) {
  return Fail(Fault::kInvalidType, "The field " + path + " must be " + std::string(expected) + ".");
}

// The same fault, told of the entry it is about.
base::Error In(const std::string& path, const base::Error& error) {
  return Fail(error.fault, path + ": " + error.message);
}

base::Result<std::vector<std::string>> ReadSources(const json::object& entry, const std::string& path) {
  std::vector<std::string> sources;
  const auto* value = entry.if_contains("source_media");
  if (!value || value->is_null()) return sources;
  if (!value->is_array()) return WrongType(path + ".source_media", "a list of media ids");
  for (const json::value& source : value->get_array()) {
    if (!source.is_string()) return WrongType(path + ".source_media", "a list of media ids");
    std::string id(source.get_string());
    if (std::ranges::find(sources, id) != sources.end()) continue;
    if (sources.size() == kAnalysisSources)
      return Fail(Fault::kInvalidValue,
                  path + ".source_media names more than " + std::to_string(kAnalysisSources) + " media.");
    sources.push_back(std::move(id));
  }
  return sources;
}

base::Result<AnalysisRequest> Read(const json::value& value, const std::string& path) {
  if (!value.is_object()) return WrongType(path, "an object");
  const json::object& entry = value.get_object();
  const auto type = NeededText(entry, "type");
  if (!type) return In(path, type.error());
  const auto known = store::AnalysisTypeOf(*type);
  if (!known)
    return Fail(Fault::kInvalidValue, path + ".type must be QUALITY, BIOMETRY, COLLECTION or DOCUMENTS.");
  auto params = ObjectField(entry, "params");
  if (!params) return In(path, params.error());
  auto sources = ReadSources(entry, path);
  // Old clients put it among the parameters of a search.
  if (sources && sources->empty() && *params) sources = ReadSources(**params, path + ".params");
  if (!sources) return sources.error();
  auto metadata = MetadataField(entry, "meta_data");
  if (!metadata) return In(path, metadata.error());
  return AnalysisRequest{*known, std::move(*sources), std::move(*params).value_or(json::object()),
                         std::move(*metadata).value_or(json::object())};
}

}  // namespace

base::Result<std::vector<AnalysisRequest>> ParseAnalyses(const json::object& body) {
  std::vector<AnalysisRequest> requests;
  const auto* value = body.if_contains("analyses");
  if (!value || value->is_null()) return requests;
  if (!value->is_array()) return WrongType("analyses", "a list of objects");
  const json::array& entries = value->get_array();
  if (entries.size() > kGroupAnalyses)
    return Fail(Fault::kInvalidValue,
                "A request may start " + std::to_string(kGroupAnalyses) + " analyses at most.");
  for (const json::value& entry : entries) {
    auto request = Read(entry, "analyses." + std::to_string(requests.size()));
    if (!request) return request.error();
    requests.push_back(std::move(*request));
  }
  return requests;
}

}  // namespace ozma::api
