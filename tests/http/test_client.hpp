// A client made of a bare socket, so that tests can say what no library would.
#pragma once

#include <string>
#include <string_view>

#include "base/json.hpp"
#include "http/message.hpp"
#include "http/server.hpp"

namespace ozma::http {

struct Reply {
  unsigned status = 0;  // 0: the connection ended before an answer
  Headers headers;
  std::string body;
};

// Waits at most 5 s for anything; a wait that runs out ends the answer where it is. Where nobody listens, no
// answer comes.
class Client {
 public:
  explicit Client(unsigned short port);
  ~Client();
  Client(const Client&) = delete;
  Client& operator=(const Client&) = delete;

  void Send(std::string_view bytes);
  Reply Read(bool head = false);                  // one answer; `head`: it has no body
  Reply Ask(std::string_view bytes);              // Send, then Read
  bool Ended();                                   // the server has closed: end of stream, or reset
  bool Speaks(std::chrono::milliseconds within);  // something, or the end, has come from the server
  void EndSending();
  void Close();

 private:
  bool Fill();  // more bytes into pending_
  int socket_ = -1;
  bool connected_ = false;
  std::string pending_;
};

std::string Get(std::string_view path, std::string_view headers = "");
std::string Post(std::string_view path, std::string_view body, std::string_view headers = "");

base::json::object JsonOf(const Reply& reply);                 // its body
std::string TextAt(const Reply& reply, std::string_view key);  // a string in its body

// A server on a free port of the loopback; at least one route: GET /ping answers "pong" inline.
std::unique_ptr<Server> Serve(Router router = {}, Limits limits = {}, int workers = 2);

}  // namespace ozma::http
