// /api/version, /api/healthcheck, /api/config.
#pragma once

#include "api/call.hpp"

namespace ozma::api {

// Version and health, for everybody. Without a database the services that need one are null.
void AddOpenPages(http::Router& router, const std::shared_ptr<const Context>& context);
void AddConfigRoutes(http::Router& router, const std::shared_ptr<const Context>& context);

}  // namespace ozma::api
