#include "api/analyses.hpp"

#include <algorithm>

#include "access/roles.hpp"
#include "api/group.hpp"
#include "api/list.hpp"
#include "api/metadata.hpp"
#include "api/patch_folder.hpp"
#include "api/reach.hpp"
#include "api/render.hpp"
#include "api/whole.hpp"
#include "store/accounts.hpp"
#include "store/analyses.hpp"
#include "store/folders.hpp"

namespace ozma::api {
namespace {

using access::Object;
using access::Verb;
using base::Fail;
using base::Fault;

json::object SettingsOf(store::Transaction& in, const std::string& company_id) {
  auto company = store::FindCompany(in, company_id);
  return company ? std::move(company->settings) : json::object();
}

Answer StartAnalyses(const Call& call) {
  const auto body = call.Body();
  if (!body) return body.error();
  const auto requests = ParseAnalyses(*body);
  if (!requests) return requests.error();
  if (requests->empty())
    return Fail(Fault::kInvalidRequest,
                "Could not locate field for key_path analyses from provided dict data");
  return call.context.database->Write([&](store::Transaction& in) -> Answer {
    const auto folder = ReachFolder(in, call, Verb::kRead, Lock::kYes);
    if (!folder) return folder.error();
    if (auto may = access::Check(call.user(), Object::kAnalysis, Verb::kCreate, OwnerOf(*folder), "analysis");
        !may)
      return may.error();
    const auto plans =
        MakePlans(call.context.settings, SettingsOf(in, folder->company_id), &call.user(), *requests);
    if (!plans) return plans.error();
    if (auto known = CheckCollections(in, call.user(), folder->company_id, *plans); !known)
      return known.error();
    const auto media = store::MediaOf(in, folder->folder_id);
    const auto group = MakeGroup(*folder, media, *plans);
    if (!group) return group.error();
    store::StartGroup(in, *group);
    return Created(RenderAnalyses(*group, media, call.base_url));
  });
}

Answer ListOfFolder(const Call& call) {
  const auto query = ParseQuery(store::List::kFolderAnalyses, call.request.query);
  if (!query) return query.error();
  return call.context.database->Read([&](store::Transaction& in) -> Answer {
    const auto folder = ReachFolder(in, call, Verb::kRead, Lock::kNo);
    if (!folder) return folder.error();
    const auto analyses = store::AnalysesOf(in, folder->folder_id, *query);
    return Ok(RenderAnalyses(analyses, store::MediaOf(in, folder->folder_id), call.base_url));
  });
}

Answer ListAll(const Call& call) {
  auto query = ParseQuery(store::List::kFolderAnalyses, call.request.query);
  if (!query) return query.error();
  if (auto narrowed = access::Narrow(call.user(), Object::kAnalysis, *query); !narrowed)
    return narrowed.error();
  return call.context.database->Read([&](store::Transaction& in) -> Answer {
    const auto listed = store::ListAnalyses(in, *query);
    std::vector<std::string> folders;
    folders.reserve(listed.items.size());
    for (const auto& analysis : listed.items) folders.push_back(analysis.folder_id);
    std::ranges::sort(folders);
    folders.erase(std::unique(folders.begin(), folders.end()), folders.end());
    const auto media = folders.empty() ? std::vector<store::Media>() : store::MediaOf(in, folders);
    return Ok(Envelope(*query, listed.total, RenderAnalyses(listed.items, media, call.base_url)));
  });
}

Answer ShowAnalysis(const Call& call) {
  return call.context.database->Read([&](store::Transaction& in) -> Answer {
    const auto analysis = ReachAnalysis(in, call, Verb::kRead, Lock::kNo);
    if (!analysis) return analysis.error();
    return Ok(Render(*analysis, store::MediaOf(in, analysis->folder_id), call.base_url));
  });
}

// A decision of an operator on an analysis; null takes it back.
base::Result<void> Decide(store::Transaction& in, const Call& call,
                          const std::optional<std::string>& resolution, store::Analysis& analysis) {
  if (!access::MayDecideAnalysis(call.user().role))
    return Fail(Fault::kForbidden, "You may not set resolution_operator.");
  if (analysis.state == "PROCESSING")
    return Fail(Fault::kInvalidValue, "The analysis has not ended; decide when it has.");
  analysis.resolution_operator = resolution;
  auto folder = store::FindFolder(in, analysis.folder_id);
  if (!folder) return Missing("folder");
  SignDecision(*folder, call.user());
  folder->time.updated = base::UnixSeconds();
  store::Update(in, *folder);
  return {};
}

Answer PatchAnalysis(const Call& call) {
  const auto body = call.Body();
  if (!body) return body.error();
  const bool decides = body->contains("resolution_operator");
  const auto resolution = TextField(*body, "resolution_operator");
  if (!resolution) return resolution.error();
  if (*resolution && **resolution != "SUCCESS" && **resolution != "DECLINED")
    return Fail(Fault::kInvalidValue, "resolution_operator must be SUCCESS or DECLINED, or null.");
  const auto metadata = ObjectField(*body, "meta_data");
  if (!metadata) return metadata.error();
  return call.context.database->Write([&](store::Transaction& in) -> Answer {
    auto analysis = ReachAnalysis(in, call, Verb::kUpdate, Lock::kYes);
    if (!analysis) return analysis.error();
    if (decides) {
      if (auto decided = Decide(in, call, *resolution, *analysis); !decided) return decided.error();
    }
    if (*metadata) {
      auto merged = MergeMetadata(analysis->meta_data, **metadata);
      if (!merged) return merged.error();
      analysis->meta_data = std::move(*merged);
    }
    analysis->time.updated = base::UnixSeconds();
    store::UpdateAnalysis(in, *analysis);
    return Ok(Render(*analysis, store::MediaOf(in, analysis->folder_id), call.base_url));
  });
}

Answer DeleteAnalysis(const Call& call) {
  const auto deleted = call.context.database->Write([&](store::Transaction& in) -> base::Result<void> {
    const auto analysis = ReachAnalysis(in, call, Verb::kDelete, Lock::kYes);
    if (!analysis) return analysis.error();
    store::DeleteAnalysis(in, analysis->analysis_id);
    return {};
  });
  if (!deleted) return deleted.error();
  RemoveFreed(call.context);
  return Gone();
}

}  // namespace

void AddAnalysisRoutes(http::Router& router, const std::shared_ptr<const Context>& context) {
  AddCall(router, context, "GET", "/api/folders/{folder_id}/analyses", ListOfFolder);
  AddCall(router, context, "POST", "/api/folders/{folder_id}/analyses", StartAnalyses);
  AddCall(router, context, "GET", "/api/analyses", ListAll);
  AddCall(router, context, "GET", "/api/analyses/{analysis_id}", ShowAnalysis);
  AddCall(router, context, "PATCH", "/api/analyses/{analysis_id}", PatchAnalysis);
  AddCall(router, context, "DELETE", "/api/analyses/{analysis_id}", DeleteAnalysis);
}

}  // namespace ozma::api
