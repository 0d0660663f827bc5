#include "api/user_fields.hpp"

#include "api/accounts.hpp"
#include "api/compat.hpp"
#include "api/limits.hpp"
#include "api/metadata.hpp"
#include "http/text.hpp"

namespace ozma::api {
namespace {

using base::Fail;
using base::Fault;
using store::User;

struct Text {
  std::string_view key;
  std::string User::*field;
  bool may_be_blank;
};
constexpr Text kTexts[] = {{"first_name", &User::first_name, false},
                           {"last_name", &User::last_name, false},
                           {"middle_name", &User::middle_name, true}};
constexpr std::size_t kPersonNameCharacters = 100;

struct Switch {
  std::string_view key;
  bool User::*field;
};
constexpr Switch kSwitches[] = {{"is_active", &User::is_active},
                                {"can_start_analysis_biometry", &User::may_biometry},
                                {"can_start_analysis_quality", &User::may_quality},
                                {"can_start_analysis_collection", &User::may_collection},
                                {"can_start_analysis_documents", &User::may_documents}};

template <class T>
void Set(T& field, T value, std::string_view key, json::array& changed) {
  if (field == value) return;
  field = std::move(value);
  changed.emplace_back(key);
}

base::Result<void> ApplyTexts(const json::object& body, User& user, json::array& changed) {
  for (const auto& [key, field, may_be_blank] : kTexts) {
    auto text = TextField(body, key);
    if (!text) return text.error();
    if (!*text) continue;
    const bool blank = (*text)->find_first_not_of(" \t\r\n") == std::string::npos;
    if ((blank && !may_be_blank) || CharactersOf(**text) > kPersonNameCharacters)
      return Fail(Fault::kInvalidValue, std::string(key) + " must be a text of 1 to 100 characters.");
    Set(user.*field, std::move(**text), key, changed);
  }
  const auto email = TextField(body, "email");
  if (!email) return email.error();
  if (!*email) return {};
  auto normal = NormalEmail(**email);
  if (!normal) return normal.error();
  Set(user.email, std::move(*normal), "email", changed);
  return {};
}

base::Result<void> ApplySwitches(const json::object& body, User& user, json::array& changed) {
  for (const auto& [key, field] : kSwitches) {
    const auto value = BoolField(body, key);
    if (!value) return value.error();
    if (*value) Set(user.*field, **value, key, changed);
  }
  return {};
}

base::Result<void> ApplyRole(const json::object& body, User& user, json::array& changed) {
  const auto name = TextField(body, "user_type");
  if (!name) return name.error();
  store::Role role = user.role;
  if (*name) {
    const auto named = store::RoleOf(**name);
    if (!named)
      return Fail(
          Fault::kInvalidValue,
          "user_type must be ADMIN, OPERATOR, CLIENT, CLIENT_ADMIN, CLIENT_OPERATOR or CLIENT_SERVICE.");
    role = *named;
  }
  const auto flagged = RoleByFlags(body, role);
  if (!flagged) return flagged.error();
  Set(user.role, *flagged, "user_type", changed);
  if (AsksLongLived(body) && user.role == store::Role::kClientAdmin) {
    user.technical_meta_data[access::kLongLived] = true;
  } else if (body.contains("is_service")) {
    user.technical_meta_data.erase(access::kLongLived);
  }

  if (IsOfSystem(user.role)) {
    Set(user.company_id, std::string(store::kSystemCompany), "company_id", changed);
    return {};
  }
  const auto company = TextField(body, "company_id");
  if (!company) return company.error();
  if (*company) Set(user.company_id, http::LowerCase(**company), "company_id", changed);
  return {};
}

}  // namespace

base::Result<void> ApplyUserFields(const json::object& sent, User& user, json::array& changed) {
  const json::object body = ModernBody(sent);
  if (auto applied = ApplyTexts(body, user, changed); !applied) return applied;
  if (auto applied = ApplySwitches(body, user, changed); !applied) return applied;
  if (auto applied = ApplyRole(body, user, changed); !applied) return applied;
  const auto metadata = MetadataField(body, "meta_data");
  if (!metadata) return metadata.error();
  if (!*metadata) return {};
  auto merged = MergeMetadata(user.meta_data, **metadata);
  if (!merged) return merged.error();
  Set(user.meta_data, json::value(std::move(*merged)), "meta_data", changed);
  return {};
}

}  // namespace ozma::api
