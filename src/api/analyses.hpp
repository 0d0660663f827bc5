// /api/folders/{folder_id}/analyses/ and /api/analyses/: starting them, their results, an operator's
// decision.
#pragma once

#include "api/call.hpp"

namespace ozma::api {

void AddAnalysisRoutes(http::Router& router, const std::shared_ptr<const Context>& context);

}  // namespace ozma::api
