// Where the server listens, and the signals that end a program.
#pragma once

#include <signal.h>

#include <string>

#include "http/server.hpp"

namespace ozma::cli {

// "host:port", "[v6]:port" into `http`. kConfiguration.
base::Result<void> SplitListen(const std::string& listen, http::Options& http);

// "http://127.0.0.1:8080": where a server with these options that got `port` is.
std::string AddressOf(const http::Options& http, unsigned short port);

// SIGINT and SIGTERM are taken by AwaitSignal alone; threads started later inherit the mask. Called first.
sigset_t BlockSignals();
void AwaitSignal(const sigset_t& signals);

}  // namespace ozma::cli
