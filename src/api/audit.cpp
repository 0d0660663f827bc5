#include "api/audit.hpp"

#include "api/list.hpp"
#include "api/render.hpp"

namespace ozma::api {
namespace {

Answer ListAudit(const Call& call) {
  if (call.user().role != store::Role::kAdmin)
    return base::Fail(base::Fault::kForbidden, "Only an ADMIN reads the audit log.");
  const auto query = ParseQuery(store::List::kAudit, call.request.query);
  if (!query) return query.error();
  using Entries = store::Listed<store::AuditEntry>;
  auto listed = call.context.database->Read(
      [&](store::Transaction& in) -> base::Result<Entries> { return store::ListAudit(in, *query); });
  if (!listed) return listed.error();
  json::array items;
  for (const auto& entry : listed->items) items.push_back(Render(entry));
  return Ok(Envelope(*query, listed->total, std::move(items)));
}

}  // namespace

void Audit(store::Transaction& in, const store::User& user, std::string_view object,
           std::string_view object_id, std::string_view action, json::object details) {
  store::AuditEntry entry;
  entry.audit_id = base::NewUuid();
  entry.user_id = user.user_id;
  entry.company_id = user.company_id;
  entry.object = object;
  entry.object_id = object_id;
  entry.action = action;
  entry.details = std::move(details);
  entry.time_created = base::UnixSeconds();
  store::Insert(in, entry);
}

void AddAuditRoutes(http::Router& router, const std::shared_ptr<const Context>& context) {
  AddCall(router, context, "GET", "/api/audit", ListAudit);
}

}  // namespace ozma::api
