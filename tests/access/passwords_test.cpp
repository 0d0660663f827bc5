#include "access/passwords.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <set>
#include <thread>
#include <vector>

namespace ozma::access {
namespace {

using base::Fault;

TEST(Passwords, ArgonKnowsTheRightOneAgain) {
  const auto hash = HashPassword("correct horse");
  ASSERT_TRUE(hash.has_value());
  EXPECT_TRUE(hash->starts_with("$argon2id$v=19$m=65536,t=2,p=1$")) << *hash;
  EXPECT_TRUE(VerifyPassword(*hash, "correct horse").value());
  EXPECT_FALSE(VerifyPassword(*hash, "correct horsf").value());
  EXPECT_NE(*hash, HashPassword("correct horse").value());
}

TEST(Passwords, NobodyHasTheHashOfNobody) {
  for (const char* password : {"", "password"}) EXPECT_FALSE(VerifyPassword("", password).value());
}

TEST(Passwords, AnEndlessOneIsNotEvenHashed) {
  const std::string endless(1 << 20, 'x');
  EXPECT_FALSE(VerifyPassword(HashPassword("x").value(), endless).value());
  EXPECT_FALSE(HashPassword(endless).has_value());
}

TEST(Passwords, AFloodIsTurnedAwayAndTheRestIsServed) {
  const std::string hash = HashPassword("correct horse").value();
  std::atomic<int> right{0}, turned_away{0};
  std::vector<std::thread> flood;
  for (int i = 0; i < 64; ++i) {
    flood.emplace_back([&] {
      const auto verified = VerifyPassword(hash, "correct horse");
      if (verified) {
        right += *verified;
      } else {
        turned_away += verified.error().fault == Fault::kOverloaded;
      }
    });
  }
  for (auto& one : flood) one.join();
  EXPECT_EQ(right + turned_away, 64);
  EXPECT_GE(right, 12);  // as many as may be inside or wait
  EXPECT_TRUE(VerifyPassword(hash, "correct horse").value()) << "the gate is open again";
}

TEST(Passwords, ThePolicySaysWhatIsMissing) {
  const auto policy = PasswordPolicy::Parse("min=10,upper,lower,digit,symbol");
  ASSERT_TRUE(policy.has_value());
  EXPECT_TRUE(Check(*policy, "Correct-h0rse"));
  for (const auto& [password, missing] :
       {std::pair("correct-h0rse", "capital"), std::pair("CORRECT-H0RSE", "small"),
        std::pair("Correct-horse", "digit"), std::pair("Correct h0rse", "symbol"),
        std::pair("C-h0rse", "10 characters")}) {
    const auto checked = Check(*policy, password);
    ASSERT_FALSE(checked.has_value()) << password;
    EXPECT_EQ(checked.error().fault, Fault::kInvalidValue);
    EXPECT_NE(checked.error().message.find(missing), std::string::npos) << checked.error().message;
  }
}

TEST(Passwords, LengthIsCountedInCharacters) {
  const PasswordPolicy policy;
  EXPECT_TRUE(Check(policy, "пароль12"));
  EXPECT_FALSE(Check(policy, "пароль").has_value());
  EXPECT_FALSE(Check(policy, std::string(257, 'x')).has_value());
}

TEST(Passwords, AnUnknownRuleIsRefused) {
  for (const char* text : {"min=", "min=0", "min=300", "min=8x", "uper", "digit,,upper", "min"}) {
    const auto policy = PasswordPolicy::Parse(text);
    ASSERT_FALSE(policy.has_value()) << text;
    EXPECT_EQ(policy.error().fault, Fault::kConfiguration) << text;
  }
  EXPECT_EQ(PasswordPolicy::Parse("").value().min_length, 8);
}

TEST(Passwords, MadeOnesDiffer) {
  std::set<std::string> made;
  for (int i = 0; i < 100; ++i) made.insert(RandomPassword());
  EXPECT_EQ(made.size(), 100);
  EXPECT_EQ(made.begin()->size(), 20);
}

}  // namespace
}  // namespace ozma::access
