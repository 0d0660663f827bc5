// The persistent API, /api/..., /static/..., /docs; and the Instant API, which stores nothing.
#pragma once

#include "api/context.hpp"

namespace ozma::api {

// Everything but Instant; needs a database.
void AddRoutes(http::Router& router, const std::shared_ptr<const Context>& context);

// Of these, logging in, sessions, companies and users alone: for Instant with tokens.
void AddAccountRoutes(http::Router& router, const std::shared_ptr<const Context>& context);

// POST /api/instant/folders/, and the open pages (version, health, documentation). Needs no database.
void AddInstantRoutes(http::Router& router, const std::shared_ptr<const Context>& context);

}  // namespace ozma::api
