#include "access/throttle.hpp"

#include <gtest/gtest.h>

#include "base/ids.hpp"

namespace ozma::access {
namespace {

using base::Fault;

std::shared_ptr<Throttle> Parsed(const char* text) {
  auto throttle = Throttle::Parse(text);
  EXPECT_TRUE(throttle.has_value()) << text;
  return *throttle;
}

TEST(Throttle, TakesABurstAndThenTheRate) {
  const auto throttle = Parsed("auth=3/m");
  {
    const base::FixedWorld at(1000);
    for (int i = 0; i < 3; ++i) EXPECT_TRUE(throttle->Take(Rate::kAuth, "anna"));
    const auto fourth = throttle->Take(Rate::kAuth, "anna");
    ASSERT_FALSE(fourth.has_value());
    EXPECT_EQ(fourth.error().fault, Fault::kThrottled);
    EXPECT_NE(fourth.error().message.find("20 s"), std::string::npos) << fourth.error().message;
    EXPECT_TRUE(throttle->Take(Rate::kAuth, "bert")) << "another's bucket";
  }
  const base::FixedWorld later(1020);
  EXPECT_TRUE(throttle->Take(Rate::kAuth, "anna"));
  EXPECT_FALSE(throttle->Take(Rate::kAuth, "anna").has_value());
}

TEST(Throttle, AClassWithoutARateIsFree) {
  const auto throttle = Parsed("auth=1/d");
  for (int i = 0; i < 1000; ++i) ASSERT_TRUE(throttle->Take(Rate::kToken, "token"));
}

TEST(Throttle, ManyKeysDoNotFillTheMemoryNorFreeWhoIsThrottled) {
  const auto throttle = Parsed("auth=2/h");
  const base::FixedWorld at(1000);
  while (throttle->Take(Rate::kAuth, "anna")) {
  }
  for (std::size_t i = 0; i < Throttle::kMostBuckets + 500; ++i)
    ASSERT_TRUE(throttle->Take(Rate::kAuth, std::to_string(i)));
  EXPECT_FALSE(throttle->Take(Rate::kAuth, "anna").has_value());
}

TEST(Throttle, UnknownRatesAreRefused) {
  for (const char* text : {"auth", "auth=3", "auth=3/y", "auth=/m", "auth=-1/m", "auth=0/m", "logins=3/m",
                           "auth=3/m,,", "auth/m=3"}) {
    const auto throttle = Throttle::Parse(text);
    ASSERT_FALSE(throttle.has_value()) << text;
    EXPECT_EQ(throttle.error().fault, Fault::kConfiguration);
  }
  EXPECT_TRUE(Throttle::Parse("auth=10/m,rest_unauthorized=60/m,rps_with_token=20/s").has_value());
}

}  // namespace
}  // namespace ozma::access
