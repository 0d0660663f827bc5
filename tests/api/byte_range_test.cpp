#include "api/byte_range.hpp"

#include <ostream>

namespace ozma::api {
namespace {

void Expect(std::string_view header, std::size_t first, std::size_t length) {
  const auto range = RangeOf(header, 1000);
  ASSERT_TRUE(range) << header;
  EXPECT_EQ(range->first, first) << header;
  EXPECT_EQ(range->length, length) << header;
}

TEST(ByteRange, OneRange) {
  Expect("bytes=0-99", 0, 100);
  Expect("bytes=100-", 100, 900);
  Expect("bytes=-50", 950, 50);
  Expect("bytes=-5000", 0, 1000);
  Expect("bytes=999-999", 999, 1);
  Expect("bytes=0-18446744073709551615", 0, 1000);
}

TEST(ByteRange, NothingInIt) {
  for (const char* header : {"bytes=1000-", "bytes=5000-6000", "bytes=-0"}) {
    const auto range = RangeOf(header, 1000);
    ASSERT_TRUE(range) << header;
    EXPECT_EQ(range->length, 0u) << header;
  }
  EXPECT_EQ(RangeOf("bytes=0-0", 0)->length, 0u);
}

TEST(ByteRange, IgnoredWhereItIsNotOneRangeOfBytes) {
  for (const char* header : {"", "bytes", "bytes=", "bytes=-", "bytes=a-b", "bytes=5-4", "bytes=0-1,5-6",
                             "items=0-1", "bytes=0-99999999999999999999999", "bytes=1 -2", "bytes=--5"})
    EXPECT_FALSE(RangeOf(header, 1000)) << header;
}

}  // namespace
}  // namespace ozma::api
