#include "adapter/session.hpp"

#include <algorithm>
#include <array>

#include "adapter/seal.hpp"

namespace ozma::adapter {
namespace {

constexpr std::array<std::string_view, 4> kStates = {"open", "submitted", "finished", "failed"};

json::array ListOf(const std::vector<std::string>& texts) {
  return json::array(texts.begin(), texts.end());
}

std::vector<std::string> TextsOf(const json::value& value) {
  std::vector<std::string> texts;
  for (const auto& text : value.as_array()) texts.emplace_back(text.as_string());
  return texts;
}

std::string TextOf(const json::value& value) {
  return std::string(value.as_string());
}

json::object ToJson(const Medium& medium) {
  return {{"key", medium.key},       {"mime", medium.mime},       {"tags", ListOf(medium.tags)},
          {"judged", medium.judged}, {"matched", medium.matched}, {"bytes", medium.bytes}};
}

Medium MediumOf(const json::value& value) {
  return {TextOf(value.at("key")),       TextOf(value.at("mime")),
          TextsOf(value.at("tags")),     value.at("judged").as_bool(),
          value.at("matched").as_bool(), value.at("bytes").to_number<std::size_t>()};
}

json::object ToJson(const Upload& upload) {
  json::array media;
  for (const Medium& medium : upload.media) media.push_back(ToJson(medium));
  return {{"upload_id", upload.upload_id},    {"hashes", ListOf(upload.hashes)},
          {"media", std::move(media)},        {"additional_info", upload.additional_info},
          {"camera", upload.camera},          {"cameras", ListOf(upload.cameras)},
          {"signals", ListOf(upload.signals)}};
}

Upload UploadOf(const json::value& value) {
  Upload upload{
      TextOf(value.at("upload_id")),       TextsOf(value.at("hashes")), {},
      TextOf(value.at("additional_info")), TextOf(value.at("camera")),  TextsOf(value.at("cameras")),
      TextsOf(value.at("signals"))};
  for (const auto& medium : value.at("media").as_array()) upload.media.push_back(MediumOf(medium));
  return upload;
}

Session Read(const json::object& object) {
  Session session;
  session.session_id = TextOf(object.at("session_id"));
  session.event_session_id = TextOf(object.at("event_session_id"));
  session.nonce = base::DecodeBase64(TextOf(object.at("nonce"))).value();
  session.actions = TextsOf(object.at("actions"));
  session.meta = object.at("meta").as_object();
  if (const auto& shot = object.at("extract_best_shot"); shot.is_bool())
    session.extract_best_shot = shot.get_bool();
  session.token = TextOf(object.at("token"));
  session.origin = TextOf(object.at("origin"));
  session.lang = TextOf(object.at("lang"));
  session.user_agent = TextOf(object.at("user_agent"));
  session.created = object.at("created").to_number<double>();
  session.submitted = object.at("submitted").to_number<double>();
  session.ended = object.at("ended").to_number<double>();
  session.events = object.at("events").to_number<int>();
  const auto state = std::ranges::find(kStates, TextOf(object.at("state")));
  session.state = static_cast<Session::State>(state - kStates.begin());
  for (const auto& [action, upload] : object.at("uploads").as_object())
    session.uploads.emplace(action, UploadOf(upload));
  session.sent = object.at("sent").as_bool();
  session.folder_id = TextOf(object.at("folder_id"));
  session.started = object.at("started").as_bool();
  session.analyses = object.at("analyses").as_array();
  if (const auto& failure = object.at("failure"); failure.is_object())
    session.failure = Refusal{CodeOf(TextOf(failure.at("code"))), TextOf(failure.at("message"))};
  if (state == kStates.end()) session.state = Session::State::kFailed;
  return session;
}

}  // namespace

std::vector<std::string> Session::signals() const {
  std::vector<std::string> distinct;
  for (const auto& [action, upload] : uploads)
    for (const std::string& signal : upload.signals)
      if (std::ranges::find(distinct, signal) == distinct.end()) distinct.push_back(signal);
  return distinct;
}

std::string_view NameOf(Session::State state) {
  return kStates.at(static_cast<std::size_t>(state));
}

json::object ToJson(const Session& session) {
  json::object uploads;
  for (const auto& [action, upload] : session.uploads) uploads[action] = ToJson(upload);
  json::value failure;
  if (session.failure)
    failure = {{"code", NameOf(session.failure->code)}, {"message", session.failure->message}};
  return {{"session_id", session.session_id},
          {"event_session_id", session.event_session_id},
          {"nonce", EncodeBase64Url(session.nonce)},
          {"actions", ListOf(session.actions)},
          {"meta", session.meta},
          {"extract_best_shot",
           session.extract_best_shot ? json::value(*session.extract_best_shot) : json::value()},
          {"token", session.token},
          {"origin", session.origin},
          {"lang", session.lang},
          {"user_agent", session.user_agent},
          {"created", session.created},
          {"submitted", session.submitted},
          {"ended", session.ended},
          {"events", session.events},
          {"state", NameOf(session.state)},
          {"uploads", std::move(uploads)},
          {"sent", session.sent},
          {"folder_id", session.folder_id},
          {"started", session.started},
          {"analyses", session.analyses},
          {"failure", std::move(failure)}};
}

base::Result<Session> SessionOf(const json::object& object) {
  try {
    return Read(object);
  } catch (const std::exception&) {
    return base::Fail(base::Fault::kIo, "a session's file is not of the form that this program writes");
  }
}

}  // namespace ozma::adapter
