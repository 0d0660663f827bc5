#include "base/crash_point.hpp"

#include <csignal>
#include <cstdlib>

#include "base/ids.hpp"

namespace ozma::base {
namespace {

// The environment is read once a process: each child of a death test reads its own.
TEST(CrashPointDeathTest, KillsThePlannedPointAlone) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  EXPECT_EXIT(
      {
        setenv("OZMA_CRASH_AT", "after-blob", 1);
        CrashPoint("before-commit");
        CrashPoint("after-blob");
        std::_Exit(0);
      },
      ::testing::KilledBySignal(SIGKILL), "");
  EXPECT_EXIT(
      {
        setenv("OZMA_CRASH_AT", "after-blob", 1);
        setenv("OZMA_CRASH_RATE", "0", 1);
        CrashPoint("after-blob");
        std::_Exit(0);
      },
      ::testing::ExitedWithCode(0), "");
}

TEST(CrashPoint, DoesNothingWithoutAPlan) {
  CrashPoint("after-blob");
  CrashPoint("");
}

TEST(Fraction, LiesBetweenNoughtAndOneAndVaries) {
  double least = 1, most = 0;
  for (int i = 0; i < 1000; ++i) {
    const double fraction = NewFraction();
    ASSERT_GE(fraction, 0);
    ASSERT_LT(fraction, 1);
    least = std::min(least, fraction);
    most = std::max(most, fraction);
  }
  EXPECT_LT(least, 0.1);
  EXPECT_GT(most, 0.9);
}

}  // namespace
}  // namespace ozma::base
