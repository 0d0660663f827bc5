#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "api/render.hpp"

namespace ozma::api {
namespace {

using testing::ElementsAre;

store::User Anna() {
  store::User user;
  user.user_id = "u";
  user.company_id = "c";
  user.email = "anna@example.org";
  user.role = store::Role::kClientService;
  user.password_hash = "$argon2id$secret";
  user.may_quality = false;
  return user;
}

std::vector<std::string> KeysOf(const json::object& object) {
  std::vector<std::string> keys;
  for (const auto& member : object) keys.emplace_back(member.key());
  return keys;
}

TEST(RenderAccounts, ScriptsFindTheTokenWhereTheyCutIt) {
  const access::TokenPair pair{"t-1", 1744017549.366616, "access", "expire"};
  const auto object = Render(pair, Anna());
  EXPECT_THAT(KeysOf(object),
              ElementsAre("token_id", "session_id", "expire_date", "access_token", "expire_token", "user"));
  const std::string text = base::WriteJson(object);
  EXPECT_TRUE(
      text.starts_with(R"({"token_id": "t-1", "session_id": "t-1", "expire_date": 1744017549.366616, )"
                       R"("access_token": "access", "expire_token": "expire", "user": {)"))
      << text;
}

TEST(RenderAccounts, AUserHasBothSpellingsAndNoPassword) {
  const auto object = Render(Anna());
  for (const char* key : {"can_start_analysis_quality", "can_start_analyse_quality"})
    EXPECT_EQ(object.at(key), false) << key;
  for (const char* key : {"can_start_analysis_documents", "can_start_analyse_documents"})
    EXPECT_EQ(object.at(key), true) << key;
  EXPECT_EQ(object.at("user_type"), "CLIENT_SERVICE");
  EXPECT_EQ(object.at("is_service"), true);
  EXPECT_EQ(object.at("is_admin"), false);
  EXPECT_EQ(base::WriteJson(object).find("argon2id"), std::string::npos);
}

TEST(RenderAccounts, ASessionShowsNoHashes) {
  store::Session session;
  session.token_id = "t-1";
  session.access_hash = session.expire_hash = "hash";
  session.time_expires = 5.5;
  const auto object = Render(session);
  EXPECT_EQ(object.at("session_id"), "t-1");
  EXPECT_EQ(object.at("expire_date"), 5.5);
  EXPECT_EQ(base::WriteJson(object).find("hash"), std::string::npos);
}

TEST(RenderAccounts, WhatTheProgramDidIsNobodysInTheAuditLog) {
  store::AuditEntry entry;
  EXPECT_TRUE(Render(entry).at("user_id").is_null());
  entry.user_id = "u";
  EXPECT_EQ(Render(entry).at("user_id"), "u");
}

}  // namespace
}  // namespace ozma::api
