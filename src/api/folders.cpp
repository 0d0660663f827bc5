#include "api/folders.hpp"

#include "access/roles.hpp"
#include "api/audit.hpp"
#include "api/create_folder.hpp"
#include "api/list.hpp"
#include "api/patch_folder.hpp"
#include "api/reach.hpp"
#include "api/whole.hpp"
#include "store/folders.hpp"

namespace ozma::api {
namespace {

using access::Verb;

base::Result<Wholeness> WholenessOf(const Call& call, bool analyses) {
  const auto with_media = ReadSwitch(call.request.query, "with_media", true);
  if (!with_media) return with_media.error();
  const auto with_analyses = ReadSwitch(call.request.query, "with_analyses", analyses);
  if (!with_analyses) return with_analyses.error();
  return Wholeness{*with_media, *with_analyses};
}

Answer ListFolders(const Call& call) {
  auto query = ParseQuery(store::List::kFolders, call.request.query);
  if (!query) return query.error();
  const auto with = WholenessOf(call, false);
  if (!with) return with.error();
  if (auto narrowed = access::Narrow(call.user(), access::Object::kFolder, *query); !narrowed)
    return narrowed.error();
  return call.context.database->Read([&](store::Transaction& in) -> Answer {
    const auto listed = store::ListFolders(in, *query);
    return Ok(Envelope(*query, listed.total, RenderFolders(in, listed.items, *with, call.base_url)));
  });
}

Answer ShowFolder(const Call& call) {
  // Those who poll for results ask this path without a switch.
  const auto with = WholenessOf(call, true);
  if (!with) return with.error();
  return call.context.database->Read([&](store::Transaction& in) -> Answer {
    const auto folder = ReachFolder(in, call, Verb::kRead, Lock::kNo);
    if (!folder) return folder.error();
    return Ok(RenderFolder(in, *folder, *with, call.base_url));
  });
}

Answer DeleteFolder(const Call& call) {
  const auto deleted = call.context.database->Write([&](store::Transaction& in) -> base::Result<void> {
    const auto folder = ReachFolder(in, call, Verb::kDelete, Lock::kYes);
    if (!folder) return folder.error();
    store::DeleteFolder(in, folder->folder_id);
    Audit(in, call.user(), "folder", folder->folder_id, "delete");
    return {};
  });
  if (!deleted) return deleted.error();
  RemoveFreed(call.context);
  return Gone();
}

// Personal information: whoever may change the folder may wipe it.
Answer ClearFolder(const Call& call) {
  const auto cleared = call.context.database->Write([&](store::Transaction& in) -> base::Result<void> {
    const auto folder = ReachFolder(in, call, Verb::kUpdate, Lock::kYes);
    if (!folder) return folder.error();
    store::ClearFolder(in, folder->folder_id, base::UnixSeconds());
    Audit(in, call.user(), "folder", folder->folder_id, "delete_pi");
    return {};
  });
  if (!cleared) return cleared.error();
  RemoveFreed(call.context);
  return Gone();
}

}  // namespace

void AddFolderRoutes(http::Router& router, const std::shared_ptr<const Context>& context) {
  const auto waiters = std::make_shared<Waiters>(context->settings.single_requests);
  AddCall(router, context, "GET", "/api/folders", ListFolders);
  AddCall(router, context, "POST", "/api/folders",
          [waiters](const Call& call) { return CreateFolder(call, *waiters); });
  AddCall(router, context, "GET", "/api/folders/{folder_id}", ShowFolder);
  AddCall(router, context, "PATCH", "/api/folders/{folder_id}", PatchFolder);
  AddCall(router, context, "DELETE", "/api/folders/{folder_id}", DeleteFolder);
  AddCall(router, context, "DELETE", "/api/folders/{folder_id}/pi", ClearFolder);
  AddCall(router, context, "POST", "/api/folders/{folder_id}/delete_pi", ClearFolder);
}

}  // namespace ozma::api
