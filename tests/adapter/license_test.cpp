// Licences: signed by whom, for which sites, until when.
#include "adapter/license.hpp"

#include <gmock/gmock.h>
#include <sodium.h>

#include "base/bytes.hpp"
#include "base/ids.hpp"

namespace ozma::adapter {
namespace {

using ::testing::HasSubstr;
namespace json = base::json;

class Licenses : public ::testing::Test {
 protected:
  Licenses() : public_(crypto_sign_PUBLICKEYBYTES), secret_(crypto_sign_SECRETKEYBYTES) {
    crypto_sign_keypair(public_.data(), secret_.data());
  }
  std::string Sign(std::string_view text) const {
    base::Bytes signature(crypto_sign_BYTES);
    crypto_sign_detached(signature.data(), nullptr, base::AsBytes(text).data(), text.size(), secret_.data());
    return base::EncodeBase64(signature);
  }
  std::string File(const std::string& payload) const {
    return base::WriteJson(json::object{{"payload_b64", base::EncodeBase64(base::AsBytes(payload))},
                                        {"signature", Sign(payload)},
                                        {"enc_public_key", base::EncodeBase64(public_)}});
  }
  base::Bytes public_, secret_;
  Config config_;
};

TEST_F(Licenses, NoneIsOpenSource) {
  const License license;
  EXPECT_FALSE(license.Refuses("https://anywhere.example"));
  const auto shown = license.Shown();
  EXPECT_EQ(shown.at("valid"), true);
  EXPECT_THAT(std::string(shown.at("note").as_string()), HasSubstr("Open source"));
}

TEST_F(Licenses, DomainsTakeInTheirSubdomains) {
  const auto license = License::Parse(
      File(R"({"id": "1", "kind": "web", "origins": ["a.example"], "expires": null})"), "l", config_);
  for (const char* origin : {"https://a.example", "http://A.example:8443", "https://www.a.example",
                             "http://localhost:5000", "http://127.0.0.1", "http://[::1]:8080"})
    EXPECT_FALSE(license.Refuses(origin)) << origin;
  for (const char* origin : {"https://nota.example", "https://a.example.evil.net", "", "null"})
    EXPECT_TRUE(license.Refuses(origin)) << origin;
  EXPECT_THAT(*license.Refuses("https://b.example"),
              HasSubstr("Bundle b.example is not in the list allowed by license (a.example)"));
  EXPECT_EQ(license.Shown().at("origins").as_array().size(), 1u);
}

TEST_F(Licenses, Expire) {
  const base::FixedWorld world(1000);
  const auto text = File(R"({"id": "1", "kind": "web", "origins": ["a.example"], "expires": 900})");
  const auto license = License::Parse(text, "l", config_);
  EXPECT_THAT(*license.Refuses("https://a.example"), HasSubstr("is later than license expiration date"));
  EXPECT_EQ(license.Shown().at("valid"), false);
}

TEST_F(Licenses, ChangedOrForeignOnesAreRefused) {
  const std::string text = File(R"({"id": "1", "kind": "web", "origins": ["a.example"], "expires": null})");
  auto changed = base::ReadJson(text)->as_object();
  changed["payload_b64"] =
      base::EncodeBase64(base::AsBytes(R"({"id": "1", "kind": "web", "origins": ["b.example"]})"));
  for (const std::string& bad :
       {base::WriteJson(changed), std::string("{}"), std::string("no json"), std::string()})
    EXPECT_THAT(*License::Parse(bad, "license.json", config_).Refuses("https://a.example"),
                HasSubstr("Cannot parse license from (license.json), invalid format"));
  // A key that the operator trusts rules over the file's own.
  config_.license_public_key = base::EncodeBase64(base::Bytes(32, 1));
  EXPECT_TRUE(License::Parse(text, "l", config_).Refuses("https://a.example"));
  config_.license_public_key = base::EncodeBase64(public_);
  EXPECT_FALSE(License::Parse(text, "l", config_).Refuses("https://a.example"));
  EXPECT_THAT(*License::Load("/does/not/exist.json", config_).Refuses("x"), HasSubstr("not found"));
}

TEST_F(Licenses, MasterNeedsItsSignature) {
  const std::string text =
      File(R"({"id": "m-1", "kind": "web_master", "origins": ["a.example"], "expires": null})");
  EXPECT_TRUE(License::Parse(text, "l", config_).Refuses("https://b.example"));
  config_.master_license_signature = Sign("m-2");
  EXPECT_TRUE(License::Parse(text, "l", config_).Refuses("https://b.example"));
  EXPECT_FALSE(License::Parse(text, "l", config_).Refuses("https://a.example"))
      << "the ordinary check goes on";
  config_.master_license_signature = Sign("m-1");
  EXPECT_FALSE(License::Parse(text, "l", config_).Refuses("https://b.example"));
}

}  // namespace
}  // namespace ozma::adapter
