#include "api/accounts.hpp"

#include <algorithm>

#include "api/limits.hpp"
#include "http/text.hpp"

namespace ozma::api {

using base::Fail;
using base::Fault;
using store::Role;

base::Result<std::string> NormalEmail(std::string_view text) {
  constexpr std::size_t kLongest = 254;  // RFC 5321, section 4.5.3.1.3, less the angle brackets
  std::string email = http::LowerCase(http::Trim(text));
  const auto at = email.rfind('@');
  const bool shaped = at != std::string::npos && at > 0 && at + 1 < email.size() && email.size() <= kLongest;
  const bool clean =
      std::ranges::none_of(email, [](char c) { return static_cast<unsigned char>(c) <= ' ' || c == 0x7f; });
  if (!shaped || !clean)
    return Fail(Fault::kInvalidValue, "email must be an address such as anna@example.com.");
  return email;
}

base::Result<std::string> NormalName(std::string_view text) {
  const auto name = http::Trim(text);
  if (name.empty() || CharactersOf(name) > kNameCharacters)
    return Fail(Fault::kInvalidValue, "name must be a text of 1 to 255 characters.");
  return std::string(name);
}

base::Result<std::string> CheckedHash(const access::PasswordPolicy& policy, std::string_view password) {
  if (auto good = access::Check(policy, password); !good) return good.error();
  return access::HashPassword(password);
}

bool IsOfSystem(Role role) {
  return role == Role::kAdmin || role == Role::kOperator;
}

store::User NewUser(Role role, std::string_view company_id) {
  store::User user;
  user.user_id = base::NewUuid();
  user.role = role;
  user.company_id = IsOfSystem(role) ? store::kSystemCompany : company_id;
  user.time.created = user.time.updated = base::UnixSeconds();
  return user;
}

base::Result<void> CheckNotLastAdmin(store::Transaction& in, const store::User& user) {
  if (user.role != Role::kAdmin || !user.is_active) return {};
  store::Query admins;
  admins.where = {{"user_type", store::Condition::Op::kAnyOf, {std::string(store::NameOf(Role::kAdmin))}},
                  {"is_active", store::Condition::Op::kAnyOf, {"true"}}};
  admins.limit = 2;
  if (store::ListUsers(in, admins).items.size() > 1) return {};
  return Fail(Fault::kInvalidValue, "This is the last active ADMIN; make another one first.");
}

}  // namespace ozma::api
