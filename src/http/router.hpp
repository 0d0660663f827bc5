// Paths to handlers.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <variant>
#include <vector>

#include "http/cors.hpp"
#include "http/message.hpp"
#include "http/problem.hpp"

namespace ozma::http {

// Plain and synchronous: called on a worker thread of a bounded pool, never on the I/O thread.
// An exception that leaves it is a 500 in the route's dialect.
using Handler = std::function<Response(const Request&)>;

struct Route {
  std::string method;   // "GET", "POST", ...
  std::string pattern;  // "/v1/face/liveness/detect", "/api/folders/{folder_id}"
  Dialect dialect = Dialect::kOz;
  Handler handler;
  // Answered on the I/O thread: only for what takes microseconds (health, version, metrics).
  bool inline_ = false;
  // Spends its time on the database, or waiting for other work to end: runs on the pool of waiters, which has
  // more threads than there are cores, so that it holds up nothing that computes.
  bool waits = false;
  // Who may call from other origins; null: as the server's options say.
  std::shared_ptr<const Cors> cors{};
  // Bytes of a body; 0: as many as the server takes.
  std::size_t body_bytes = 0;
};

struct Match {
  const Route* route;
  std::map<std::string, std::string> captures;
};

// Built before the server starts, then only read. One trailing slash does not matter.
class Router {
 public:
  void Add(Route route);

  // HEAD finds GET routes. Where only the method is wrong: kMethodNotAllowed, in the dialect of the path's
  // routes.
  struct Miss {
    base::Error error;
    Dialect dialect;
    std::string allow;  // "GET, HEAD, OPTIONS" for the Allow header; empty where the path is unknown
    std::shared_ptr<const Cors> cors{};  // of the path's routes
  };

  // `path` as sent, without the query. Segments are percent-decoded one by one, so that %2F never parts a
  // path. kInvalidRequest: bad percent-encoding, control characters, or not UTF-8. kNotFound: no such path.
  // Of several patterns that fit, the one whose earlier segments are literal wins.
  std::variant<Match, Miss> Find(std::string_view method, std::string_view path) const;

 private:
  struct Entry {
    Route route;
    std::vector<std::string> segments;  // of the pattern
  };
  std::vector<Entry> entries_;
};

}  // namespace ozma::http
