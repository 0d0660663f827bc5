// POST /api/instant/folders/: media in, analyses out, and nothing of either kept or logged.
#pragma once

#include "api/call.hpp"

namespace ozma::api {

void AddInstant(http::Router& router, const std::shared_ptr<const Context>& context);

}  // namespace ozma::api
