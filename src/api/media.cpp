#include "api/media.hpp"

#include "access/roles.hpp"
#include "api/metadata.hpp"
#include "api/persons.hpp"
#include "api/reach.hpp"
#include "api/render.hpp"
#include "api/snapshots.hpp"
#include "api/upload.hpp"
#include "api/whole.hpp"
#include "store/folders.hpp"

namespace ozma::api {
namespace {

using access::Verb;
using base::Fail;
using base::Fault;

base::Result<store::Folder> ReachForUpload(store::Transaction& in, const Call& call, Lock lock) {
  auto folder = ReachFolder(in, call, Verb::kCreate, lock);
  if (!folder) return folder.error();
  if (folder->is_cleared)
    return Fail(Fault::kInvalidValue, "The folder's personal data was deleted; it takes no media any more.");
  return folder;
}

Answer AddMedia(const Call& call) {
  const auto payload = PayloadOf(call.request);
  if (!payload) return payload.error();
  // Looked at before anything is decoded, and again, with the lock, when the rows are written.
  const auto folder = call.context.database->Read(
      [&](store::Transaction& in) { return ReachForUpload(in, call, Lock::kNo); });
  if (!folder) return folder.error();
  auto uploads = ReadUploads(call, *payload);
  if (!uploads) return uploads.error();
  if (uploads->empty()) return Fail(Fault::kInvalidRequest, "The request holds no media.");

  NewFiles files(*call.context.blobs);
  const auto media = PutUploads(std::move(*uploads), *folder, files);
  if (!media) return media.error();
  return WriteWith(*call.context.database, files, [&](store::Transaction& in) -> Answer {
    auto now = ReachForUpload(in, call, Lock::kYes);
    if (!now) return now.error();
    InsertMedia(in, *media);
    now->time.updated = base::UnixSeconds();
    store::Update(in, *now);
    return Created(RenderMedia(*media, call.base_url));
  });
}

Answer ListMedia(const Call& call) {
  return call.context.database->Read([&](store::Transaction& in) -> Answer {
    const auto folder = ReachFolder(in, call, Verb::kRead, Lock::kNo);
    if (!folder) return folder.error();
    return Ok(RenderMedia(store::MediaOf(in, folder->folder_id), call.base_url));
  });
}

Answer ShowMedia(const Call& call) {
  return call.context.database->Read([&](store::Transaction& in) -> Answer {
    const auto media = ReachMedia(in, call, Verb::kRead, Lock::kNo);
    if (!media) return media.error();
    return Ok(Render(*media, call.base_url));
  });
}

// `tags` replace those there are; `meta_data` is merged.
Answer PatchMedia(const Call& call) {
  const auto body = call.Body();
  if (!body) return body.error();
  std::optional<std::vector<std::string>> tags;
  if (const auto* value = body->if_contains("tags"); value && !value->is_null()) {
    auto parsed = ParseTags(*value, "tags");
    if (!parsed) return parsed.error();
    tags = std::move(*parsed);
  }
  const auto metadata = ObjectField(*body, "meta_data");
  if (!metadata) return metadata.error();
  return call.context.database->Write([&](store::Transaction& in) -> Answer {
    auto media = ReachMedia(in, call, Verb::kUpdate, Lock::kYes);
    if (!media) return media.error();
    if (tags) media->tags = *tags;
    if (*metadata) {
      auto merged = MergeMetadata(media->meta_data, **metadata);
      if (!merged) return merged.error();
      media->meta_data = std::move(*merged);
    }
    media->time.updated = base::UnixSeconds();
    store::Update(in, *media);
    return Ok(Render(*media, call.base_url));
  });
}

// A person's photo is a medium too.
Answer DeleteMedia(const Call& call) {
  const auto deleted = call.context.database->Write([&](store::Transaction& in) -> base::Result<void> {
    const auto media = ReachMedia(in, call, Verb::kDelete, Lock::kYes);
    if (!media) return media.error();
    store::DeleteMedia(in, media->media_id);
    return {};
  });
  if (!deleted && deleted.error().fault == Fault::kNotFound) return DeletePersonImage(call);
  if (!deleted) return deleted.error();
  RemoveFreed(call.context);
  return Gone();
}

}  // namespace

void AddMediaRoutes(http::Router& router, const std::shared_ptr<const Context>& context) {
  AddCall(router, context, "GET", "/api/folders/{folder_id}/media", ListMedia);
  AddCall(router, context, "POST", "/api/folders/{folder_id}/media", AddMedia);
  // The last two are what old clients call them.
  for (const std::string path : {"/api/media", "/api/images", "/api/videos"}) {
    const std::string item = path + "/{media_id}";
    AddCall(router, context, "GET", item, ShowMedia);
    AddCall(router, context, "PATCH", item, PatchMedia);
    AddCall(router, context, "DELETE", item, DeleteMedia);
  }
  AddCall(router, context, "GET", "/api/media/{media_id}/snapshot", ListSnapshots);
  AddCall(router, context, "POST", "/api/media/{media_id}/snapshot", TakeSnapshot);
}

}  // namespace ozma::api
