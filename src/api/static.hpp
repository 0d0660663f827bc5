// /static/{key}: files by their links, in a way that nothing a client uploaded can run in a browser.
#pragma once

#include "api/call.hpp"

namespace ozma::api {

void AddStaticRoutes(http::Router& router, const std::shared_ptr<const Context>& context);

}  // namespace ozma::api
