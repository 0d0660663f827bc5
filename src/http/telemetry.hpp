// What the server tells about itself: the access log and its metrics. No media, no query, no address of a
// client.
#pragma once

#include <map>
#include <string>
#include <tuple>

#include "base/metrics.hpp"

namespace ozma::http {

// What is known of one request when it ends.
struct Record {
  std::string_view id;
  std::string_view method;  // as sent
  std::string_view route;   // the pattern, or "unmatched"; lives as long as the server
  unsigned status = 0;      // 499: the client left before it was answered
  std::size_t bytes_in = 0, bytes_out = 0;
  double seconds = 0;
};

// Used on the I/O thread alone; instances of a metric are looked up once.
class Telemetry {
 public:
  void Ended(const Record& record);

  // `why`: "connections", "memory", "queue", "slow".
  void Rejected(const char* why);

 private:
  std::map<std::tuple<std::string_view, std::string_view, unsigned>, prometheus::Counter*> counters_;
  std::map<std::string_view, prometheus::Histogram*> times_;
};

}  // namespace ozma::http
