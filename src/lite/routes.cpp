#include "lite/routes.hpp"

#include "base/json.hpp"
#include "lite/docs.hpp"
#include "lite/liveness.hpp"
#include "lite/pattern.hpp"
#include "lite/samples.hpp"

namespace ozma::lite {
namespace {

http::Response Version(const analysis::Analyst& analyst, const std::string& version) {
  base::json::array models;
  for (const auto& network : analyst.Networks()) {
    base::json::object model;
    model["name"] = network.name;
    model["version"] = network.version;
    models.push_back(std::move(model));
  }
  base::json::object body;
  body["core"] = version;
  body["tfss"] = analyst.EngineName();
  body["models"] = std::move(models);
  return http::JsonResponse(base::WriteJson(body));
}

}  // namespace

void AddRoutes(http::Router& router, std::shared_ptr<const analysis::Analyst> analyst,
               std::shared_ptr<media::Decoder> decoder, const Options& options) {
  router.Add({.method = "GET",
              .pattern = "/version",
              .dialect = http::Dialect::kLitePattern,
              .handler = [analyst, version = options.version](const http::Request&) {
                return Version(*analyst, version);
              }});
  const auto samples = std::make_shared<const Samples>(std::move(analyst), std::move(decoder), options);
  AddPatternRoutes(router, samples);
  AddLivenessRoutes(router, samples);
  AddDocsRoutes(router, options.front_page);
}

}  // namespace ozma::lite
