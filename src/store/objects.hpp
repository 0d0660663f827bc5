// What is stored, row by row. Ids are UUIDs in text, times Unix seconds, metadata JSON objects.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/json.hpp"

namespace ozma::store {

namespace json = base::json;

struct Times {
  double created = 0, updated = 0;
};

struct Company {
  std::string company_id, name;
  bool is_active = true;
  json::object settings;  // overrides of thresholds and the like
  json::value meta_data;  // object or null
  json::object technical_meta_data;
  Times time;
};

enum class Role { kAdmin, kOperator, kClient, kClientAdmin, kClientOperator, kClientService };
std::string_view NameOf(Role role);  // "ADMIN", ..., "CLIENT_SERVICE"
// Takes a space for an underscore, in any case.
std::optional<Role> RoleOf(std::string_view name);

struct User {
  std::string user_id, company_id, email;  // email in lower case, unique
  Role role = Role::kClient;
  std::string first_name, last_name, middle_name;
  std::string password_hash;  // argon2id, as libsodium writes it
  bool is_active = true;
  bool may_biometry = true, may_quality = true, may_collection = true, may_documents = true;
  json::value meta_data;
  json::object technical_meta_data;
  Times time;
};

// A pair of tokens; only their SHA-256 is kept.
struct Session {
  std::string token_id, user_id;
  std::string access_hash, expire_hash;  // hex
  std::string replaces;                  // the token_id of the pair that dies when this one is first used
  bool is_service = false;               // long-lived
  double ttl = 900;                      // seconds
  double time_created = 0, time_used = 0, time_expires = 0;
};

struct AuditEntry {
  std::string audit_id, user_id, company_id;  // who did it
  std::string object, object_id, action;      // "folder", its id, "create" | "update" | "delete"
  json::object details;                       // names of what changed, never personal data
  double time_created = 0;
};

struct Folder {
  std::string folder_id, company_id, user_id;
  std::optional<std::string> resolution_endpoint;
  std::string resolution_status = "INITIAL";  // INITIAL, PROCESSING, FINISHED, FAILED
  std::string system_resolution = "INITIAL";
  std::optional<double> resolution_time;
  std::optional<std::string> resolution_author_id;
  std::optional<std::string> resolution_state_hash;
  std::optional<std::string> operator_status, operator_comment;
  bool is_cleared = false, is_archive = false;
  json::value meta_data;
  json::object technical_meta_data;
  Times time;
};

// A medium of a folder, a picture that an analysis made (then `media_association_id` is set), or a still
// taken from a video (then `snapshot_of` is).
struct Media {
  std::string media_id, folder_id, company_id;
  double folder_time_created = 0;
  std::string media_type;  // IMAGE_FOLDER, VIDEO_FOLDER, SHOTS_SET_FOLDER, IMAGE_RESULT_ANALYSIS_SINGLE
  std::string original_name, mime;
  std::vector<std::string> tags;
  json::object info;
  json::value meta_data;
  json::object technical_meta_data;
  std::string original_key, thumb_key, preview_key;  // blobs; empty: none. preview: MP4 to play
  std::string media_association_id, snapshot_of;
  Times time;
};

struct ResultMedia {
  std::string media_association_id, analysis_id, source_media_id;
  json::object results_data;
  json::array collection_persons;
  std::vector<Media> output_images;
};

// A list of persons to be searched.
struct Collection {
  std::string collection_id, company_id, alias;  // alias: unique in its company
  std::int64_t persons_count = 0;                // kept by the functions of collections.hpp
  json::value meta_data;
  json::object technical_meta_data;
  Times time;
};

struct Person {
  std::string person_id, collection_id, company_id;
  json::value meta_data;
  json::object technical_meta_data;
  Times time;
};

// A photo of a person; by its id it is a medium too.
struct PersonImage {
  std::string media_id, person_id, collection_id, company_id;
  std::int64_t image = 0;  // its number in the index, given when it is inserted; never used twice
  std::string original_name, mime;
  std::vector<std::string> tags;
  json::object info;
  json::value meta_data;
  json::object technical_meta_data;
  std::string original_key, thumb_key;  // blobs
  Times time;
};

enum class AnalysisType { kQuality, kBiometry, kCollection, kDocuments };
std::string_view NameOf(AnalysisType type);                         // "QUALITY", ...
std::optional<AnalysisType> AnalysisTypeOf(std::string_view name);  // in any case

struct Analysis {
  std::string analysis_id, folder_id, company_id, group_id;
  double folder_time_created = 0;
  AnalysisType type = AnalysisType::kQuality;
  int position = 0;                  // within its group, as asked for
  std::string state = "PROCESSING";  // PROCESSING, FINISHED, FAILED
  std::string resolution_status = "PROCESSING";
  std::optional<std::string> resolution_operator;
  std::string system_resolution = "PROCESSING";
  json::value results_data;
  json::object confs;  // the effective parameters
  std::optional<int> error_code;
  std::optional<std::string> error_message;
  json::value meta_data;
  json::object technical_meta_data;
  std::vector<std::string> source_media;   // media ids, in order
  std::vector<ResultMedia> results_media;  // filled by the Find and List functions
  std::optional<double> time_sent, time_received, time_finished;
  Times time;
};

}  // namespace ozma::store
