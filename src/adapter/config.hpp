// app_config.json: the settings of the Web SDK, read from one typed table.
#pragma once

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/json.hpp"
#include "base/result.hpp"

namespace ozma::adapter {

// The names of the fields are the keys; docs/web-adapter.md describes each.
struct Config {
  std::string architecture = "normal";  // normal | lite | capture
  std::string preinit = "off";          // off | script | full
  bool debug = false;

  std::string api_url;  // "https://host", with or without /api/; empty: the API of the same process
  std::string api_token;
  std::string api_use_token = "config";  // config | client

  std::vector<std::string> video_actions_list{"video_selfie_left", "video_selfie_right", "video_selfie_down",
                                              "video_selfie_high", "video_selfie_smile", "video_selfie_eyes",
                                              "video_selfie_scan", "video_selfie_blank", "video_selfie_best"};
  std::vector<std::string> photo_actions_list{"photo_id_front", "photo_id_back", "photo_doc_custom"};
  std::vector<std::string> video_required_actions_list{"video_selfie_blank"};
  std::vector<std::string> photo_source{"capture"};
  bool actions_default_importance = false;
  struct {
    int video_count = 1;
    bool photo_front = true, photo_back = true;
  } actions_default;

  struct {
    bool quality = true, biometry = false, documents = false;
    std::vector<std::string> collection_ids;
  } analyses;
  bool extract_best_shot = true, extract_action_shot = false, save_lossless_frame = true;
  std::string result_mode = "safe";  // safe | status | folder | full
  int results_polling_interval = 1000;
  std::string video_file_format = "zip";  // zip | mp4
  bool load_3d_mask = false, enable_3d_mask = false;
  bool iframe_allowed = false;
  std::optional<bool> use_for_liveness;
  bool disable_adapter_errors_on_screen = false;
  bool delete_old_sessions = true;
  int delete_old_sessions_offset_minutes = 120;
  std::string master_license_signature;
  std::string license_public_key;                        // base64 of 32 bytes; empty: the licence's own key
  std::string devtools_action = "ignore";                // ignore | warn | stop
  std::map<std::string, std::string> trusted_functions;  // name -> SHA-256
  std::string assets_base_url;

  std::string injection_action = "warn";  // ignore | warn | stop, where the weights reach the threshold
  double injection_threshold = 1;
  std::map<std::string, double> injection_weights;  // reason -> weight, instead of the default

  int session_lifetime = 1800;          // seconds from its start to submit
  int max_sessions = 1000;              // that are kept at once
  double max_session_megabytes = 4096;  // of all sessions on disk
  int max_media = 5;                    // actions of one session
  int max_frames = 100;                 // images of one action
  double max_video_megabytes = 10;      // of one action's frames, as the API takes a file
  double max_upload_megabytes = 22;     // of one request with media
  int api_connections = 8;              // calls to the API at once
  int api_timeout = 60;                 // seconds of one call
  int api_deadline = 300;               // seconds from submit to a result

  // From the environment.
  std::vector<std::string> cors_origins;  // WA_CORS_ORIGINS; none: no CORS headers
  std::string cors_methods = "GET, POST, OPTIONS";
  std::string cors_headers = "Content-Type";
  std::string ssl_cert_add;  // PEM, of the file that WA_SSL_CERT_ADD names
};

struct Loaded {
  Config config;
  std::vector<std::string> warnings;  // a sentence each: keys that are unknown, gone or of later versions
};

// `text` is a JSON object; absent and null keys keep their defaults. kConfiguration: no JSON, a wrong type or
// range, or keys that contradict each other; the message names the key.
base::Result<Loaded> ParseConfig(std::string_view text);

// The file (defaults where it is empty or missing), then the environment: `architecture`, `api_url`,
// `api_token`, WA_CORS_ORIGINS, WA_CORS_METHODS, WA_CORS_HEADERS, WA_SSL_CERT_ADD.
base::Result<Loaded> LoadConfig(const std::filesystem::path& file);

// Every key with its value, secrets as "***"; for the log and debug.php.
base::json::object Shown(const Config& config);

// What a page may know: the body of GET app_config.json, but for `version`.
base::json::object PublicPart(const Config& config);

bool IsVideoAction(const Config& config, std::string_view action);
bool IsPhotoAction(const Config& config, std::string_view action);

}  // namespace ozma::adapter
