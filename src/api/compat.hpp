// Spellings that older clients use. Nothing else knows them: what comes in is put into today's words first,
// what goes out gets the old ones beside them.
#pragma once

#include <string>
#include <string_view>

#include "api/call.hpp"

namespace ozma::api {

// Today's name of a field of a filter or of an order: "analyse_id" is "analysis_id"; the prefix "analysis."
// of filters on analyses within folders is "analyse.".
std::string ModernField(std::string_view field);

// A body in today's words: can_start_analyse_* is can_start_analysis_*, resolution_suggest is
// operator_status, analyse_id is analysis_id. Where both are given, today's counts.
json::object ModernBody(json::object body);

// Whether is_admin and is_service are both true: then tokens are long-lived (access::kLongLived).
bool AsksLongLived(const json::object& body);

// The role that is_admin and is_service of an old body mean. `now`: the role as `user_type` or the stored
// user has it; only CLIENTs and what flags make of them change by flags. kInvalidType.
base::Result<store::Role> RoleByFlags(const json::object& body, store::Role now);

// Old keys beside the new, in objects as they are rendered.
void AddOldSessionKeys(json::object& session, double expires);
void AddOldUserKeys(json::object& object, const store::User& user);
void AddOldFolderKeys(json::object& folder);
void AddOldAnalysisKeys(json::object& analysis);
void AddOldMediaKeys(json::object& media);  // by its media_type
// Of an entry of results_media: by the media_type of its source.
void AddOldSourceKeys(json::object& result, std::string_view media_type);

}  // namespace ozma::api
