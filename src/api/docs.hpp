// /docs: the descriptions of what this server speaks, for people and for programs.
#pragma once

#include "http/router.hpp"

namespace ozma::api {

// /docs links the pages there are; /docs/oz is this API's, made by scripts/apidocs.py of api/oz.yaml, which
// is /docs/oz.yaml. All of them are part of the program.
void AddDocsRoutes(http::Router& router);

}  // namespace ozma::api
