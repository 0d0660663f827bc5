#include "http/test_client.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <charconv>

#include "http/text.hpp"

namespace ozma::http {
namespace {

constexpr std::chrono::milliseconds kPatience{5000};

}  // namespace

Client::Client(unsigned short port) : socket_(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
  sockaddr_in to{};
  to.sin_family = AF_INET;
  to.sin_port = htons(port);
  to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  const int on = 1;
  setsockopt(socket_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  connected_ = connect(socket_, reinterpret_cast<const sockaddr*>(&to), sizeof to) == 0;
}

Client::~Client() {
  Close();
}

void Client::Close() {
  if (socket_ >= 0) close(socket_);
  socket_ = -1;
}

void Client::EndSending() {
  shutdown(socket_, SHUT_WR);
}

// A server that has closed takes no more, which is for the answer to show.
void Client::Send(std::string_view bytes) {
  while (!bytes.empty()) {
    const auto sent = send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent <= 0) return;
    bytes.remove_prefix(static_cast<std::size_t>(sent));
  }
}

bool Client::Fill() {
  if (!Speaks(kPatience)) return false;
  std::array<char, 65536> piece;
  const auto got = recv(socket_, piece.data(), piece.size(), 0);
  if (got <= 0) return false;
  pending_.append(piece.data(), static_cast<std::size_t>(got));
  return true;
}

Reply Client::Read(bool head) {
  Reply reply;
  std::size_t end = 0;
  while ((end = pending_.find("\r\n\r\n")) == std::string::npos)
    if (!Fill()) return reply;
  std::string_view header = std::string_view(pending_).substr(0, end + 2);
  std::from_chars(header.data() + 9, header.data() + 12, reply.status);
  header.remove_prefix(header.find("\r\n") + 2);
  while (!header.empty()) {
    const auto line = header.substr(0, header.find("\r\n"));
    header.remove_prefix(line.size() + 2);
    const auto colon = line.find(':');
    reply.headers.emplace(std::string(line.substr(0, colon)), std::string(Trim(line.substr(colon + 1))));
  }
  std::size_t length = 0;
  const std::string_view stated = Find(reply.headers, "Content-Length");
  std::from_chars(stated.data(), stated.data() + stated.size(), length);
  pending_.erase(0, end + 4);
  if (head) return reply;
  while (pending_.size() < length)
    if (!Fill()) break;
  reply.body = pending_.substr(0, length);
  pending_.erase(0, length);
  return reply;
}

Reply Client::Ask(std::string_view bytes) {
  Send(bytes);
  return Read();
}

bool Client::Speaks(std::chrono::milliseconds within) {
  pollfd wait{socket_, POLLIN, 0};
  return connected_ && poll(&wait, 1, static_cast<int>(within.count())) == 1;
}

bool Client::Ended() {
  if (!Speaks(kPatience)) return false;
  char byte = 0;
  return recv(socket_, &byte, 1, MSG_PEEK) <= 0;
}

std::string Get(std::string_view path, std::string_view headers) {
  return "GET " + std::string(path) + " HTTP/1.1\r\nHost: t\r\n" + std::string(headers) + "\r\n";
}

std::string Post(std::string_view path, std::string_view body, std::string_view headers) {
  return "POST " + std::string(path) +
         " HTTP/1.1\r\nHost: t\r\nContent-Length: " + std::to_string(body.size()) + "\r\n" +
         std::string(headers) + "\r\n" + std::string(body);
}

base::json::object JsonOf(const Reply& reply) {
  const auto value = base::ReadJson(reply.body);
  return value && value->is_object() ? value->get_object() : base::json::object();
}

std::string TextAt(const Reply& reply, std::string_view key) {
  const auto body = JsonOf(reply);
  const auto* found = body.if_contains(key);
  return found && found->is_string() ? std::string(found->get_string()) : "nothing";
}

std::unique_ptr<Server> Serve(Router router, Limits limits, int workers) {
  Route ping;
  ping.method = "GET";
  ping.pattern = "/ping";
  ping.inline_ = true;
  ping.handler = [](const Request&) { return JsonResponse("\"pong\""); };
  router.Add(std::move(ping));
  Options options;
  options.port = 0;
  options.workers = workers;
  options.limits = limits;
  auto server = Server::Start(options, std::move(router));
  if (!server) throw std::runtime_error(server.error().message);
  return std::move(*server);
}

}  // namespace ozma::http
