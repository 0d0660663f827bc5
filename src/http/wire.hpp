// A byte stream to a client, plain or through TLS.
#pragma once

#include <array>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/context.hpp>
#include <filesystem>
#include <memory>

#include "base/result.hpp"

namespace ozma::http {

namespace asio = boost::asio;
using boost::system::error_code;

// Used on the I/O thread alone, one operation at a time. Cancelling or closing the socket ends an operation
// under way.
class Wire {
 public:
  virtual ~Wire() = default;
  virtual asio::ip::tcp::socket& socket() = 0;
  virtual asio::awaitable<void> Open(error_code& failure) = 0;  // the TLS handshake
  virtual asio::awaitable<std::size_t> Read(asio::mutable_buffer into, error_code& failure) = 0;
  virtual asio::awaitable<void> Write(std::array<asio::const_buffer, 2> pieces,
                                      error_code& failure) = 0;  // all of it

  // Tells the client that nothing more comes. Before it, with `unread`, what the client still sends is read
  // and thrown away, lest its last bytes make the kernel reset the connection and take our answer with it.
  virtual asio::awaitable<void> Close(bool unread, error_code& failure) = 0;
};

std::unique_ptr<Wire> PlainWire(asio::ip::tcp::socket socket);
std::unique_ptr<Wire> TlsWire(asio::ip::tcp::socket socket, asio::ssl::context& context);

// TLS 1.2 and later, without renegotiation. kConfiguration names the file that does not fit.
base::Result<std::unique_ptr<asio::ssl::context>> LoadTls(const std::filesystem::path& certificate,
                                                          const std::filesystem::path& key);

}  // namespace ozma::http
