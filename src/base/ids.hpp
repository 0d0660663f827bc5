// Time, randomness and identifiers: taken from here alone, so that a test can fix them.
#pragma once

#include <chrono>
#include <string>

namespace ozma::base {

// Seconds since 1970 UTC with microseconds, as the API writes times.
double UnixSeconds();

// A random UUID (RFC 9562, version 4), lower case with hyphens, from the system's secure source.
std::string NewUuid();

// Uniform in [0, 1), for jitter.
double NewFraction();

// While one lives, UnixSeconds() answers `seconds`, NewUuid() counts up from ...000001 and NewFraction()
// answers 0.5. Tests only, one at a time.
class FixedWorld {
 public:
  explicit FixedWorld(double seconds);
  ~FixedWorld();
  FixedWorld(const FixedWorld&) = delete;
  FixedWorld& operator=(const FixedWorld&) = delete;
};

// A moment after which work for a request is pointless.
class Deadline {
 public:
  using Clock = std::chrono::steady_clock;
  explicit Deadline(Clock::duration from_now) : at_(Clock::now() + from_now) {}
  bool Passed() const { return Clock::now() >= at_; }
  Clock::duration Left() const { return Passed() ? Clock::duration::zero() : at_ - Clock::now(); }

 private:
  Clock::time_point at_;
};

}  // namespace ozma::base
