// Who may do what to which objects: one table, rows from the contract's access matrix.
#pragma once

#include "base/result.hpp"
#include "store/objects.hpp"
#include "store/query.hpp"

namespace ozma::access {

enum class Object {
  kCompany,
  kFolder,  // and its media
  kReportTemplate,
  kTemplateAttachment,
  kReport,
  kAnalysis,
  kCollection,
  kPerson,
  kPersonImage,
  kUser,
};
enum class Verb { kCreate, kRead, kUpdate, kDelete };

// How far a role's right reaches. Own: of the user itself, or its own profile.
enum class Reach { kNone, kOwn, kCompany, kAll };
Reach ReachOf(store::Role role, Object object, Verb verb);

// To whom an object belongs. For a user's profile, user_id is the user's own.
struct Owner {
  std::string company_id, user_id;
};

// kNotFound where the user may not even read such an object (it answers as if there were none), kForbidden
// where it may read but not do this. `name` is for the message: "folder".
base::Result<void> Check(const store::User& user, Object object, Verb verb, const Owner& owner,
                         std::string_view name);

// Narrows a list to what the user may read; kForbidden where that is nothing.
base::Result<void> Narrow(const store::User& user, Object object, store::Query& query);

// Whether the role may set what people decide: resolution_operator of an analysis (ADMIN and CLIENT may not).
bool MayDecideAnalysis(store::Role role);
bool MayDecideFolder(store::Role role);  // operator_status, operator_comment (CLIENT may not)
// The user's switches can_start_analysis_*. kForbidden.
base::Result<void> CheckStart(const store::User& user, store::AnalysisType type);

}  // namespace ozma::access
