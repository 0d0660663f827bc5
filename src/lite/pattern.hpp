// /v1/face/pattern/...: templates and their comparison.
#pragma once

#include <memory>

#include "http/router.hpp"
#include "lite/samples.hpp"

namespace ozma::lite {

void AddPatternRoutes(http::Router& router, const std::shared_ptr<const Samples>& samples);

}  // namespace ozma::lite
