// `ozma serve`: the server, by default with the workers in the same process.
#include <algorithm>
#include <condition_variable>
#include <iostream>
#include <mutex>
#include <thread>

#include "api/routes.hpp"
#include "base/log.hpp"
#include "cli/adapter.hpp"
#include "cli/api_options.hpp"
#include "cli/gallery.hpp"
#include "cli/listen.hpp"
#include "cli/workers.hpp"
#include "http/server.hpp"
#include "lite/routes.hpp"

namespace ozma::cli {
namespace {

using base::Fail;
using base::Fault;
using std::chrono::milliseconds;

struct Serve {
  Common common;
  Storage storage;
  ApiOptions api;
  work::Options work;
  GalleryOptions gallery;
  AdapterOptions adapter;
  std::vector<std::string> components;
  std::string listen = "127.0.0.1:8080";
  http::Options http;
  bool no_workers = false, quiet = false;
};

struct Surfaces {
  bool lite = true, api = true, adapter = false;
  bool judges() const { return lite || api; }
};

base::Result<Surfaces> SurfacesOf(const std::vector<std::string>& components) {
  if (components.empty()) return Surfaces{};
  Surfaces surfaces{.lite = false, .api = false};
  for (const auto& component : components) {
    if (component == "lite") {
      surfaces.lite = true;
    } else if (component == "api") {
      surfaces.api = true;
    } else if (component == "adapter") {
      surfaces.adapter = true;
    } else {
      return Fail(Fault::kConfiguration,
                  "There is no component \"" + component + "\"; there are: lite, api, adapter.");
    }
  }
  return surfaces;
}

std::string NamesOf(const std::vector<analysis::NetworkVersion>& networks) {
  std::string names;
  for (const auto& network : networks)
    names += (names.empty() ? "" : ", ") + network.name + " " + network.version;
  return names;
}

base::Result<void> PrepareCache(Serve& serve) {
  if (!serve.common.cache.empty()) return {};
  serve.common.cache = serve.storage.data / "networks";
  std::error_code failure;
  std::filesystem::create_directories(serve.common.cache, failure);
  if (failure)
    return Fail(Fault::kConfiguration,
                "Cannot create " + serve.common.cache.string() + ": " + failure.message() + ".");
  return {};
}

// What the persistent API stands on; empty where it is not served, or nothing is stored.
struct Ground {
  Surfaces surfaces;
  Mode mode;
  Opened opened;
  std::string secret;
  bool SearchesHere(const Serve& serve) const {
    if (!surfaces.api || !mode.stateful || !mode.collections) return false;
    return !serve.no_workers || serve.api.duplicates == "refuse";
  }
};

base::Result<Ground> Prepare(Serve& serve) {
  if (const auto split = SplitListen(serve.listen, serve.http); !split) return split.error();
  const auto surfaces = SurfacesOf(serve.components);
  if (!surfaces) return surfaces.error();
  Ground ground{*surfaces, {}, {}, {}};
  if (surfaces->api) {
    const auto mode = ModeOf(serve.api);
    if (!mode) return mode.error();
    ground.mode = *mode;
    if (mode->tokens) {
      auto secret = SecretOf(serve.storage);
      if (!secret) return secret.error();
      ground.secret = std::move(*secret);
      auto opened = Open(serve.storage);
      if (!opened) return opened.error();
      ground.opened = std::move(*opened);
    }
  }
  if (const auto prepared = PrepareCache(serve); !prepared) return prepared.error();
  return ground;
}

base::Result<http::Router> MakeRouter(Serve& serve, const Ground& ground, const Chain& chain,
                                      std::shared_ptr<gallery::Finder> finder) {
  http::Router router;
  if (ground.surfaces.lite) {
    lite::Options options;
    options.version = OZMA_VERSION;
    options.front_page = !ground.surfaces.api;
    lite::AddRoutes(router, chain.analyst, chain.decoder, options);
    // Every template of a compare_n is a part of its own.
    serve.http.limits.parts = options.templates + options.files + 2;
  }
  if (ground.surfaces.api) {
    auto& settings = serve.api.settings;
    settings.biometry.threshold_min = serve.common.operator_low;
    settings.biometry.threshold_max = serve.common.operator_high;
    settings.single_requests = std::min<std::size_t>(settings.single_requests, serve.http.waiters * 3 / 4);
    const auto context = MakeContext(serve.api, !serve.http.tls_certificate.empty(), chain, ground.opened,
                                     ground.secret, std::move(finder));
    if (!context) return context.error();
    if (ground.mode.stateful) {
      api::AddRoutes(router, *context);
    } else if (ground.mode.tokens) {
      api::AddAccountRoutes(router, *context);
    }
    api::AddInstantRoutes(router, *context);
    serve.http.limits.parts = std::max(serve.http.limits.parts, settings.files + 2);
    // base64 is a third longer.
    serve.http.limits.part_bytes = std::max(serve.http.limits.part_bytes, settings.file_bytes * 7 / 5);
    const milliseconds single(static_cast<std::int64_t>(settings.single_request_timeout * 1000) + 15'000);
    serve.http.limits.handle_time = std::max(serve.http.limits.handle_time, single);
  }
  return router;
}

// Networks are for who judges; the adapter looks at media and sends them on.
base::Result<Chain> ChainFor(const Serve& serve, const Surfaces& surfaces) {
  if (surfaces.judges()) return OpenChain(serve.common);
  Chain chain;
  auto decoder = OpenDecoder(serve.common);
  if (!decoder) return decoder.error();
  chain.decoder = std::move(*decoder);
  return chain;
}

base::Result<std::unique_ptr<adapter::Adapter>> AddAdapter(Serve& serve, const Chain& chain,
                                                           http::Router& router) {
  auto opened = OpenAdapter(serve.adapter, serve.storage, serve.common, chain.decoder);
  if (!opened) return opened;
  (*opened)->AddRoutes(router);
  auto& limits = serve.http.limits;
  limits.parts = std::max(limits.parts, (*opened)->parts());
  limits.part_bytes = std::max(limits.part_bytes, (*opened)->part_bytes());
  return opened;
}

void Greet(const std::string& address, const Chain& chain) {
  std::cout << "ozma: listening on " << address;
  if (chain.analyst)
    std::cout << " (" << chain.analyst->EngineName() << "; networks: " << NamesOf(chain.analyst->Networks())
              << ")";
  std::cout << std::endl;
}

// Ends the wait of single requests once a stop has taken some time: they answer that their analyses go on.
class Impatience {
 public:
  Impatience(std::shared_ptr<store::Database> database, std::chrono::seconds patience)
      : thread_([this, database = std::move(database), patience] {
          std::unique_lock lock(mutex_);
          if (!over_.wait_for(lock, patience, [this] { return done_; })) database->StopWaiting();
        }) {}
  ~Impatience() {
    {
      const std::lock_guard lock(mutex_);
      done_ = true;
    }
    over_.notify_all();
    thread_.join();
  }

 private:
  std::mutex mutex_;
  std::condition_variable over_;
  bool done_ = false;
  std::thread thread_;
};

// Calls of the adapter first, since they may be to this very server; then accepts nothing more and finishes
// requests, then the work, then lets go of the database.
void Stop(http::Server& server, adapter::Adapter* adapter, work::Runner* runner, Gallery* gallery,
          const Opened& opened) {
  constexpr std::chrono::seconds kPatience{10};
  if (adapter) adapter->Stop();
  {
    std::optional<Impatience> impatience;
    if (opened.database) impatience.emplace(opened.database, kPatience);
    server.Stop();
  }
  if (gallery) gallery->Stop();
  if (runner) runner->Stop(kPatience);
  if (opened.database) opened.database->StopWaiting();
}

int RunServe(Serve serve) {
  const sigset_t signals = BlockSignals();
  base::StartLog(serve.quiet ? base::Level::kWarning : base::Level::kInfo);
  const auto ground = Prepare(serve);
  if (!ground) return Complain(ground.error());
  const auto chain = ChainFor(serve, ground->surfaces);
  if (!chain) return Complain(chain.error());
  if (!chain->decoder->sandboxed())
    base::Log(base::Level::kWarning, "unsandboxed", {{"note", "decoding runs without a seccomp filter"}});

  std::unique_ptr<Gallery> gallery;
  if (ground->SearchesHere(serve)) {
    auto opened = Gallery::Open(serve.gallery, serve.storage, ground->opened, *chain);
    if (!opened) return Complain(opened.error());
    gallery = std::move(*opened);
  }
  const auto finder = gallery ? gallery->searcher() : nullptr;
  auto router = MakeRouter(serve, *ground, *chain, finder);
  if (!router) return Complain(router.error());
  std::unique_ptr<adapter::Adapter> adapter;
  if (ground->surfaces.adapter) {
    auto added = AddAdapter(serve, *chain, *router);
    if (!added) return Complain(added.error());
    adapter = std::move(*added);
  }
  serve.http.workers = serve.common.threads;
  auto server = http::Server::Start(serve.http, std::move(*router));
  if (!server) return Complain(server.error());
  const std::string address = AddressOf(serve.http, (*server)->port());

  std::unique_ptr<work::Runner> runner;
  if (ground->surfaces.api && ground->mode.stateful && !serve.no_workers) {
    const std::string url = PublicUrl(serve.api, !serve.http.tls_certificate.empty());
    auto started = StartWorkers(serve.work, ground->opened, *chain, url.empty() ? address : url, finder);
    if (!started) return Complain(started.error());
    runner = std::move(*started);
  }
  if (adapter) {
    if (const auto begun = adapter->Begin(ground->surfaces.judges() ? address : ""); !begun)
      return Complain(begun.error());
  }
  Greet(address, *chain);
  if (gallery) gallery->Start();
  AwaitSignal(signals);
  Stop(**server, adapter.get(), runner.get(), gallery.get(), ground->opened);
  return kOk;
}

void AddServerOptions(CLI::App& command, Serve& serve) {
  command
      .add_option("--components", serve.components,
                  "What to serve: lite, api, adapter (default: lite and api)")
      ->delimiter(',')
      ->envname("OZMA_COMPONENTS");
  command.add_option("--listen", serve.listen, "Address and port; port 0 takes any free one")
      ->envname("OZMA_LISTEN")
      ->capture_default_str();
  auto* certificate =
      command.add_option("--tls-certificate", serve.http.tls_certificate, "PEM file; serves HTTPS");
  auto* key = command.add_option("--tls-key", serve.http.tls_key, "PEM file with the certificate's key");
  certificate->needs(key);
  key->needs(certificate);
  command.add_option("--cors-origin", serve.http.cors_origin, "Origin allowed by CORS; empty: no CORS")
      ->envname("OZMA_CORS_ORIGIN")
      ->capture_default_str();
  auto& limits = serve.http.limits;
  command.add_option("--max-queue", limits.queue, "Requests that may wait for a thread; beyond: 503")
      ->envname("OZMA_MAX_QUEUE")
      ->capture_default_str();
  command.add_option("--max-waiting", serve.http.waiters, "Threads for requests that wait for the database")
      ->envname("OZMA_MAX_WAITING")
      ->check(CLI::Range(2, 1000))
      ->capture_default_str();
  command.add_option("--max-connections", limits.connections, "Connections at once")
      ->envname("OZMA_MAX_CONNECTIONS")
      ->capture_default_str();
  command.add_option("--max-body", limits.body_bytes, "Bytes of a request body")
      ->envname("OZMA_MAX_BODY")
      ->capture_default_str();
  command.add_option("--max-buffered", limits.buffered_bytes, "Bytes of all bodies under way; beyond: 503")
      ->envname("OZMA_MAX_BUFFERED")
      ->capture_default_str();
  command.add_flag("--quiet", serve.quiet, "Log warnings and errors only");
}

}  // namespace

void AddServe(CLI::App& app, int& exit_code) {
  auto serve = std::make_shared<Serve>();
  auto* command = app.add_subcommand("serve", "Serve the HTTP APIs until SIGINT or SIGTERM");
  command->set_config("--config", "", "Read options from a TOML file");
  AddServerOptions(*command, *serve);
  AddStorage(*command, serve->storage);
  AddApiOptions(*command, serve->api);
  AddWorkOptions(*command, serve->work);
  AddGalleryOptions(*command, serve->gallery);
  AddAdapterOptions(*command, serve->adapter);
  command->add_flag("--no-workers", serve->no_workers,
                    "Leave the analyses to other processes, `ozma worker`");
  AddCommon(*command, serve->common);
  command->callback([serve, &exit_code] { exit_code = RunServe(*serve); });
}

}  // namespace ozma::cli
