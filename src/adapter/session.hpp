// One capture session: what a page asked for, what it uploaded, and what became of it.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "adapter/fields.hpp"
#include "base/bytes.hpp"

namespace ozma::adapter {

// A file that waits in the session's folder to be sent to the API.
struct Medium {
  std::string key;  // its part name, and its file's name: "video_selfie_blank.zip"
  std::string mime;
  std::vector<std::string> tags;
  bool judged = true;   // QUALITY looks at it
  bool matched = true;  // BIOMETRY and COLLECTION do
  std::size_t bytes = 0;
};

// One action's upload.
struct Upload {
  std::string upload_id;
  std::vector<std::string> hashes;  // of its frames, in order
  std::vector<Medium> media;
  std::string additional_info;
  std::string camera;
  std::vector<std::string> cameras;
  std::vector<std::string> signals;  // reason codes of injection.hpp
};

struct Session {
  enum class State {
    kOpen,       // takes media
    kSubmitted,  // the API is being asked
    kFinished,   // `analyses` hold the answer
    kFailed,     // `failure` says why
  };

  std::string session_id, event_session_id;
  base::Bytes nonce;
  std::vector<std::string> actions;  // in order, each once
  json::object meta;                 // of texts; goes to the folder
  std::optional<bool> extract_best_shot;
  std::string token;   // of the page; empty once it is not needed
  std::string origin;  // the page's, by the Origin header; empty: not told
  std::string lang;
  std::string user_agent;
  double created = 0, submitted = 0, ended = 0;  // Unix seconds
  int events = 0;

  State state = State::kOpen;
  std::map<std::string, Upload> uploads;  // by action
  bool sent = false;                      // a folder may exist: it is looked for before another is made
  std::string folder_id;
  bool started = false;  // the folder's analyses were asked for
  json::array analyses;  // as the API tells them
  std::optional<Refusal> failure;

  // The distinct reason codes of all uploads.
  std::vector<std::string> signals() const;
};

std::string_view NameOf(Session::State state);

// The form on disk; secrets in plain text, so the folder is its owner's alone. kIo: not of this form.
json::object ToJson(const Session& session);
base::Result<Session> SessionOf(const json::object& object);

}  // namespace ozma::adapter
