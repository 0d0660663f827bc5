// Persons of a collection and their photos: /api/collections/{collection_id}/persons and what is below it.
#pragma once

#include "api/call.hpp"

namespace ozma::api {

void AddPersonRoutes(http::Router& router, const std::shared_ptr<const Context>& context);
void AddPersonImageRoutes(http::Router& router, const std::shared_ptr<const Context>& context);

// DELETE of "{media_id}" by the old paths, /api/images and /api/media. kNotFound where it is no person's.
Answer DeletePersonImage(const Call& call);

}  // namespace ozma::api
