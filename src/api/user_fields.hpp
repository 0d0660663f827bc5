// The fields of a user as a body gives them.
#pragma once

#include "api/call.hpp"

namespace ozma::api {

// Puts what the body says into `user`, and the names of fields that changed into `changed`. Fields that
// follow from another (the company from the role) follow. Not the password. kInvalidType, kInvalidValue.
base::Result<void> ApplyUserFields(const json::object& body, store::User& user, json::array& changed);

}  // namespace ozma::api
