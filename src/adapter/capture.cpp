// A session from its start to its result.
#include <algorithm>
#include <set>

#include "adapter/seal.hpp"
#include "adapter/service.hpp"
#include "adapter/verdict.hpp"
#include "base/ids.hpp"
#include "base/log.hpp"
#include "base/metrics.hpp"

namespace ozma::adapter {
namespace {

constexpr std::size_t kActions = 32;  // in one request
constexpr std::size_t kTokenBytes = 8192;
constexpr std::size_t kMetaKeys = 64, kMetaKeyBytes = 128, kMetaBytes = 16u << 10;

// Flat: texts, numbers and switches. What the adapter itself writes cannot be overwritten.
Outcome<json::object> MetaOf(const json::object& body) {
  auto meta = ObjectIn(body, "meta");
  if (!meta) return meta.error();
  json::object flat = std::move(*meta).value_or(json::object());
  if (flat.size() > kMetaKeys || base::WriteJson(flat).size() > kMetaBytes)
    return Refuse(Code::kBadRequest, "The field meta holds 64 keys and 16 KB at most.");
  for (const auto& [key, value] : flat)
    if (key.size() > kMetaKeyBytes || value.is_structured() ||
        (value.is_string() && value.get_string().find('\0') != std::string_view::npos))
      return Refuse(Code::kBadRequest, "The field meta is a flat object of texts.");
  return flat;
}

// actions_default_importance: the configuration says how much is captured; the page, which gestures.
std::vector<std::string> ConfiguredActions(const Config& config, const std::vector<std::string>& asked) {
  std::vector<std::string> actions;
  if (config.actions_default.photo_front) actions.emplace_back("photo_id_front");
  if (config.actions_default.photo_back) actions.emplace_back("photo_id_back");
  std::vector<std::string> videos;
  const auto add = [&](const std::vector<std::string>& from) {
    for (const auto& action : from)
      if (IsVideoAction(config, action) && std::ranges::find(videos, action) == videos.end())
        videos.push_back(action);
  };
  add(asked);
  add(config.video_required_actions_list);
  add(config.video_actions_list);
  videos.resize(
      std::min<std::size_t>(videos.size(), static_cast<std::size_t>(config.actions_default.video_count)));
  actions.insert(actions.end(), videos.begin(), videos.end());
  return actions;
}

Outcome<std::vector<std::string>> ActionsOf(const Config& config, const json::object& body) {
  auto asked = TextsIn(body, "action", kActions, 64);
  if (!asked) return asked.error();
  std::vector<std::string> actions = std::move(*asked);
  if (config.actions_default_importance) actions = ConfiguredActions(config, actions);
  if (actions.empty()) actions = config.video_required_actions_list;
  if (actions.empty()) return Refuse(Code::kBadRequest, "No action was asked for.");
  std::set<std::string> distinct;
  for (const auto& action : actions) {
    // The names of files follow from them.
    if (!IsPlainId(action) || (!IsVideoAction(config, action) && !IsPhotoAction(config, action)))
      return Refuse(Code::kActionNotAllowed, "An action is not in video_actions_list or photo_actions_list.");
    if (!distinct.insert(action).second)
      return Refuse(Code::kBadRequest, "An action may be asked for once in a session.");
  }
  if (actions.size() > static_cast<std::size_t>(config.max_media))
    return Refuse(Code::kActionNotAllowed,
                  "A session has " + std::to_string(config.max_media) + " actions at most.");
  return actions;
}

Outcome<std::string> TokenOf(const Config& config, const json::object& body) {
  auto token = TextIn(body, "token", kTokenBytes);
  if (!token) return token.error();
  if (config.api_use_token != "client") return std::string();
  const std::string text = std::move(*token).value_or("");
  if (text.empty())
    return Refuse(Code::kTokenRequired, "This server uses the page's token; give it to open() as `token`.");
  if (text.find_first_of("\r\n") != std::string::npos)
    return Refuse(Code::kBadRequest, "The token holds a line end.");
  return text;
}

Outcome<Session> SessionFor(const Service& service, const http::Request& request) {
  const auto body = ObjectOf(base::AsText(request.body), 64u << 10);
  if (!body) return body.error();
  auto actions = ActionsOf(service.config, *body);
  if (!actions) return actions.error();
  auto token = TokenOf(service.config, *body);
  if (!token) return token.error();
  auto meta = MetaOf(*body);
  if (!meta) return meta.error();
  const auto params = ObjectIn(*body, "params");
  if (!params) return params.error();
  const auto shot = FlagIn(params->value_or(json::object()), "extract_best_shot");
  if (!shot) return shot.error();
  auto lang = TextIn(*body, "lang", 64);
  if (!lang) return lang.error();
  const auto told = TextIn(*body, "origin", 256);
  if (!told) return told.error();

  Session session;
  session.session_id = base::NewUuid();
  session.event_session_id = base::NewUuid();
  session.nonce = NewNonce();
  session.actions = std::move(*actions);
  session.meta = std::move(*meta);
  session.extract_best_shot = *shot;
  session.token = std::move(*token);
  session.lang = std::move(*lang).value_or("");
  // The browser's own word counts for more than the script's.
  session.origin = std::string(http::Find(request.headers, "Origin"));
  if (session.origin.empty()) session.origin = told->value_or("");
  session.user_agent = std::string(http::Find(request.headers, "User-Agent")).substr(0, 512);
  session.created = base::UnixSeconds();
  if (const auto refused = service.license.Refuses(session.origin))
    return Refuse(Code::kLicenseError, *refused);
  return session;
}

Answer Begin(Service& service, const http::Request& request) {
  auto session = SessionFor(service, request);
  if (!session) return session.error();
  const auto entry = service.sessions->Create(std::move(*session));
  if (!entry) return entry.error();
  const std::lock_guard work((*entry)->work);
  const Session& begun = (*entry)->session;
  const Config& config = service.config;
  json::object limits;
  limits["max_bytes"] = static_cast<std::int64_t>(config.max_upload_megabytes * (1 << 20));
  limits["max_video_bytes"] = static_cast<std::int64_t>(config.max_video_megabytes * (1 << 20));
  limits["max_frames"] = config.max_frames;
  limits["max_media"] = config.max_media;
  json::object body;
  body["session_id"] = begun.session_id;
  body["nonce"] = EncodeBase64Url(begun.nonce);
  body["event_session_id"] = begun.event_session_id;
  body["actions"] = json::array(begun.actions.begin(), begun.actions.end());
  body["expires_in"] = config.session_lifetime;
  body["limits"] = std::move(limits);
  base::Counter("ozma_adapter_sessions_begun_total", "Sessions that pages began.").Increment();
  return Json(body, 201);
}

// What the configuration does about what injection.hpp found.
std::string ActionOn(const Session& session, const Config& config) {
  const auto signals = session.signals();
  const auto injection = InjectionOf(session, config);
  const bool devtools = std::ranges::find(signals, "devtools") != signals.end();
  const bool suspected = injection.at("suspected").as_bool();
  const bool stop =
      (suspected && config.injection_action == "stop") || (devtools && config.devtools_action == "stop");
  const bool warn =
      (suspected && config.injection_action == "warn") || (devtools && config.devtools_action == "warn");
  return stop ? "stop" : warn ? "warn" : "ignore";
}

Outcome<void> CheckComplete(const Session& session) {
  for (const auto& action : session.actions)
    if (!session.uploads.contains(action))
      return Refuse(Code::kBadRequest, "The session lacks media of the action " + action + ".");
  return {};
}

Answer Submit(Service& service, const http::Request& request) {
  const auto entry = service.sessions->Find(request.captures.at("id"));
  if (!entry) return entry.error();
  {
    const std::lock_guard work((*entry)->work);
    Session& session = (*entry)->session;
    if (session.state != Session::State::kOpen)
      return Refuse(Code::kSessionUsed, "This session was submitted; begin another.");
    if (service.sessions->IsExpired(session))
      return Refuse(Code::kSessionExpired, "This session has expired; begin another.");
    if (auto complete = CheckComplete(session); !complete) return complete.error();
    const std::string action = ActionOn(session, service.config);
    if (action != "ignore")
      base::Log(base::Level::kWarning, "injection",
                {{"event_session_id", session.event_session_id},
                 {"action", action},
                 {"found", InjectionOf(session, service.config)}});
    const Session before = session;
    session.submitted = base::UnixSeconds();
    session.state = Session::State::kSubmitted;
    if (action == "stop") {
      service.sessions->DropMedia(**entry);
      session.state = Session::State::kFailed;
      session.ended = session.submitted;
      session.token.clear();
      session.failure = Refuse(Code::kInjectionSuspected, "The capture does not look like a camera's.");
    }
    if (auto saved = service.sessions->Save(**entry); !saved) {
      if (action != "stop") session = before;
      return RefusalOf(saved.error());
    }
    if (action == "stop") return *session.failure;
  }
  service.courier->Take(*entry);
  return Json(json::object(), 202);
}

Answer Result(Service& service, const http::Request& request) {
  const auto entry = service.sessions->Find(request.captures.at("id"));
  if (!entry) return entry.error();
  const std::lock_guard work((*entry)->work);
  const Session& session = (*entry)->session;
  if (service.sessions->IsExpired(session))
    return Refuse(Code::kSessionExpired, "This session has expired; begin another.");
  if (session.failure) return *session.failure;
  return Json(ResultOf(session, service.config));
}

Answer NotHere(Service&, const http::Request&) {
  return Refuse(Code::kNotFound,
                "In the architecture capture nothing is sent to this server; the page gets the media.");
}

}  // namespace

void AddSessionRoutes(http::Router& router, const std::shared_ptr<Service>& service) {
  if (service->config.architecture == "capture") {
    for (const char* path : {"/session", "/session/{id}/media", "/session/{id}/submit", "/event"})
      AddRoute(router, service, "POST", path, NotHere, Pool::kInline);
    AddRoute(router, service, "GET", "/session/{id}/result", NotHere, Pool::kInline);
    return;
  }
  AddRoute(router, service, "POST", "/session", Begin);
  AddRoute(router, service, "POST", "/session/{id}/submit", Submit);
  AddRoute(router, service, "GET", "/session/{id}/result", Result);
  AddMediaRoute(router, service);
  AddEventRoute(router, service);
}

}  // namespace ozma::adapter
