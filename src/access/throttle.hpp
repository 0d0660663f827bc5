// How often somebody may call.
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <string>

#include "base/result.hpp"

namespace ozma::access {

enum class Rate { kAuth, kUnauthorized, kToken };

// Token buckets by class and key (address or token id), bounded in number. Off for a class without a rate.
// Thread-safe.
class Throttle {
 public:
  // "auth=10/m,rest_unauthorized=60/m,rps_with_token=20/s", as OZ_THROTTLING_RATES has it; empty: off.
  // kConfiguration.
  static base::Result<std::shared_ptr<Throttle>> Parse(std::string_view text);
  // kThrottled, with the seconds to wait in the message.
  base::Result<void> Take(Rate rate, std::string_view key);

 private:
  struct Bucket {
    double tokens, at;
  };
  struct Limit {
    double burst = 0, a_second = 0;  // 0: off
  };
  Limit limits_[3];
  std::mutex mutex_;
  std::map<std::string, Bucket, std::less<>> buckets_;
};

}  // namespace ozma::access
