#include "api/users.hpp"

#include <algorithm>
#include <array>

#include "access/roles.hpp"
#include "api/accounts.hpp"
#include "api/audit.hpp"
#include "api/list.hpp"
#include "api/render.hpp"
#include "api/user_fields.hpp"

namespace ozma::api {
namespace {

using access::Object;
using access::Verb;
using base::Fail;
using base::Fault;
using store::Role;
using store::Transaction;
using store::User;

bool IsManager(Role role) {
  return role == Role::kAdmin || role == Role::kClientAdmin;
}

base::Result<void> Check(const Call& call, Verb verb, const User& user) {
  return access::Check(call.user(), Object::kUser, verb, {user.company_id, user.user_id}, "user");
}

base::Result<User> Reach(Transaction& in, const Call& call, Verb verb) {
  const auto id = call.Id("user_id");
  if (!id) return id.error();
  auto user = store::FindUser(in, *id);
  if (!user) return Fail(Fault::kNotFound, "There is no such user.");
  if (auto may = Check(call, verb, *user); !may) return may.error();
  return *std::move(user);
}

// What somebody may make of a user that was `before`; of nobody, where it is new.
base::Result<void> CheckResult(Transaction& in, const Call& call, const User* before, const User& after) {
  if (!store::FindCompany(in, after.company_id)) return Fail(Fault::kNotFound, "There is no such company.");
  const bool same_role = before && before->role == after.role;
  if (IsOfSystem(after.role) && !same_role && call.user().role != Role::kAdmin)
    return Fail(Fault::kForbidden, "Only an ADMIN makes ADMINs and OPERATORs.");
  return {};
}

Answer List(const Call& call) {
  auto query = ParseQuery(store::List::kUsers, call.request.query);
  if (!query) return query.error();
  if (auto narrowed = access::Narrow(call.user(), Object::kUser, *query); !narrowed) return narrowed.error();
  using Users = store::Listed<User>;
  const auto listed = call.context.database->Read(
      [&](Transaction& in) -> base::Result<Users> { return store::ListUsers(in, *query); });
  if (!listed) return listed.error();
  json::array items;
  for (const auto& user : listed->items) items.push_back(Render(user));
  return Ok(Envelope(*query, listed->total, std::move(items)));
}

base::Result<void> CheckComplete(const json::object& body) {
  for (const auto key : {"email", "password", "first_name", "last_name"})
    if (auto given = NeededText(body, key); !given) return given.error();
  // Older clients name no role, or say it by flags.
  if (body.contains("is_admin") || body.contains("is_service")) return {};
  if (auto given = NeededText(body, "user_type"); !given) return given.error();
  return {};
}

Answer Create(const Call& call) {
  if (!IsManager(call.user().role)) return Fail(Fault::kForbidden, "You may not create users.");
  const auto body = call.Body();
  if (!body) return body.error();
  if (auto complete = CheckComplete(*body); !complete) return complete.error();
  User user = NewUser(Role::kClient, call.user().company_id);
  json::array changed;
  if (auto applied = ApplyUserFields(*body, user, changed); !applied) return applied.error();
  if (auto may = Check(call, Verb::kCreate, user); !may) return may.error();
  const auto seen = call.context.database->Read(
      [&](Transaction& in) -> base::Result<void> { return CheckResult(in, call, nullptr, user); });
  if (!seen) return seen.error();
  auto hash = CheckedHash(call.context.settings.passwords, *NeededText(*body, "password"));
  if (!hash) return hash.error();
  user.password_hash = std::move(*hash);
  const auto written = call.context.database->Write([&](Transaction& in) -> base::Result<void> {
    if (auto sound = CheckResult(in, call, nullptr, user); !sound)
      return sound;  // it may have gone meanwhile
    if (auto inserted = store::Insert(in, user); !inserted) return inserted;
    Audit(in, call.user(), "user", user.user_id, "create");
    return {};
  });
  if (!written) return written.error();
  return Created(Render(user));
}

Answer Get(const Call& call) {
  const auto user =
      call.context.database->Read([&](Transaction& in) { return Reach(in, call, Verb::kRead); });
  if (!user) return user.error();
  return Ok(Render(*user));
}

// Of one's own profile everybody changes names, email and metadata; the rest is for who manages users.
base::Result<void> CheckFields(const Call& call, const json::array& changed) {
  if (IsManager(call.user().role)) return {};
  constexpr std::array<std::string_view, 5> kOwn{"first_name", "last_name", "middle_name", "email",
                                                 "meta_data"};
  for (const auto& field : changed) {
    const std::string_view name = field.get_string();
    if (std::ranges::find(kOwn, name) == kOwn.end())
      return Fail(Fault::kForbidden, "You may not change " + std::string(name) + " of a user.");
  }
  return {};
}

base::Result<void> CheckChange(Transaction& in, const Call& call, const User& before, const User& after) {
  if (!after.is_active && before.is_active && after.user_id == call.user().user_id)
    return Fail(Fault::kInvalidValue, "You cannot block yourself.");
  if (before.role == Role::kAdmin && (after.role != Role::kAdmin || !after.is_active)) {
    if (auto others = CheckNotLastAdmin(in, before); !others) return others;
  }
  if (after.company_id != before.company_id && call.user().role != Role::kAdmin)
    return Fail(Fault::kForbidden, "Only an ADMIN moves users to another company.");
  return CheckResult(in, call, &before, after);
}

Answer Change(const Call& call) {
  const auto body = call.Body();
  if (!body) return body.error();
  const auto changed = call.context.database->Write([&](Transaction& in) -> base::Result<User> {
    const auto before = Reach(in, call, Verb::kUpdate);
    if (!before) return before.error();
    if (body->contains("password"))
      return Fail(Fault::kInvalidValue, "The password is changed by POST /api/users/{id}/change-password/.");
    User after = *before;
    json::array fields;
    if (auto applied = ApplyUserFields(*body, after, fields); !applied) return applied.error();
    if (auto may = CheckFields(call, fields); !may) return may.error();
    if (auto sound = CheckChange(in, call, *before, after); !sound) return sound.error();
    after.time.updated = base::UnixSeconds();
    if (auto updated = store::Update(in, after); !updated) return updated.error();
    // A blocked user's sessions answer that it is blocked, and nothing else; they do not come back with it.
    if (after.is_active && !before->is_active) store::DeleteSessionsOf(in, after.user_id);
    Audit(in, call.user(), "user", after.user_id, "update", {{"fields", std::move(fields)}});
    return after;
  });
  if (!changed) return changed.error();
  return Ok(Render(*changed));
}

Answer Delete(const Call& call) {
  const auto deleted = call.context.database->Write([&](Transaction& in) -> base::Result<void> {
    const auto user = Reach(in, call, Verb::kDelete);
    if (!user) return user.error();
    if (user->user_id == call.user().user_id)
      return Fail(Fault::kInvalidValue, "You cannot delete yourself.");
    if (auto others = CheckNotLastAdmin(in, *user); !others) return others;
    store::DeleteUser(in, user->user_id);
    Audit(in, call.user(), "user", user->user_id, "delete");
    return {};
  });
  if (!deleted) return deleted.error();
  return Gone();
}

// One's own password takes the old one; who manages users sets those of others.
base::Result<void> CheckOldPassword(const Call& call, const User& user, const json::object& body) {
  if (user.user_id != call.user().user_id) {
    if (IsManager(call.user().role)) return {};
    return Fail(Fault::kForbidden, "You may not change the password of this user.");
  }
  const auto old = NeededText(body, "old_password");
  if (!old) return old.error();
  if (auto taken = call.context.throttle->Take(access::Rate::kAuth, user.email); !taken) return taken;
  const auto right = access::VerifyPassword(user.password_hash, *old);
  if (!right) return right.error();
  // Not a wrong login: clients answer a 401 by logging out.
  if (!*right) return Fail(Fault::kInvalidValue, "The old password is wrong.");
  return {};
}

Answer ChangePassword(const Call& call) {
  const auto body = call.Body();
  if (!body) return body.error();
  const auto user =
      call.context.database->Read([&](Transaction& in) { return Reach(in, call, Verb::kUpdate); });
  if (!user) return user.error();
  const auto password = NeededText(*body, "new_password");
  if (!password) return password.error();
  if (auto known = CheckOldPassword(call, *user, *body); !known) return known.error();
  const auto hash = CheckedHash(call.context.settings.passwords, *password);
  if (!hash) return hash.error();
  const auto changed = call.context.database->Write([&](Transaction& in) -> base::Result<User> {
    auto now = Reach(in, call, Verb::kUpdate);
    if (!now) return now;
    if (now->password_hash != user->password_hash)
      return Fail(Fault::kInvalidValue, "The password was changed by somebody else meanwhile.");
    now->password_hash = *hash;
    now->time.updated = base::UnixSeconds();
    if (auto updated = store::Update(in, *now); !updated) return updated.error();
    store::DeleteSessionsOf(in, now->user_id);
    Audit(in, call.user(), "user", now->user_id, "change_password");
    return now;
  });
  if (!changed) return changed.error();
  return Ok(Render(*changed));
}

}  // namespace

void AddUserRoutes(http::Router& router, const std::shared_ptr<const Context>& context) {
  AddCall(router, context, "GET", "/api/users", List);
  AddCall(router, context, "POST", "/api/users", Create);
  AddCall(router, context, "GET", "/api/users/{user_id}", Get);
  AddCall(router, context, "PATCH", "/api/users/{user_id}", Change);
  AddCall(router, context, "DELETE", "/api/users/{user_id}", Delete);
  AddCall(router, context, "POST", "/api/users/{user_id}/change-password", ChangePassword);
}

}  // namespace ozma::api
