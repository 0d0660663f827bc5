#include "api/auth.hpp"

#include "access/roles.hpp"
#include "api/audit.hpp"
#include "api/render.hpp"
#include "http/text.hpp"

namespace ozma::api {
namespace {

using base::Fail;
using base::Fault;
using store::Role;

Answer LogIn(const Call& call) {
  const auto body = call.Body();
  if (!body) return body.error();
  const auto credentials = ObjectField(*body, "credentials");
  if (!credentials) return credentials.error();
  if (!*credentials) return NeededText(*body, "credentials").error();
  const json::object& given = **credentials;
  const auto email = NeededText(given, "email");
  if (!email) return email.error();
  const auto password = NeededText(given, "password");
  if (!password) return password.error();
  if (auto taken = call.context.throttle->Take(access::Rate::kAuth, http::LowerCase(*email)); !taken)
    return taken.error();
  const auto login = call.context.sessions->LogIn(*email, *password);
  if (!login) return login.error();
  return Ok(Render(login->tokens, login->user));
}

Answer Refresh(const Call& call) {
  const auto body = call.Body();
  if (!body) return body.error();
  const auto token = TokenOf(call.request);
  if (token.empty()) return Fail(Fault::kTokenMissing, "The header X-Forensic-Access-Token is missing.");
  const auto expire_token = NeededText(*body, "expire_token");
  if (!expire_token) return expire_token.error();
  const auto login = call.context.sessions->Refresh(token, *expire_token);
  if (!login) return login.error();
  return Ok(Render(login->tokens, login->user));
}

Answer Restore(const Call& call) {
  const auto tokens = call.context.sessions->Restore(call.caller.session, TokenOf(call.request));
  return Ok(Render(tokens, call.user()));
}

Answer LogOut(const Call& call) {
  if (auto closed = call.context.sessions->Close(call.caller.session.token_id); !closed)
    return closed.error();
  return Gone();
}

Answer IssueFor(const Call& call, const store::User& user) {
  if (user.role != Role::kClientService)
    return Fail(Fault::kForbidden, "Only users of the role CLIENT_SERVICE have service tokens.");
  if (!user.is_active) return Fail(Fault::kInvalidValue, "The user is blocked.");
  // Noted first: no token goes out that the log does not know of.
  const auto noted = call.context.database->Write([&](store::Transaction& in) -> base::Result<void> {
    Audit(in, call.user(), "user", user.user_id, "issue_service_token");
    return {};
  });
  if (!noted) return noted.error();
  const auto login = call.context.sessions->IssueService(user);
  if (!login) return login.error();
  return Created(Render(login->tokens, login->user));
}

Answer IssueForSelf(const Call& call) {
  return IssueFor(call, call.user());
}

Answer IssueForOther(const Call& call) {
  const auto id = call.Id("user_id");
  if (!id) return id.error();
  const auto user = call.context.database->Read([&](store::Transaction& in) -> base::Result<store::User> {
    auto found = store::FindUser(in, *id);
    if (!found) return Fail(Fault::kNotFound, "There is no such user.");
    const access::Owner owner{found->company_id, found->user_id};
    if (auto seen = access::Check(call.user(), access::Object::kUser, access::Verb::kRead, owner, "user");
        !seen)
      return seen.error();
    return *std::move(found);
  });
  if (!user) return user.error();
  const Role role = call.user().role;
  if (role != Role::kAdmin && role != Role::kClientAdmin && user->user_id != call.user().user_id)
    return Fail(Fault::kForbidden, "You may not issue tokens for other users.");
  return IssueFor(call, *user);
}

}  // namespace

void AddAuthRoutes(http::Router& router, const std::shared_ptr<const Context>& context) {
  AddOpenCall(router, context, "POST", "/api/authorize/auth", LogIn);
  AddOpenCall(router, context, "POST", "/api/authorize/refresh", Refresh);
  AddCall(router, context, "GET", "/api/authorize/auth_restore", Restore);
  AddCall(router, context, "GET", "/api/authorize/auth", Restore);
  AddCall(router, context, "DELETE", "/api/authorize/auth", LogOut);
  for (const char* method : {"POST", "GET"}) {
    AddCall(router, context, method, "/api/authorize/service_token", IssueForSelf);
    AddCall(router, context, method, "/api/authorize/service_token/{user_id}", IssueForOther);
  }
}

}  // namespace ozma::api
