// /api/companies/.
#pragma once

#include "api/call.hpp"

namespace ozma::api {

void AddCompanyRoutes(http::Router& router, const std::shared_ptr<const Context>& context);

}  // namespace ozma::api
