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
  // Of buckets at once; beyond, the fullest one goes, which is the one that matters least.
  static constexpr std::size_t kMostBuckets = 10'000;

  // "auth=10/m,rest_unauthorized=60/m,rps_with_token=20/s", as OZ_THROTTLING_RATES has it; empty: off.
  // Units are s, m, h and d; as many calls may come at once.
  // kConfiguration.
  static base::Result<std::shared_ptr<Throttle>> Parse(std::string_view text);
  // kThrottled, with the seconds to wait in the message.
  base::Result<void> Take(Rate rate, std::string_view key);

 private:
  struct Limit {
    double burst = 0, a_second = 0;  // 0: off
  };
  struct Bucket {
    double tokens, at;
    double Level(const Limit& limit, double now) const;
  };
  using Buckets = std::map<std::string, Bucket, std::less<>>;
  static void MakeRoom(Buckets& buckets, const Limit& limit, double now);

  Limit limits_[3];
  std::mutex mutex_;
  Buckets buckets_[3];
};

}  // namespace ozma::access
