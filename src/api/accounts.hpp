// Rules on users that calls and the program's own commands keep alike.
#pragma once

#include <string>
#include <string_view>

#include "access/passwords.hpp"
#include "store/accounts.hpp"

namespace ozma::api {

// As it is stored: in lower case. kInvalidValue where it cannot be a login.
base::Result<std::string> NormalEmail(std::string_view text);

// A company's name without spaces around it. kInvalidValue where it is blank or longer than 255 characters.
base::Result<std::string> NormalName(std::string_view text);

// A hash of a password that the policy lets pass. kInvalidValue, kOverloaded.
base::Result<std::string> CheckedHash(const access::PasswordPolicy& policy, std::string_view password);

// A new user with an id, times and the company of its role: ADMINs and OPERATORs get the system's.
store::User NewUser(store::Role role, std::string_view company_id);
bool IsOfSystem(store::Role role);  // ADMIN, OPERATOR

// kInvalidValue where `user` is the last active ADMIN, and so must stay one.
base::Result<void> CheckNotLastAdmin(store::Transaction& in, const store::User& user);

}  // namespace ozma::api
