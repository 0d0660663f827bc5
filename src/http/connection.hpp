// One client's connection: reads requests, has them handled, writes answers, and cuts off who is too slow.
#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <memory>
#include <set>

#include "http/exchange.hpp"
#include "http/telemetry.hpp"
#include "http/wire.hpp"
#include "http/work_queue.hpp"

namespace ozma::http {

class Connection;

// What all connections of a server share. Of the I/O thread, save for the queues and the budget.
struct Shared {
  Shared(Options with, Router routes, int threads)
      : options(std::move(with)),
        router(std::move(routes)),
        budget(options.limits.buffered_bytes),
        workers(threads, options.limits.queue),
        waiters(options.waiters, options.limits.queue) {}

  WorkQueue& QueueOf(const Route& route) { return route.waits ? waiters : workers; }

  const Options options;
  Router router;
  asio::io_context io{1};
  Budget budget;
  Telemetry telemetry;
  std::set<std::shared_ptr<Connection>> connections;
  bool stopping = false;
  WorkQueue workers, waiters;  // last, so that no thread of theirs outlives what it uses
};

// On the I/O thread alone.
class Connection : public std::enable_shared_from_this<Connection> {
 public:
  using Clock = std::chrono::steady_clock;

  Connection(Shared& shared, std::unique_ptr<Wire> wire);

  // The whole life of the connection; the caller keeps it alive meanwhile.
  asio::awaitable<void> Run();

  // Called several times a second: ends what has taken too long.
  void Tick(Clock::time_point now);

  // The server stops: an idle connection ends at once, a busy one after its answer.
  void Drain();

  // Ends it now. Work that has not begun is dropped.
  void Cut();

 private:
  enum class Phase { kOpening, kIdle, kHeader, kBody, kHandling, kWriting, kClosing };

  asio::awaitable<bool> Serve();  // true: another request may follow
  asio::awaitable<bool> AwaitRequest();
  asio::awaitable<void> ReadHeader(Exchange& exchange, Parser& parser);
  asio::awaitable<void> ReadBody(Exchange& exchange, Parser& parser);
  asio::awaitable<void> Handle(std::shared_ptr<Exchange> exchange);
  asio::awaitable<void> Answer(Exchange& exchange, bool keep_alive);
  asio::awaitable<bool> ReadSome(std::size_t at_most);

  void Enter(Phase phase, Clock::duration time);
  bool Late(Clock::time_point now) const;
  void ReadingFailed(Exchange& exchange);
  void ParseHeader(Exchange& exchange, Parser& parser, std::size_t size);
  bool ParseBody(Exchange& exchange, Parser& parser);
  bool WorthSkipping(const Exchange& exchange, const Parser& parser) const;
  std::optional<WorkQueue::Ticket> Submit(const std::shared_ptr<Exchange>& exchange);
  bool DropWork();
  void WatchForHangUp(const std::shared_ptr<Exchange>& exchange);
  void Report(const Exchange& exchange, std::size_t bytes_out);

  Shared& shared_;
  const Limits& limits_;
  std::unique_ptr<Wire> wire_;
  boost::beast::flat_buffer buffer_;
  asio::steady_timer
      ready_;  // never runs out before the deadline; cancelled when there is something to look at

  std::optional<WorkQueue::Ticket> ticket_;  // of work that may still be dropped
  WorkQueue* queue_ = nullptr;               // where that work is

  Phase phase_ = Phase::kOpening;
  Clock::time_point deadline_, phase_began_;
  std::size_t received_ = 0;  // in this phase
  std::size_t request_bytes_ = 0;
  bool first_ = true;     // no request has come yet
  bool expired_ = false;  // the phase took too long
  bool cut_ = false;
  bool unread_ = false;  // the client may still be sending what nobody will read
};

}  // namespace ozma::http
