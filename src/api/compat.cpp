#include "api/compat.hpp"

#include <array>

namespace ozma::api {
namespace {

using store::Role;

struct Renamed {
  std::string_view old, now;
};

// Fields of bodies and of objects.
constexpr std::array kRenamed{
    Renamed{"can_start_analyse_biometry", "can_start_analysis_biometry"},
    Renamed{"can_start_analyse_quality", "can_start_analysis_quality"},
    Renamed{"can_start_analyse_collection", "can_start_analysis_collection"},
    Renamed{"can_start_analyse_documents", "can_start_analysis_documents"},
    Renamed{"resolution_suggest", "operator_status"},
    Renamed{"analyse_id", "analysis_id"},
};

// "image", "video" or "shots_set".
std::string_view KindOf(std::string_view media_type) {
  if (media_type.starts_with("VIDEO")) return "video";
  if (media_type.starts_with("SHOTS_SET")) return "shots_set";
  return "image";
}

void AddOldKeys(json::object& object) {
  for (const auto& [old, now] : kRenamed)
    if (const auto* value = object.if_contains(now)) object[old] = json::value(*value);
}

}  // namespace

std::string ModernField(std::string_view field) {
  constexpr std::string_view kPrefix = "analysis.";
  if (field.starts_with(kPrefix)) return "analyse." + std::string(field.substr(kPrefix.size()));
  for (const auto& [old, now] : kRenamed)
    if (field == old) return std::string(now);
  return std::string(field);
}

json::object ModernBody(json::object body) {
  for (const auto& [old, now] : kRenamed) {
    const auto found = body.find(old);
    if (found == body.end()) continue;
    if (!body.contains(now)) body.emplace(now, json::value(found->value()));
    body.erase(old);
  }
  return body;
}

base::Result<Role> RoleByFlags(const json::object& body, Role now) {
  const auto admin = BoolField(body, "is_admin");
  if (!admin) return admin.error();
  const auto service = BoolField(body, "is_service");
  if (!service) return service.error();
  const bool flagged = now == Role::kClient || now == Role::kClientAdmin || now == Role::kClientService;
  if (!flagged || (!*admin && !*service)) return now;
  if ((*admin).value_or(now == Role::kClientAdmin)) return Role::kClientAdmin;
  if ((*service).value_or(now == Role::kClientService)) return Role::kClientService;
  return Role::kClient;
}

bool AsksLongLived(const json::object& body) {
  const auto is = [&](std::string_view key) {
    const auto* value = body.if_contains(key);
    return value && value->is_bool() && value->get_bool();
  };
  return is("is_admin") && is("is_service");
}

void AddOldSessionKeys(json::object& session, double expires) {
  session["session_id"] = json::value(session.at("token_id"));
  session["expire_date"] = expires;
}

void AddOldUserKeys(json::object& object, const store::User& user) {
  object["is_admin"] = user.role == Role::kAdmin || user.role == Role::kClientAdmin;
  object["is_service"] = access::IsLongLived(user);
  AddOldKeys(object);
}

void AddOldFolderKeys(json::object& folder) {
  AddOldKeys(folder);
}

void AddOldAnalysisKeys(json::object& analysis) {
  AddOldKeys(analysis);
}

void AddOldMediaKeys(json::object& media) {
  const auto* type = media.if_contains("media_type");
  const auto* id = media.if_contains("media_id");
  if (!type || !id || !type->is_string()) return;
  const auto key = std::string(KindOf(type->get_string())) + "_id";
  media[key] = json::value(*id);
}

void AddOldSourceKeys(json::object& result, std::string_view media_type) {
  const auto* id = result.if_contains("source_media_id");
  if (!id) return;
  const auto key = "source_" + std::string(KindOf(media_type)) + "_id";
  result[key] = json::value(*id);
}

}  // namespace ozma::api
