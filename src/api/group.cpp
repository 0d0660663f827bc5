#include "api/group.hpp"

#include <algorithm>

#include "access/roles.hpp"
#include "api/limits.hpp"
#include "http/text.hpp"
#include "store/accounts.hpp"
#include "store/collections.hpp"

namespace ozma::api {
namespace {

using base::Fail;
using base::Fault;

// A company's setting, where it is sound.
void Take(const json::object& company, std::string_view key, double& into) {
  const auto* value = company.if_contains(key);
  if (!value || !value->is_number()) return;
  const double number = value->to_number<double>();
  if (number >= 0 && number <= 1) into = number;
}

void Take(const json::object& company, std::string_view key, bool& into) {
  const auto* value = company.if_contains(key);
  if (value && value->is_bool()) into = value->get_bool();
}

analysis::Parameters DefaultsOf(analysis::Type type, const Settings& settings, const json::object& company) {
  if (type == analysis::Type::kCollection) return SearchDefaults(settings, company);
  analysis::Parameters defaults = type == analysis::Type::kQuality ? settings.quality : settings.biometry;
  Take(company, "threshold_spoofing", defaults.threshold_spoofing);
  Take(company, "threshold_biometry_min", defaults.threshold_min);
  Take(company, "threshold_biometry_max", defaults.threshold_max);
  // A company may have raised one of the two alone.
  defaults.threshold_max = std::max(defaults.threshold_min, defaults.threshold_max);
  Take(company, "legacy_confidences", defaults.legacy_confidences);
  Take(company, "require_gestures", defaults.require_gestures);
  if (const auto* injection = company.if_contains("injection"); injection && injection->is_string())
    defaults.injection = analysis::InjectionNamed(injection->get_string()).value_or(defaults.injection);
  return defaults;
}

base::Result<analysis::Type> TypeOf(store::AnalysisType type, const Settings& settings) {
  switch (type) {
    case store::AnalysisType::kQuality:
      return analysis::Type::kQuality;
    case store::AnalysisType::kBiometry:
      return analysis::Type::kBiometry;
    case store::AnalysisType::kCollection:
      if (settings.collections) return analysis::Type::kCollection;
      break;
    case store::AnalysisType::kDocuments:
      break;
  }
  return Fail(Fault::kUnsupported,
              "The analysis " + std::string(store::NameOf(type)) + " is not available on this server.");
}

store::AnalysisType StoredTypeOf(analysis::Type type) {
  switch (type) {
    case analysis::Type::kQuality:
      return store::AnalysisType::kQuality;
    case analysis::Type::kBiometry:
      return store::AnalysisType::kBiometry;
    case analysis::Type::kCollection:
      break;
  }
  return store::AnalysisType::kCollection;
}

base::Result<std::size_t> IndexOf(const std::string& media_id, const std::vector<store::Media>& media) {
  const auto found = std::ranges::find(media, media_id, &store::Media::media_id);
  if (found == media.end()) return Fail(Fault::kNotFound, "There is no such media in this folder.");
  return static_cast<std::size_t>(found - media.begin());
}

}  // namespace

base::Result<std::vector<Plan>> MakePlans(const Settings& settings, const json::object& company,
                                          const store::User* user,
                                          const std::vector<AnalysisRequest>& requests) {
  std::vector<Plan> plans;
  for (const AnalysisRequest& request : requests) {
    if (user) {
      if (auto may = access::CheckStart(*user, request.type); !may) return may.error();
    }
    const auto type = TypeOf(request.type, settings);
    if (!type) return type.error();
    auto parameters = analysis::ParseParameters(*type, request.params, DefaultsOf(*type, settings, company));
    if (!parameters) return parameters.error();
    for (std::string& id : parameters->collection_ids) id = http::LowerCase(id);
    plans.push_back({*type, *parameters, request.source_media, request.meta_data});
  }
  return plans;
}

analysis::Parameters SearchDefaults(const Settings& settings, const json::object& company) {
  analysis::Parameters defaults = settings.collection;
  Take(company, "threshold_collection", defaults.decision_threshold);
  return defaults;
}

base::Result<void> CheckCollections(store::Transaction& in, const store::User& user,
                                    const std::string& company_id, const std::vector<Plan>& plans) {
  for (const Plan& plan : plans) {
    if (plan.type != analysis::Type::kCollection) continue;
    if (plan.parameters.collection_ids.empty() && !store::HasCollections(in, company_id))
      return Fail(Fault::kInvalidValue, "The company has no collection to search; create one first.");
    for (const std::string& id : plan.parameters.collection_ids) {
      const auto collection = store::FindCollection(in, id);
      if (!collection) return Fail(Fault::kNotFound, "There is no such collection.");
      const access::Owner owner{collection->company_id, {}};
      const auto may =
          access::Check(user, access::Object::kCollection, access::Verb::kRead, owner, "collection");
      if (!may) return may.error();
      // Who reads the folder must not learn of persons of another company. The system's own people may.
      if (collection->company_id != company_id && company_id != store::kSystemCompany)
        return Fail(Fault::kInvalidValue, "The collection is not of the folder's company.");
    }
  }
  return {};
}

base::Result<void> NameSources(std::vector<Plan>& plans, const std::vector<Upload>& uploads) {
  for (Plan& plan : plans) {
    std::vector<std::string> ids;
    for (const std::string& name : plan.source_media) {
      const std::size_t before = ids.size();
      for (const Upload& upload : uploads)
        if (upload.part->name == name) ids.push_back(upload.media.media_id);
      if (ids.size() == before)
        return Fail(Fault::kNotFound, "source_media names a part that the request does not hold.");
    }
    plan.source_media = std::move(ids);
  }
  return {};
}

base::Result<std::vector<std::size_t>> ChooseMedia(const Plan& plan, const std::vector<store::Media>& media) {
  std::vector<std::size_t> chosen;
  for (const std::string& source : plan.source_media) {
    const auto index = IndexOf(source, media);
    if (!index) return index.error();
    chosen.push_back(*index);
  }
  if (plan.source_media.empty()) {
    std::vector<analysis::Source> sources;
    sources.reserve(media.size());
    for (const store::Media& one : media)
      sources.push_back({one.media_id, one.tags, one.media_type != "IMAGE_FOLDER"});
    chosen = analysis::Choose(plan.type, sources);
  }
  if (chosen.size() > kAnalysisSources)
    return Fail(Fault::kInvalidValue, "An analysis takes " + std::to_string(kAnalysisSources) +
                                          " media at most; name some of this folder's in source_media.");
  return chosen;
}

base::Result<std::vector<store::Analysis>> MakeGroup(const store::Folder& folder,
                                                     const std::vector<store::Media>& media,
                                                     const std::vector<Plan>& plans) {
  const std::string group_id = base::NewUuid();
  const double now = base::UnixSeconds();
  std::vector<store::Analysis> group;
  for (const Plan& plan : plans) {
    const auto chosen = ChooseMedia(plan, media);
    if (!chosen) return chosen.error();
    store::Analysis analysis;
    analysis.analysis_id = base::NewUuid();
    analysis.folder_id = folder.folder_id;
    analysis.company_id = folder.company_id;
    analysis.group_id = group_id;
    analysis.folder_time_created = folder.time.created;
    analysis.type = StoredTypeOf(plan.type);
    analysis.position = static_cast<int>(group.size());
    analysis.confs = analysis::ConfsOf(plan.type, plan.parameters);
    analysis.meta_data = plan.meta_data;
    for (const std::size_t index : *chosen) analysis.source_media.push_back(media[index].media_id);
    analysis.time_sent = now;
    analysis.time = {now, now};
    group.push_back(std::move(analysis));
  }
  return group;
}

}  // namespace ozma::api
