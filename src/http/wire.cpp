#include "http/wire.hpp"

#include <boost/asio/redirect_error.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <utility>

namespace ozma::http {
namespace {

using asio::redirect_error;
using asio::use_awaitable;
using asio::ip::tcp;

asio::awaitable<void> DrainInput(Wire& wire, error_code& failure) {
  std::array<char, 16384> scrap;
  while (!failure) co_await wire.Read(asio::buffer(scrap), failure);
}

class Plain final : public Wire {
 public:
  explicit Plain(tcp::socket socket) : socket_(std::move(socket)) {}

  tcp::socket& socket() override { return socket_; }

  asio::awaitable<void> Open(error_code& failure) override {
    failure = {};
    co_return;
  }

  asio::awaitable<std::size_t> Read(asio::mutable_buffer into, error_code& failure) override {
    return socket_.async_read_some(into, redirect_error(use_awaitable, failure));
  }

  asio::awaitable<void> Write(std::array<asio::const_buffer, 2> pieces, error_code& failure) override {
    co_await asio::async_write(socket_, pieces, redirect_error(use_awaitable, failure));
  }

  asio::awaitable<void> Close(bool unread, error_code& failure) override {
    socket_.shutdown(tcp::socket::shutdown_send, failure);
    if (!failure && unread) co_await DrainInput(*this, failure);
  }

 private:
  tcp::socket socket_;
};

class Tls final : public Wire {
 public:
  Tls(tcp::socket socket, asio::ssl::context& context) : stream_(std::move(socket), context) {}

  tcp::socket& socket() override { return stream_.next_layer(); }

  asio::awaitable<void> Open(error_code& failure) override {
    return stream_.async_handshake(asio::ssl::stream_base::server, redirect_error(use_awaitable, failure));
  }

  asio::awaitable<std::size_t> Read(asio::mutable_buffer into, error_code& failure) override {
    return stream_.async_read_some(into, redirect_error(use_awaitable, failure));
  }

  asio::awaitable<void> Write(std::array<asio::const_buffer, 2> pieces, error_code& failure) override {
    co_await asio::async_write(stream_, pieces, redirect_error(use_awaitable, failure));
  }

  asio::awaitable<void> Close(bool unread, error_code& failure) override {
    if (unread) co_await DrainInput(*this, failure);
    co_await stream_.async_shutdown(redirect_error(use_awaitable, failure));
  }

 private:
  asio::ssl::stream<tcp::socket> stream_;
};

base::Error BadTls(const char* what, const std::filesystem::path& file, const error_code& failure) {
  return base::Fail(base::Fault::kConfiguration, std::string("The TLS ") + what + " " + file.string() +
                                                     " cannot be used: " + failure.message() + ".");
}

}  // namespace

std::unique_ptr<Wire> PlainWire(tcp::socket socket) {
  return std::make_unique<Plain>(std::move(socket));
}

std::unique_ptr<Wire> TlsWire(tcp::socket socket, asio::ssl::context& context) {
  return std::make_unique<Tls>(std::move(socket), context);
}

base::Result<std::unique_ptr<asio::ssl::context>> LoadTls(const std::filesystem::path& certificate,
                                                          const std::filesystem::path& key) {
  auto context = std::make_unique<asio::ssl::context>(asio::ssl::context::tls_server);
  SSL_CTX_set_min_proto_version(context->native_handle(), TLS1_2_VERSION);
  SSL_CTX_set_options(context->native_handle(),
                      SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION | SSL_OP_CIPHER_SERVER_PREFERENCE);
  SSL_CTX_set_mode(context->native_handle(), SSL_MODE_RELEASE_BUFFERS);
  error_code failure;
  context->use_certificate_chain_file(certificate.string(), failure);
  if (failure) return BadTls("certificate", certificate, failure);
  context->use_private_key_file(key.string(), asio::ssl::context::pem, failure);
  if (failure) return BadTls("key", key, failure);
  if (SSL_CTX_check_private_key(context->native_handle()) != 1)
    return base::Fail(
        base::Fault::kConfiguration,
        "The TLS key " + key.string() + " does not belong to the certificate " + certificate.string() + ".");
  return context;
}

}  // namespace ozma::http
