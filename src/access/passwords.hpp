// Passwords: argon2id by libsodium.
#pragma once

#include <string>
#include <string_view>

#include "base/result.hpp"

namespace ozma::access {

struct PasswordPolicy {
  std::size_t min_length = 8;                                        // characters
  std::size_t max_length = 256;                                      // bytes; the upper bound for everybody
  bool upper = false, lower = false, digit = false, symbol = false;  // what it must hold
  // "min=8,upper,lower,digit,symbol" in any order, as OZ_PASSWORD_POLICY has it. kConfiguration.
  static base::Result<PasswordPolicy> Parse(std::string_view text);
};

// kInvalidValue, with what is missing.
base::Result<void> Check(const PasswordPolicy& policy, std::string_view password);

// A hash takes some 50 ms and 64 MiB, on purpose. Both functions let a few run at once and a few more wait;
// beyond that they answer kOverloaded, so that a flood of logins fills neither memory nor the pool of
// threads.
base::Result<std::string> HashPassword(std::string_view password);
// Takes as long for a hash that is empty, so that an unknown login cannot be told from a wrong password.
base::Result<bool> VerifyPassword(std::string_view hash, std::string_view password);

std::string RandomPassword();  // 20 characters, of letters and digits that cannot be mistaken for others

}  // namespace ozma::access
