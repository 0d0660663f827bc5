#include "http/connection.hpp"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "base/log.hpp"
#include "http/answer.hpp"
#include "http/text.hpp"

namespace ozma::http {
namespace {

using base::Fail;
using base::Fault;

constexpr std::size_t kHeaderRead = 4u << 10;
constexpr std::size_t kBodyRead = 64u << 10;
constexpr std::size_t kIdleBuffer = 16u << 10;  // a larger one is given back between requests
constexpr std::size_t kOneWrite = 16u << 10;    // up to this, head and body leave in one piece
constexpr std::size_t kSkipped =
    64u << 10;  // a refused body up to this is read, so that the connection lives on
constexpr std::chrono::seconds kLastWords{2};  // for the answer to a slow client, and for what nobody reads
constexpr std::chrono::milliseconds kFarewell{250};  // for a TLS client to say goodbye in turn

std::string_view TextOf(const boost::beast::flat_buffer& buffer) {
  return {static_cast<const char*>(buffer.cdata().data()), buffer.size()};
}

// The client has sent its end of stream, or the connection is broken. (What it sent before may still lie
// unread.)
bool PeerHasLeft(asio::ip::tcp::socket& socket) {
  tcp_info info{};
  socklen_t size = sizeof info;
  if (getsockopt(socket.native_handle(), IPPROTO_TCP, TCP_INFO, &info, &size) != 0) return true;
  return info.tcpi_state != TCP_ESTABLISHED;
}

Response Call(const Exchange& exchange) {
  if (exchange.request.deadline.Passed())
    return Problem(exchange.dialect,
                   Fail(Fault::kOverloaded, "No worker was free in time; come back later."));
  try {
    return exchange.route->handler(exchange.request);
  } catch (const std::exception& thrown) {
    return Problem(exchange.dialect,
                   Fail(Fault::kInternal, std::string("A handler threw: ") + thrown.what()));
  } catch (...) {
    return Problem(exchange.dialect, Fail(Fault::kInternal, "A handler threw something unnamed."));
  }
}

}  // namespace

Connection::Connection(Shared& shared, std::unique_ptr<Wire> wire)
    : shared_(shared), limits_(shared.options.limits), wire_(std::move(wire)), ready_(shared.io) {
  Enter(Phase::kOpening, limits_.header_time);
}

asio::awaitable<void> Connection::Run() {
  error_code failure;
  co_await wire_->Open(failure);
  if (failure) co_return;
  for (bool more = true; more;) more = co_await Serve();
  if (cut_) co_return;
  Enter(Phase::kClosing, unread_ ? Clock::duration(kLastWords) : Clock::duration(kFarewell));
  co_await wire_->Close(unread_, failure);
}

asio::awaitable<bool> Connection::Serve() {
  const bool came = co_await AwaitRequest();
  if (!came) co_return false;

  auto exchange = std::make_shared<Exchange>(limits_, shared_.budget);
  Parser parser;
  co_await ReadHeader(*exchange, parser);
  const bool header_read = parser.is_header_done();
  if (header_read) Admit(*exchange, parser, shared_.router, limits_);
  if (exchange->request.id.empty()) exchange->request.id = base::NewUuid();
  const bool skip =
      exchange->fate == Exchange::Fate::kAnswered && header_read && WorthSkipping(*exchange, parser);
  if (skip) exchange->intake.Discard();
  if (exchange->fate == Exchange::Fate::kOpen || skip) co_await ReadBody(*exchange, parser);
  if (exchange->fate == Exchange::Fate::kOpen) co_await Handle(exchange);
  if (exchange->fate == Exchange::Fate::kGone) {
    exchange->response.status = 499;
    Report(*exchange, 0);
    co_return false;
  }

  unread_ = !exchange->sound || !header_read || !parser.is_done();
  const bool keep_alive = exchange->keep_alive && !unread_ && !shared_.stopping && !expired_;
  co_await Answer(*exchange, keep_alive);
  if (buffer_.size() == 0 && buffer_.capacity() > kIdleBuffer) buffer_ = {};
  unread_ = unread_ || buffer_.size() > 0;
  co_return keep_alive && !cut_;
}

// True once the first byte of a request is here.
asio::awaitable<bool> Connection::AwaitRequest() {
  Enter(Phase::kIdle, first_ ? limits_.header_time : limits_.idle_time);
  for (;;) {
    // Some clients send an empty line after a body (RFC 9112 section 2.2).
    while (buffer_.size() > 0 && (TextOf(buffer_).front() == '\r' || TextOf(buffer_).front() == '\n'))
      buffer_.consume(1);
    if (buffer_.size() > 0) break;
    if (shared_.stopping) co_return false;
    const bool more = co_await ReadSome(kHeaderRead);
    if (!more) co_return false;
  }
  first_ = false;
  co_return true;
}

asio::awaitable<void> Connection::ReadHeader(Exchange& exchange, Parser& parser) {
  Enter(Phase::kHeader, limits_.header_time);
  request_bytes_ = buffer_.size();
  if (!IsToken(TextOf(buffer_).substr(0, 1))) {
    exchange.Refuse(Fail(Fault::kInvalidRequest, "This is not HTTP."));
    co_return;
  }
  for (std::size_t looked_at = 0;;) {
    const std::string_view text = TextOf(buffer_);
    const std::size_t end = text.find("\r\n\r\n", looked_at);
    const std::size_t size = end == std::string_view::npos ? text.size() : end + 4;
    if (size > limits_.header_bytes) {
      exchange.Refuse(Fail(Fault::kTooLarge,
                           "The header is longer than " + std::to_string(limits_.header_bytes) + " bytes."),
                      431);
      co_return;
    }
    if (end != std::string_view::npos) {
      ParseHeader(exchange, parser, size);
      co_return;
    }
    looked_at = text.size() - std::min<std::size_t>(text.size(), 3);
    const bool more = co_await ReadSome(kHeaderRead);
    if (!more) {
      ReadingFailed(exchange);
      co_return;
    }
  }
}

// Beast sees the header whole: its own limit counts from where it stopped, not from the start.
void Connection::ParseHeader(Exchange& exchange, Parser& parser, std::size_t size) {
  const std::string_view header = TextOf(buffer_).substr(0, size);
  const bool folded =
      header.find("\r\n ") != std::string_view::npos || header.find("\r\n\t") != std::string_view::npos;
  parser.header_limit(static_cast<std::uint32_t>(size + 1));
  parser.body_limit(boost::none);  // Intake knows the limits, and words the refusal
  error_code failure;
  if (!folded) parser.put(asio::const_buffer(header.data(), header.size()), failure);
  if (folded || failure || !parser.is_header_done())
    exchange.Refuse(Fail(Fault::kInvalidRequest, "The header of the request is malformed."));
  else
    buffer_.consume(size);
}

// A short body after a refusal is read and forgotten; for a long one the connection is closed instead.
bool Connection::WorthSkipping(const Exchange& exchange, const Parser& parser) const {
  if (!exchange.sound || exchange.expects_continue || parser.is_done() || expired_) return false;
  const auto length = parser.content_length();
  return length && *length <= kSkipped;
}

asio::awaitable<void> Connection::ReadBody(Exchange& exchange, Parser& parser) {
  Enter(Phase::kBody, limits_.body_time);
  error_code failure;
  if (exchange.expects_continue && buffer_.size() == 0 && !parser.is_done()) {
    static constexpr std::string_view kContinue = "HTTP/1.1 100 Continue\r\n\r\n";
    co_await wire_->Write({asio::buffer(kContinue), asio::const_buffer()}, failure);
    if (failure || expired_) {
      exchange.fate = Exchange::Fate::kGone;
      co_return;
    }
  }
  parser.get().body().intake = &exchange.intake;
  parser.eager(true);
  while (!parser.is_done()) {
    if (buffer_.size() > 0 && !ParseBody(exchange, parser)) co_return;
    if (parser.is_done()) co_return;
    const bool more = co_await ReadSome(kBodyRead);
    if (!more) {
      ReadingFailed(exchange);
      co_return;
    }
  }
}

// False: refused. What is left in the buffer afterwards is the start of something unfinished, or the next
// request.
bool Connection::ParseBody(Exchange& exchange, Parser& parser) {
  error_code failure;
  buffer_.consume(parser.put(buffer_.data(), failure));
  if (const auto& refusal = parser.get().body().refusal) {
    if (refusal->fault == Fault::kOverloaded) shared_.telemetry.Rejected("memory");
    exchange.Refuse(*refusal);
    return false;
  }
  const bool unfinished = failure == boost::beast::http::error::need_more;
  if ((failure && !unfinished) || (unfinished && buffer_.size() > limits_.header_bytes)) {
    exchange.sound = false;
    exchange.Refuse(Fail(Fault::kInvalidRequest, "The chunked body is malformed."));
    return false;
  }
  return true;
}

asio::awaitable<void> Connection::Handle(std::shared_ptr<Exchange> exchange) {
  exchange->request.deadline = base::Deadline(limits_.handle_time);
  Enter(Phase::kHandling, limits_.handle_time);
  if (exchange->route->inline_) {
    exchange->Settle(Call(*exchange));
    co_return;
  }
  ticket_ = Submit(exchange);
  if (!ticket_) {
    shared_.telemetry.Rejected("queue");
    exchange->Refuse(
        Fail(Fault::kOverloaded, "Every worker is busy and the queue is full; come back later."));
    co_return;
  }
  WatchForHangUp(exchange);
  ready_.expires_at(deadline_);
  for (;;) {
    error_code ignored;
    co_await ready_.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
    if (exchange->done) break;
    if (!ticket_) {  // dropped, since the client is gone
      exchange->fate = Exchange::Fate::kGone;
      break;
    }
    if (Clock::now() >= deadline_ && DropWork()) {
      shared_.telemetry.Rejected("queue");
      exchange->Refuse(Fail(Fault::kOverloaded, "No worker was free in time; come back later."));
      break;
    }
    ready_.expires_at(Clock::time_point::max());  // it has begun, so it will end
  }
  ticket_.reset();
  exchange->done = true;
  error_code ignored;
  wire_->socket().cancel(ignored);  // the watch
}

// True: the work under way had not begun, and never will.
bool Connection::DropWork() {
  if (!ticket_ || !queue_->Drop(*ticket_)) return false;
  ticket_.reset();
  return true;
}

std::optional<WorkQueue::Ticket> Connection::Submit(const std::shared_ptr<Exchange>& exchange) {
  queue_ = &shared_.QueueOf(*exchange->route);
  return queue_->Push([self = shared_from_this(), exchange = exchange]() mutable {
    exchange->response = Call(*exchange);
    exchange->request.body = {};
    exchange->request.parts = {};
    exchange->memory.Release();
    exchange->memory.Count(exchange->response.body.size());
    // Both references move along, so that the last ones are let go on the I/O thread.
    auto& io = self->shared_.io;
    asio::post(io, [self = std::move(self), exchange = std::move(exchange)] {
      exchange->done = true;
      exchange->fate = Exchange::Fate::kAnswered;
      self->ready_.cancel();
    });
  });
}

void Connection::WatchForHangUp(const std::shared_ptr<Exchange>& exchange) {
  wire_->socket().async_wait(asio::ip::tcp::socket::wait_read,
                             [self = shared_from_this(), exchange](const error_code& failure) {
                               if (failure || exchange->done || !PeerHasLeft(self->wire_->socket())) return;
                               if (self->DropWork()) self->ready_.cancel();
                             });
}

asio::awaitable<void> Connection::Answer(Exchange& exchange, bool keep_alive) {
  const Response& response = exchange.response;
  const std::string_view cors_origin =
      exchange.cors ? AllowedOrigin(*exchange.cors, Find(exchange.request.headers, "Origin"))
                    : std::string_view(shared_.options.cors_origin);
  std::string head = WriteHead(
      response, {.request_id = exchange.request.id, .cors_origin = cors_origin, .keep_alive = keep_alive});
  std::string_view body = MayHaveBody(response.status) && exchange.request.method != "HEAD"
                              ? std::string_view(response.body)
                              : std::string_view();
  const std::size_t bytes = head.size() + body.size();
  if (body.size() <= kOneWrite) {
    head += body;
    body = {};
  }
  Enter(Phase::kWriting, expired_ ? Clock::duration(kLastWords) : limits_.write_time);
  error_code failure;
  co_await wire_->Write({asio::buffer(head), asio::buffer(body)}, failure);
  if (failure) Cut();
  Report(exchange, failure ? 0 : bytes);
}

asio::awaitable<bool> Connection::ReadSome(std::size_t at_most) {
  const auto room = buffer_.prepare(at_most);
  error_code failure;
  const std::size_t size = co_await wire_->Read(room, failure);
  buffer_.commit(size);
  received_ += size;
  request_bytes_ += size;
  co_return !failure && !expired_ && !cut_;
}

void Connection::ReadingFailed(Exchange& exchange) {
  if (!expired_ || cut_) {
    exchange.fate = Exchange::Fate::kGone;
    return;
  }
  shared_.telemetry.Rejected("slow");
  exchange.Refuse(Fail(Fault::kTimedOut, "The request came too slowly."), 408);
}

void Connection::Enter(Phase phase, Clock::duration time) {
  phase_ = phase;
  phase_began_ = Clock::now();
  deadline_ = phase_began_ + time;
  received_ = 0;
}

bool Connection::Late(Clock::time_point now) const {
  if (phase_ == Phase::kHandling) return false;
  if (now >= deadline_) return true;
  const auto taken = now - phase_began_;
  if (phase_ != Phase::kBody || taken < limits_.body_grace) return false;
  return static_cast<double>(received_) <
         static_cast<double>(limits_.body_rate) * std::chrono::duration<double>(taken).count();
}

void Connection::Tick(Clock::time_point now) {
  if (cut_ || !Late(now)) return;
  if (expired_ || phase_ == Phase::kOpening || phase_ == Phase::kWriting || phase_ == Phase::kClosing) {
    if (phase_ == Phase::kWriting) shared_.telemetry.Rejected("slow");
    Cut();
    return;
  }
  // Reading ends, and what is read so far is answered 408 or, where nothing has come, with a farewell.
  expired_ = true;
  deadline_ = now + kLastWords;
  error_code ignored;
  wire_->socket().cancel(ignored);
}

void Connection::Drain() {
  if (phase_ != Phase::kIdle) return;
  error_code ignored;
  wire_->socket().cancel(ignored);
}

void Connection::Cut() {
  cut_ = true;
  DropWork();
  error_code ignored;
  wire_->socket().close(ignored);
  ready_.cancel();
}

void Connection::Report(const Exchange& exchange, std::size_t bytes_out) {
  const std::chrono::duration<double> taken = Clock::now() - exchange.began;
  shared_.telemetry.Ended({.id = exchange.request.id,
                           .method = exchange.request.method,
                           .route = exchange.route ? std::string_view(exchange.route->pattern) : "unmatched",
                           .status = exchange.response.status,
                           .bytes_in = request_bytes_ - buffer_.size(),
                           .bytes_out = bytes_out,
                           .seconds = taken.count()});
}

}  // namespace ozma::http
