// /api/folders/{folder_id}/media/ and /api/media/{media_id}: what clients sent, and stills taken from it.
#pragma once

#include "api/call.hpp"

namespace ozma::api {

void AddMediaRoutes(http::Router& router, const std::shared_ptr<const Context>& context);

}  // namespace ozma::api
