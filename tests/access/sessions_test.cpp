#include "access/sessions.hpp"

#include <sodium.h>

#include <sstream>

#include "base/bytes.hpp"
#include "store/databases.hpp"

namespace ozma::access {
namespace {

using base::Fault;
using base::FixedWorld;
using store::Dialect;
using store::Role;
using store::Transaction;
using store::User;

constexpr double kNow = 1'700'000'000;
const std::string kSecret(32, 's');

class SessionsOn : public store::OnBothDatabases {
 protected:
  void SetUp() override {
    OnBothDatabases::SetUp();
    if (HasFatalFailure()) return;
    static const std::string hash = HashPassword("correct horse").value();
    company_ = SomeCompany();
    user_ = SomeUser(company_.company_id, "anna@example.org");
    user_.role = Role::kClient;
    user_.is_active = true;
    user_.password_hash = hash;
    Write([&](Transaction& in) {
      ASSERT_TRUE(store::Insert(in, company_));
      ASSERT_TRUE(store::Insert(in, user_));
    });
    sessions_ = With({.secret = kSecret});
  }

  std::unique_ptr<Sessions> With(SessionOptions options) {
    return std::make_unique<Sessions>(database_, std::move(options));
  }

  TokenPair LogIn() {
    auto login = sessions_->LogIn("Anna@Example.org", "correct horse");
    EXPECT_TRUE(login.has_value()) << (login ? "" : login.error().message);
    return login ? login->tokens : TokenPair();
  }

  // "" where the token is good, else the fault.
  std::string Use(const std::string& token) {
    const auto caller = sessions_->Authenticate(token);
    return caller ? "" : base::NameOf(caller.error().fault);
  }

  void Change(const std::function<void(User&)>& how) {
    how(user_);
    Write([&](Transaction& in) { ASSERT_TRUE(store::Update(in, user_)); });
  }

  store::Company company_;
  User user_;
  std::unique_ptr<Sessions> sessions_;
};
OZMA_ON_BOTH_DATABASES(SessionsOn);

std::vector<std::string> PartsOf(const std::string& token) {
  std::vector<std::string> parts;
  std::istringstream text(token);
  for (std::string part; std::getline(text, part, '.');) parts.push_back(part);
  return parts;
}

std::string Decoded(const std::string& base64url) {
  return std::string(base::AsText(base::DecodeBase64(base64url).value()));
}

TEST_P(SessionsOn, AnAccessTokenIsAJwtThatOthersCanCheck) {
  const TokenPair pair = LogIn();
  const auto parts = PartsOf(pair.access_token);
  ASSERT_EQ(parts.size(), 3);
  EXPECT_EQ(Decoded(parts[0]), R"({"alg": "HS256", "typ": "JWT"})");
  const auto payload = base::ReadJson(Decoded(parts[1]));
  ASSERT_TRUE(payload.has_value());
  EXPECT_EQ(payload->at("token_id").as_string(), pair.token_id);
  EXPECT_EQ(payload->at("user_id").as_string(), user_.user_id);
  EXPECT_EQ(payload->at("exp").as_int64(), static_cast<std::int64_t>(pair.expire_date));

  const auto mac = base::DecodeBase64(parts[2]).value();
  ASSERT_EQ(mac.size(), crypto_auth_hmacsha256_BYTES);
  const std::string text = parts[0] + '.' + parts[1];
  const auto message = base::AsBytes(text), key = base::AsBytes(kSecret);
  EXPECT_EQ(crypto_auth_hmacsha256_verify(mac.data(), message.data(), message.size(), key.data()), 0);
}

TEST_P(SessionsOn, TokensOfOneMomentDiffer) {
  EXPECT_NE(LogIn().access_token, LogIn().access_token);
}

TEST_P(SessionsOn, WrongLoginsCannotBeToldApart) {
  for (const auto& [email, password] :
       {std::pair("anna@example.org", "wrong"), std::pair("nobody@example.org", "correct horse"),
        std::pair("", "")}) {
    const auto login = sessions_->LogIn(email, password);
    ASSERT_FALSE(login.has_value());
    EXPECT_EQ(login.error().fault, Fault::kWrongLogin);
    EXPECT_EQ(login.error().message, "Wrong login or password.");
  }
}

TEST_P(SessionsOn, OnlyWhoKnowsThePasswordLearnsThatTheUserIsBlocked) {
  const std::string token = LogIn().access_token;
  Change([](User& user) { user.is_active = false; });
  EXPECT_EQ(sessions_->LogIn("anna@example.org", "correct horse").error().fault, Fault::kUserBlocked);
  EXPECT_EQ(sessions_->LogIn("anna@example.org", "wrong").error().fault, Fault::kWrongLogin);
  EXPECT_EQ(Use(token), base::NameOf(Fault::kUserBlocked));
}

TEST_P(SessionsOn, AUserOfABlockedCompanyIsBlocked) {
  const std::string token = LogIn().access_token;
  company_.is_active = false;
  Write([&](Transaction& in) { ASSERT_TRUE(store::Update(in, company_)); });
  EXPECT_EQ(Use(token), base::NameOf(Fault::kUserBlocked));
  EXPECT_EQ(sessions_->LogIn("anna@example.org", "correct horse").error().fault, Fault::kUserBlocked);
}

TEST_P(SessionsOn, ATokenIsKnownExpiredOrNone) {
  TokenPair pair;
  {
    const FixedWorld at(kNow);
    pair = LogIn();
    EXPECT_EQ(pair.expire_date, kNow + 900);
    const auto caller = sessions_->Authenticate(pair.access_token);
    ASSERT_TRUE(caller.has_value());
    EXPECT_EQ(caller->user.user_id, user_.user_id);
    EXPECT_EQ(caller->session.token_id, pair.token_id);
    EXPECT_EQ(Use(""), base::NameOf(Fault::kTokenMissing));
    EXPECT_EQ(Use("nonsense"), base::NameOf(Fault::kTokenUnknown));
    EXPECT_EQ(Use(pair.access_token + "x"), base::NameOf(Fault::kTokenUnknown));
    EXPECT_EQ(Use(pair.expire_token), base::NameOf(Fault::kTokenUnknown));
  }
  const FixedWorld later(kNow + 900);
  EXPECT_EQ(Use(pair.access_token), base::NameOf(Fault::kTokenExpired));
}

TEST_P(SessionsOn, ASessionInUseGoesOn) {
  std::string token;
  {
    const FixedWorld at(kNow);
    token = LogIn().access_token;
  }
  for (double later = 600; later < 6000; later += 600) {
    const FixedWorld at(kNow + later);
    EXPECT_EQ(Use(token), "") << later;
  }
  const FixedWorld at(kNow + 5400 + 901);
  EXPECT_EQ(Use(token), base::NameOf(Fault::kTokenExpired));
}

TEST_P(SessionsOn, ABusySessionIsNotWrittenEachCall) {
  const auto expires = [&](const std::string& token_id) {
    return Read([&](Transaction& in) { return store::FindSession(in, token_id); })->time_expires;
  };
  TokenPair pair;
  {
    const FixedWorld at(kNow);
    pair = LogIn();
  }
  {
    const FixedWorld at(kNow + 14);
    EXPECT_EQ(Use(pair.access_token), "");
    EXPECT_EQ(expires(pair.token_id), kNow + 900);
  }
  const FixedWorld at(kNow + 16);
  EXPECT_EQ(Use(pair.access_token), "");
  EXPECT_EQ(expires(pair.token_id), kNow + 916);
}

TEST_P(SessionsOn, SlidingCanBeSwitchedOff) {
  sessions_ = With({.sliding = false, .secret = kSecret});
  std::string token;
  {
    const FixedWorld at(kNow);
    token = LogIn().access_token;
  }
  {
    const FixedWorld at(kNow + 899);
    EXPECT_EQ(Use(token), "");
  }
  const FixedWorld at(kNow + 901);
  EXPECT_EQ(Use(token), base::NameOf(Fault::kTokenExpired));
}

TEST_P(SessionsOn, TheOldPairDiesWhenTheNewIsFirstUsed) {
  const TokenPair old = LogIn();
  const auto fresh = sessions_->Refresh(old.access_token, old.expire_token);
  ASSERT_TRUE(fresh.has_value()) << fresh.error().message;
  EXPECT_NE(fresh->tokens.token_id, old.token_id);
  EXPECT_EQ(Use(old.access_token), "");
  EXPECT_EQ(Use(fresh->tokens.access_token), "");
  EXPECT_EQ(Use(old.access_token), base::NameOf(Fault::kTokenUnknown));
  EXPECT_EQ(Use(fresh->tokens.access_token), "");
}

TEST_P(SessionsOn, ARefreshIsAUseToo) {
  const TokenPair first = LogIn();
  const auto second = sessions_->Refresh(first.access_token, first.expire_token);
  ASSERT_TRUE(second.has_value());
  const auto third = sessions_->Refresh(second->tokens.access_token, second->tokens.expire_token);
  ASSERT_TRUE(third.has_value());
  EXPECT_EQ(Use(first.access_token), base::NameOf(Fault::kTokenUnknown));
  EXPECT_EQ(Use(third->tokens.access_token), "");
  EXPECT_EQ(Use(second->tokens.access_token), base::NameOf(Fault::kTokenUnknown));
}

TEST_P(SessionsOn, ARefreshNeedsBothTokensOfOnePair) {
  const TokenPair one = LogIn(), other = LogIn();
  const auto crossed = sessions_->Refresh(one.access_token, other.expire_token);
  ASSERT_FALSE(crossed.has_value());
  EXPECT_EQ(crossed.error().fault, Fault::kForbidden);
  EXPECT_EQ(crossed.error().message, "You have not access to refresh this session");
  const auto unknown = sessions_->Refresh("nonsense", one.expire_token);
  ASSERT_FALSE(unknown.has_value());
  EXPECT_EQ(unknown.error().fault, Fault::kTokenUnknown);
  EXPECT_EQ(unknown.error().message, "Session not found");
  EXPECT_EQ(sessions_->Refresh("", one.expire_token).error().fault, Fault::kTokenMissing);
}

TEST_P(SessionsOn, ServiceAccountsStayLoggedIn) {
  const FixedWorld at(kNow);
  Change([](User& user) { user.role = Role::kClientService; });
  EXPECT_EQ(LogIn().expire_date, kNow + 157'680'000);
  const auto issued = sessions_->IssueService(user_);
  ASSERT_TRUE(issued.has_value());
  EXPECT_EQ(issued->tokens.expire_date, kNow + 157'680'000);
  const auto refreshed = sessions_->Refresh(issued->tokens.access_token, issued->tokens.expire_token);
  ASSERT_TRUE(refreshed.has_value());
  EXPECT_EQ(refreshed->tokens.expire_date, kNow + 157'680'000);
}

TEST_P(SessionsOn, AdminsDoSoWhereTheServerIsToldSo) {
  const FixedWorld at(kNow);
  Change([](User& user) { user.role = Role::kAdmin; });
  EXPECT_EQ(LogIn().expire_date, kNow + 900);
  sessions_ = With({.admin_longlive = true, .secret = kSecret});
  EXPECT_EQ(LogIn().expire_date, kNow + 157'680'000);
}

TEST_P(SessionsOn, AResumedSessionHasItsPairBack) {
  const TokenPair pair = LogIn();
  const auto caller = sessions_->Authenticate(pair.access_token);
  ASSERT_TRUE(caller.has_value());
  const TokenPair again = sessions_->Restore(caller->session, pair.access_token);
  EXPECT_EQ(again.access_token, pair.access_token);
  EXPECT_EQ(again.expire_token, pair.expire_token);
  const Sessions other(database_, {.secret = std::string(32, 'x')});
  EXPECT_EQ(other.Restore(caller->session, pair.access_token).expire_token, "");
}

TEST_P(SessionsOn, AClosedSessionIsUnknown) {
  const TokenPair one = LogIn(), other = LogIn();
  ASSERT_TRUE(sessions_->Close(one.token_id));
  EXPECT_EQ(Use(one.access_token), base::NameOf(Fault::kTokenUnknown));
  EXPECT_EQ(Use(other.access_token), "");
}

TEST_P(SessionsOn, NoTokenIsKept) {
  const TokenPair pair = LogIn();
  const auto session = Read([&](Transaction& in) { return store::FindSession(in, pair.token_id); });
  ASSERT_TRUE(session);
  EXPECT_EQ(session->access_hash, base::Sha256Hex(base::AsBytes(pair.access_token)));
  EXPECT_EQ(session->expire_hash, base::Sha256Hex(base::AsBytes(pair.expire_token)));
}

TEST(SessionsAlone, AShortSecretIsRefused) {
  EXPECT_THROW(Sessions(nullptr, {.secret = std::string(31, 's')}), std::invalid_argument);
}

}  // namespace
}  // namespace ozma::access
