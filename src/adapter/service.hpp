// What the adapter's handlers share, and how they are written.
#pragma once

#include <functional>
#include <memory>

#include "adapter/courier.hpp"
#include "adapter/license.hpp"
#include "http/router.hpp"
#include "media/decoder.hpp"

namespace ozma::adapter {

struct Service {
  Config config;
  License license;
  std::shared_ptr<media::Decoder> decoder;
  std::string version;      // of the program
  std::string web_version;  // of the plugin's build; empty where there is none
  std::unique_ptr<Sessions> sessions;
  std::unique_ptr<Courier> courier;
  std::shared_ptr<const http::Cors> cors;
};

using Answer = Outcome<http::Response>;
using Handler = std::function<Answer(Service&, const http::Request&)>;

enum class Pool { kInline, kWaiters };

// Words errors and logs refusals: code and route, nothing of what was sent. `body_bytes` as http::Route's.
void AddRoute(http::Router& router, const std::shared_ptr<Service>& service, std::string method,
              std::string pattern, Handler handler, Pool pool = Pool::kWaiters,
              std::size_t body_bytes = 64u << 10);

http::Response Json(const json::value& body, unsigned status = 200);

// POST /session and what follows it, and POST /event. In `capture` they answer not_found.
void AddSessionRoutes(http::Router& router, const std::shared_ptr<Service>& service);
void AddMediaRoute(http::Router& router, const std::shared_ptr<Service>& service);
void AddEventRoute(http::Router& router, const std::shared_ptr<Service>& service);

}  // namespace ozma::adapter
