// Logging in, and knowing who calls.
#pragma once

#include <memory>

#include "access/passwords.hpp"
#include "store/accounts.hpp"

namespace ozma::access {

// A user whose every session is long-lived: one of role CLIENT_SERVICE, or with this key true in its
// technical_meta_data (an old client's CLIENT that is_admin and is_service at once).
constexpr std::string_view kLongLived = "long_lived_tokens";
bool IsLongLived(const store::User& user);

struct SessionOptions {
  double ttl = 900;                // seconds
  double service_ttl = 157680000;  // 5 years
  bool admin_longlive = false;     // ADMINs get service_ttl too
  bool sliding = true;             // a call while unexpired sets the expiry to now + ttl
  std::string secret;              // signs access tokens (HS256), so that others can trust their payload
};

struct TokenPair {
  std::string token_id;
  double expire_date = 0;
  std::string access_token;  // a JWT (RFC 7519): {"token_id", "exp", "user_id", "jti"}
  std::string expire_token;  // refreshes
};

struct Caller {
  store::User user;
  store::Session session;
};

// Thread-safe. Tokens are found by their SHA-256 and never kept or logged themselves.
class Sessions {
 public:
  // `options.secret` holds at least kSecretBytes of randomness.
  static constexpr std::size_t kSecretBytes = 32;
  Sessions(std::shared_ptr<store::Database> database, SessionOptions options);

  struct Login {
    TokenPair tokens;
    store::User user;
  };
  // kWrongLogin, kUserBlocked (also where its company is not active), kOverloaded (passwords.hpp).
  base::Result<Login> LogIn(std::string_view email, std::string_view password);

  // kTokenMissing (empty), kTokenUnknown, kTokenExpired, kUserBlocked. Slides the expiry: it is written when
  // it moves by more than a sixtieth of the ttl, so that a busy session does not cost a write a call.
  base::Result<Caller> Authenticate(std::string_view access_token);

  // A new pair for an unexpired one; the old dies when the new is first used. kTokenUnknown ("Session not
  // found"), kForbidden ("You have not access to refresh this session": the expire_token is another's).
  base::Result<Login> Refresh(std::string_view access_token, std::string_view expire_token);

  // The pair of the call that is being made, to resume a session. The expire_token is empty where the secret
  // has changed since it was issued.
  TokenPair Restore(const store::Session& session, std::string_view access_token) const;

  // A long-lived pair; the user's role is CLIENT_SERVICE, which the caller has checked. kNotFound where the
  // user is gone by now, kUserBlocked.
  base::Result<Login> IssueService(const store::User& user);

  base::Result<void> Close(std::string_view token_id);

 private:
  TokenPair Issue(store::Transaction& in, const store::User& user, bool service,
                  std::string_view replaces) const;
  base::Result<void> Use(const store::Session& session, double now);

  std::shared_ptr<store::Database> database_;
  SessionOptions options_;
};

}  // namespace ozma::access
