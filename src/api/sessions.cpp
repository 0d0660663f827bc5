#include "api/sessions.hpp"

#include "access/roles.hpp"
#include "api/audit.hpp"
#include "api/list.hpp"
#include "api/render.hpp"

namespace ozma::api {
namespace {

using base::Fail;
using base::Fault;
using store::Role;
using store::Transaction;

// Sessions are seen and ended by their user, by the CLIENT_ADMIN of its company and by ADMINs.
bool Reaches(const store::User& caller, const store::User& user) {
  if (caller.role == Role::kAdmin || caller.user_id == user.user_id) return true;
  return caller.role == Role::kClientAdmin && caller.company_id == user.company_id;
}

Answer List(const Call& call, const std::optional<std::string>& of_user) {
  auto query = ParseQuery(store::List::kSessions, call.request.query);
  if (!query) return query.error();
  if (of_user) {
    query->only_user = *of_user;
  } else if (call.user().role == Role::kClientAdmin) {
    query->only_company = call.user().company_id;
  } else if (call.user().role != Role::kAdmin) {
    query->only_user = call.user().user_id;
  }
  // Those that have ended lie there until the next clean-up.
  query->where.push_back({"time_expires", store::Condition::Op::kMin, {std::to_string(base::UnixSeconds())}});
  using Sessions = store::Listed<store::Session>;
  const auto listed = call.context.database->Read(
      [&](Transaction& in) -> base::Result<Sessions> { return store::ListSessions(in, *query); });
  if (!listed) return listed.error();
  json::array items;
  for (const auto& session : listed->items) items.push_back(Render(session));
  return Ok(Envelope(*query, listed->total, std::move(items)));
}

Answer ListReached(const Call& call) {
  return List(call, std::nullopt);
}

Answer ListOfUser(const Call& call) {
  const auto id = call.Id("user_id");
  if (!id) return id.error();
  const auto reached = call.context.database->Read([&](Transaction& in) -> base::Result<void> {
    const auto user = store::FindUser(in, *id);
    if (!user) return Fail(Fault::kNotFound, "There is no such user.");
    const access::Owner owner{user->company_id, user->user_id};
    if (auto seen = access::Check(call.user(), access::Object::kUser, access::Verb::kRead, owner, "user");
        !seen)
      return seen;
    if (!Reaches(call.user(), *user))
      return Fail(Fault::kForbidden, "You may not see the sessions of this user.");
    return {};
  });
  if (!reached) return reached.error();
  return List(call, *id);
}

base::Result<store::Session> Reach(Transaction& in, const Call& call) {
  const auto id = call.Id("token_id");
  if (!id) return id.error();
  auto session = store::FindSession(in, *id);
  if (session && session->time_expires > base::UnixSeconds()) {
    const auto user = store::FindUser(in, session->user_id);
    if (user && Reaches(call.user(), *user)) return *std::move(session);
  }
  return Fail(Fault::kNotFound, "There is no such session.");
}

Answer Get(const Call& call) {
  const auto session = call.context.database->Read([&](Transaction& in) { return Reach(in, call); });
  if (!session) return session.error();
  return Ok(Render(*session));
}

Answer Close(const Call& call) {
  const auto closed = call.context.database->Write([&](Transaction& in) -> base::Result<void> {
    const auto session = Reach(in, call);
    if (!session) return session.error();
    store::DeleteSession(in, session->token_id);
    if (session->user_id != call.user().user_id)
      Audit(in, call.user(), "user", session->user_id, "close_session");
    return {};
  });
  if (!closed) return closed.error();
  return Gone();
}

}  // namespace

void AddSessionRoutes(http::Router& router, const std::shared_ptr<const Context>& context) {
  AddCall(router, context, "GET", "/api/sessions", ListReached);
  AddCall(router, context, "GET", "/api/sessions/{token_id}", Get);
  AddCall(router, context, "DELETE", "/api/sessions/{token_id}", Close);
  AddCall(router, context, "GET", "/api/users/{user_id}/sessions", ListOfUser);
}

}  // namespace ozma::api
