// /api/authorize/...: logging in, refreshing, resuming and ending a session, tokens of services.
#pragma once

#include "api/call.hpp"

namespace ozma::api {

void AddAuthRoutes(http::Router& router, const std::shared_ptr<const Context>& context);

}  // namespace ozma::api
