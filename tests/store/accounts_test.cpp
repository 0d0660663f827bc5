#include "store/databases.hpp"

namespace ozma::store {
namespace {

using base::Fault;

class Accounts : public OnBothDatabases {};
OZMA_ON_BOTH_DATABASES(Accounts);

TEST_P(Accounts, TheSystemCompanyIsThere) {
  const auto company = Read([](Transaction& in) { return FindCompany(in, kSystemCompany); });
  ASSERT_TRUE(company);
  EXPECT_EQ(company->name, "system_company");
  EXPECT_TRUE(company->is_active);
}

TEST_P(Accounts, CompaniesComeBackAsTheyWent) {
  auto company = SomeCompany("Ünïcode & Söhne 'x'; --");
  Write([&](Transaction& in) { ASSERT_TRUE(Insert(in, company)); });
  auto found = Read([&](Transaction& in) { return FindCompany(in, company.company_id); });
  ASSERT_TRUE(found);
  EXPECT_EQ(found->name, company.name);
  EXPECT_EQ(found->settings, company.settings);
  EXPECT_EQ(found->meta_data, company.meta_data);
  EXPECT_EQ(found->technical_meta_data, company.technical_meta_data);
  EXPECT_EQ(found->time.created, company.time.created);
  EXPECT_EQ(found->time.updated, company.time.updated);

  company.name = "renamed";
  company.is_active = false;
  company.meta_data = nullptr;
  Write([&](Transaction& in) { ASSERT_TRUE(Update(in, company)); });
  found = Read([&](Transaction& in) { return FindCompany(in, company.company_id); });
  EXPECT_EQ(found->name, "renamed");
  EXPECT_FALSE(found->is_active);
  EXPECT_TRUE(found->meta_data.is_null());
}

TEST_P(Accounts, NamesAndEmailsAreUnique) {
  const auto one = SomeCompany("one");
  auto two = SomeCompany("two");
  const auto user = SomeUser(one.company_id, "a@example.org");
  auto other = SomeUser(one.company_id, "b@example.org");
  Write([&](Transaction& in) {
    ASSERT_TRUE(Insert(in, one));
    ASSERT_TRUE(Insert(in, two));
    ASSERT_TRUE(Insert(in, user));
    ASSERT_TRUE(Insert(in, other));
  });
  const auto fault = [&](auto work) {
    const auto done = database_->Write([&](Transaction& in) -> base::Result<void> { return work(in); });
    return done ? Fault::kInternal : done.error().fault;
  };
  EXPECT_EQ(fault([&](auto& in) { return Insert(in, SomeCompany("one")); }), Fault::kAlreadyExists);
  two.name = "one";
  EXPECT_EQ(fault([&](auto& in) { return Update(in, two); }), Fault::kAlreadyExists);
  EXPECT_EQ(fault([&](auto& in) { return Insert(in, SomeUser(one.company_id, "a@example.org")); }),
            Fault::kAlreadyExists);
  other.email = "a@example.org";
  EXPECT_EQ(fault([&](auto& in) { return Update(in, other); }), Fault::kAlreadyExists);
  EXPECT_EQ(fault([&](auto& in) { return Update(in, SomeCompany("nobody")); }), Fault::kNotFound);
}

TEST_P(Accounts, UsersComeBackAsTheyWent) {
  const auto user = SomeUser(std::string(kSystemCompany), "zoë@example.org");
  Write([&](Transaction& in) { ASSERT_TRUE(Insert(in, user)); });
  const auto found = Read([&](Transaction& in) { return FindUserByEmail(in, user.email); });
  ASSERT_TRUE(found);
  EXPECT_EQ(found->user_id, user.user_id);
  EXPECT_EQ(found->role, user.role);
  EXPECT_EQ(found->first_name, user.first_name);
  EXPECT_EQ(found->last_name, user.last_name);
  EXPECT_EQ(found->middle_name, user.middle_name);
  EXPECT_EQ(found->password_hash, user.password_hash);
  EXPECT_FALSE(found->is_active);
  EXPECT_FALSE(found->may_quality);
  EXPECT_TRUE(found->may_biometry && found->may_collection && found->may_documents);
  EXPECT_EQ(found->meta_data, user.meta_data);
  EXPECT_FALSE(Read([&](Transaction& in) { return FindUserByEmail(in, "' OR 1=1 --"); }));
  EXPECT_EQ(Read([&](Transaction& in) { return CountUsers(in, kSystemCompany); }), 1);
}

TEST_P(Accounts, ListsSearchWithoutRegardToCaseInAnyScript) {
  const auto company = SomeCompany("ЗАВОД 100%_sure");
  Write([&](Transaction& in) {
    ASSERT_TRUE(Insert(in, company));
    ASSERT_TRUE(Insert(in, SomeCompany("Other")));
    ASSERT_TRUE(Insert(in, SomeUser(company.company_id, "z@example.org")));
  });
  const auto companies = [&](const std::string& text) {
    Query query;
    query.search_text = text;
    return Read([&](Transaction& in) { return ListCompanies(in, query); }).items.size();
  };
  EXPECT_EQ(companies("завод"), 1u);
  EXPECT_EQ(companies("100%_SURE"), 1u);
  EXPECT_EQ(companies("%"), 1u);
  EXPECT_EQ(companies("_s"), 1u);
  EXPECT_EQ(companies("'; DROP TABLE companies; --"), 0u);
  Query users;
  users.search_text = "zoË";
  users.only_company = company.company_id;
  users.where = {{.field = "user_type", .values = {"client operator"}},
                 {.field = "is_active", .values = {"false"}}};
  EXPECT_EQ(Read([&](Transaction& in) { return ListUsers(in, users); }).total, 1);
  users.only_company = std::string(kSystemCompany);
  EXPECT_EQ(Read([&](Transaction& in) { return ListUsers(in, users); }).total, 0);
}

TEST_P(Accounts, SessionsSettleAndExpire) {
  const auto user = SomeUser(std::string(kSystemCompany), "s@example.org");
  Session old{.token_id = "old",
              .user_id = user.user_id,
              .access_hash = "a1",
              .expire_hash = "e1",
              .replaces = "",
              .is_service = true,
              .ttl = 900,
              .time_created = 10,
              .time_used = 11,
              .time_expires = 12};
  Session fresh = old;
  fresh.token_id = "new", fresh.access_hash = "a2", fresh.expire_hash = "e2", fresh.replaces = "old";
  Write([&](Transaction& in) {
    ASSERT_TRUE(Insert(in, user));
    Insert(in, old);
    Insert(in, fresh);
    TouchSession(in, "new", 20, 30);
  });
  const auto once = [&](std::string_view hash) {
    return database_->ReadOnce([&](Transaction& in) -> base::Result<std::optional<OwnedSession>> {
      return FindOwnedSession(in, hash);
    });
  };
  EXPECT_FALSE(once("a3").value());
  const auto owned = once("a2").value();
  ASSERT_TRUE(owned);
  EXPECT_EQ(owned->user.email, "s@example.org");
  EXPECT_EQ(owned->user.password_hash, user.password_hash);
  EXPECT_TRUE(owned->company_is_active);
  const auto* found = &owned->session;
  EXPECT_EQ(found->replaces, "old");
  EXPECT_TRUE(found->is_service);
  EXPECT_EQ(found->time_used, 20);
  EXPECT_EQ(found->time_expires, 30);
  Write([&](Transaction& in) { SettleReplacement(in, *found); });
  EXPECT_FALSE(Read([](Transaction& in) { return FindSession(in, "old"); }));
  EXPECT_EQ(Read([](Transaction& in) { return FindSession(in, "new"); })->replaces, "");

  Query query;
  query.only_company = std::string(kSystemCompany);
  query.only_user = user.user_id;
  EXPECT_EQ(Read([&](Transaction& in) { return ListSessions(in, query); }).items.size(), 1u);
  query.only_company = base::NewUuid();
  EXPECT_EQ(Read([&](Transaction& in) { return ListSessions(in, query); }).items.size(), 0u);
  Write([&](Transaction& in) { EXPECT_EQ(DeleteExpiredSessions(in, 29), 0); });
  Write([&](Transaction& in) { EXPECT_EQ(DeleteExpiredSessions(in, 30), 1); });
}

TEST_P(Accounts, DeletingTakesWhatBelongsAndLeavesTheRest) {
  const auto company = SomeCompany();
  const auto user = SomeUser(company.company_id, "d@example.org");
  const auto folder = SomeFolder(company.company_id, user.user_id);
  Session session{
      .token_id = "t", .user_id = user.user_id, .access_hash = "a", .expire_hash = "e", .replaces = ""};
  Write([&](Transaction& in) {
    ASSERT_TRUE(Insert(in, company));
    ASSERT_TRUE(Insert(in, user));
    Insert(in, session);
    Insert(in, folder);
  });
  Write([&](Transaction& in) { DeleteUser(in, user.user_id); });
  EXPECT_FALSE(Read([](Transaction& in) { return FindSession(in, "t"); }));
  EXPECT_EQ(Read([&](Transaction& in) { return FindFolder(in, folder.folder_id); })->user_id, user.user_id);
  Write([&](Transaction& in) { DeleteCompany(in, company.company_id); });
  EXPECT_FALSE(Read([&](Transaction& in) { return FindCompany(in, company.company_id); }));
  EXPECT_FALSE(Read([&](Transaction& in) { return FindFolder(in, folder.folder_id); }));
}

TEST_P(Accounts, AuditIsListedNewestFirst) {
  for (int i = 0; i < 3; ++i) {
    const AuditEntry entry{.audit_id = base::NewUuid(),
                           .user_id = "u",
                           .company_id = "c",
                           .object = "folder",
                           .object_id = std::to_string(i),
                           .action = "update",
                           .details = {{"changed", {"name"}}},
                           .time_created = static_cast<double>(i)};
    Write([&](Transaction& in) { Insert(in, entry); });
  }
  Query query;
  query.where = {{.field = "object", .values = {"folder"}},
                 {.field = "time_created", .op = Condition::Op::kMin, .values = {"1"}}};
  const auto listed = Read([&](Transaction& in) { return ListAudit(in, query); });
  ASSERT_EQ(listed.items.size(), 2u);
  EXPECT_EQ(listed.items[0].object_id, "2");
  EXPECT_EQ(listed.items[0].details.at("changed").as_array().size(), 1u);
}

TEST(Roles, AreReadInEveryWriting) {
  EXPECT_EQ(RoleOf("client admin"), Role::kClientAdmin);
  EXPECT_EQ(RoleOf("CLIENT_SERVICE"), Role::kClientService);
  EXPECT_FALSE(RoleOf("ROOT"));
  EXPECT_EQ(NameOf(Role::kOperator), "OPERATOR");
  EXPECT_EQ(AnalysisTypeOf("quality"), AnalysisType::kQuality);
}

}  // namespace
}  // namespace ozma::store
