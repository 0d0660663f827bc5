#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <limits>

#include "base/bytes.hpp"
#include "base/ids.hpp"
#include "base/json.hpp"
#include "base/metrics.hpp"

namespace ozma::base {
namespace {

TEST(Base64, MatchesRfc4648Vectors) {
  const std::pair<const char*, const char*> vectors[] = {
      {"", ""}, {"f", "Zg=="}, {"fo", "Zm8="}, {"foo", "Zm9v"}, {"foob", "Zm9vYg=="}, {"foobar", "Zm9vYmFy"}};
  for (const auto& [plain, coded] : vectors) {
    EXPECT_EQ(EncodeBase64(AsBytes(plain)), coded);
    const auto decoded = DecodeBase64(coded);
    ASSERT_TRUE(decoded) << coded;
    EXPECT_EQ(AsText(*decoded), plain);
  }
}

TEST(Base64, TakesLineBreaksMissingPaddingAndTheUrlAlphabet) {
  EXPECT_EQ(AsText(*DecodeBase64("Zm9v\r\nYmFy\n")), "foobar");
  EXPECT_EQ(AsText(*DecodeBase64("Zm8")), "fo");
  EXPECT_EQ(*DecodeBase64("-_8"), (Bytes{0xfb, 0xff}));
}

TEST(Base64, RefusesWhatIsNot) {
  for (const char* text : {"Zm9v!", "Z", "Zm9vYg=x", "\xff\xd8\xff"}) {
    const auto decoded = DecodeBase64(text);
    ASSERT_FALSE(decoded) << text;
    EXPECT_EQ(decoded.error().fault, Fault::kInvalidRequest);
  }
}

TEST(Digests, MatchPublishedVectors) {
  EXPECT_EQ(Sha256Hex(AsBytes("abc")), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  EXPECT_EQ(Md5Hex(AsBytes("abc")), "900150983cd24fb0d6963f7d28e17f72");
  EXPECT_EQ(Crc32(AsBytes("123456789")), 0xcbf43926u);
}

TEST(Json, WritesTheVendorsSeparatorsAndPlainNumbers) {
  const json::value value{
      {"time_created", 1744017549.366616}, {"items", {1, 0.5, nullptr, true}}, {"empty", json::object()}};
  EXPECT_EQ(WriteJson(value),
            R"({"time_created": 1744017549.366616, "items": [1, 0.5, null, true], "empty": {}})");
  EXPECT_EQ(WriteJson(1.0), "1.0");
  EXPECT_EQ(WriteJson(std::numeric_limits<double>::infinity()), "null");
  EXPECT_EQ(WriteJson("a\"b\n"), R"("a\"b\n")");
}

TEST(Json, RefusesWhatRfc8259DoesNotAllow) {
  for (const char* text : {"", "{", "{'a':1}", "[1,]", "nan", "{\"a\":1} x", "\"\xff\""})
    EXPECT_FALSE(ReadJson(text)) << text;
  EXPECT_FALSE(ReadJson(std::string(40, '[') + std::string(40, ']')));
  EXPECT_TRUE(ReadJson(std::string(20, '[') + std::string(20, ']')));
}

TEST(Ids, AreVersion4AndDiffer) {
  const std::string id = NewUuid();
  EXPECT_THAT(id,
              testing::MatchesRegex("[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}"));
  EXPECT_NE(id, NewUuid());
}

TEST(Ids, AFixedWorldRepeatsItself) {
  const FixedWorld world(12.5);
  EXPECT_EQ(UnixSeconds(), 12.5);
  EXPECT_EQ(NewUuid(), "00000000-0000-4000-8000-000000000001");
}

TEST(Files, AWriteReplacesWhole) {
  const auto path = std::filesystem::temp_directory_path() / NewUuid();
  ASSERT_TRUE(WriteFile(path, AsBytes("one")));
  ASSERT_TRUE(WriteFile(path, AsBytes("two")));
  EXPECT_EQ(AsText(*ReadFile(path)), "two");
  std::filesystem::remove(path);
  EXPECT_EQ(ReadFile(path).error().fault, Fault::kIo);
}

TEST(Metrics, OneInstanceForANameAndLabels) {
  Counter("ozma_test_total", "A test.", {{"kind", "a"}}).Increment();
  Counter("ozma_test_total", "A test.", {{"kind", "a"}}).Increment();
  EXPECT_THAT(MetricsText(), testing::HasSubstr("ozma_test_total{kind=\"a\"} 2"));
}

}  // namespace
}  // namespace ozma::base
