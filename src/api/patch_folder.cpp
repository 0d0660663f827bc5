#include "api/patch_folder.hpp"

#include <algorithm>
#include <array>

#include "access/roles.hpp"
#include "api/audit.hpp"
#include "api/compat.hpp"
#include "api/limits.hpp"
#include "api/metadata.hpp"
#include "api/payload.hpp"
#include "api/reach.hpp"
#include "api/whole.hpp"
#include "http/text.hpp"
#include "store/accounts.hpp"
#include "store/folders.hpp"

namespace ozma::api {
namespace {

using access::Verb;
using base::Fail;
using base::Fault;

// What an operator may find.
constexpr std::array<std::string_view, 3> kStatuses{"SUCCESS", "DECLINED", "OPERATOR_REQUIRED"};

// What the body asks for, checked as far as it can be without the folder. The outer optional: is it there?
struct Changes {
  std::optional<std::string> user_id;
  std::optional<std::optional<std::string>> status, comment, endpoint;
  std::optional<bool> is_archive;
  std::optional<json::object> metadata;  // to be merged
};

// A text that null clears.
base::Result<std::optional<std::optional<std::string>>> Clearable(const json::object& body,
                                                                  std::string_view key) {
  using Found = std::optional<std::optional<std::string>>;
  if (!body.contains(key)) return Found();
  auto text = TextField(body, key);
  if (!text) return text.error();
  return Found(std::move(*text));
}

base::Result<Changes> Read(const json::object& body) {
  Changes changes;
  auto user_id = TextField(body, "user_id");
  if (!user_id) return user_id.error();
  if (*user_id) changes.user_id = http::LowerCase(**user_id);

  auto status = Clearable(body, "operator_status");
  if (!status) return status.error();
  changes.status = std::move(*status);
  if (changes.status && *changes.status && std::ranges::find(kStatuses, **changes.status) == kStatuses.end())
    return Fail(Fault::kInvalidValue,
                "operator_status must be SUCCESS, DECLINED or OPERATOR_REQUIRED, or null.");

  auto comment = Clearable(body, "operator_comment");
  if (!comment) return comment.error();
  changes.comment = std::move(*comment);
  if (changes.comment && *changes.comment && CharactersOf(**changes.comment) > kCommentCharacters)
    return Fail(Fault::kInvalidValue,
                "operator_comment is longer than " + std::to_string(kCommentCharacters) + " characters.");

  auto endpoint = Clearable(body, "resolution_endpoint");
  if (!endpoint) return endpoint.error();
  changes.endpoint = std::move(*endpoint);
  if (changes.endpoint && *changes.endpoint) {
    auto url = NormalEndpoint(**changes.endpoint);
    if (!url) return url.error();
    *changes.endpoint = std::move(*url);
  }

  const auto is_archive = BoolField(body, "is_archive");
  if (!is_archive) return is_archive.error();
  changes.is_archive = *is_archive;

  auto metadata = ObjectField(body, "meta_data");
  if (!metadata) return metadata.error();
  changes.metadata = std::move(*metadata);
  return changes;
}

// The new owner: one whom the caller may see, in the folder's company.
base::Result<void> CheckOwner(store::Transaction& in, const Call& call, const store::Folder& folder,
                              const std::string& user_id) {
  const auto user = store::FindUser(in, user_id);
  if (!user) return Missing("user");
  const access::Owner owner{user->company_id, user->user_id};
  if (auto may = access::Check(call.user(), access::Object::kUser, Verb::kRead, owner, "user"); !may)
    return may.error();
  if (user->company_id != folder.company_id)
    return Fail(Fault::kInvalidValue, "The new owner must be of the folder's company.");
  return {};
}

base::Result<void> Apply(store::Transaction& in, const Call& call, const Changes& changes,
                         store::Folder& folder) {
  const bool decides = changes.status || changes.comment;
  if (decides && !access::MayDecideFolder(call.user().role))
    return Fail(Fault::kForbidden, "You may not set operator_status or operator_comment.");
  // Its comment went with the other personal data and must not come back.
  if (changes.comment && *changes.comment && folder.is_cleared)
    return Fail(Fault::kInvalidValue, "The folder's personal data was deleted; it takes no comment.");
  if (changes.user_id) {
    if (auto may = CheckOwner(in, call, folder, *changes.user_id); !may) return may.error();
    folder.user_id = *changes.user_id;
  }
  if (changes.status) folder.operator_status = *changes.status;
  if (changes.comment) folder.operator_comment = *changes.comment;
  if (decides) SignDecision(folder, call.user());
  if (changes.endpoint) folder.resolution_endpoint = *changes.endpoint;
  if (changes.is_archive) folder.is_archive = *changes.is_archive;
  if (changes.metadata) {
    auto merged = MergeMetadata(folder.meta_data, *changes.metadata);
    if (!merged) return merged.error();
    folder.meta_data = std::move(*merged);
  }
  folder.time.updated = base::UnixSeconds();
  return {};
}

json::object NamesOf(const Changes& changes) {
  json::array names;
  if (changes.user_id) names.emplace_back("user_id");
  if (changes.status) names.emplace_back("operator_status");
  if (changes.comment) names.emplace_back("operator_comment");
  if (changes.endpoint) names.emplace_back("resolution_endpoint");
  if (changes.is_archive) names.emplace_back("is_archive");
  if (changes.metadata) names.emplace_back("meta_data");
  return {{"changed", std::move(names)}};
}

}  // namespace

Answer PatchFolder(const Call& call) {
  const auto body = call.Body();
  if (!body) return body.error();
  const auto changes = Read(ModernBody(*body));
  if (!changes) return changes.error();
  return call.context.database->Write([&](store::Transaction& in) -> Answer {
    auto folder = ReachFolder(in, call, Verb::kUpdate, Lock::kYes);
    if (!folder) return folder.error();
    if (auto applied = Apply(in, call, *changes, *folder); !applied) return applied.error();
    store::Update(in, *folder);
    Audit(in, call.user(), "folder", folder->folder_id, "update", NamesOf(*changes));
    return Ok(RenderFolder(in, *folder, {.media = true, .analyses = true}, call.base_url));
  });
}

void SignDecision(store::Folder& folder, const store::User& user) {
  folder.resolution_author_id = user.user_id;
  folder.resolution_time = base::UnixSeconds();
}

}  // namespace ozma::api
