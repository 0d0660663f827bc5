// /docs/lite: the description of this API, for people and for programs.
#pragma once

#include "http/router.hpp"

namespace ozma::lite {

// Pages are part of the program: api/lite.yaml, and docs/api/lite.html that scripts/apidocs.py makes of it.
// `front_page`: /docs is this page too, where no other API has pages.
void AddDocsRoutes(http::Router& router, bool front_page);

}  // namespace ozma::lite
