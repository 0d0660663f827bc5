// `ozma serve`: the server.
#include <pthread.h>
#include <signal.h>

#include <charconv>
#include <iostream>

#include "base/log.hpp"
#include "cli/program.hpp"
#include "http/server.hpp"
#include "lite/routes.hpp"

namespace ozma::cli {
namespace {

struct Serve {
  Common common;
  std::vector<std::string> components;
  std::string listen = "127.0.0.1:8080";
  std::filesystem::path data = "data";
  http::Options http;
  bool quiet = false;
};

// "host:port", "[v6]:port".
base::Result<void> SplitListen(const std::string& listen, http::Options& http) {
  const auto colon = listen.rfind(':');
  int port = -1;
  if (colon != std::string::npos) {
    const auto digits = listen.substr(colon + 1);
    const auto [end, failure] = std::from_chars(digits.data(), digits.data() + digits.size(), port);
    if (failure != std::errc() || end != digits.data() + digits.size()) port = -1;
  }
  if (port < 0 || port > 65535) {
    return base::Fail(base::Fault::kConfiguration, "--listen wants ADDRESS:PORT, as in 127.0.0.1:8080.");
  }
  http.address = listen.substr(0, colon);
  if (http.address.size() > 2 && http.address.front() == '[')
    http.address = http.address.substr(1, http.address.size() - 2);
  http.port = static_cast<unsigned short>(port);
  return {};
}

// Signals are taken by sigwait alone; threads started later inherit the mask.
sigset_t BlockSignals() {
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, SIGINT);
  sigaddset(&set, SIGTERM);
  pthread_sigmask(SIG_BLOCK, &set, nullptr);
  signal(SIGPIPE, SIG_IGN);
  return set;
}

std::string NamesOf(const std::vector<analysis::NetworkVersion>& networks) {
  std::string names;
  for (const auto& network : networks)
    names += (names.empty() ? "" : ", ") + network.name + " " + network.version;
  return names;
}

int RunServe(Serve serve) {
  const sigset_t signals = BlockSignals();
  base::StartLog(serve.quiet ? base::Level::kWarning : base::Level::kInfo);
  if (const auto split = SplitListen(serve.listen, serve.http); !split) return Complain(split.error());
  for (const auto& component : serve.components) {
    if (component != "lite") {
      return Complain(base::Fail(base::Fault::kConfiguration,
                                 "There is no component \"" + component + "\"; there is: lite."));
    }
  }
  if (serve.common.cache.empty()) {
    serve.common.cache = serve.data / "networks";
    std::error_code failure;
    std::filesystem::create_directories(serve.common.cache, failure);
    if (failure)
      return Complain(base::Fail(base::Fault::kIo,
                                 "Cannot create " + serve.common.cache.string() + ": " + failure.message()));
  }
  const auto chain = OpenChain(serve.common);
  if (!chain) return Complain(chain.error());
  if (!chain->decoder->sandboxed())
    base::Log(base::Level::kWarning, "unsandboxed", {{"note", "decoding runs without a seccomp filter"}});

  http::Router router;
  lite::Options options;
  options.version = OZMA_VERSION;
  lite::AddRoutes(router, chain->analyst, chain->decoder, options);
  // Every template of a compare_n is a part of its own.
  serve.http.limits.parts = options.templates + options.files + 2;
  serve.http.workers = serve.common.threads;
  auto server = http::Server::Start(serve.http, std::move(router));
  if (!server) return Complain(server.error());
  const char* scheme = serve.http.tls_certificate.empty() ? "http" : "https";
  const bool v6 = serve.http.address.find(':') != std::string::npos;
  std::cout << "ozma: listening on " << scheme << "://" << (v6 ? "[" : "") << serve.http.address
            << (v6 ? "]" : "") << ':' << (*server)->port() << " (" << chain->analyst->EngineName()
            << "; networks: " << NamesOf(chain->analyst->Networks()) << ")" << std::endl;

  int signal = 0;
  sigwait(&signals, &signal);
  base::Log(base::Level::kInfo, "stopping", {{"signal", signal}});
  (*server)->Stop();
  return kOk;
}

}  // namespace

void AddServe(CLI::App& app, int& exit_code) {
  auto serve = std::make_shared<Serve>();
  auto* command = app.add_subcommand("serve", "Serve the HTTP API until SIGINT or SIGTERM");
  command->set_config("--config", "", "Read options from a TOML file");
  command->add_option("--components", serve->components, "What to serve: lite (default: all there is)")
      ->delimiter(',')
      ->envname("OZMA_COMPONENTS");
  command->add_option("--listen", serve->listen, "Address and port; port 0 takes any free one")
      ->envname("OZMA_LISTEN")
      ->capture_default_str();
  command->add_option("--data", serve->data, "Folder of the server's own data")
      ->envname("OZMA_DATA")
      ->capture_default_str();
  auto* certificate =
      command->add_option("--tls-certificate", serve->http.tls_certificate, "PEM file; serves HTTPS");
  auto* key = command->add_option("--tls-key", serve->http.tls_key, "PEM file with the certificate's key");
  certificate->needs(key);
  key->needs(certificate);
  command->add_option("--cors-origin", serve->http.cors_origin, "Origin allowed by CORS; empty: no CORS")
      ->envname("OZMA_CORS_ORIGIN")
      ->capture_default_str();
  auto& limits = serve->http.limits;
  command->add_option("--max-queue", limits.queue, "Requests that may wait for a worker; beyond: 503")
      ->envname("OZMA_MAX_QUEUE")
      ->capture_default_str();
  command->add_option("--max-connections", limits.connections, "Connections at once")
      ->envname("OZMA_MAX_CONNECTIONS")
      ->capture_default_str();
  command->add_option("--max-body", limits.body_bytes, "Bytes of a request body")
      ->envname("OZMA_MAX_BODY")
      ->capture_default_str();
  command->add_option("--max-buffered", limits.buffered_bytes, "Bytes of all bodies under way; beyond: 503")
      ->envname("OZMA_MAX_BUFFERED")
      ->capture_default_str();
  command->add_flag("--quiet", serve->quiet, "Log warnings and errors only");
  AddCommon(*command, serve->common);
  command->callback([serve, &exit_code] { exit_code = RunServe(*serve); });
}

}  // namespace ozma::cli
