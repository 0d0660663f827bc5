// Companies, users, sessions and the audit log in JSON.
#include "api/compat.hpp"
#include "api/render.hpp"

namespace ozma::api {

json::object Render(const store::Company& company) {
  return {{"company_id", company.company_id},     {"name", company.name},
          {"is_active", company.is_active},       {"settings", company.settings},
          {"meta_data", company.meta_data},       {"technical_meta_data", company.technical_meta_data},
          {"time_created", company.time.created}, {"time_updated", company.time.updated}};
}

json::object Render(const store::User& user) {
  json::object object{{"user_id", user.user_id},
                      {"user_type", store::NameOf(user.role)},
                      {"first_name", user.first_name},
                      {"last_name", user.last_name},
                      {"middle_name", user.middle_name},
                      {"email", user.email},
                      {"company_id", user.company_id},
                      {"is_active", user.is_active},
                      {"can_start_analysis_biometry", user.may_biometry},
                      {"can_start_analysis_quality", user.may_quality},
                      {"can_start_analysis_collection", user.may_collection},
                      {"can_start_analysis_documents", user.may_documents},
                      {"meta_data", user.meta_data},
                      {"technical_meta_data", user.technical_meta_data},
                      {"time_created", user.time.created},
                      {"time_updated", user.time.updated}};
  AddOldUserKeys(object, user);
  return object;
}

// Scripts cut the access token out of the text as its eighth word: it stays the fourth key, and the three
// values before it hold no space.
json::object Render(const access::TokenPair& tokens, const store::User& user) {
  json::object object{{"token_id", tokens.token_id}};
  AddOldSessionKeys(object, tokens.expire_date);
  object["access_token"] = tokens.access_token;
  object["expire_token"] = tokens.expire_token.empty() ? json::value() : json::value(tokens.expire_token);
  object["user"] = Render(user);
  return object;
}

json::object Render(const store::Session& session) {
  json::object object{{"token_id", session.token_id},
                      {"user_id", session.user_id},
                      {"is_service", session.is_service},
                      {"time_created", session.time_created},
                      {"time_used", session.time_used}};
  AddOldSessionKeys(object, session.time_expires);
  return object;
}

json::object Render(const store::AuditEntry& entry) {
  // Nobody, where the program's own commands did it.
  const json::value user = entry.user_id.empty() ? json::value() : json::value(entry.user_id);
  return {{"audit_id", entry.audit_id},
          {"time_created", entry.time_created},
          {"user_id", user},
          {"company_id", entry.company_id},
          {"object", entry.object},
          {"object_id", entry.object_id},
          {"action", entry.action},
          {"details", entry.details}};
}

}  // namespace ozma::api
