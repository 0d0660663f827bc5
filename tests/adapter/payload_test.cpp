// What a browser says of its images: read, bounded, and bound to the session by its signature.
#include "adapter/payload.hpp"

#include <gmock/gmock.h>

#include "adapter/seal.hpp"

namespace ozma::adapter {
namespace {

const std::string kSum(64, 'a');

std::string Payload(std::string_view more = "", std::string_view frames = "") {
  const std::string some =
      frames.empty() ? R"([{"part": "f0", "sha256": ")" + kSum + R"(", "t_ms": 0}])" : std::string(frames);
  return R"({"upload_id": "u-1", "action": "video_selfie_blank", "kind": "video", "frames": )" + some +
         R"(, "additional_info": "x.y")" + std::string(more) + "}";
}

std::string Frame(const std::string& part, const std::string& sum, int t_ms) {
  return R"({"part": ")" + part + R"(", "sha256": ")" + sum + R"(", "t_ms": )" + std::to_string(t_ms) + "}";
}

Code Refused(std::string_view text, std::size_t most = 5) {
  const auto payload = ParseMediaPayload(text, most);
  EXPECT_FALSE(payload) << text;
  return payload ? Code::kInternal : payload.error().code;
}

TEST(MediaPayload, IsRead) {
  const auto payload = ParseMediaPayload(
      Payload(R"(, "best": {"part": "b", "sha256": ")" + kSum + R"("}, "unknown": [1])"), 5);
  ASSERT_TRUE(payload);
  EXPECT_EQ(payload->upload_id, "u-1");
  EXPECT_FALSE(payload->photo);
  EXPECT_EQ(payload->frames.at(0).sha256, kSum);
  EXPECT_EQ(payload->best->part, "b");
  EXPECT_FALSE(payload->best_png);
}

TEST(MediaPayload, IsHeldToItsForm) {
  EXPECT_EQ(Refused("nonsense"), Code::kBadRequest);
  EXPECT_EQ(Refused("[]"), Code::kBadRequest);
  EXPECT_EQ(Refused("{}"), Code::kBadRequest);
  EXPECT_EQ(Refused(std::string(600 << 10, ' ')), Code::kTooLarge);
  EXPECT_EQ(Refused(Payload("", "[]")), Code::kBadRequest);
  EXPECT_EQ(Refused(Payload("", "[" + Frame("f", "AB", 0) + "]")), Code::kBadRequest);
  EXPECT_EQ(Refused(Payload("", "[" + Frame("f", kSum, 0) + "," + Frame("f", kSum, 1) + "]")),
            Code::kBadRequest);
  EXPECT_EQ(Refused(Payload("", "[" + Frame("f", kSum, 9) + "," + Frame("g", kSum, 1) + "]")),
            Code::kBadRequest);
  EXPECT_EQ(Refused(Payload("", "[" + Frame("f", kSum, 0) + "," + Frame("g", kSum, 1) + "]"), 1),
            Code::kTooLarge);
  EXPECT_EQ(Refused(Payload(R"(, "best": 1)")), Code::kBadRequest);
  std::string path = Payload();
  path.replace(path.find("video_selfie_blank"), 18, "../../etc/passwd__");
  EXPECT_EQ(Refused(path), Code::kBadRequest);
}

std::string Seal(const std::string& json, base::ByteView nonce) {
  const std::string text = EncodeBase64Url(base::AsBytes(json));
  return text + "." + EncodeBase64Url(HmacSha256(nonce, text));
}

TEST(Info, IsOpenedByItsNonceAlone) {
  const base::Bytes nonce(32, 7), other(32, 8);
  const std::string json = R"({"v": 1, "session_id": "s", "action": "a", "frames": ["f"], "best": "b",
      "camera": {"label": "Front", "devices": ["Front", "Back"], "settings": {"width": 640}},
      "timing": {"frame_intervals_ms": [1, 2]}, "api": {"tampered": ["x"]}, "webdriver": true,
      "page": {"origin": "https://a", "framed": false}, "user_agent": "Mozilla"})";
  const auto info = OpenInfo(Seal(json, nonce), nonce);
  ASSERT_TRUE(info);
  EXPECT_EQ(info->camera, "Front");
  EXPECT_EQ(info->cameras.size(), 2u);
  EXPECT_EQ(info->intervals.size(), 2u);
  EXPECT_EQ(info->webdriver, true);
  EXPECT_FALSE(info->devtools.has_value());

  EXPECT_EQ(OpenInfo(Seal(json, nonce), other).error().code, Code::kWrongNonce);
  EXPECT_EQ(OpenInfo(EncodeBase64Url(base::AsBytes(json)), nonce).error().code, Code::kWrongNonce);
  EXPECT_EQ(OpenInfo(Seal(json, nonce) + "A", nonce).error().code, Code::kWrongNonce);
  EXPECT_EQ(OpenInfo(".", nonce).error().code, Code::kWrongNonce);
  EXPECT_EQ(OpenInfo(Seal("not json", nonce), nonce).error().code, Code::kBadRequest);
}

TEST(Info, WrongTypesAreRefused) {
  for (const char* more : {R"("camera": 1)", R"("camera": {"label": 1})", R"("api": {"tampered": [1]})",
                           R"("webdriver": "no")", R"("page": {"framed": 1})", R"("user_agent": [])"})
    EXPECT_FALSE(ParseInfo(std::string(R"({"session_id": "s", "action": "a", )") + more + "}")) << more;
}

// RFC 4231, test case 2.
TEST(Seal, HmacIsTheStandards) {
  const auto digest = HmacSha256(base::AsBytes("Jefe"), "what do ya want for nothing?");
  EXPECT_EQ(base::HexOf(digest), "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
  EXPECT_TRUE(EqualInConstantTime(digest, base::Bytes(digest)));
  EXPECT_FALSE(EqualInConstantTime(digest, base::Bytes(31)));
  EXPECT_NE(NewNonce(), NewNonce());
}

}  // namespace
}  // namespace ozma::adapter
