#include "store/accounts.hpp"

#include "store/list_sql.hpp"
#include "store/shared.hpp"

namespace ozma::store {

namespace {

base::Error Taken(std::string_view what) {
  return base::Fail(base::Fault::kAlreadyExists, std::string(what) + " is taken already");
}

base::Error Gone(std::string_view what) {
  return base::Fail(base::Fault::kNotFound, std::string(what) + " does not exist");
}

std::vector<Extra> ExtrasOf(const Company& company) {
  return {{"search", Folded(company.name)}};
}

std::vector<Extra> ExtrasOf(const User& user) {
  return {{"search",
           Folded(user.email + "\n" + user.first_name + " " + user.middle_name + " " + user.last_name + "\n" +
                  user.first_name + " " + user.last_name + "\n" + user.last_name + " " + user.first_name)}};
}

}  // namespace

base::Result<void> Insert(Transaction& in, const Company& company) {
  auto sql = InsertSql("companies", company, ExtrasOf(company));
  if (Execute(in, sql.Add(" ON CONFLICT DO NOTHING")) == 0) return Taken("This name of a company");
  return {};
}

base::Result<void> Update(Transaction& in, const Company& company) {
  const auto holder = FetchTexts(in, Sql("SELECT company_id FROM companies WHERE name = ?", company.name));
  if (!holder.empty() && holder[0] != company.company_id) return Taken("This name of a company");
  if (Execute(in, UpdateSql("companies", company, ExtrasOf(company))) == 0) return Gone("This company");
  return {};
}

std::optional<Company> FindCompany(Transaction& in, std::string_view company_id) {
  return FetchOne<Company>(in, SelectSql<Company>("companies").Add(" WHERE company_id = ?", company_id));
}

Listed<Company> ListCompanies(Transaction& in, const Query& query) {
  return FetchList<Company>(in, List::kCompanies, query);
}

std::int64_t CountUsers(Transaction& in, std::string_view company_id) {
  return FetchInteger(in, Sql("SELECT count(*) FROM users WHERE company_id = ?", company_id)).value_or(0);
}

void DeleteCompany(Transaction& in, std::string_view company_id) {
  DeleteFoldersWhere(in, Sql("company_id = ?", company_id));
  DeleteCollectionsOf(in, company_id);
  Execute(in, Sql("DELETE FROM users WHERE company_id = ?", company_id));
  Execute(in, Sql("DELETE FROM companies WHERE company_id = ?", company_id));
}

base::Result<void> Insert(Transaction& in, const User& user) {
  auto sql = InsertSql("users", user, ExtrasOf(user));
  if (Execute(in, sql.Add(" ON CONFLICT DO NOTHING")) == 0) return Taken("This email");
  return {};
}

base::Result<void> Update(Transaction& in, const User& user) {
  const auto holder = FetchTexts(in, Sql("SELECT user_id FROM users WHERE email = ?", user.email));
  if (!holder.empty() && holder[0] != user.user_id) return Taken("This email");
  if (Execute(in, UpdateSql("users", user, ExtrasOf(user))) == 0) return Gone("This user");
  return {};
}

std::optional<User> FindUser(Transaction& in, std::string_view user_id) {
  return FetchOne<User>(in, SelectSql<User>("users").Add(" WHERE user_id = ?", user_id));
}

std::optional<User> FindUserByEmail(Transaction& in, std::string_view email) {
  return FetchOne<User>(in, SelectSql<User>("users").Add(" WHERE email = ?", email));
}

Listed<User> ListUsers(Transaction& in, const Query& query) {
  return FetchList<User>(in, List::kUsers, query);
}

void DeleteUser(Transaction& in, std::string_view user_id) {
  Execute(in, Sql("DELETE FROM users WHERE user_id = ?", user_id));
}

void Insert(Transaction& in, const Session& session) {
  Execute(in, InsertSql("sessions", session));
}

std::optional<Session> FindSession(Transaction& in, std::string_view token_id) {
  return FetchOne<Session>(in, SelectSql<Session>("sessions").Add(" WHERE token_id = ?", token_id));
}

std::optional<OwnedSession> FindOwnedSession(Transaction& in, std::string_view access_hash) {
  Sql sql("SELECT ");
  sql.Add(NamesOf<Session>("sessions.")).Add(", ").Add(NamesOf<User>("users.")).Add(", companies.is_active");
  sql.Add(
      " FROM sessions JOIN users ON users.user_id = sessions.user_id "
      "JOIN companies ON companies.company_id = users.company_id WHERE sessions.access_hash = ?",
      access_hash);
  const auto &of_session = KindsOf<Session>(), &of_user = KindsOf<User>();
  std::vector<Kind> kinds = of_session;
  kinds.insert(kinds.end(), of_user.begin(), of_user.end());
  kinds.push_back(Kind::kInteger);
  std::optional<OwnedSession> found;
  Fetch(in, sql, kinds, [&](std::span<const Cell> cells) {
    found = OwnedSession{FromCells<Session>(cells.first(of_session.size())),
                         FromCells<User>(cells.subspan(of_session.size(), of_user.size())),
                         cells.back().integer != 0};
  });
  return found;
}

void TouchSession(Transaction& in, std::string_view token_id, double used, double expires) {
  Execute(in, Sql("UPDATE sessions SET time_used = ?, time_expires = ? WHERE token_id = ?", used, expires,
                  token_id));
}

void SettleReplacement(Transaction& in, const Session& session) {
  if (session.replaces.empty()) return;
  Execute(in, Sql("DELETE FROM sessions WHERE token_id = ?", session.replaces));
  Execute(in, Sql("UPDATE sessions SET replaces = NULL WHERE token_id = ?", session.token_id));
}

Listed<Session> ListSessions(Transaction& in, const Query& query) {
  return FetchList<Session>(in, List::kSessions, query);
}

void DeleteSession(Transaction& in, std::string_view token_id) {
  Execute(in, Sql("DELETE FROM sessions WHERE token_id = ?", token_id));
}

void DeleteSessionsOf(Transaction& in, std::string_view user_id) {
  Execute(in, Sql("DELETE FROM sessions WHERE user_id = ?", user_id));
}

std::int64_t DeleteExpiredSessions(Transaction& in, double now) {
  return Execute(in, Sql("DELETE FROM sessions WHERE time_expires <= ?", now));
}

void Insert(Transaction& in, const AuditEntry& entry) {
  Execute(in, InsertSql("audit", entry));
}

Listed<AuditEntry> ListAudit(Transaction& in, const Query& query) {
  return FetchList<AuditEntry>(in, List::kAudit, query);
}

}  // namespace ozma::store
