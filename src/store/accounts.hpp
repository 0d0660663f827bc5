// Companies, users, their sessions, and the audit log.
#pragma once

#include "store/database.hpp"
#include "store/objects.hpp"
#include "store/query.hpp"

namespace ozma::store {

// The company of ADMINs and OPERATORs; made by the first migration.
constexpr std::string_view kSystemCompany = "00000000-0000-4000-8000-000000000000";

// kAlreadyExists where the name is taken.
base::Result<void> Insert(Transaction& in, const Company& company);
base::Result<void> Update(Transaction& in, const Company& company);
std::optional<Company> FindCompany(Transaction& in, std::string_view company_id);
Listed<Company> ListCompanies(Transaction& in, const Query& query);
std::int64_t CountUsers(Transaction& in, std::string_view company_id);
// With its users, their sessions, and all folders and collections of the company: rows go, blobs are doomed
// (blobs.hpp).
void DeleteCompany(Transaction& in, std::string_view company_id);

// kAlreadyExists where the email is taken.
base::Result<void> Insert(Transaction& in, const User& user);
base::Result<void> Update(Transaction& in, const User& user);  // everything but the id
std::optional<User> FindUser(Transaction& in, std::string_view user_id);
std::optional<User> FindUserByEmail(Transaction& in, std::string_view email);
Listed<User> ListUsers(Transaction& in, const Query& query);
// With its sessions. Its folders stay, and stay attributed to its id.
void DeleteUser(Transaction& in, std::string_view user_id);

void Insert(Transaction& in, const Session& session);
std::optional<Session> FindSession(Transaction& in, std::string_view token_id);
// A session with whose it is, in one statement.
struct OwnedSession {
  Session session;
  User user;
  bool company_is_active = false;
};
std::optional<OwnedSession> FindOwnedSession(Transaction& in, std::string_view access_hash);
void TouchSession(Transaction& in, std::string_view token_id, double used, double expires);
// The first use of a new pair: the pair it replaces goes, and it replaces nothing any more.
void SettleReplacement(Transaction& in, const Session& session);
Listed<Session> ListSessions(Transaction& in, const Query& query);
void DeleteSession(Transaction& in, std::string_view token_id);
void DeleteSessionsOf(Transaction& in, std::string_view user_id);
std::int64_t DeleteExpiredSessions(Transaction& in, double now);

void Insert(Transaction& in, const AuditEntry& entry);
Listed<AuditEntry> ListAudit(Transaction& in, const Query& query);

}  // namespace ozma::store
