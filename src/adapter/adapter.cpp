#include "adapter/adapter.hpp"

#include "base/log.hpp"
#include "base/metrics.hpp"

namespace ozma::adapter {
namespace {

using base::Fail;
using base::Fault;

constexpr double kMegabyte = 1 << 20;

SessionLimits LimitsOf(const Config& config) {
  return {.lifetime = static_cast<double>(config.session_lifetime),
          .kept = config.delete_old_sessions_offset_minutes * 60.0,
          .purge = config.delete_old_sessions,
          .live = static_cast<std::size_t>(config.max_sessions),
          .bytes = static_cast<std::size_t>(config.max_session_megabytes * kMegabyte)};
}

Answer ShowConfig(Service& service, const http::Request&) {
  auto shown = PublicPart(service.config);
  shown["version"] = service.web_version.empty() ? service.version : service.web_version;
  return Json(shown);
}

Answer CheckLicense(Service& service, const http::Request&) {
  return Json(service.license.Shown());
}

Answer ShowDebug(Service& service, const http::Request&) {
  if (!service.config.debug) return Refuse(Code::kNotFound, "There is nothing at this path.");
  json::object shown;
  shown["version"] = service.version;
  shown["plugin_version"] = service.web_version;
  shown["config"] = Shown(service.config);
  shown["license"] = service.license.Shown();
  return Json(shown);
}

void Announce(const Service& service, const Loaded& loaded) {
  for (const auto& warning : loaded.warnings)
    base::Log(base::Level::kWarning, "configuration", {{"message", warning}});
  base::Log(base::Level::kInfo, "adapter",
            {{"version", service.version},
             {"plugin_version", service.web_version},
             {"config", Shown(service.config)},
             {"license", service.license.Shown()}});
  if (service.web_version.empty())
    base::Log(base::Level::kWarning, "no_plugin",
              {{"note", "the plugin is not built; its script is not served"}});
}

}  // namespace

base::Result<std::unique_ptr<Adapter>> Adapter::Open(Setup setup) {
  auto loaded = LoadConfig(setup.config);
  if (!loaded) return loaded.error();
  auto plugin = LoadPlugin(setup.web, setup.networks);
  if (!plugin) return plugin.error();
  auto demo = LoadPages(setup.demo);
  if (!demo) return demo.error();
  auto sessions = Sessions::Open(setup.sessions, LimitsOf(loaded->config));
  if (!sessions) return sessions.error();

  std::unique_ptr<Adapter> adapter(new Adapter());
  auto service = std::make_shared<Service>();
  service->config = loaded->config;
  service->license = License::Load(setup.license, service->config);
  service->decoder = std::move(setup.decoder);
  service->version = std::move(setup.version);
  service->web_version = plugin->version;
  service->sessions = std::move(*sessions);
  service->courier = std::make_unique<Courier>(service->config, *service->sessions);
  service->cors = std::make_shared<const http::Cors>(
      http::Cors{service->config.cors_origins, service->config.cors_methods, service->config.cors_headers});
  Announce(*service, *loaded);
  adapter->service_ = std::move(service);
  adapter->plugin_ = std::move(*plugin);
  adapter->demo_ = std::move(*demo);
  return adapter;
}

Adapter::~Adapter() {
  Stop();
}

void Adapter::AddRoutes(http::Router& router) {
  AddRoute(router, service_, "GET", "/app_config.json", ShowConfig, Pool::kInline);
  AddRoute(router, service_, "GET", "/check_license.php", CheckLicense, Pool::kInline);
  AddRoute(router, service_, "GET", "/debug.php", ShowDebug, Pool::kInline);
  AddAssetRoutes(router, service_, std::move(plugin_), std::move(demo_));
  AddSessionRoutes(router, service_);
}

std::size_t Adapter::parts() const {
  return static_cast<std::size_t>(service_->config.max_frames) + 3;  // payload, best, lossless
}

std::size_t Adapter::part_bytes() const {
  return static_cast<std::size_t>(service_->config.max_upload_megabytes * kMegabyte);
}

base::Result<void> Adapter::Begin(const std::string& own_url) {
  const Config& config = service_->config;
  service_->sessions->Purge();
  if (config.architecture != "capture") {
    const std::string& url = config.api_url.empty() ? own_url : config.api_url;
    if (url.empty())
      return Fail(Fault::kConfiguration,
                  "The adapter needs the address of an API: set api_url in app_config.json.");
    if (config.architecture == "normal" && config.api_use_token == "config" && config.api_token.empty())
      base::Log(base::Level::kWarning, "no_api_token",
                {{"note", "api_token is empty; an API with accounts will refuse the media"}});
    service_->courier->Begin(url);
  }
  purger_ = std::jthread([this](const std::stop_token& stop) {
    constexpr std::chrono::seconds kEvery{30};
    auto& used = base::Gauge("ozma_adapter_session_bytes", "Bytes of media that wait for the API.");
    std::unique_lock lock(mutex_);
    while (!stop.stop_requested()) {
      wake_.wait_for(lock, stop, kEvery, [] { return false; });
      if (const auto purged = service_->sessions->Purge(); purged > 0)
        base::Log(base::Level::kInfo, "purged", {{"sessions", purged}});
      used.Set(static_cast<double>(service_->sessions->used()));
    }
  });
  return {};
}

void Adapter::Stop() {
  if (purger_.joinable()) {
    purger_.request_stop();
    purger_.join();
  }
  service_->courier->Stop();
}

}  // namespace ozma::adapter
