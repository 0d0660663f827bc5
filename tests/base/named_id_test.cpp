#include "base/named_id.hpp"

#include <gmock/gmock.h>

namespace ozma::base {
namespace {

TEST(UuidOf, IsTheSameForTheSameNameAlone) {
  const std::string parent = "6b1f1fb5-5a52-4b3a-a11c-0d5b1f2a9c77";
  const auto id = UuidOf(parent, "Ann");
  EXPECT_EQ(id, UuidOf(parent, "Ann"));
  EXPECT_NE(id, UuidOf(parent, "ann"));
  EXPECT_NE(id, UuidOf("6b1f1fb5-5a52-4b3a-a11c-0d5b1f2a9c78", "Ann"));
  EXPECT_THAT(id,
              testing::MatchesRegex("[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}"));
}

}  // namespace
}  // namespace ozma::base
