// What has to be done from time to time.
#pragma once

#include <thread>

#include "work/leases.hpp"
#include "work/tools.hpp"

namespace ozma::work {

// Ends analyses that are too old, and removes what nobody needs any more. Has one thread, which the
// destructor ends.
class Housekeeper {
 public:
  Housekeeper(const Tools& tools, Leases& leases);

 private:
  void Run(const std::stop_token& stop);
  void Expire();
  void CleanUp();

  const Tools& tools_;
  Leases& leases_;
  std::jthread thread_;
};

}  // namespace ozma::work
