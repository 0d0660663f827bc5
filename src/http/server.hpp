// The HTTP/1.1 server: one I/O thread of coroutines, a bounded pool of workers behind it.
#pragma once

#include <chrono>
#include <filesystem>
#include <memory>
#include <string>

#include "base/result.hpp"
#include "http/router.hpp"

namespace ozma::http {

struct Limits {
  std::size_t header_bytes = 16u << 10;
  std::size_t body_bytes = 224u << 20;  // a whole body, as sent: ten files of 15 MB in base64
  std::size_t part_bytes = 21u << 20;   // one part, or a body without parts: a 15 MB file in base64
  std::size_t parts = 64;
  std::size_t buffered_bytes = 1u << 30;  // bodies of all requests under way; beyond: 503
  std::size_t connections = 4096;         // beyond: 503 and close (over TLS: close)
  std::size_t queue = 128;  // requests waiting for a thread of a pool; beyond: 503 and Retry-After
  std::chrono::milliseconds header_time{
      10'000};  // from the first byte (or the accept) to the end of the header
  std::chrono::milliseconds idle_time{75'000};  // keep-alive
  std::chrono::milliseconds body_time{60'000};
  std::chrono::milliseconds body_grace{
      10'000};                   // after which the body's mean rate must be at least body_rate
  std::size_t body_rate = 1024;  // bytes a second
  std::chrono::milliseconds write_time{60'000};   // for a whole response
  std::chrono::milliseconds handle_time{60'000};  // Request::deadline, from the end of the body
};

struct Options {
  std::string address = "127.0.0.1";  // IPv4 or IPv6
  unsigned short port = 8080;         // 0: any free one; see Server::port
  int workers = 0;                    // threads for handlers that compute; 0: as many as cores
  int waiters = 32;                   // threads for handlers that wait; see Route::waits
  Limits limits;
  std::filesystem::path tls_certificate, tls_key;  // PEM; both or none; TLS 1.2 and later
  std::string cors_origin = "*";                   // empty: no CORS headers
  std::chrono::milliseconds drain_time{30'000};    // on Stop: how long accepted requests may take
};

class Server {
 public:
  // Listens and answers at once. kConfiguration: bad address or TLS files; kIo: the port is taken.
  // `/metrics` is added by the server itself.
  static base::Result<std::unique_ptr<Server>> Start(Options options, Router router);
  virtual ~Server() = default;  // stops

  virtual unsigned short port() const = 0;

  // Accepts nothing more, closes idle connections, finishes the requests under way, then returns. After
  // drain_time the rest is cut off; only a handler that runs on past it can hold Stop longer. Idempotent,
  // from any thread but a handler's own.
  virtual void Stop() = 0;
};

}  // namespace ozma::http
