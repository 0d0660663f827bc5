#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/asio.hpp>
#include <boost/asio/ssl.hpp>
#include <cstdlib>
#include <filesystem>
#include <thread>

#include "base/ids.hpp"
#include "http/test_client.hpp"

namespace ozma::http {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;

// A self-signed certificate, made afresh.
class Tls : public testing::Test {
 protected:
  void SetUp() override {
    folder_ = std::filesystem::temp_directory_path() / ("ozma-tls-" + base::NewUuid());
    std::filesystem::create_directory(folder_);
    options_.port = 0;
    options_.tls_certificate = folder_ / "certificate.pem";
    options_.tls_key = folder_ / "key.pem";
    ASSERT_EQ(Make("key.pem", "certificate.pem"), 0);
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }

  int Make(const std::string& key, const std::string& certificate) const {
    const std::string command =
        "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 1 -subj /CN=localhost "
        "-keyout " +
        (folder_ / key).string() + " -out " + (folder_ / certificate).string() + " 2>/dev/null";
    return std::system(command.c_str());
  }

  static Router Routes() {
    Router router;
    Route route;
    route.method = "POST";
    route.pattern = "/double";
    route.handler = [](const Request& request) {
      return JsonResponse(std::string(base::AsText(request.body)) + std::string(base::AsText(request.body)));
    };
    router.Add(std::move(route));
    return router;
  }

  std::filesystem::path folder_;
  Options options_;
};

class TlsClient {
 public:
  TlsClient(unsigned short port, int version)
      : context_(asio::ssl::context::tls_client), stream_(io_, context_) {
    SSL_set_security_level(stream_.native_handle(), 0);
    SSL_set_min_proto_version(stream_.native_handle(), version);
    SSL_set_max_proto_version(stream_.native_handle(), version);
    stream_.next_layer().connect({asio::ip::address_v4::loopback(), port});
    stream_.handshake(asio::ssl::stream_base::client, failure_);
  }

  const boost::system::error_code& failure() const { return failure_; }

  // The answer's bytes up to the end of its body, which ends with `last`.
  std::string Ask(const std::string& request, const std::string& last) {
    asio::write(stream_, asio::buffer(request), failure_);
    std::string answer;
    asio::read_until(stream_, asio::dynamic_buffer(answer), last, failure_);
    return answer;
  }

  std::string ReadToEnd() {
    std::string rest;
    asio::read(stream_, asio::dynamic_buffer(rest), failure_);
    return rest;
  }

 private:
  asio::io_context io_;
  asio::ssl::context context_;
  asio::ssl::stream<tcp::socket> stream_;
  boost::system::error_code failure_;
};

TEST_F(Tls, AnswersOverTls12And13) {
  const auto server = Server::Start(options_, Routes());
  ASSERT_TRUE(server) << server.error().message;
  for (const int version : {TLS1_2_VERSION, TLS1_3_VERSION}) {
    TlsClient client((*server)->port(), version);
    ASSERT_FALSE(client.failure()) << client.failure().message();
    const std::string body = std::string(300'000, 'x') + "!";
    for (int i = 0; i < 3; ++i) {
      const std::string answer = client.Ask(Post("/double", body), "!" + body);
      EXPECT_TRUE(answer.starts_with("HTTP/1.1 200 OK\r\n"));
      EXPECT_TRUE(answer.ends_with(body + body));
    }
  }
}

TEST_F(Tls, EndsWithAFarewell) {
  const auto server = Server::Start(options_, Routes());
  ASSERT_TRUE(server);
  TlsClient client((*server)->port(), TLS1_3_VERSION);
  client.Ask(Get("/nowhere", "Connection: close\r\n"), "null}");
  client.ReadToEnd();
  EXPECT_EQ(client.failure(), asio::error::eof);  // not stream_truncated
}

TEST_F(Tls, RefusesWhatIsOlderThan12) {
  const auto server = Server::Start(options_, Routes());
  ASSERT_TRUE(server);
  EXPECT_TRUE(TlsClient((*server)->port(), TLS1_1_VERSION).failure());
}

TEST_F(Tls, CutsOffWhoDoesNotShakeHands) {
  options_.limits.header_time = std::chrono::milliseconds(200);
  const auto server = Server::Start(options_, Routes());
  ASSERT_TRUE(server);
  Client silent((*server)->port());
  EXPECT_TRUE(silent.Ended());
  Client plain((*server)->port());
  plain.Send(Get("/ping"));
  EXPECT_NE(plain.Read().status, 200u);
}

TEST_F(Tls, StopsWithConnectionsOpen) {
  auto server = Server::Start(options_, Routes());
  ASSERT_TRUE(server);
  TlsClient client((*server)->port(), TLS1_3_VERSION);
  EXPECT_TRUE(client.Ask(Post("/double", "a!"), "a!a!").ends_with("a!a!"));
  std::jthread reader([&] { client.ReadToEnd(); });
  (*server)->Stop();
}

TEST_F(Tls, NamesFilesThatDoNotFit) {
  ASSERT_EQ(Make("other.pem", "other-certificate.pem"), 0);
  options_.tls_key = folder_ / "other.pem";
  auto server = Server::Start(options_, {});
  ASSERT_FALSE(server);
  EXPECT_EQ(server.error().fault, base::Fault::kConfiguration);
  EXPECT_THAT(server.error().message, testing::HasSubstr("other.pem"));
  options_.tls_key = folder_ / "certificate.pem";
  EXPECT_FALSE(Server::Start(options_, {}));
}

}  // namespace
}  // namespace ozma::http
