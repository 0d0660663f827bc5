#include "base/ids.hpp"

#include <sodium.h>

#include <array>
#include <atomic>
#include <cstdint>

#include "base/bytes.hpp"

namespace ozma::base {
namespace {

std::atomic<double> fixed_seconds{-1};
std::atomic<std::uint64_t> fixed_ids{0};

}  // namespace

FixedWorld::FixedWorld(double seconds) {
  fixed_ids = 0;
  fixed_seconds = seconds;
}
FixedWorld::~FixedWorld() {
  fixed_seconds = -1;
}

double UnixSeconds() {
  if (const double fixed = fixed_seconds; fixed >= 0) return fixed;
  using namespace std::chrono;
  return static_cast<double>(duration_cast<microseconds>(system_clock::now().time_since_epoch()).count()) /
         1e6;
}

std::string NewUuid() {
  std::array<std::uint8_t, 16> bytes{};
  if (fixed_seconds >= 0) {
    const std::uint64_t id = ++fixed_ids;
    for (int i = 0; i < 8; ++i) bytes[15 - i] = static_cast<std::uint8_t>(id >> (8 * i));
  } else {
    randombytes_buf(bytes.data(), bytes.size());
  }
  bytes[6] = static_cast<std::uint8_t>((bytes[6] & 0x0f) | 0x40);
  bytes[8] = static_cast<std::uint8_t>((bytes[8] & 0x3f) | 0x80);
  std::string text = HexOf(bytes);
  for (const std::size_t at : {8, 13, 18, 23}) text.insert(at, 1, '-');
  return text;
}

double NewFraction() {
  if (fixed_seconds >= 0) return 0.5;
  constexpr std::uint32_t kParts = 1u << 31;
  return static_cast<double>(randombytes_uniform(kParts)) / kParts;
}

}  // namespace ozma::base
