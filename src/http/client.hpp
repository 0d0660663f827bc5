// The one outgoing client (libcurl).
#pragma once

#include <chrono>
#include <stop_token>
#include <string>

#include "base/result.hpp"
#include "http/message.hpp"

namespace ozma::http {

struct Outgoing {
  std::string method = "POST";
  std::string url;  // http or https
  Headers headers;
  std::string body;
  std::chrono::milliseconds timeout{10'000};
  std::size_t most = 1u << 20;  // bytes of the answer's body
  std::string extra_ca;         // PEM: certificates trusted besides the system's
  bool allow_private = false;   // loopback, link-local, private and other non-public addresses
  std::stop_token stop{};       // gives up within about a second once it is requested
};

// Redirects are not followed, proxies of the environment not used; what goes beyond `most` is not read. The
// address is checked at connect, after the name was looked up, so that a name cannot be switched in between.
// kInvalidValue: no such url, or a private address. kUpstream: it did not answer in time, or the connection
// failed. An answer of any status is no error. Safe from any number of threads.
base::Result<Response> Send(const Outgoing& outgoing);

}  // namespace ozma::http
