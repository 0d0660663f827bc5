#include "store/listener.hpp"

#include <libpq-fe.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <stdexcept>

#include "base/log.hpp"

namespace ozma::store {

namespace {

constexpr int kReconnectMs = 1000;

struct Finish {
  void operator()(PGconn* connection) const { PQfinish(connection); }
};
using Connection = std::unique_ptr<PGconn, Finish>;

bool Command(PGconn* connection, const char* text) {
  PGresult* result = PQexec(connection, text);
  const bool done = PQresultStatus(result) == PGRES_COMMAND_OK;
  PQclear(result);
  return done;
}

unsigned ChannelOf(std::string_view name) {
  return name == "ozma_jobs" ? 1u : name == "ozma_groups" ? 2u : 0u;
}

}  // namespace

Listener::Listener(std::string address, Signals& signals)
    : address_(std::move(address)), signals_(signals), stop_(eventfd(0, EFD_CLOEXEC)) {
  if (stop_ < 0) throw std::runtime_error("no descriptor left for the listener of the database");
  thread_ = std::thread([this] { Run(); });
}

Listener::~Listener() {
  const std::uint64_t one = 1;
  // An eventfd at zero takes a one without fail.
  [[maybe_unused]] const auto written = write(stop_, &one, sizeof one);
  thread_.join();
  close(stop_);
}

void Listener::Run() {
  while (true) {
    Listen();
    if (!Await(-1, kReconnectMs)) return;
    base::Log(base::Level::kWarning, "database_listener", {{"action", "connecting again"}});
  }
}

// Until the connection breaks or the listener is to end.
void Listener::Listen() {
  const Connection connection(PQconnectdb(address_.c_str()));
  if (PQstatus(connection.get()) != CONNECTION_OK) return;
  if (!Command(connection.get(), "LISTEN ozma_jobs") || !Command(connection.get(), "LISTEN ozma_groups"))
    return;
  signals_.Bump(kAllChannels);
  while (Await(PQsocket(connection.get()), -1)) {
    if (!PQconsumeInput(connection.get())) return;
    unsigned channels = 0;
    while (PGnotify* heard = PQnotifies(connection.get())) {
      channels |= ChannelOf(heard->relname);
      PQfreemem(heard);
    }
    signals_.Bump(channels);
  }
}

bool Listener::Await(int socket, int milliseconds) const {
  // poll passes over a negative descriptor.
  pollfd waiting[] = {{stop_, POLLIN, 0}, {socket, POLLIN, 0}};
  while (poll(waiting, 2, milliseconds) < 0 && errno == EINTR) {
  }
  return waiting[0].revents == 0;
}

}  // namespace ozma::store
