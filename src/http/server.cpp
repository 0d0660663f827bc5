#include "http/server.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <mutex>
#include <thread>

#include "base/log.hpp"
#include "http/connection.hpp"

namespace ozma::http {
namespace {

using asio::ip::tcp;
using base::Fail;
using base::Fault;

constexpr std::chrono::milliseconds kTick{50};          // how finely times are kept
constexpr std::chrono::milliseconds kAcceptPause{100};  // when the process is out of descriptors

class BeastServer final : public Server {
 public:
  BeastServer(Options options, Router router, int workers, std::unique_ptr<asio::ssl::context> tls)
      : tls_(std::move(tls)),
        shared_(std::move(options), std::move(router), workers),
        acceptor_(shared_.io),
        pause_(shared_.io),
        tick_(shared_.io) {
    AddMetrics();
  }
  ~BeastServer() override { Stop(); }

  base::Result<void> Listen();
  void Begin();

  unsigned short port() const override { return port_; }
  void Stop() override;

 private:
  void AddMetrics();
  asio::awaitable<void> Accept();
  asio::awaitable<void> Watch();
  void Welcome(tcp::socket socket);
  void TurnAway(tcp::socket socket);
  void BeginDrain();
  void RunIo();

  std::unique_ptr<asio::ssl::context> tls_;
  Shared shared_;
  tcp::acceptor acceptor_;
  asio::steady_timer pause_, tick_;
  Connection::Clock::time_point drained_by_ = Connection::Clock::time_point::max();
  unsigned short port_ = 0;
  std::mutex stop_mutex_;
  std::thread thread_;
};

base::Result<void> BeastServer::Listen() {
  const Options& options = shared_.options;
  const std::string where = options.address + ":" + std::to_string(options.port);
  error_code failure;
  const auto address = asio::ip::make_address(options.address, failure);
  if (failure)
    return Fail(Fault::kConfiguration,
                "The address to listen on, " + options.address + ", is no IPv4 or IPv6 address.");
  const tcp::endpoint endpoint(address, options.port);
  acceptor_.open(endpoint.protocol(), failure);
  if (!failure) acceptor_.set_option(tcp::acceptor::reuse_address(true), failure);
  if (!failure) acceptor_.bind(endpoint, failure);
  if (!failure) acceptor_.listen(asio::socket_base::max_listen_connections, failure);
  if (failure)
    return Fail(Fault::kIo, "The server cannot listen on " + where + ": " + failure.message() + ".");
  port_ = acceptor_.local_endpoint().port();
  return {};
}

void BeastServer::Begin() {
  asio::co_spawn(shared_.io, Accept(), asio::detached);
  asio::co_spawn(shared_.io, Watch(), asio::detached);
  thread_ = std::thread([this] { RunIo(); });
}

// Ends by itself: after BeginDrain nothing is left to do once the last connection has gone.
void BeastServer::RunIo() {
  for (;;) {
    try {
      shared_.io.run();
      return;
    } catch (const std::exception& thrown) {
      base::Log(base::Level::kError, "http_io", {{"message", thrown.what()}});
    }
  }
}

void BeastServer::AddMetrics() {
  Route route;
  route.method = "GET";
  route.pattern = "/metrics";
  route.inline_ = true;
  route.handler = [this](const Request&) {
    base::Gauge("ozma_http_queue_depth", "Requests waiting for a thread of a pool.")
        .Set(static_cast<double>(shared_.workers.waiting() + shared_.waiters.waiting()));
    base::Gauge("ozma_http_in_flight", "Requests being handled.")
        .Set(static_cast<double>(shared_.workers.running() + shared_.waiters.running()));
    base::Gauge("ozma_http_connections", "Open connections.")
        .Set(static_cast<double>(shared_.connections.size()));
    base::Gauge("ozma_http_buffered_bytes", "Memory held by bodies under way.")
        .Set(static_cast<double>(shared_.budget.used()));
    Response response;
    response.content_type = "text/plain; version=0.0.4; charset=utf-8";
    response.body = base::MetricsText();
    return response;
  };
  shared_.router.Add(std::move(route));
}

asio::awaitable<void> BeastServer::Accept() {
  while (!shared_.stopping) {
    tcp::socket socket(shared_.io);
    error_code failure;
    co_await acceptor_.async_accept(socket, asio::redirect_error(asio::use_awaitable, failure));
    if (shared_.stopping) co_return;
    if (!failure) {
      Welcome(std::move(socket));
      continue;
    }
    pause_.expires_after(kAcceptPause);
    co_await pause_.async_wait(asio::redirect_error(asio::use_awaitable, failure));
  }
}

void BeastServer::Welcome(tcp::socket socket) {
  if (shared_.connections.size() >= shared_.options.limits.connections) return TurnAway(std::move(socket));
  error_code ignored;
  socket.set_option(tcp::no_delay(true), ignored);
  auto wire = tls_ ? TlsWire(std::move(socket), *tls_) : PlainWire(std::move(socket));
  auto connection = std::make_shared<Connection>(shared_, std::move(wire));
  shared_.connections.insert(connection);
  asio::co_spawn(shared_.io, connection->Run(), [this, connection](const std::exception_ptr& thrown) {
    if (thrown) {
      connection->Cut();
      base::Log(base::Level::kError, "http_connection", {{"message", "A connection ended by an exception."}});
    }
    shared_.connections.erase(connection);
    if (shared_.stopping && shared_.connections.empty()) tick_.cancel();
  });
}

// As much of an answer as the socket takes at once; nobody waits for it.
void BeastServer::TurnAway(tcp::socket socket) {
  shared_.telemetry.Rejected("connections");
  if (tls_) return;
  static constexpr std::string_view kFull =
      "HTTP/1.1 503 Service Unavailable\r\nRetry-After: 1\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
  error_code ignored;
  socket.non_blocking(true, ignored);
  socket.send(asio::buffer(kFull), 0, ignored);
  socket.shutdown(tcp::socket::shutdown_send, ignored);
}

asio::awaitable<void> BeastServer::Watch() {
  while (!shared_.stopping || !shared_.connections.empty()) {
    tick_.expires_after(kTick);
    error_code ignored;
    co_await tick_.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
    const auto now = Connection::Clock::now();
    for (const auto& connection : shared_.connections) {
      if (now >= drained_by_)
        connection->Cut();
      else
        connection->Tick(now);
    }
  }
}

void BeastServer::BeginDrain() {
  shared_.stopping = true;
  drained_by_ = Connection::Clock::now() + shared_.options.drain_time;
  error_code ignored;
  acceptor_.close(ignored);
  pause_.cancel();
  tick_.cancel();
  for (const auto& connection : shared_.connections) connection->Drain();
}

void BeastServer::Stop() {
  const std::lock_guard lock(stop_mutex_);
  if (!thread_.joinable()) return;
  asio::post(shared_.io, [this] { BeginDrain(); });
  thread_.join();
}

}  // namespace

base::Result<std::unique_ptr<Server>> Server::Start(Options options, Router router) {
  if (options.tls_certificate.empty() != options.tls_key.empty())
    return Fail(Fault::kConfiguration, "TLS needs both a certificate and a key.");
  std::unique_ptr<asio::ssl::context> tls;
  if (!options.tls_certificate.empty()) {
    auto loaded = LoadTls(options.tls_certificate, options.tls_key);
    if (!loaded) return loaded.error();
    tls = std::move(*loaded);
  }
  const int cores = static_cast<int>(std::max(1u, std::thread::hardware_concurrency()));
  const int workers = options.workers > 0 ? options.workers : cores;
  auto server = std::make_unique<BeastServer>(std::move(options), std::move(router), workers, std::move(tls));
  if (auto listening = server->Listen(); !listening) return listening.error();
  server->Begin();
  return std::unique_ptr<Server>(std::move(server));
}

}  // namespace ozma::http
