// The Web Adapter as one thing: opened, added to a server, begun and stopped.
#pragma once

#include "adapter/assets.hpp"
#include "adapter/service.hpp"

namespace ozma::adapter {

struct Setup {
  std::filesystem::path config;    // app_config.json; empty: defaults
  std::filesystem::path sessions;  // folder; made where it is missing
  std::filesystem::path license;   // license.json; empty: unlicensed
  std::filesystem::path web;       // the plugin's build; empty or missing: no plugin is served
  std::filesystem::path demo;      // pages of /demo/; empty or missing: none
  std::vector<BrowserNetwork> networks;
  std::string version;  // of the program
  std::shared_ptr<media::Decoder> decoder;
};

class Adapter {
 public:
  // Reads and checks everything; prints the configuration to the log. kConfiguration, kIo.
  static base::Result<std::unique_ptr<Adapter>> Open(Setup setup);
  ~Adapter();

  // Before the server starts.
  void AddRoutes(http::Router& router);

  // What one request of a browser may hold: parts, and bytes of one.
  std::size_t parts() const;
  std::size_t part_bytes() const;

  // Once the server listens; `own_url` is used as api_url where none is configured. kConfiguration: neither
  // is.
  base::Result<void> Begin(const std::string& own_url);

  // Sessions under way go on after the next start.
  void Stop();

 private:
  Adapter() = default;
  std::shared_ptr<Service> service_;
  Plugin plugin_;
  Tree demo_;
  std::jthread purger_;
  std::mutex mutex_;
  std::condition_variable_any wake_;
};

}  // namespace ozma::adapter
