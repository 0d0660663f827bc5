// Requests that are broken, too large or too slow.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>

#include "http/test_client.hpp"

namespace ozma::http {
namespace {

using namespace std::chrono_literals;

Router Sizes() {
  Router router;
  Route route;
  route.method = "POST";
  route.pattern = "/size";
  route.dialect = Dialect::kLitePattern;
  route.handler = [](const Request& request) {
    std::size_t size = request.body.size();
    for (const Part& part : request.parts) size += part.data.size();
    return JsonResponse(std::to_string(size));
  };
  router.Add(std::move(route));
  return router;
}

// How long the server took to end the connection.
std::chrono::milliseconds TimeToEnd(Client& client) {
  const auto before = std::chrono::steady_clock::now();
  EXPECT_TRUE(client.Ended());
  return std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now() - before);
}

constexpr const char* kForm = "Content-Type: multipart/form-data; boundary=B\r\n";

std::string FormPart(std::size_t bytes) {
  return "--B\r\nContent-Disposition: form-data; name=a\r\n\r\n" + std::string(bytes, 'x') + "\r\n";
}

TEST(Hostile, BrokenRequestsAreRefusedAndTheConnectionEnds) {
  const auto server = Serve(Sizes());
  const std::string post = "POST /size HTTP/1.1\r\nHost: t\r\n";
  const std::string requests[] = {
      "garbage\r\n\r\n",
      "\x16\x03\x01\x02\x01",  // TLS to a port without
      std::string("\0\0\0\0", 4),
      "GET /ping\r\n\r\n",
      "GET /ping HTTP/1.1 \r\nHost: t\r\n\r\n",
      "GET /ping HTTP/2.0\r\nHost: t\r\n\r\n",
      "GET /ping HTTP/0.9\r\nHost: t\r\n\r\n",
      "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
      "GET ping HTTP/1.1\r\nHost\r\n\r\n",
      "GET /ping HTTP/1.1\r\nHost: t\r\nBad Name: x\r\n\r\n",
      "GET /ping HTTP/1.1\r\nHost: t\r\nX : y\r\n\r\n",
      "GET /ping HTTP/1.1\r\nHost: t\r\nX: a\rb\r\n\r\n",  // bare CR
      "GET /ping HTTP/1.1\r\nHost: t\r\nX: a\nTransfer-Encoding: chunked\r\n\r\n",
      "GET /ping HTTP/1.1\r\nHost: t\r\nX: a\r\n folded\r\n\r\n",
      "GET /ping HTTP/1.1\r\nHost: t\r\nX: a" + std::string(1, '\0') + "b\r\n\r\n",
      "GET /ping HTTP/1.1\r\n\r\n",  // no Host
      "GET /ping HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n",
      post + "Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
      post + "Transfer-Encoding: chunked\r\nContent-Length: 3\r\n\r\n0\r\n\r\n",
      post + "Content-Length: 3\r\nContent-Length: 4\r\n\r\nabcd",
      post + "Content-Length: 3\r\nContent-Length: 3\r\n\r\nabc",
      post + "Content-Length: 3, 3\r\n\r\nabc",
      post + "Content-Length: +3\r\n\r\nabc",
      post + "Content-Length: -1\r\n\r\nabc",
      post + "Content-Length: 0x3\r\n\r\nabc",
      post + "Content-Length: 99999999999999999999999\r\n\r\nabc",
      post + "Content-Length: \r\n\r\nabc",
      post + "Transfer-Encoding: gzip\r\n\r\nabc",
      post + "Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
      post + "Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n",
      post + "Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n",
      post + "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
      "POST /size HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
      post + "Transfer-Encoding: chunked\r\n\r\nxyz\r\n",
      post + "Transfer-Encoding: chunked\r\n\r\n3\r\nabcdef\r\n",
      post + "Transfer-Encoding: chunked\r\n\r\n-3\r\nabc\r\n",
      post + "Transfer-Encoding: chunked\r\n\r\nfffffffffffffffff\r\nabc\r\n",
      post + "Transfer-Encoding: chunked\r\n\r\n1;" + std::string(20'000, 'x'),
      post + "Transfer-Encoding: chunked\r\n\r\n0\r\nContent-Length: 5\r\n\r\n",
  };
  for (const std::string& request : requests) {
    Client client(server->port());
    const Reply reply = client.Ask(request);
    EXPECT_EQ(reply.status, 400u) << request;
    EXPECT_EQ(Find(reply.headers, "Connection"), "close") << request;
    EXPECT_TRUE(client.Ended()) << request;
  }
  Client client(server->port());
  EXPECT_EQ(client.Ask(Get("/ping")).status, 200u);
}

TEST(Hostile, RandomBytesNeverHurt) {
  const auto server = Serve(Sizes());
  std::mt19937 random(3);
  const std::string seeds[] = {
      Get("/ping?a=%41"), Post("/size", FormPart(40) + "--B--", kForm),
      "POST /size HTTP/1.1\r\nHost: t\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nwiki\r\n0\r\n\r\n"};
  for (int i = 0; i < 600; ++i) {
    std::string request = seeds[random() % 3];
    for (unsigned k = random() % 4; k-- > 0;)
      request[random() % request.size()] = static_cast<char>(random());
    if (random() % 3 == 0) request.resize(random() % request.size());
    Client client(server->port());
    client.Send(request);
    client.EndSending();
    client.Read();
  }
  Client client(server->port());
  EXPECT_EQ(client.Ask(Get("/ping")).status, 200u);
}

TEST(Hostile, AHeaderBeyondItsLimit) {
  Limits limits;
  limits.header_bytes = 1000;
  const auto server = Serve(Sizes(), limits);
  const auto request = [](std::size_t total) {
    const std::size_t rest = Get("/ping", "X: \r\n").size();
    return Get("/ping", "X: " + std::string(total - rest, 'x') + "\r\n");
  };
  Client fits(server->port());
  EXPECT_EQ(fits.Ask(request(1000)).status, 200u);
  Client large(server->port());
  EXPECT_EQ(large.Ask(request(1001)).status, 431u);
  EXPECT_TRUE(large.Ended());
  Client endless(server->port());
  std::string many = "GET /ping HTTP/1.1\r\nHost: t\r\n";
  while (many.size() < 1001) many += "A: b\r\n";
  EXPECT_EQ(endless.Ask(many).status, 431u);
}

TEST(Hostile, ABodyBeyondItsLimitIsRefusedBeforeItIsRead) {
  Limits limits;
  limits.part_bytes = 100'000;
  limits.body_bytes = 300'000;
  limits.parts = 3;
  const auto server = Serve(Sizes(), limits);
  const auto refused = [&](std::string_view request) {
    Client client(server->port());
    const Reply reply = client.Ask(request);
    EXPECT_EQ(reply.status, 400u);
    EXPECT_EQ(TextAt(reply, "code"), "BPE-002003");
    EXPECT_EQ(Find(reply.headers, "Connection"), "close");
  };
  refused("POST /size HTTP/1.1\r\nHost: t\r\nContent-Length: 100001\r\n\r\n");
  refused("POST /size HTTP/1.1\r\nHost: t\r\nContent-Length: 100001\r\nExpect: 100-continue\r\n\r\n");
  refused("POST /size HTTP/1.1\r\nHost: t\r\n" + std::string(kForm) + "Content-Length: 300001\r\n\r\n");
  refused(Post("/size", std::string(100'001, 'x')));
  refused("POST /size HTTP/1.1\r\nHost: t\r\nTransfer-Encoding: chunked\r\n\r\n186a1\r\n" +
          std::string(100'001, 'x'));
  refused("POST /size HTTP/1.1\r\nHost: t\r\nTransfer-Encoding: chunked\r\n" + std::string(kForm) +
          "\r\n7a120\r\n" + FormPart(1) + "--B--" + std::string(400'000, 'x'));
  refused(Post("/size", FormPart(100'001) + FormPart(100'000) + "--B--", kForm));
  refused(Post("/size",
               FormPart(1) + FormPart(1) + FormPart(1) + FormPart(1) + std::string(100'000, 'x') + "--B--",
               kForm));

  Client client(server->port());
  EXPECT_EQ(client.Ask(Post("/size", std::string(100'000, 'x'))).body, "100000");
  EXPECT_EQ(
      client.Ask(Post("/size", FormPart(90'000) + FormPart(100'000) + FormPart(5) + "--B--", kForm)).body,
      "190005");
}

TEST(Hostile, AShortRefusedBodyDoesNotCostTheConnection) {
  const auto server = Serve(Sizes());
  Client client(server->port());
  EXPECT_EQ(client.Ask(Post("/nowhere", std::string(5000, 'x'))).status, 404u);
  EXPECT_EQ(client.Ask(Post("/ping", "x")).status, 405u);
  const Reply reply = client.Ask(Post("/size", "x", "Content-Encoding: gzip\r\n"));
  EXPECT_EQ(reply.status, 400u);
  EXPECT_EQ(TextAt(reply, "code"), "BPE-002001");
  EXPECT_EQ(client.Ask(Post("/size", "x", "Content-Encoding: identity\r\n")).body, "1");
}

TEST(Hostile, BodiesBeyondTheMemoryOfAllAreSentAway) {
  Limits limits;
  limits.buffered_bytes = 300'000;
  const auto server = Serve(Sizes(), limits);
  const auto request = Post("/size", std::string(250'000, 'x'));
  Client first(server->port());
  first.Send(std::string_view(request).substr(0, 240'000));
  Client probe(server->port());  // sees in the metrics when the first one's bytes have come
  std::string metrics;
  do metrics = probe.Ask(Get("/metrics")).body;
  while (metrics.find("ozma_http_buffered_bytes 2") == std::string::npos);
  Client second(server->port());
  const Reply reply = second.Ask(Post("/size", std::string(100'000, 'x')));
  EXPECT_EQ(reply.status, 503u);
  EXPECT_EQ(Find(reply.headers, "Retry-After"), "1");
  EXPECT_EQ(TextAt(reply, "code"), "BPE-001002");
  first.Send(std::string_view(request).substr(240'000));
  EXPECT_EQ(first.Read().body, "250000");
  Client third(server->port());
  EXPECT_EQ(third.Ask(Post("/size", std::string(100'000, 'x'))).body, "100000");
}

TEST(Hostile, ConnectionsBeyondTheCapAreSentAway) {
  Limits limits;
  limits.connections = 2;
  const auto server = Serve(Sizes(), limits);
  Client first(server->port());
  EXPECT_EQ(first.Ask(Get("/ping")).status, 200u);
  {
    Client second(server->port());
    EXPECT_EQ(second.Ask(Get("/ping")).status, 200u);
    Client third(server->port());
    const Reply reply = third.Read();
    EXPECT_EQ(reply.status, 503u);
    EXPECT_EQ(Find(reply.headers, "Retry-After"), "1");
    EXPECT_TRUE(third.Ended());
  }
  std::string metrics;
  do metrics = first.Ask(Get("/metrics")).body;
  while (metrics.find("ozma_http_connections 1\n") == std::string::npos);
  Client fourth(server->port());
  EXPECT_EQ(fourth.Ask(Get("/ping")).status, 200u);
}

TEST(Hostile, ASlowHeaderIsCutOff) {
  Limits limits;
  limits.header_time = 200ms;
  const auto server = Serve(Sizes(), limits);
  Client slow(server->port());
  Client silent(server->port());
  Client trickle(server->port());
  slow.Send("GET /ping HT");
  for (const char c : Get("/ping", "X: " + std::string(200, 'x') + "\r\n")) {
    trickle.Send(std::string_view(&c, 1));
    if (trickle.Speaks(20ms)) break;
  }
  EXPECT_EQ(slow.Read().status, 408u);
  EXPECT_EQ(trickle.Read().status, 408u);
  EXPECT_TRUE(slow.Ended());
  EXPECT_EQ(silent.Read().status, 0u);  // nothing was asked, so nothing is answered
}

TEST(Hostile, AnIdleConnectionEnds) {
  Limits limits;
  limits.idle_time = 200ms;
  const auto server = Serve(Sizes(), limits);
  Client client(server->port());
  EXPECT_EQ(client.Ask(Get("/ping")).status, 200u);
  EXPECT_LT(TimeToEnd(client), 1500ms);
}

TEST(Hostile, ASlowBodyIsCutOff) {
  Limits limits;
  limits.body_time = 300ms;
  const auto by_time = Serve(Sizes(), limits);
  limits.body_time = 60s;
  limits.body_grace = 200ms;
  limits.body_rate = 1'000'000;
  const auto by_rate = Serve(Sizes(), limits);
  for (const auto* server : {by_time.get(), by_rate.get()}) {
    Client client(server->port());
    client.Send("POST /size HTTP/1.1\r\nHost: t\r\nContent-Length: 10000\r\n\r\nabc");
    const Reply reply = client.Read();
    EXPECT_EQ(reply.status, 408u);
    EXPECT_EQ(TextAt(reply, "code"), "BPE-001001");
    EXPECT_TRUE(client.Ended());
  }
}

TEST(Hostile, AClientThatDoesNotReadIsCutOff) {
  Router router;
  Route route;
  route.method = "GET";
  route.pattern = "/large";
  route.handler = [](const Request&) { return JsonResponse(std::string(64u << 20, ' ')); };
  router.Add(std::move(route));
  Limits limits;
  limits.write_time = 300ms;
  const auto server = Serve(std::move(router), limits);
  Client client(server->port());
  client.Send(Get("/large"));
  Client probe(server->port());
  std::string metrics;
  do metrics = probe.Ask(Get("/metrics")).body;
  while (metrics.find("ozma_http_rejected_total{why=\"slow\"}") == std::string::npos ||
         metrics.find("ozma_http_connections 1\n") == std::string::npos);
  EXPECT_LT(client.Read().body.size(), 64u << 20);
}

}  // namespace
}  // namespace ozma::http
