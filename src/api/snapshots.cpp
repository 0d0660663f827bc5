#include "api/snapshots.hpp"

#include <algorithm>
#include <cmath>

#include "access/roles.hpp"
#include "api/limits.hpp"
#include "api/reach.hpp"
#include "api/render.hpp"
#include "api/upload.hpp"
#include "media/thumbnail.hpp"
#include "store/folders.hpp"

namespace ozma::api {
namespace {

using access::Verb;
using base::Fail;
using base::Fault;

base::Result<store::Media> ReachVideo(store::Transaction& in, const Call& call, Lock lock) {
  auto media = ReachMedia(in, call, Verb::kCreate, lock);
  if (!media) return media.error();
  if (media->media_type != "VIDEO_FOLDER" || media->original_key.empty())
    return Fail(Fault::kInvalidValue, "Stills are taken from videos; this media is none.");
  return media;
}

base::Result<double> TimeOf(const Call& call) {
  const auto body = call.Body();
  if (!body) return body.error();
  const auto time = NumberField(*body, "time");
  if (!time) return time.error();
  if (!*time)
    return Fail(Fault::kInvalidRequest, "Could not locate field for key_path time from provided dict data");
  return **time;
}

base::Result<media::Frame> FrameAt(const Call& call, const store::Media& video, double time) {
  const auto bytes = call.context.blobs->Get(video.original_key);
  if (!bytes) return bytes.error();
  auto decoded = call.context.decoder->Decode(*bytes, call.request.deadline);
  if (!decoded) return decoded.error();
  if (!(time >= 0 && time <= decoded->info.duration))
    return Fail(Fault::kInvalidValue, "time must be from 0 to the video's duration in seconds.");
  return *std::ranges::min_element(decoded->frames, {},
                                   [&](const media::Frame& frame) { return std::abs(frame.seconds - time); });
}

base::Result<store::Media> Still(const store::Media& video, const media::Frame& frame, NewFiles& files) {
  const auto jpeg = media::EncodeJpeg(frame.bgr);
  if (!jpeg) return jpeg.error();
  const auto thumbnail = media::Thumbnail(frame.bgr, kThumbnailSide);
  if (!thumbnail) return thumbnail.error();
  auto original_key = files.Put(*jpeg);
  if (!original_key) return original_key.error();
  auto thumb_key = files.Put(thumbnail->jpeg);
  if (!thumb_key) return thumb_key.error();
  store::Media still;
  still.media_id = base::NewUuid();
  still.folder_id = video.folder_id;
  still.company_id = video.company_id;
  still.folder_time_created = video.folder_time_created;
  still.media_type = "IMAGE_FOLDER";
  still.original_name = "snapshot.jpg";
  still.mime = "image/jpeg";
  still.info = PictureInfo(*jpeg, frame.bgr.cols, frame.bgr.rows);
  still.meta_data = json::object();
  still.technical_meta_data["time"] = frame.seconds;
  still.original_key = std::move(*original_key);
  still.thumb_key = std::move(*thumb_key);
  still.snapshot_of = video.media_id;
  still.time.created = still.time.updated = base::UnixSeconds();
  return still;
}

}  // namespace

Answer ListSnapshots(const Call& call) {
  return call.context.database->Read([&](store::Transaction& in) -> Answer {
    const auto media = ReachMedia(in, call, Verb::kRead, Lock::kNo);
    if (!media) return media.error();
    return Ok(RenderMedia(store::SnapshotsOf(in, media->media_id), call.base_url));
  });
}

Answer TakeSnapshot(const Call& call) {
  const auto time = TimeOf(call);
  if (!time) return time.error();
  const auto video =
      call.context.database->Read([&](store::Transaction& in) { return ReachVideo(in, call, Lock::kNo); });
  if (!video) return video.error();
  const auto frame = FrameAt(call, *video, *time);
  if (!frame) return frame.error();
  NewFiles files(*call.context.blobs);
  const auto still = Still(*video, *frame, files);
  if (!still) return still.error();
  return WriteWith(*call.context.database, files, [&](store::Transaction& in) -> Answer {
    // The video may have been deleted while it was decoded.
    if (auto still_there = ReachVideo(in, call, Lock::kYes); !still_there) return still_there.error();
    if (store::SnapshotsOf(in, video->media_id).size() >= kSnapshots)
      return Fail(Fault::kInvalidValue,
                  "A video has " + std::to_string(kSnapshots) + " stills at most; delete some.");
    store::Insert(in, *still);
    return Created(Render(*still, call.base_url));
  });
}

}  // namespace ozma::api
