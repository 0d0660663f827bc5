// POST /session/{id}/media: images of one action, checked and put by for the API.
#include <opencv2/imgproc.hpp>

#include <algorithm>
#include <array>
#include <cstdio>
#include <set>

#include "adapter/injection.hpp"
#include "adapter/seal.hpp"
#include "adapter/service.hpp"
#include "base/ids.hpp"
#include "base/log.hpp"
#include "media/archive.hpp"
#include "media/preview.hpp"

namespace ozma::adapter {
namespace {

constexpr double kMegabyte = 1 << 20;

// A request's parts by name, each with the SHA-256 of its bytes.
struct Sent {
  const http::Part* part = nullptr;
  std::string sha256;
};
using Parts = std::map<std::string, Sent>;

Outcome<Parts> PartsOf(const http::Request& request, std::string_view& payload) {
  if (!request.multipart) return Refuse(Code::kBadRequest, "Media come as multipart/form-data.");
  Parts parts;
  bool found = false;
  for (const http::Part& part : request.parts) {
    if (part.name == "payload" && !found) {
      payload = base::AsText(part.data);
      found = true;
      continue;
    }
    if (!parts.emplace(part.name, Sent{&part, base::Sha256Hex(part.data)}).second)
      return Refuse(Code::kBadRequest, "Two parts have one name.");
  }
  if (!found) return Refuse(Code::kBadRequest, "The part payload is missing.");
  return parts;
}

// The part an image names, its bytes being those that were summed.
Outcome<const http::Part*> PartOf(const Parts& parts, const Image& image) {
  const auto found = parts.find(image.part);
  if (found == parts.end()) return Refuse(Code::kBadRequest, "The payload names a part that was not sent.");
  if (!EqualInConstantTime(base::AsBytes(found->second.sha256), base::AsBytes(image.sha256)))
    return Refuse(Code::kHashMismatch, "A part does not have the SHA-256 that the payload says.");
  return found->second.part;
}

struct Files {
  std::vector<const http::Part*> frames;
  const http::Part* best = nullptr;  // the first frame where none was named
  const http::Part* lossless = nullptr;
};

Outcome<Files> FilesOf(const Parts& parts, const MediaPayload& payload, const Config& config) {
  Files files;
  std::set<std::string> named;
  std::size_t bytes = 0;
  for (const Image& image : payload.frames) {
    const auto part = PartOf(parts, image);
    if (!part) return part.error();
    files.frames.push_back(*part);
    named.insert(image.part);
    bytes += (*part)->data.size();
  }
  if (static_cast<double>(bytes) > config.max_video_megabytes * kMegabyte)
    return Refuse(Code::kTooLarge, "The frames of one action are larger than they may be.");
  files.best = files.frames.front();
  const auto take = [&](const std::optional<Image>& image, const http::Part*& into) -> Outcome<void> {
    if (!image) return {};
    const auto part = PartOf(parts, *image);
    if (!part) return part.error();
    into = *part;
    named.insert(image->part);
    return {};
  };
  if (auto taken = take(payload.best, files.best); !taken) return taken.error();
  if (auto taken = take(payload.best_png, files.lossless); !taken) return taken.error();
  if (named.size() != parts.size())
    return Refuse(Code::kBadRequest, "A part was sent that the payload does not name.");
  return files;
}

// What was signed is what was sent: the session, the action, each frame in its place.
Outcome<void> CheckInfo(const Info& info, const MediaPayload& payload, const Session& session,
                        const Config& config) {
  if (info.session_id != session.session_id)
    return Refuse(Code::kWrongNonce, "The additional_info belongs to another session.");
  if (info.action != payload.action)
    return Refuse(Code::kBadRequest, "The additional_info tells of another action.");
  const bool same = std::ranges::equal(info.frames, payload.frames, {}, {}, &Image::sha256);
  if (!same) return Refuse(Code::kHashMismatch, "The frames are not those that were signed.");
  if (payload.best && !info.best.empty() && info.best != payload.best->sha256)
    return Refuse(Code::kHashMismatch, "The best frame is not the one that was signed.");
  if (info.framed.value_or(false) && !config.iframe_allowed)
    return Refuse(Code::kIframeNotAllowed,
                  "This server does not allow the plugin in a frame of another page.");
  return {};
}

// Decoded in the sandbox; JPEG, or PNG for photos of documents and the lossless frame.
Outcome<cv::Mat> Decode(const Service& service, const http::Request& request, const http::Part& part,
                        bool png_allowed) {
  const auto type = media::Sniff(part.data);
  const bool fits = type && (type->mime == "image/jpeg" || (png_allowed && type->mime == "image/png"));
  if (!fits) return Refuse(Code::kBadRequest, "An image is neither JPEG nor, where allowed, PNG.");
  auto decoded = service.decoder->Decode(part.data, request.deadline);
  if (!decoded) return RefusalOf(decoded.error());
  return std::move(decoded->frames.front().bgr);
}

struct Look {
  int width = 0, height = 0;         // of the first frame
  double lossless_difference = 0;    // grey levels
  std::vector<media::Frame> frames;  // where a film is made of them
};

double DifferenceOf(const cv::Mat& a, const cv::Mat& b) {
  constexpr int kSide = 64;
  const auto small = [](const cv::Mat& picture) {
    cv::Mat grey, shrunk;
    cv::cvtColor(picture, grey, cv::COLOR_BGR2GRAY);
    cv::resize(grey, shrunk, {kSide, kSide}, 0, 0, cv::INTER_AREA);
    return shrunk;
  };
  return cv::norm(small(a), small(b), cv::NORM_L1) / (kSide * kSide);
}

// Every image is decoded, so that none fails only later, at the API.
Outcome<Look> LookAt(const Service& service, const http::Request& request, const MediaPayload& payload,
                     const Files& files) {
  const bool film = !payload.photo && service.config.video_file_format == "mp4";
  Look look;
  for (std::size_t i = 0; i < files.frames.size(); ++i) {
    auto picture = Decode(service, request, *files.frames[i], payload.photo);
    if (!picture) return picture.error();
    if (i == 0) {
      look.width = picture->cols;
      look.height = picture->rows;
    } else if (picture->cols != look.width || picture->rows != look.height) {
      return Refuse(Code::kBadRequest, "The frames of one action must all have one size.");
    }
    const double seconds = (payload.frames[i].t_ms - payload.frames.front().t_ms) / 1000;
    if (film) look.frames.push_back({std::move(*picture), seconds});
  }
  const bool own_best = std::ranges::find(files.frames, files.best) == files.frames.end();
  if (!own_best && !files.lossless) return look;
  const auto best = Decode(service, request, *files.best, payload.photo);
  if (!best) return best.error();
  if (!files.lossless) return look;
  const auto lossless = Decode(service, request, *files.lossless, true);
  if (!lossless) return lossless.error();
  look.lossless_difference = DifferenceOf(*best, *lossless);
  return look;
}

struct File {
  Medium medium;
  base::Bytes bytes;
};

File FileOf(std::string key, std::string mime, std::vector<std::string> tags, bool judged, bool matched,
            base::Bytes bytes) {
  const std::size_t size = bytes.size();
  return {{std::move(key), std::move(mime), std::move(tags), judged, matched, size}, std::move(bytes)};
}

std::vector<std::string> TagsOf(const std::string& action, const Look& look) {
  const char* turned = look.width > look.height ? "orientation_landscape" : "orientation_portrait";
  if (!action.starts_with("photo_")) return {"video_selfie", action, turned};
  if (action.starts_with("photo_id_")) return {"photo_id", action};
  return {action};
}

// "0007_00280ms.jpg": the decoder takes a frame's time from its name, and gestures are judged by those times.
std::string FrameName(std::size_t number, double milliseconds) {
  std::array<char, 64> name{};
  std::snprintf(name.data(), name.size(), "%04zu_%05.0fms.jpg", number, std::min(milliseconds, 1e9));
  return name.data();
}

base::Result<base::Bytes> FilmOf(const MediaPayload& payload, const Files& files, const Look& look) {
  if (!look.frames.empty()) return media::EncodeMp4(look.frames);
  std::vector<media::ArchiveEntry> entries;
  for (std::size_t i = 0; i < payload.frames.size(); ++i) {
    const double since = payload.frames[i].t_ms - payload.frames.front().t_ms;
    entries.push_back({FrameName(i, since), files.frames[i]->data});
  }
  return media::WriteZip(entries);
}

// What the API gets of one action. The lossless frame is evidence for later looks; no analysis is asked to
// take it for a medium of its own, but for video_selfie_best, whose one medium it is.
base::Result<std::vector<File>> Pack(const MediaPayload& payload, const Files& files, const Look& look) {
  const std::string& action = payload.action;
  const auto tags = TagsOf(action, look);
  std::vector<File> packed;
  if (payload.photo) {
    const bool png = media::Sniff(files.best->data)->mime == "image/png";
    const bool face = action == "photo_id_front";
    packed.push_back(FileOf(action + (png ? ".png" : ".jpg"), png ? "image/png" : "image/jpeg", tags, false,
                            face, files.best->data));
    return packed;
  }
  if (action == "video_selfie_best") {
    const auto& chosen = files.lossless ? *files.lossless : *files.best;
    const bool png = files.lossless && media::Sniff(chosen.data)->mime == "image/png";
    packed.push_back(FileOf(action + (png ? ".png" : ".jpg"), png ? "image/png" : "image/jpeg", tags, true,
                            true, chosen.data));
    return packed;
  }
  auto film = FilmOf(payload, files, look);
  if (!film) return film.error();
  const bool mp4 = !look.frames.empty();
  packed.push_back(FileOf(action + (mp4 ? ".mp4" : ".zip"), mp4 ? "video/mp4" : "application/zip", tags, true,
                          true, std::move(*film)));
  if (files.lossless)
    packed.push_back(FileOf(action + "_best.png", "image/png", {"lossless_frame", action}, false, false,
                            files.lossless->data));
  return packed;
}

// One upload of a session at a time.
class Turn {
 public:
  explicit Turn(Entry& entry) : entry_(entry), mine_(!entry.uploading.exchange(true)) {}
  ~Turn() {
    if (mine_) entry_.uploading = false;
  }
  Turn(const Turn&) = delete;
  Turn& operator=(const Turn&) = delete;
  bool mine() const { return mine_; }

 private:
  Entry& entry_;
  bool mine_;
};

std::vector<std::string> HashesOf(const MediaPayload& payload) {
  std::vector<std::string> hashes;
  for (const Image& image : payload.frames) hashes.push_back(image.sha256);
  return hashes;
}

Answer Taken(const MediaPayload& payload) {
  return Json(json::object{{"action", payload.action}, {"frames", payload.frames.size()}}, 201);
}

// Whether the action may still be uploaded. True: it was, by this very upload.
Outcome<bool> CheckState(const Service& service, const Session& session, const MediaPayload& payload) {
  if (std::ranges::find(session.actions, payload.action) == session.actions.end())
    return Refuse(Code::kActionNotAllowed, "This session has no such action.");
  if (payload.photo != IsPhotoAction(service.config, payload.action))
    return Refuse(Code::kBadRequest, "The field kind does not fit the action.");
  const auto before = session.uploads.find(payload.action);
  const bool same = before != session.uploads.end() && before->second.upload_id == payload.upload_id &&
                    before->second.hashes == HashesOf(payload);
  if (same) return true;
  if (session.state != Session::State::kOpen)
    return Refuse(Code::kSessionUsed, "This session was submitted; begin another.");
  if (service.sessions->IsExpired(session))
    return Refuse(Code::kSessionExpired, "This session has expired; begin another.");
  if (before != session.uploads.end())
    return Refuse(Code::kMediaExists, "The media of this action were uploaded.");
  return false;
}

// Files first, then the session's own file, which makes them count.
Outcome<void> Store(Service& service, Entry& entry, const MediaPayload& payload, std::vector<File> files,
                    Upload upload) {
  std::size_t bytes = 0;
  for (const File& file : files) bytes += file.bytes.size();
  if (auto room = service.sessions->Reserve(bytes); !room) return room.error();
  const auto give_back = [&](const base::Error& error) {
    service.sessions->GiveBack(bytes);
    return RefusalOf(error);
  };
  for (File& file : files) {
    const auto& id = entry.session.session_id;
    if (auto written = service.sessions->WriteMedium(id, file.medium.key, file.bytes); !written)
      return give_back(written.error());
    upload.media.push_back(std::move(file.medium));
  }
  const std::lock_guard work(entry.work);
  if (entry.session.state != Session::State::kOpen) {
    service.sessions->GiveBack(bytes);
    return Refuse(Code::kSessionUsed, "This session was submitted; begin another.");
  }
  entry.session.uploads.emplace(payload.action, std::move(upload));
  if (auto saved = service.sessions->Save(entry); !saved) {
    entry.session.uploads.erase(payload.action);
    return give_back(saved.error());
  }
  return {};
}

// What is kept of the upload beside its files, with the signals that it gives.
Upload Describe(Service& service, const http::Request& request, const Session& session,
                const MediaPayload& payload, const Info& info, const Look& look) {
  Upload upload;
  upload.upload_id = payload.upload_id;
  upload.hashes = HashesOf(payload);
  upload.additional_info = payload.additional_info;
  upload.camera = info.camera;
  upload.cameras = info.cameras;
  upload.signals = SignalsOf({.payload = payload,
                              .info = info,
                              .width = look.width,
                              .height = look.height,
                              .lossless_difference = look.lossless_difference,
                              .since_start = base::UnixSeconds() - session.created,
                              .replayed = service.sessions->NoteFrames(session.session_id, upload.hashes),
                              .user_agent = http::Find(request.headers, "User-Agent"),
                              .origin = session.origin});
  return upload;
}

Answer AddMedia(Service& service, const http::Request& request) {
  const auto entry = service.sessions->Find(request.captures.at("id"));
  if (!entry) return entry.error();
  std::string_view text;
  const auto parts = PartsOf(request, text);
  if (!parts) return parts.error();
  const auto payload = ParseMediaPayload(text, static_cast<std::size_t>(service.config.max_frames));
  if (!payload) return payload.error();
  const Turn turn(**entry);
  if (!turn.mine()) return Refuse(Code::kOverloaded, "An upload of this session is under way.");
  Session session;
  {
    const std::lock_guard work((*entry)->work);
    session = (*entry)->session;
  }
  const auto info = OpenInfo(payload->additional_info, session.nonce);
  if (!info) return info.error();
  if (auto fits = CheckInfo(*info, *payload, session, service.config); !fits) return fits.error();
  const auto there = CheckState(service, session, *payload);
  if (!there) return there.error();
  const auto files = FilesOf(*parts, *payload, service.config);
  if (!files) return files.error();
  if (*there) return Taken(*payload);

  const auto look = LookAt(service, request, *payload, *files);
  if (!look) return look.error();
  auto packed = Pack(*payload, *files, *look);
  if (!packed) return RefusalOf(packed.error());

  auto upload = Describe(service, request, session, *payload, *info, *look);
  if (auto stored = Store(service, **entry, *payload, std::move(*packed), std::move(upload)); !stored)
    return stored.error();
  return Taken(*payload);
}

}  // namespace

void AddMediaRoute(http::Router& router, const std::shared_ptr<Service>& service) {
  const auto bytes = static_cast<std::size_t>(service->config.max_upload_megabytes * kMegabyte);
  AddRoute(router, service, "POST", "/session/{id}/media", AddMedia, Pool::kWaiters, bytes);
}

}  // namespace ozma::adapter
