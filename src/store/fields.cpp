#include "store/fields.hpp"

#include <string>

namespace ozma::store {

namespace {

using enum FieldType;

constexpr Field kCompanies[] = {
    {"company_id", "companies.company_id", kId},       {"name", "companies.name", kText},
    {"is_active", "companies.is_active", kFlag},       {"time_created", "companies.time_created", kReal},
    {"time_updated", "companies.time_updated", kReal},
};

constexpr Field kUsers[] = {
    {"user_id", "users.user_id", kId},
    {"company_id", "users.company_id", kId},
    {"user_type", "users.user_type", kWord},
    {"email", "users.email", kText},
    {"first_name", "users.first_name", kText},
    {"last_name", "users.last_name", kText},
    {"middle_name", "users.middle_name", kText},
    {"is_active", "users.is_active", kFlag},
    {"time_created", "users.time_created", kReal},
    {"time_updated", "users.time_updated", kReal},
};

constexpr Field kSessions[] = {
    {"token_id", "sessions.token_id", kId},       {"user_id", "sessions.user_id", kId},
    {"is_service", "sessions.is_service", kFlag}, {"time_created", "sessions.time_created", kReal},
    {"time_used", "sessions.time_used", kReal},   {"time_expires", "sessions.time_expires", kReal},
};

constexpr Field kFolders[] = {
    {"folder_id", "folders.folder_id", kId},
    {"user_id", "folders.user_id", kId},
    {"company_id", "folders.company_id", kId},
    {"time_created", "folders.time_created", kReal},
    {"time_updated", "folders.time_updated", kReal},
    {"resolution_status", "folders.resolution_status", kWord, Level::kOwn, false,
     "folders.system_resolution"},
    {"system_resolution", "folders.system_resolution", kWord},
    {"operator_status", "folders.operator_status", kWord, Level::kOwn, true},
    {"resolution_time", "folders.resolution_time", kReal, Level::kOwn, true},
    {"resolution_author_id", "folders.resolution_author_id", kId, Level::kOwn, true},
    {"is_cleared", "folders.is_cleared", kFlag},
    {"is_archive", "folders.is_archive", kFlag},
    {"analyse.analysis_id", "analyses.analysis_id", kId, Level::kAnalysis},
    {"analyse.analyse_id", "analyses.analysis_id", kId, Level::kAnalysis},
    {"analyse.group_id", "analyses.group_id", kId, Level::kAnalysis},
    {"analyse.type", "analyses.type", kWord, Level::kAnalysis},
    {"analyse.state", "analyses.state", kWord, Level::kAnalysis, false, "analyses.resolution_status"},
    {"analyse.resolution_status", "analyses.resolution_status", kWord, Level::kAnalysis},
    {"analyse.resolution_operator", "analyses.resolution_operator", kWord, Level::kAnalysis, true},
    {"analyse.system_resolution", "analyses.system_resolution", kWord, Level::kAnalysis},
    {"analyse.time_created", "analyses.time_created", kReal, Level::kAnalysis},
    {"analyse.time_updated", "analyses.time_updated", kReal, Level::kAnalysis},
    {"results_data.min_confidence", "analyses.min_confidence", kReal, Level::kAnalysis, true},
    {"results_data.max_confidence", "analyses.max_confidence", kReal, Level::kAnalysis, true},
    {"results_media_results_data.confidence_spoofing", "result_media.confidence_spoofing", kReal,
     Level::kResult, true},
};

constexpr Field kFolderAnalyses[] = {
    {"analysis_id", "analyses.analysis_id", kId},
    {"analyse_id", "analyses.analysis_id", kId},
    {"folder_id", "analyses.folder_id", kId},
    {"company_id", "analyses.company_id", kId},
    {"group_id", "analyses.group_id", kId},
    {"type", "analyses.type", kWord},
    {"state", "analyses.state", kWord, Level::kOwn, false, "analyses.resolution_status"},
    {"resolution_status", "analyses.resolution_status", kWord},
    {"resolution_operator", "analyses.resolution_operator", kWord, Level::kOwn, true},
    {"system_resolution", "analyses.system_resolution", kWord},
    {"time_created", "analyses.time_created", kReal},
    {"time_updated", "analyses.time_updated", kReal},
};

constexpr Field kAudit[] = {
    {"audit_id", "audit.audit_id", kId},           {"user_id", "audit.user_id", kId},
    {"company_id", "audit.company_id", kId},       {"object", "audit.object", kText},
    {"object_id", "audit.object_id", kId},         {"action", "audit.action", kText},
    {"time_created", "audit.time_created", kReal},
};

constexpr Field kCollections[] = {
    {"collection_id", "collections.collection_id", kId},
    {"company_id", "collections.company_id", kId},
    {"alias", "collections.alias", kText},
    {"time_created", "collections.time_created", kReal},
    {"time_updated", "collections.time_updated", kReal},
};

constexpr Field kPersons[] = {
    {"person_id", "persons.person_id", kId},         {"collection_id", "persons.collection_id", kId},
    {"company_id", "persons.company_id", kId},       {"time_created", "persons.time_created", kReal},
    {"time_updated", "persons.time_updated", kReal},
};

}  // namespace

const ListTable& TableFor(List list) {
  static constexpr ListTable kTables[] = {
      {"companies", "companies.company_id", "companies.company_id = ?", "", kCompanies},
      {"users", "users.user_id", "users.company_id = ?", "users.user_id = ?", kUsers},
      {"sessions", "sessions.token_id",
       "sessions.user_id IN (SELECT user_id FROM users WHERE company_id = ?)", "sessions.user_id = ?",
       kSessions},
      {"folders", "folders.folder_id", "folders.company_id = ?", "folders.user_id = ?", kFolders},
      {"analyses", "analyses.analysis_id", "analyses.company_id = ?",
       "analyses.folder_id IN (SELECT folder_id FROM folders WHERE user_id = ?)", kFolderAnalyses},
      {"audit", "audit.audit_id", "audit.company_id = ?", "audit.user_id = ?", kAudit},
      {"collections", "collections.collection_id", "collections.company_id = ?", "", kCollections},
      {"persons", "persons.person_id", "persons.company_id = ?", "", kPersons},
  };
  return kTables[static_cast<std::size_t>(list)];
}

const Field* FindField(List list, std::string_view name) {
  std::string twin;
  if (name.starts_with("analysis.")) name = twin = "analyse." + std::string(name.substr(9));
  for (const auto& field : TableFor(list).fields) {
    if (field.name == name) return &field;
  }
  return nullptr;
}

}  // namespace ozma::store
