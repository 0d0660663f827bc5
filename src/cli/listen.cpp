#include "cli/listen.hpp"

#include <pthread.h>

#include <charconv>

#include "base/log.hpp"

namespace ozma::cli {

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

std::string AddressOf(const http::Options& http, unsigned short port) {
  const bool v6 = http.address.find(':') != std::string::npos;
  return std::string(http.tls_certificate.empty() ? "http" : "https") + "://" + (v6 ? "[" : "") +
         http.address + (v6 ? "]" : "") + ':' + std::to_string(port);
}

sigset_t BlockSignals() {
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, SIGINT);
  sigaddset(&set, SIGTERM);
  pthread_sigmask(SIG_BLOCK, &set, nullptr);
  signal(SIGPIPE, SIG_IGN);
  return set;
}

void AwaitSignal(const sigset_t& signals) {
  int signal = 0;
  sigwait(&signals, &signal);
  base::Log(base::Level::kInfo, "stopping", {{"signal", signal}});
}

}  // namespace ozma::cli
