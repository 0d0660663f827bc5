#include "access/throttle.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <optional>

#include "base/ids.hpp"

namespace ozma::access {
namespace {

using base::Fail;
using base::Fault;

std::optional<Rate> RateOf(std::string_view name) {
  if (name == "auth") return Rate::kAuth;
  if (name == "rest_unauthorized") return Rate::kUnauthorized;
  if (name == "rps_with_token") return Rate::kToken;
  return std::nullopt;
}

std::optional<double> SecondsOf(std::string_view unit) {
  if (unit == "s") return 1;
  if (unit == "m") return 60;
  if (unit == "h") return 3600;
  if (unit == "d") return 86400;
  return std::nullopt;
}

base::Error Unusable(std::string_view word) {
  return Fail(
      Fault::kConfiguration,
      "Throttling rates are auth, rest_unauthorized and rps_with_token, each as in auth=10/m; not \"" +
          std::string(word) + "\".");
}

}  // namespace

base::Result<std::shared_ptr<Throttle>> Throttle::Parse(std::string_view text) {
  auto throttle = std::make_shared<Throttle>();
  while (!text.empty()) {
    const auto end = std::min(text.find(','), text.size());
    const auto word = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    const auto equals = word.find('='), slash = word.find('/');
    if (equals == word.npos || slash == word.npos || slash < equals) return Unusable(word);
    const auto rate = RateOf(word.substr(0, equals));
    const auto seconds = SecondsOf(word.substr(slash + 1));
    const auto number = word.substr(equals + 1, slash - equals - 1);
    unsigned calls = 0;
    const auto [stop, failure] = std::from_chars(number.data(), number.data() + number.size(), calls);
    const bool whole = failure == std::errc() && stop == number.data() + number.size();
    if (!rate || !seconds || !whole || calls == 0) return Unusable(word);
    throttle->limits_[static_cast<int>(*rate)] = {static_cast<double>(calls), calls / *seconds};
  }
  return throttle;
}

base::Result<void> Throttle::Take(Rate rate, std::string_view key) {
  const int kind = static_cast<int>(rate);
  const Limit& limit = limits_[kind];
  if (limit.a_second == 0) return {};
  const double now = base::UnixSeconds();
  const std::lock_guard lock(mutex_);
  auto& buckets = buckets_[kind];
  auto found = buckets.find(key);
  if (found == buckets.end()) {
    if (buckets.size() >= kMostBuckets) MakeRoom(buckets, limit, now);
    found = buckets.emplace(key, Bucket{limit.burst, now}).first;
  }
  Bucket& bucket = found->second;
  bucket.tokens = bucket.Level(limit, now);
  bucket.at = now;
  if (bucket.tokens >= 1) {
    bucket.tokens -= 1;
    return {};
  }
  const double wait = std::ceil((1 - bucket.tokens) / limit.a_second);
  return Fail(Fault::kThrottled,
              "Too many calls; try again in " + std::to_string(static_cast<std::int64_t>(wait)) + " s.");
}

double Throttle::Bucket::Level(const Limit& limit, double now) const {
  return std::min(limit.burst, tokens + std::max(0.0, now - at) * limit.a_second);
}

void Throttle::MakeRoom(Buckets& buckets, const Limit& limit, double now) {
  // One that is full says no more than one that is not there.
  std::erase_if(buckets, [&](const auto& entry) { return entry.second.Level(limit, now) >= limit.burst; });
  if (buckets.size() < kMostBuckets) return;
  buckets.erase(std::ranges::max_element(buckets, {},
                                         [&](const auto& entry) { return entry.second.Level(limit, now); }));
}

}  // namespace ozma::access
