#include "base/crash_point.hpp"

#include <csignal>
#include <cstdlib>
#include <string>

#include "base/ids.hpp"

namespace ozma::base {
namespace {

struct Plan {
  std::string at;
  double rate = 1;
};

const Plan& ThePlan() {
  static const Plan plan = [] {
    Plan made;
    if (const char* at = std::getenv("OZMA_CRASH_AT")) made.at = at;
    if (const char* rate = std::getenv("OZMA_CRASH_RATE")) made.rate = std::strtod(rate, nullptr);
    return made;
  }();
  return plan;
}

}  // namespace

void CrashPoint(std::string_view name) {
  const Plan& plan = ThePlan();
  if (plan.at.empty() || plan.at != name || NewFraction() >= plan.rate) return;
  std::raise(SIGKILL);
}

}  // namespace ozma::base
