#include "api/create_folder.hpp"

#include <chrono>

#include "access/roles.hpp"
#include "api/audit.hpp"
#include "api/group.hpp"
#include "api/whole.hpp"
#include "store/accounts.hpp"
#include "store/analyses.hpp"
#include "store/folders.hpp"

namespace ozma::api {
namespace {

store::Folder NewFolder(const Call& call, const FolderPayload& payload) {
  store::Folder folder;
  folder.folder_id = base::NewUuid();
  folder.company_id = call.user().company_id;
  folder.user_id = call.user().user_id;
  folder.resolution_endpoint = payload.resolution_endpoint;
  folder.meta_data = payload.meta_data;
  folder.time.created = folder.time.updated = base::UnixSeconds();
  return folder;
}

// What the payload asks to be analysed, refused before anything is decoded or stored.
base::Result<std::vector<Plan>> PlansOf(const Call& call, const FolderPayload& payload) {
  if (payload.analyses.empty()) return std::vector<Plan>();
  const access::Owner owner{call.user().company_id, call.user().user_id};
  if (auto may =
          access::Check(call.user(), access::Object::kAnalysis, access::Verb::kCreate, owner, "analysis");
      !may)
    return may.error();
  return call.context.database->Read([&](store::Transaction& in) -> base::Result<std::vector<Plan>> {
    const auto company = store::FindCompany(in, owner.company_id);
    auto plans = MakePlans(call.context.settings, company ? company->settings : json::object(), &call.user(),
                           payload.analyses);
    if (!plans) return plans;
    if (auto known = CheckCollections(in, call.user(), owner.company_id, *plans); !known)
      return known.error();
    return plans;
  });
}

struct Stored {
  std::string folder_id, group_id;  // no group: none was asked for
};

base::Result<Stored> Store(const Call& call, const FolderPayload& payload, std::vector<Plan> plans) {
  const store::Folder folder = NewFolder(call, payload);
  auto uploads = ReadUploads(call, payload);
  if (!uploads) return uploads.error();
  if (auto named = NameSources(plans, *uploads); !named) return named.error();
  NewFiles files(*call.context.blobs);
  const auto media = PutUploads(std::move(*uploads), folder, files);
  if (!media) return media.error();
  const auto group = MakeGroup(folder, *media, plans);
  if (!group) return group.error();
  return WriteWith(*call.context.database, files, [&](store::Transaction& in) -> base::Result<Stored> {
    store::Insert(in, folder);
    InsertMedia(in, *media);
    if (!group->empty()) store::StartGroup(in, *group);
    Audit(in, call.user(), "folder", folder.folder_id, "create");
    return Stored{folder.folder_id, group->empty() ? std::string() : group->front().group_id};
  });
}

Answer Show(const Call& call, const Stored& stored) {
  return call.context.database->Read([&](store::Transaction& in) -> Answer {
    const auto folder = store::FindFolder(in, stored.folder_id);
    if (!folder) return base::Fail(base::Fault::kNotFound, "The folder was deleted meanwhile.");
    const Wholeness with{.media = true, .analyses = !stored.group_id.empty()};
    return Created(RenderFolder(in, *folder, with, call.base_url));
  });
}

base::Deadline DeadlineOf(const Settings& settings) {
  return base::Deadline(std::chrono::duration_cast<base::Deadline::Clock::duration>(
      std::chrono::duration<double>(settings.single_request_timeout)));
}

}  // namespace

Answer CreateFolder(const Call& call, Waiters& waiters) {
  const access::Owner owner{call.user().company_id, call.user().user_id};
  if (auto may = access::Check(call.user(), access::Object::kFolder, access::Verb::kCreate, owner, "folder");
      !may)
    return may.error();
  const auto payload = PayloadOf(call.request);
  if (!payload) return payload.error();
  auto plans = PlansOf(call, *payload);
  if (!plans) return plans.error();
  if (plans->empty()) {
    const auto stored = Store(call, *payload, {});
    if (!stored) return stored.error();
    return Show(call, *stored);
  }

  const auto place = waiters.Take();
  if (!place) return place.error();
  const base::Deadline deadline = DeadlineOf(call.context.settings);
  const auto stored = Store(call, *payload, std::move(*plans));
  if (!stored) return stored.error();
  if (auto awaited = AwaitGroup(*call.context.database, stored->group_id, deadline); !awaited)
    return awaited.error();
  return Show(call, *stored);
}

}  // namespace ozma::api
