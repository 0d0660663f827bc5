// Collections: POST, GET /api/collections; GET, DELETE /api/collections/{collection_id}.
#pragma once

#include "api/call.hpp"

namespace ozma::api {

void AddCollectionRoutes(http::Router& router, const std::shared_ptr<const Context>& context);

}  // namespace ozma::api
