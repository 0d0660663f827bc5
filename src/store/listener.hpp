// Hears what other nodes notify, over a connection of its own. Inside this room only.
#pragma once

#include <string>
#include <thread>

#include "store/signals.hpp"

namespace ozma::store {

// Bumps `signals` for each NOTIFY. A notification sent while it was not connected is lost, so it bumps every
// channel whenever it has connected. The destructor ends its thread.
class Listener {
 public:
  Listener(std::string address, Signals& signals);
  ~Listener();
  Listener(const Listener&) = delete;
  Listener& operator=(const Listener&) = delete;

 private:
  void Run();
  void Listen();
  // False where the listener is to end. Reads a socket or, with none, waits.
  bool Await(int socket, int milliseconds) const;

  const std::string address_;
  Signals& signals_;
  int stop_;  // an eventfd
  std::thread thread_;
};

}  // namespace ozma::store
