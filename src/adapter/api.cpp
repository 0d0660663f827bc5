#include "adapter/api.hpp"

#include <algorithm>

#include "adapter/verdict.hpp"
#include "base/log.hpp"
#include "base/metrics.hpp"
#include "http/client.hpp"
#include "http/multipart.hpp"

namespace ozma::adapter {
namespace {

// With best shots in base64 an answer of Lite is far longer than one of the persistent API.
constexpr std::size_t kMostAnswer = 32u << 20;

Trouble Unavailable(bool again) {
  return {again, Refuse(Code::kServiceUnavailable, "The service that judges did not take the media.")};
}

void Count(const char* what, const char* outcome) {
  base::Counter("ozma_adapter_api_calls_total", "Calls of the Web Adapter to its API.",
                {{"call", what}, {"outcome", outcome}})
      .Increment();
}

std::string TextAt(const json::object& object, std::string_view key) {
  const auto* value = object.if_contains(key);
  return value && value->is_string() ? std::string(value->get_string()) : std::string();
}

Asked<Folder> FolderOf(const json::value& value) {
  if (!value.is_object()) return Unavailable(true);
  const json::object& object = value.get_object();
  Folder folder{TextAt(object, "folder_id"), {}, {}};
  if (folder.folder_id.empty()) return Unavailable(true);
  if (const auto* media = object.if_contains("media"); media && media->is_array())
    for (const auto& medium : media->get_array())
      if (medium.is_object())
        folder.media[TextAt(medium.get_object(), "original_name")] = TextAt(medium.get_object(), "media_id");
  if (const auto* analyses = object.if_contains("analyses"); analyses && analyses->is_array())
    folder.analyses = analyses->get_array();
  return folder;
}

// Pictures inside an answer are not for pages, and long.
void DropPictures(json::value& value) {
  if (value.is_array())
    for (auto& one : value.get_array()) DropPictures(one);
  if (!value.is_object()) return;
  value.get_object().erase("image_b64");
  for (auto& [key, one] : value.get_object()) DropPictures(one);
}

std::string Form(const std::vector<http::Part>& files, const json::object& payload, std::string& type) {
  std::vector<http::Part> parts;
  http::Part head;
  head.name = "payload";
  head.headers.emplace("Content-Type", "application/json");
  const std::string text = base::WriteJson(payload);
  head.data.assign(text.begin(), text.end());
  parts.push_back(std::move(head));
  parts.insert(parts.end(), files.begin(), files.end());
  const std::string boundary = http::NewBoundary();
  type = "multipart/form-data; boundary=" + boundary;
  return http::WriteMultipart(parts, boundary);
}

bool Ends(std::string_view url, std::string_view with) {
  return url.ends_with(with);
}

}  // namespace

Api::Api(const Config& config, std::string url, std::stop_token stop)
    : config_(config), base_(std::move(url)), stop_(std::move(stop)) {
  while (Ends(base_, "/")) base_.pop_back();
  if (Ends(base_, "/instant/folders"))
    base_.resize(base_.size() - std::string_view("/instant/folders").size());
  instant_ = Ends(base_, "/api");
  if (config.architecture == "normal" && !instant_) base_ += "/api";
}

Trouble Api::Judged(const char* what, const http::Response& response) const {
  const auto value = base::ReadJson(response.body);
  std::string said;
  if (value && value->is_object()) {
    said = TextAt(value->get_object(), "error_message");
    if (said.empty()) said = TextAt(value->get_object(), "message");
  }
  const bool again =
      response.status == 429 || response.status == 408 || (response.status >= 500 && response.status != 501);
  base::Log(base::Level::kWarning, "api_refused", {{"call", what}, {"status", response.status}});
  if (again || response.status == 501) return Unavailable(again);
  if (response.status == 401 && config_.api_use_token == "client")
    return {false, Refuse(Code::kTokenRequired, "The API does not take this token.")};
  if (response.status == 400 || response.status == 413)
    return {false, Refuse(Code::kBadRequest, "The service refused the media: " + said)};
  return Unavailable(false);
}

Asked<json::value> Api::Call(const Session& session, const char* what, std::string method,
                             const std::string& path, std::string body, const std::string& type) const {
  http::Outgoing call;
  call.method = std::move(method);
  call.url = base_ + path;
  const std::string& token = config_.api_use_token == "client" ? session.token : config_.api_token;
  if (!token.empty()) call.headers.emplace("X-Forensic-Access-Token", token);
  if (!type.empty()) call.headers.emplace("Content-Type", type);
  call.body = std::move(body);
  call.timeout = std::chrono::seconds(config_.api_timeout);
  call.most = kMostAnswer;
  call.extra_ca = config_.ssl_cert_add;
  call.allow_private = true;  // the operator's own configuration names it
  call.stop = stop_;
  const auto response = http::Send(call);
  if (!response) {
    Count(what, "unreachable");
    base::Log(base::Level::kWarning, "api_unreachable",
              {{"call", what}, {"message", response.error().message}});
    return Unavailable(response.error().fault == base::Fault::kUpstream);
  }
  if (response->status < 200 || response->status > 299) {
    Count(what, "refused");
    return Judged(what, *response);
  }
  auto value = base::ReadJson(response->body);
  Count(what, value ? "answered" : "unreadable");
  if (!value) return Unavailable(true);
  return std::move(*value);
}

json::object Api::Payload(const Session& session) const {
  json::object media_meta, media_tags;
  for (const auto& [action, upload] : session.uploads) {
    for (const Medium& medium : upload.media) {
      json::object meta;
      meta["additional_info"] = upload.additional_info;
      meta["camera"] = upload.camera;
      meta["cameras"] = json::array(upload.cameras.begin(), upload.cameras.end());
      meta["user_agent"] = session.user_agent;
      meta["injection_signals"] = json::array(upload.signals.begin(), upload.signals.end());
      media_meta[medium.key] = std::move(meta);
      media_tags[medium.key] = json::array(medium.tags.begin(), medium.tags.end());
    }
  }
  json::object folder = session.meta;
  folder["event_session_id"] = session.event_session_id;
  folder["injection"] = InjectionOf(session, config_);
  json::object payload;
  payload["folder:meta_data"] = std::move(folder);
  payload["media:meta_data"] = std::move(media_meta);
  payload["media:tags"] = std::move(media_tags);
  return payload;
}

// With a folder, each analysis names its media: a lossless frame must not stand in for a second face, and a
// document is not judged for liveness.
json::array Api::Requests(const Session& session, const Folder* folder) const {
  json::array judged, matched;
  for (const auto& [action, upload] : session.uploads) {
    for (const Medium& medium : upload.media) {
      if (!folder) continue;
      const auto found = folder->media.find(medium.key);
      if (found == folder->media.end()) continue;
      if (medium.judged) judged.push_back(json::value(found->second));
      if (medium.matched) matched.push_back(json::value(found->second));
    }
  }
  json::array requests;
  for (const auto& type : AnalysesOf(config_)) {
    json::object request, params;
    request["type"] = type;
    if (type == "quality") {
      params["extract_best_shot"] = session.extract_best_shot.value_or(config_.extract_best_shot);
      if (config_.extract_action_shot) params["extract_action_shot"] = true;
    }
    if (type == "collection")
      params["collection_ids"] =
          json::array(config_.analyses.collection_ids.begin(), config_.analyses.collection_ids.end());
    request["params"] = std::move(params);
    if (folder && type == "quality") request["source_media"] = judged;
    if (folder && (type == "biometry" || type == "collection")) request["source_media"] = matched;
    requests.push_back(std::move(request));
  }
  return requests;
}

Asked<Folder> Api::Find(const Session& session) const {
  const auto found = Call(
      session, "find", "GET",
      "/folders/?limit=1&total_omit=true&meta_data=event_session_id==" + session.event_session_id, {}, {});
  if (!found) return found.error();
  const auto* items = found->is_object() ? found->get_object().if_contains("items") : nullptr;
  if (!items || !items->is_array()) return Unavailable(true);
  if (items->get_array().empty()) return Folder{};
  return FolderOf(items->get_array().front());
}

Asked<Folder> Api::Create(const Session& session, const std::vector<http::Part>& files) const {
  std::string type;
  std::string body = Form(files, Payload(session), type);
  const auto made = Call(session, "create", "POST", "/folders/", std::move(body), type);
  if (!made) return made.error();
  return FolderOf(*made);
}

Asked<Folder> Api::Get(const Session& session, const std::string& folder_id) const {
  const auto got = Call(session, "get", "GET", "/folders/" + folder_id + "?with_analyses=true", {}, {});
  if (!got) return got.error();
  return FolderOf(*got);
}

Asked<void> Api::Start(const Session& session, const Folder& folder) const {
  const json::object body{{"analyses", Requests(session, &folder)}};
  const auto started = Call(session, "start", "POST", "/folders/" + folder.folder_id + "/analyses/",
                            base::WriteJson(body), "application/json");
  if (!started) return started.error();
  return {};
}

Asked<Folder> Api::Judge(const Session& session, const std::vector<http::Part>& files) const {
  json::object payload = Payload(session);
  payload["analyses"] = Requests(session, nullptr);
  std::string type;
  std::string body = Form(files, payload, type);
  auto judged = Call(session, "judge", "POST", instant_ ? "/instant/folders/" : "/v1/face/liveness/detect",
                     std::move(body), type);
  if (!judged) return judged.error();
  DropPictures(*judged);
  return FolderOf(*judged);
}

}  // namespace ozma::adapter
