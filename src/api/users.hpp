// /api/users/, and the rules on accounts that the program's own commands keep too.
#pragma once

#include "api/call.hpp"

namespace ozma::api {

void AddUserRoutes(http::Router& router, const std::shared_ptr<const Context>& context);

}  // namespace ozma::api
