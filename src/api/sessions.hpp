// /api/sessions/ and /api/users/{user_id}/sessions/: who is logged in, and ending that.
#pragma once

#include "api/call.hpp"

namespace ozma::api {

void AddSessionRoutes(http::Router& router, const std::shared_ptr<const Context>& context);

}  // namespace ozma::api
