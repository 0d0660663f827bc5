// Who changed what: the audit log, GET /api/audit/.
#pragma once

#include "api/call.hpp"

namespace ozma::api {

// Notes, in the transaction of the change itself, that `user` did `action` ("create", "update", "delete", or
// another verb) to an object ("folder", "user", "company"). `details` names what changed, and never holds
// personal data.
void Audit(store::Transaction& in, const store::User& user, std::string_view object,
           std::string_view object_id, std::string_view action, json::object details = {});

void AddAuditRoutes(http::Router& router, const std::shared_ptr<const Context>& context);

}  // namespace ozma::api
