// /v1/face/liveness/...: is the person in front of the camera real?
#pragma once

#include <memory>

#include "http/router.hpp"
#include "lite/samples.hpp"

namespace ozma::lite {

void AddLivenessRoutes(http::Router& router, const std::shared_ptr<const Samples>& samples);

}  // namespace ozma::lite
