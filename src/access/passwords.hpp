// Passwords: argon2id by libsodium.
#pragma once

#include <string>
#include <string_view>

#include "base/result.hpp"

namespace ozma::access {

struct PasswordPolicy {
  std::size_t min_length = 8;
  std::size_t max_length = 256;                                               // hashing costs time
  bool letters = false, mixed_case = false, digits = false, symbols = false;  // what it must hold
  // "min=8,upper,lower,digit,symbol" in any order, as OZ_PASSWORD_POLICY has it. kConfiguration.
  static base::Result<PasswordPolicy> Parse(std::string_view text);
};

// kInvalidValue, with what is missing.
base::Result<void> Check(const PasswordPolicy& policy, std::string_view password);

// Takes some 50 ms and 64 MiB, on purpose.
base::Result<std::string> HashPassword(std::string_view password);
// Takes as long for a hash that is empty, so that an unknown login cannot be told from a wrong password.
bool VerifyPassword(std::string_view hash, std::string_view password);

std::string RandomPassword();  // 20 characters, of letters and digits that cannot be mistaken for others

}  // namespace ozma::access
