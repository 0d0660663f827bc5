#include <gtest/gtest.h>

#include "api/call.hpp"
#include "api/compat.hpp"

namespace ozma::api {
namespace {

using base::Fault;
using store::Role;

json::object Parsed(std::string_view text) {
  auto object = ParseObject(text);
  EXPECT_TRUE(object.has_value()) << text;
  return object ? std::move(*object) : json::object();
}

TEST(Fields, ABlankBodyIsAnEmptyObject) {
  EXPECT_TRUE(Parsed("").empty());
  EXPECT_TRUE(Parsed(" \r\n").empty());
}

TEST(Fields, ABodyIsAnObject) {
  for (const char* text : {"[]", "1", "null", "{", "{\"a\": 1,}", "a=1"}) {
    const auto object = ParseObject(text);
    ASSERT_FALSE(object.has_value()) << text;
    EXPECT_EQ(object.error().fault, Fault::kInvalidRequest) << text;
  }
}

TEST(Fields, NulIsRefusedWhereverItHides) {
  for (const char* text :
       {R"({"a": "x\u0000"})", R"({"a": [{"b\u0000": 1}]})", R"({"a": {"b": ["\u0000"]}})"}) {
    const auto object = ParseObject(text);
    ASSERT_FALSE(object.has_value()) << text;
    EXPECT_EQ(object.error().fault, Fault::kInvalidValue) << text;
  }
}

TEST(Fields, NullCountsAsAbsent) {
  const auto body = Parsed(R"({"a": null})");
  EXPECT_EQ(TextField(body, "a").value(), std::nullopt);
  EXPECT_EQ(BoolField(body, "a").value(), std::nullopt);
  EXPECT_EQ(NumberField(body, "b").value(), std::nullopt);
  EXPECT_EQ(ObjectField(body, "b").value(), std::nullopt);
}

TEST(Fields, AWrongTypeIsNamed) {
  const auto body = Parsed(R"({"a": [1]})");
  for (const auto& error : {TextField(body, "a").error(), BoolField(body, "a").error(),
                            NumberField(body, "a").error(), ObjectField(body, "a").error()}) {
    EXPECT_EQ(error.fault, Fault::kInvalidType);
    EXPECT_NE(error.message.find("field a "), std::string::npos) << error.message;
  }
}

TEST(Fields, WhatIsMissingIsNamedAsClientsKnowIt) {
  const auto text = NeededText({}, "expire_token");
  ASSERT_FALSE(text.has_value());
  EXPECT_EQ(text.error().fault, Fault::kInvalidRequest);
  EXPECT_EQ(text.error().message, "Could not locate field for key_path expire_token from provided dict data");
}

TEST(OldSpellings, BecomeTodaysWithoutOverridingThem) {
  const auto body = ModernBody(Parsed(
      R"({"can_start_analyse_quality": false, "resolution_suggest": "SUCCESS", "operator_status": "DECLINED"})"));
  EXPECT_EQ(body, Parsed(R"({"operator_status": "DECLINED", "can_start_analysis_quality": false})"));
}

TEST(OldSpellings, FlagsMakeRolesOfClients) {
  const auto role = [](const char* body, Role now) { return RoleByFlags(Parsed(body), now).value(); };
  EXPECT_EQ(role(R"({"is_admin": true})", Role::kClient), Role::kClientAdmin);
  EXPECT_EQ(role(R"({"is_service": true})", Role::kClient), Role::kClientService);
  EXPECT_EQ(role(R"({"is_admin": true, "is_service": true})", Role::kClient), Role::kClientAdmin);
  EXPECT_EQ(role(R"({"is_admin": false})", Role::kClientAdmin), Role::kClient);
  EXPECT_EQ(role(R"({"is_service": true})", Role::kClientAdmin), Role::kClientAdmin);
  EXPECT_EQ(role("{}", Role::kClientAdmin), Role::kClientAdmin);
  for (const Role other : {Role::kAdmin, Role::kOperator, Role::kClientOperator})
    EXPECT_EQ(role(R"({"is_admin": true})", other), other) << "flags are of CLIENTs alone";
  EXPECT_EQ(RoleByFlags(Parsed(R"({"is_admin": "yes"})"), Role::kClient).error().fault, Fault::kInvalidType);
}

}  // namespace
}  // namespace ozma::api
