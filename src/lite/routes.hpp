// The stateless API: /version, /v1/face/pattern/..., /v1/face/liveness/... Guide: docs/lite.md.
#pragma once

#include <memory>
#include <string>

#include "analysis/analyst.hpp"
#include "http/router.hpp"
#include "lite/payload.hpp"
#include "media/decoder.hpp"

namespace ozma::lite {

struct Options {
  std::string version;                 // of the program, as /version states it
  std::size_t files = 10;              // media a request may hold
  std::size_t file_bytes = 15u << 20;  // of one medium, after base64
  std::size_t templates = 10'000;      // `templates_n` a request may hold
  PayloadLimits payload;
  bool front_page = true;              // whether /docs leads to this API's page, as /docs/lite does
  std::chrono::seconds health_age{5};  // for how long an answer about health is given again
};

// Adds every route of the API and its documentation page. Nothing of a request is kept or written: what a
// handler makes dies with the response.
void AddRoutes(http::Router& router, std::shared_ptr<const analysis::Analyst> analyst,
               std::shared_ptr<media::Decoder> decoder, const Options& options);

}  // namespace ozma::lite
