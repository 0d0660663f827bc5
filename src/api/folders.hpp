// /api/folders/...: folders themselves; their media are media.hpp's, their analyses analyses.hpp's.
#pragma once

#include "api/call.hpp"

namespace ozma::api {

void AddFolderRoutes(http::Router& router, const std::shared_ptr<const Context>& context);

}  // namespace ozma::api
