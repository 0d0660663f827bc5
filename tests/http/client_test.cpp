// The outgoing client against real servers, and the addresses it will not go to.
#include "http/client.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>

#include <condition_variable>
#include <mutex>
#include <thread>

#include "http/address.hpp"
#include "http/test_client.hpp"

namespace ozma::http {
namespace {

using base::Fault;
using namespace std::chrono_literals;
using ::testing::HasSubstr;
using ::testing::Not;

bool PublicV4(const char* text) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  if (inet_pton(AF_INET, text, &address.sin_addr) != 1) throw std::runtime_error(text);
  return IsPublic(reinterpret_cast<const sockaddr&>(address));
}

bool PublicV6(const char* text) {
  sockaddr_in6 address{};
  address.sin6_family = AF_INET6;
  if (inet_pton(AF_INET6, text, &address.sin6_addr) != 1) throw std::runtime_error(text);
  return IsPublic(reinterpret_cast<const sockaddr&>(address));
}

TEST(Address, WhatLeadsInsideIsNotPublic) {
  for (const char* text :
       {"0.0.0.0",      "0.1.2.3",     "10.0.0.1",        "100.64.0.1", "100.127.255.255",
        "127.0.0.1",    "127.9.9.9",   "169.254.169.254", "172.16.0.1", "172.31.255.255",
        "192.0.0.8",    "192.0.2.1",   "192.168.1.1",     "198.18.0.1", "198.19.255.255",
        "198.51.100.1", "203.0.113.7", "224.0.0.1",       "240.0.0.1",  "255.255.255.255"}) {
    EXPECT_FALSE(PublicV4(text)) << text;
  }
  for (const char* text :
       {"::", "::1", "::ffff:127.0.0.1", "::ffff:10.1.2.3", "::127.0.0.1", "64:ff9b::10.0.0.1",
        "64:ff9b:1::1", "100::1", "2001::1", "2001:db8::1", "2002:7f00:1::1", "2002:a00:1::", "3fff::1",
        "fc00::1", "fd12::1", "fe80::1", "fec0::1", "ff02::1"}) {
    EXPECT_FALSE(PublicV6(text)) << text;
  }
}

TEST(Address, TheRestOfTheInternetIsPublic) {
  for (const char* text : {"1.1.1.1", "9.9.9.9", "11.0.0.1", "100.63.255.255", "100.128.0.1", "172.15.0.1",
                           "172.32.0.1", "192.167.1.1", "223.255.255.255"}) {
    EXPECT_TRUE(PublicV4(text)) << text;
  }
  for (const char* text : {"2606:4700:4700::1111", "2a00::1", "::ffff:1.1.1.1", "64:ff9b::9.9.9.9",
                           "2002:0101:0101::1", "2001:4860::1"}) {
    EXPECT_TRUE(PublicV6(text)) << text;
  }
}

Outgoing To(const Server& server, const std::string& path) {
  Outgoing outgoing;
  outgoing.url = "http://127.0.0.1:" + std::to_string(server.port()) + path;
  outgoing.allow_private = true;
  return outgoing;
}

Router With(const std::string& method, Handler handler) {
  Router router;
  router.Add({.method = method, .pattern = "/there", .handler = std::move(handler)});
  return router;
}

TEST(Send, CarriesMethodHeadersAndBodyThereAndStatusHeadersAndBodyBack) {
  Request seen;
  const auto server = Serve(With("POST", [&](const Request& request) {
    seen = request;
    Response answer{.status = 202, .content_type = "text/plain", .body = "taken", .headers = {}};
    answer.headers.emplace("X-Back", "b");
    return answer;
  }));
  auto outgoing = To(*server, "/there?a=1");
  outgoing.headers.emplace("X-There", "t");
  outgoing.headers.emplace("Content-Type", "application/json");
  outgoing.body = "{}";
  const auto answer = Send(outgoing);
  ASSERT_TRUE(answer) << answer.error().message;
  EXPECT_EQ(answer->status, 202u);
  EXPECT_EQ(answer->body, "taken");
  EXPECT_EQ(answer->content_type, "text/plain");
  EXPECT_EQ(Find(answer->headers, "x-back"), "b");
  EXPECT_EQ(seen.query.at("a"), "1");
  EXPECT_EQ(Find(seen.headers, "X-There"), "t");
  EXPECT_EQ(Find(seen.headers, "Expect"), "");
  EXPECT_EQ(base::AsText(seen.body), "{}");
}

TEST(Send, OtherMethodsAndStatusesAreAnswersToo) {
  const auto server = Serve();
  auto get = To(*server, "/ping");
  get.method = "GET";
  EXPECT_EQ(Send(get)->body, "\"pong\"");
  get.method = "HEAD";
  EXPECT_EQ(Send(get)->status, 200u);
  EXPECT_EQ(Send(get)->body, "");
  get.method = "DELETE";
  EXPECT_EQ(Send(get)->status, 405u);
}

TEST(Send, FollowsNoRedirect) {
  int calls = 0;
  const auto server = Serve(With("POST", [&](const Request&) {
    ++calls;
    Response answer{.status = 307, .content_type = "text/plain", .body = "", .headers = {}};
    answer.headers.emplace("Location", "/ping");
    return answer;
  }));
  EXPECT_EQ(Send(To(*server, "/there"))->status, 307u);
  EXPECT_EQ(calls, 1);
}

TEST(Send, ReadsNoMoreThanAMebibyte) {
  const auto server = Serve(With("POST", [](const Request&) {
    return Response{
        .status = 200, .content_type = "text/plain", .body = std::string(3u << 20, 'x'), .headers = {}};
  }));
  const auto answer = Send(To(*server, "/there"));
  ASSERT_TRUE(answer) << answer.error().message;
  EXPECT_EQ(answer->status, 200u);
  EXPECT_EQ(answer->body.size(), 1u << 20);
}

TEST(Send, UsesNoProxyOfTheEnvironment) {
  const auto server = Serve();
  setenv("http_proxy", "http://127.0.0.1:1", 1);
  auto get = To(*server, "/ping");
  get.method = "GET";
  EXPECT_TRUE(Send(get));
  unsetenv("http_proxy");
}

TEST(Send, GoesToNoPrivateAddressHoweverItIsWritten) {
  int calls = 0;
  const auto server = Serve(With("POST", [&](const Request&) {
    ++calls;
    return JsonResponse("{}");
  }));
  const auto port = std::to_string(server->port());
  for (const std::string host : {"127.0.0.1", "localhost", "2130706433", "0x7f.1", "0", "[::1]",
                                 "[::ffff:127.0.0.1]", "[::ffff:7f00:1]"}) {
    Outgoing outgoing;
    outgoing.url = "http://" + host + ":" + port + "/there";
    const auto answer = Send(outgoing);
    ASSERT_FALSE(answer) << host;
    EXPECT_EQ(answer.error().fault, Fault::kInvalidValue) << host << ": " << answer.error().message;
  }
  EXPECT_EQ(calls, 0);
}

TEST(Send, SpeaksHttpAlone) {
  for (const char* url :
       {"file:///etc/passwd", "ftp://example.com/", "gopher://example.com/", "no url", ""}) {
    Outgoing outgoing;
    outgoing.url = url;
    outgoing.allow_private = true;
    const auto answer = Send(outgoing);
    ASSERT_FALSE(answer) << url;
    EXPECT_EQ(answer.error().fault, Fault::kInvalidValue) << url << ": " << answer.error().message;
  }
}

TEST(Send, WhereNobodyAnswersSaysSoWithoutTheUrl) {
  unsigned short port = 0;
  { port = Serve()->port(); }
  Outgoing outgoing;
  outgoing.url = "http://127.0.0.1:" + std::to_string(port) + "/there?secret=1";
  outgoing.allow_private = true;
  const auto answer = Send(outgoing);
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().fault, Fault::kUpstream);
  EXPECT_THAT(answer.error().message, Not(HasSubstr("secret")));
}

// A server whose handler waits until it is let go.
class Slow {
 public:
  Slow() {
    server_ = Serve(With("POST", [this](const Request&) {
      std::unique_lock lock(mutex_);
      called_ = true;
      changed_.notify_all();
      changed_.wait(lock, [this] { return released_; });
      return JsonResponse("{}");
    }));
  }
  ~Slow() {
    {
      const std::lock_guard lock(mutex_);
      released_ = true;
    }
    changed_.notify_all();
    server_.reset();
  }
  void AwaitCall() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return called_; });
  }
  const Server& server() const { return *server_; }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  bool called_ = false, released_ = false;
  std::unique_ptr<Server> server_;
};

TEST(Send, GivesUpInTime) {
  const Slow slow;
  auto outgoing = To(slow.server(), "/there");
  outgoing.timeout = 100ms;
  const auto answer = Send(outgoing);
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().fault, Fault::kUpstream);
}

TEST(Send, GivesUpWhenAsked) {
  Slow slow;
  auto outgoing = To(slow.server(), "/there");
  outgoing.timeout = 60s;
  std::stop_source source;
  outgoing.stop = source.get_token();
  const auto begin = std::chrono::steady_clock::now();
  std::jthread asker([&] {
    slow.AwaitCall();
    source.request_stop();
  });
  EXPECT_FALSE(Send(outgoing));
  EXPECT_LT(std::chrono::steady_clock::now() - begin, 30s);
}

}  // namespace
}  // namespace ozma::http
