// One request and its answer, while both are under way.
#pragma once

#include <boost/beast/http/parser.hpp>
#include <memory>

#include "http/budget.hpp"
#include "http/intake.hpp"
#include "http/router.hpp"
#include "http/server.hpp"

namespace ozma::http {

using Parser = boost::beast::http::request_parser<IntakeBody>;

// Belongs to the I/O thread, but from Push to `done`, while the request, the response and the memory are a
// worker's.
struct Exchange {
  enum class Fate {
    kOpen,      // nothing is decided
    kAnswered,  // `response` holds the answer
    kGone,      // the client has left
  };

  Exchange(const Limits& limits, Budget& budget) : memory(budget), intake(request, limits, memory) {}

  void Settle(Response with) {
    response = std::move(with);
    fate = Fate::kAnswered;
  }
  void Refuse(const base::Error& error) { Settle(Problem(dialect, error)); }

  // For what HTTP itself has a status.
  void Refuse(const base::Error& error, unsigned status) {
    Refuse(error);
    response.status = status;
  }

  Request request;
  Response response;
  Budget::Share memory;
  Intake intake;
  const Route* route = nullptr;
  Dialect dialect = Dialect::kOz;
  std::shared_ptr<const Cors> cors;  // of the route; null: the server's
  Fate fate = Fate::kOpen;
  bool keep_alive = false;  // as the client wishes
  bool sound = true;        // false: where this message ends is in doubt
  bool expects_continue = false;
  bool done = false;  // a worker has finished, or nobody waits for it
  std::chrono::steady_clock::time_point began = std::chrono::steady_clock::now();
};

// Fills in the request from a complete header, finds its route, and refuses what can be refused before the
// body is read.
void Admit(Exchange& exchange, const Parser& parser, const Router& router, const Limits& limits);

}  // namespace ozma::http
