#include "api/upload.hpp"

#include "api/limits.hpp"
#include "base/crash_point.hpp"
#include "base/log.hpp"
#include "http/text.hpp"
#include "media/thumbnail.hpp"
#include "store/folders.hpp"
#include "store/jobs.hpp"

namespace ozma::api {
namespace {

using base::Fail;
using base::Fault;

std::string_view MediaTypeOf(media::Kind kind) {
  switch (kind) {
    case media::Kind::kVideo:
      return "VIDEO_FOLDER";
    case media::Kind::kArchive:
      return "SHOTS_SET_FOLDER";
    case media::Kind::kImage:
      break;
  }
  return "IMAGE_FOLDER";
}

json::object InfoOf(const media::Media& decoded) {
  const media::Info& info = decoded.info;
  json::object described;
  if (decoded.type.kind != media::Kind::kVideo) {
    described = PictureInfo(info, decoded.type.mime);
    if (decoded.type.kind == media::Kind::kArchive)
      described["original"].get_object()["frames"] = info.frames;
    return described;
  }
  described["thumb"] = nullptr;
  described["video"] = {{"duration", info.duration},     {"FPS", info.fps}, {"width", info.width},
                        {"height", info.height},         {"md5", info.md5}, {"size", info.size},
                        {"mime-type", decoded.type.mime}};
  return described;
}

// A file's name without folders, cut between characters.
std::string NameOf(const http::Part& part) {
  std::string name = http::CleanText(part.filename.value_or(part.name));
  name.erase(0, name.find_last_of("/\\") + 1);
  while (CharactersOf(name) > kNameCharacters) name.pop_back();
  // What is left of a character that was cut: continuation bytes count for none.
  while (!http::IsUtf8(name)) name.pop_back();
  return name.empty() ? "file" : name;
}

// Faults of ours go to the log, where what a client sent has no business.
base::Error About(const http::Part& part, const base::Error& error) {
  if (error.fault != Fault::kSampleUnreadable && error.fault != Fault::kTooLarge) return error;
  return Fail(error.fault, "The part " + part.name + ": " + error.message);
}

base::Result<Upload> Read(const Call& call, const http::Part& part, const FolderPayload& payload) {
  const auto decoded = DecodePart(call, part);
  if (!decoded) return decoded.error();
  auto thumbnail = media::Thumbnail(decoded->frames.front().bgr, kThumbnailSide);
  if (!thumbnail) return thumbnail.error();
  return Upload{&part, Describe(part, *decoded, payload), std::move(thumbnail->jpeg)};
}

}  // namespace

base::Result<std::vector<const http::Part*>> MediaParts(const http::Request& request,
                                                        const Settings& settings) {
  std::vector<const http::Part*> parts;
  for (const http::Part& part : request.parts) {
    if (part.name == "payload") continue;
    if (parts.size() == settings.files)
      return Fail(Fault::kTooLarge,
                  "A request may hold " + std::to_string(settings.files) + " files at most.");
    if (part.data.size() > settings.file_bytes)
      return About(part, Fail(Fault::kTooLarge,
                              "The file is larger than " + std::to_string(settings.file_bytes) + " bytes."));
    parts.push_back(&part);
  }
  return parts;
}

base::Result<media::Media> DecodePart(const Call& call, const http::Part& part, media::Pace pace) {
  if (part.data.empty()) return About(part, Fail(Fault::kSampleUnreadable, "The file is empty."));
  auto decoded = call.context.decoder->Decode(part.data, call.request.deadline, pace);
  if (!decoded) return About(part, decoded.error());
  return decoded;
}

store::Media Describe(const http::Part& part, const media::Media& decoded, const FolderPayload& payload) {
  store::Media media;
  media.media_id = base::NewUuid();
  media.media_type = MediaTypeOf(decoded.type.kind);
  media.original_name = NameOf(part);
  media.mime = decoded.type.mime;
  media.info = InfoOf(decoded);
  media.meta_data = json::object();
  if (const auto said = payload.media.find(part.name); said != payload.media.end()) {
    media.tags = said->second.tags;
    media.meta_data = said->second.meta_data;
  }
  media.time.created = media.time.updated = base::UnixSeconds();
  return media;
}

json::object PictureInfo(const media::Info& info, std::string_view mime) {
  json::object described;
  described["thumb"] = nullptr;
  described["original"] = {{"md5", info.md5},
                           {"width", info.width},
                           {"height", info.height},
                           {"size", info.size},
                           {"mime-type", mime}};
  return described;
}

json::object PictureInfo(base::ByteView jpeg, int width, int height) {
  media::Info info;
  info.width = width;
  info.height = height;
  info.size = jpeg.size();
  info.md5 = base::Md5Hex(jpeg);
  return PictureInfo(info, "image/jpeg");
}

base::Result<std::vector<Upload>> ReadUploads(const Call& call, const FolderPayload& payload) {
  const auto parts = MediaParts(call.request, call.context.settings);
  if (!parts) return parts.error();
  std::vector<Upload> uploads;
  for (const http::Part* part : *parts) {
    auto upload = Read(call, *part, payload);
    if (!upload) return upload.error();
    uploads.push_back(std::move(*upload));
  }
  return uploads;
}

NewFiles::~NewFiles() {
  for (const std::string& key : keys_) {
    if (const auto removed = blobs_.Remove(key); !removed)
      base::Log(base::Level::kWarning, "file_left", {{"message", removed.error().message}});
  }
}

base::Result<std::string> NewFiles::Put(base::ByteView bytes) {
  auto key = blobs_.Put(bytes);
  if (key) keys_.push_back(*key);
  return key;
}

base::Result<std::vector<store::Media>> PutUploads(std::vector<Upload> uploads, const store::Folder& folder,
                                                   NewFiles& files) {
  std::vector<store::Media> stored;
  for (Upload& upload : uploads) {
    auto original = files.Put(upload.part->data);
    if (!original) return original.error();
    auto thumbnail = files.Put(upload.thumbnail);
    if (!thumbnail) return thumbnail.error();
    store::Media& media = upload.media;
    media.folder_id = folder.folder_id;
    media.company_id = folder.company_id;
    media.folder_time_created = folder.time.created;
    media.original_key = std::move(*original);
    media.thumb_key = std::move(*thumbnail);
    stored.push_back(std::move(media));
  }
  base::CrashPoint("after-blob");
  return stored;
}

void InsertMedia(store::Transaction& in, const std::vector<store::Media>& media) {
  for (const store::Media& one : media) {
    store::Insert(in, one);
    if (one.media_type == "IMAGE_FOLDER") continue;
    store::Job preview;
    preview.job_id = base::NewUuid();
    preview.subject = one.media_id;
    preview.kind = store::JobKind::kPreview;
    preview.time_created = preview.run_after = base::UnixSeconds();
    store::Enqueue(in, preview);
  }
}

}  // namespace ozma::api
