#include "access/passwords.hpp"

#include <sodium.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <condition_variable>
#include <mutex>

namespace ozma::access {
namespace {

using base::Fail;
using base::Fault;

constexpr auto kOperations = crypto_pwhash_OPSLIMIT_INTERACTIVE;
constexpr auto kMemory = crypto_pwhash_MEMLIMIT_INTERACTIVE;
constexpr std::size_t kMostBytes = 1024;  // of what is hashed at all, whatever the policy

// Costs what a real hash costs, and no password has it: the digest is all zeros.
constexpr std::string_view kNobodysHash =
    "$argon2id$v=19$m=65536,t=2,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

// Lets a few threads in, a few more wait, and turns the rest away.
class Gate {
 public:
  class Pass {
   public:
    explicit Pass(Gate& gate) : gate_(&gate), inside_(gate.Enter()) {}
    ~Pass() {
      if (inside_) gate_->Leave();
    }
    Pass(const Pass&) = delete;
    Pass& operator=(const Pass&) = delete;
    explicit operator bool() const { return inside_; }

   private:
    Gate* gate_;
    bool inside_;
  };

 private:
  static constexpr int kInside = 4, kWaiting = 8;  // 256 MiB

  bool Enter() {
    std::unique_lock lock(mutex_);
    if (inside_ + waiting_ >= kInside + kWaiting) return false;
    ++waiting_;
    free_.wait(lock, [this] { return inside_ < kInside; });
    --waiting_;
    ++inside_;
    return true;
  }
  void Leave() {
    const std::lock_guard lock(mutex_);
    --inside_;
    free_.notify_one();
  }

  std::mutex mutex_;
  std::condition_variable free_;
  int inside_ = 0, waiting_ = 0;
};

Gate& TheGate() {
  static Gate gate;
  return gate;
}

base::Error Busy() {
  return Fail(Fault::kOverloaded, "Too many logins are under way; try again in a moment.");
}

bool Holds(std::string_view text, char first, char last) {
  return std::ranges::any_of(text, [=](char c) { return c >= first && c <= last; });
}

bool IsSymbol(char c) {
  const bool letter_or_digit = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
  return !letter_or_digit && c > ' ';
}

std::size_t CharactersOf(std::string_view utf8) {
  return static_cast<std::size_t>(
      std::ranges::count_if(utf8, [](char c) { return (static_cast<unsigned char>(c) & 0xc0) != 0x80; }));
}

}  // namespace

base::Result<PasswordPolicy> PasswordPolicy::Parse(std::string_view text) {
  PasswordPolicy policy;
  while (!text.empty()) {
    const auto end = std::min(text.find(','), text.size());
    const auto word = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    if (word == "upper") {
      policy.upper = true;
    } else if (word == "lower") {
      policy.lower = true;
    } else if (word == "digit") {
      policy.digit = true;
    } else if (word == "symbol") {
      policy.symbol = true;
    } else {
      const auto digits = word.starts_with("min=") ? word.substr(4) : std::string_view();
      const auto [stop, failure] =
          std::from_chars(digits.data(), digits.data() + digits.size(), policy.min_length);
      const bool whole = failure == std::errc() && stop == digits.data() + digits.size();
      if (!whole || policy.min_length < 1 || policy.min_length > policy.max_length)
        return Fail(Fault::kConfiguration,
                    "The password policy knows min=1..256, upper, lower, digit and symbol, not \"" +
                        std::string(word) + "\".");
    }
  }
  return policy;
}

base::Result<void> Check(const PasswordPolicy& policy, std::string_view password) {
  if (password.size() > policy.max_length)
    return Fail(Fault::kInvalidValue,
                "The password is longer than " + std::to_string(policy.max_length) + " bytes.");
  std::string lacks;
  const auto need = [&](bool wanted, bool held, const std::string& what) {
    if (wanted && !held) lacks += (lacks.empty() ? "" : ", ") + what;
  };
  need(true, CharactersOf(password) >= policy.min_length,
       "at least " + std::to_string(policy.min_length) + " characters");
  need(policy.upper, Holds(password, 'A', 'Z'), "a capital letter");
  need(policy.lower, Holds(password, 'a', 'z'), "a small letter");
  need(policy.digit, Holds(password, '0', '9'), "a digit");
  need(policy.symbol, std::ranges::any_of(password, IsSymbol), "a symbol");
  if (lacks.empty()) return {};
  return Fail(Fault::kInvalidValue, "The password needs " + lacks + ".");
}

base::Result<std::string> HashPassword(std::string_view password) {
  if (password.size() > kMostBytes) return Fail(Fault::kInvalidValue, "The password is too long.");
  const Gate::Pass pass(TheGate());
  if (!pass) return Busy();
  std::array<char, crypto_pwhash_STRBYTES> hash{};
  if (crypto_pwhash_str(hash.data(), password.data(), password.size(), kOperations, kMemory) != 0)
    return Fail(Fault::kOverloaded, "There is not enough memory to hash a password.");
  return std::string(hash.data());
}

base::Result<bool> VerifyPassword(std::string_view hash, std::string_view password) {
  if (password.size() > kMostBytes) return false;
  const Gate::Pass pass(TheGate());
  if (!pass) return Busy();
  const std::string known(hash.empty() ? kNobodysHash : hash);
  return crypto_pwhash_str_verify(known.c_str(), password.data(), password.size()) == 0 && !hash.empty();
}

std::string RandomPassword() {
  constexpr std::string_view kLetters = "abcdefghijkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789";
  std::string password(20, ' ');
  for (char& c : password) c = kLetters[randombytes_uniform(kLetters.size())];
  return password;
}

}  // namespace ozma::access
