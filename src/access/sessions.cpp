#include "access/sessions.hpp"

#include <sodium.h>

#include <algorithm>
#include <array>

#include "base/bytes.hpp"
#include "base/log.hpp"

namespace ozma::access {
namespace {

namespace json = base::json;
using base::Fail;
using base::Fault;
using store::Session;
using store::Transaction;
using store::User;

std::string LowerCase(std::string_view text) {
  std::string lower(text);
  for (char& c : lower)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  return lower;
}

std::string Digest(std::string_view token) {
  return base::Sha256Hex(base::AsBytes(token));
}

bool SameText(std::string_view a, std::string_view b) {
  return a.size() == b.size() && sodium_memcmp(a.data(), b.data(), a.size()) == 0;
}

std::string Base64Url(base::ByteView bytes) {
  constexpr int kForm = sodium_base64_VARIANT_URLSAFE_NO_PADDING;
  std::string text(sodium_base64_encoded_len(bytes.size(), kForm), '\0');
  sodium_bin2base64(text.data(), text.size(), bytes.data(), bytes.size(), kForm);
  text.pop_back();  // the terminating zero
  return text;
}

// One key serves two ends, so each end hashes its own words before the text.
std::string Mac(std::string_view words, std::string_view text, std::string_view secret) {
  crypto_auth_hmacsha256_state state;
  const auto key = base::AsBytes(secret), first = base::AsBytes(words), rest = base::AsBytes(text);
  crypto_auth_hmacsha256_init(&state, key.data(), key.size());
  crypto_auth_hmacsha256_update(&state, first.data(), first.size());
  crypto_auth_hmacsha256_update(&state, rest.data(), rest.size());
  std::array<std::uint8_t, crypto_auth_hmacsha256_BYTES> mac{};
  crypto_auth_hmacsha256_final(&state, mac.data());
  return std::string(base::AsText(mac));
}

std::string RandomHex(std::size_t bytes) {
  base::Bytes random(bytes);
  randombytes_buf(random.data(), random.size());
  return base::HexOf(random);
}

// RFC 7515 with HMAC-SHA-256.
std::string SignedToken(const json::object& payload, std::string_view secret) {
  const json::object header{{"alg", "HS256"}, {"typ", "JWT"}};
  const std::string text = Base64Url(base::AsBytes(base::WriteJson(header))) + '.' +
                           Base64Url(base::AsBytes(base::WriteJson(payload)));
  return text + '.' + Base64Url(base::AsBytes(Mac({}, text, secret)));
}

// Follows from the access token, so that a client that has only this can resume. It gives no power beyond:
// a refresh takes both, and each call prolongs the session anyway.
std::string ExpireToken(std::string_view access_token, std::string_view secret) {
  return base::HexOf(base::AsBytes(Mac("expire_token:", access_token, secret)));
}

base::Result<void> CheckActive(const User& user, bool company_is_active) {
  if (!user.is_active) return Fail(Fault::kUserBlocked, "The user is blocked.");
  if (!company_is_active) return Fail(Fault::kUserBlocked, "The company of this user is blocked.");
  return {};
}

base::Result<void> CheckActive(Transaction& in, const User& user) {
  const auto company = store::FindCompany(in, user.company_id);
  return CheckActive(user, company && company->is_active);
}

base::Error WrongLogin() {
  return Fail(Fault::kWrongLogin, "Wrong login or password.");
}

// The session of an access token and its user, both able to act now; one statement. `unknown`: the words for
// a token that is none.
base::Result<Caller> FindCaller(Transaction& in, std::string_view access_token, double now,
                                std::string_view unknown) {
  auto found = store::FindOwnedSession(in, Digest(access_token));
  if (!found) return Fail(Fault::kTokenUnknown, std::string(unknown));
  if (found->session.time_expires <= now) return Fail(Fault::kTokenExpired, "The access token has expired.");
  if (auto active = CheckActive(found->user, found->company_is_active); !active) return active.error();
  return Caller{std::move(found->user), std::move(found->session)};
}

}  // namespace

bool IsLongLived(const User& user) {
  if (user.role == store::Role::kClientService) return true;
  const auto* flag = user.technical_meta_data.if_contains(kLongLived);
  return flag && flag->is_bool() && flag->get_bool();
}

Sessions::Sessions(std::shared_ptr<store::Database> database, SessionOptions options)
    : database_(std::move(database)), options_(std::move(options)) {
  if (options_.secret.size() < kSecretBytes)
    throw std::invalid_argument("the secret of sessions is too short");
}

TokenPair Sessions::Issue(Transaction& in, const User& user, bool service, std::string_view replaces) const {
  const double now = base::UnixSeconds();
  Session session;
  session.token_id = base::NewUuid();
  session.user_id = user.user_id;
  session.replaces = replaces;
  session.is_service = service;
  session.ttl = service ? options_.service_ttl : options_.ttl;
  session.time_created = session.time_used = now;
  session.time_expires = now + session.ttl;

  // `jti` keeps a token from being made anew by somebody who has the secret and sees lists of sessions.
  const json::object payload{{"token_id", session.token_id},
                             {"exp", static_cast<std::int64_t>(session.time_expires)},
                             {"user_id", session.user_id},
                             {"jti", RandomHex(16)}};
  TokenPair pair{session.token_id, session.time_expires, SignedToken(payload, options_.secret), {}};
  pair.expire_token = ExpireToken(pair.access_token, options_.secret);
  session.access_hash = Digest(pair.access_token);
  session.expire_hash = Digest(pair.expire_token);
  store::Insert(in, session);
  return pair;
}

base::Result<Sessions::Login> Sessions::LogIn(std::string_view email, std::string_view password) {
  using Found = std::optional<User>;
  const std::string login = LowerCase(email);
  auto found = database_->Read(
      [&](Transaction& in) -> base::Result<Found> { return store::FindUserByEmail(in, login); });
  if (!found) return found.error();
  const std::string hash = *found ? (*found)->password_hash : std::string();
  // Outside of a transaction: it takes its time.
  const auto right = VerifyPassword(hash, password);
  if (!right) return right.error();
  if (!*right) return WrongLogin();

  return database_->Write([&](Transaction& in) -> base::Result<Login> {
    auto user = store::FindUser(in, (*found)->user_id);
    if (!user || user->password_hash != hash) return WrongLogin();  // changed meanwhile
    if (auto active = CheckActive(in, *user); !active) return active.error();
    const bool service = IsLongLived(*user) || (options_.admin_longlive && user->role == store::Role::kAdmin);
    return Login{Issue(in, *user, service, ""), *user};
  });
}

base::Result<Caller> Sessions::Authenticate(std::string_view access_token) {
  if (access_token.empty())
    return Fail(Fault::kTokenMissing, "The header X-Forensic-Access-Token is missing.");
  const double now = base::UnixSeconds();
  auto caller = database_->ReadOnce([&](Transaction& in) -> base::Result<Caller> {
    return FindCaller(in, access_token, now, "The access token is unknown.");
  });
  if (!caller) return caller;
  if (auto used = Use(caller->session, now); !used) return used.error();
  return caller;
}

base::Result<void> Sessions::Use(const Session& session, double now) {
  const double expires = options_.sliding ? now + session.ttl : session.time_expires;
  const bool slides = expires - session.time_expires > session.ttl / 60;
  if (!slides && session.replaces.empty()) return {};
  auto written = database_->Write([&](Transaction& in) -> base::Result<void> {
    if (!session.replaces.empty()) store::SettleReplacement(in, session);
    if (slides) store::TouchSession(in, session.token_id, now, expires);
    return {};
  });
  if (written || !session.replaces.empty()) return written;
  // That the session ends a little early is no reason to refuse a call that is good.
  base::Log(base::Level::kWarning, "session not extended", {{"message", written.error().message}});
  return {};
}

base::Result<Sessions::Login> Sessions::Refresh(std::string_view access_token,
                                                std::string_view expire_token) {
  if (access_token.empty())
    return Fail(Fault::kTokenMissing, "The header X-Forensic-Access-Token is missing.");
  return database_->Write([&](Transaction& in) -> base::Result<Login> {
    const auto caller = FindCaller(in, access_token, base::UnixSeconds(), "Session not found");
    if (!caller) return caller.error();
    const Session& old = caller->session;
    if (!SameText(old.expire_hash, Digest(expire_token)))
      return Fail(Fault::kForbidden, "You have not access to refresh this session");
    // A pair that was never used in between dies with the one before it, which is gone from then on.
    if (!old.replaces.empty()) store::SettleReplacement(in, old);
    return Login{Issue(in, caller->user, old.is_service, old.token_id), caller->user};
  });
}

TokenPair Sessions::Restore(const Session& session, std::string_view access_token) const {
  TokenPair pair{session.token_id, session.time_expires, std::string(access_token),
                 ExpireToken(access_token, options_.secret)};
  if (!SameText(Digest(pair.expire_token), session.expire_hash)) pair.expire_token.clear();
  return pair;
}

base::Result<Sessions::Login> Sessions::IssueService(const User& user) {
  return database_->Write([&](Transaction& in) -> base::Result<Login> {
    const auto now = store::FindUser(in, user.user_id);
    if (!now) return Fail(Fault::kNotFound, "There is no such user.");
    if (auto active = CheckActive(in, *now); !active) return active.error();
    return Login{Issue(in, *now, true, ""), *now};
  });
}

base::Result<void> Sessions::Close(std::string_view token_id) {
  return database_->Write([&](Transaction& in) -> base::Result<void> {
    store::DeleteSession(in, token_id);
    return {};
  });
}

}  // namespace ozma::access
