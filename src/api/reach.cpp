#include "api/reach.hpp"

#include "store/analyses.hpp"
#include "store/folders.hpp"

namespace ozma::api {
namespace {

using access::Object;
using access::Verb;

std::optional<store::Folder> Load(store::Transaction& in, std::string_view folder_id, Lock lock) {
  return lock == Lock::kNo ? store::FindFolder(in, folder_id) : store::LockFolder(in, folder_id);
}

// Nobody learns by trying to add something to it that a hidden folder exists.
base::Result<void> CheckSeen(const Call& call, Object object, Verb verb, const access::Owner& owner,
                             std::string_view name) {
  if (auto may = access::Check(call.user(), object, Verb::kRead, owner, name); !may) return may.error();
  return access::Check(call.user(), object, verb, owner, name);
}

base::Result<void> Judge(store::Transaction& in, const Call& call, std::string_view folder_id, Object object,
                         Verb verb, Lock lock, std::string_view name) {
  const auto folder = Load(in, folder_id, lock);
  if (!folder) return Missing(name);
  return CheckSeen(call, object, verb, OwnerOf(*folder), name);
}

}  // namespace

base::Error Missing(std::string_view name) {
  return base::Fail(base::Fault::kNotFound, "There is no such " + std::string(name) + ".");
}

base::Result<store::Folder> ReachFolder(store::Transaction& in, const Call& call, Verb verb, Lock lock) {
  const auto id = call.Id("folder_id");
  if (!id) return id.error();
  auto folder = Load(in, *id, lock);
  if (!folder) return Missing("folder");
  if (auto may = CheckSeen(call, Object::kFolder, verb, OwnerOf(*folder), "folder"); !may) return may.error();
  return std::move(*folder);
}

base::Result<store::Media> ReachMedia(store::Transaction& in, const Call& call, Verb verb, Lock lock) {
  const auto id = call.Id("media_id");
  if (!id) return id.error();
  const auto found = store::FindMedia(in, *id);
  if (!found) return Missing("media");
  if (auto may = Judge(in, call, found->folder_id, Object::kFolder, verb, lock, "media"); !may)
    return may.error();
  if (lock == Lock::kNo) return *found;
  // Once more, since the folder's lock may have been waited for.
  auto media = store::FindMedia(in, *id);
  if (!media) return Missing("media");
  return std::move(*media);
}

base::Result<store::Analysis> ReachAnalysis(store::Transaction& in, const Call& call, Verb verb, Lock lock) {
  const auto id = call.Id("analysis_id");
  if (!id) return id.error();
  const auto found = store::FindAnalysis(in, *id);
  if (!found) return Missing("analysis");
  if (auto may = Judge(in, call, found->folder_id, Object::kAnalysis, verb, lock, "analysis"); !may)
    return may.error();
  if (lock == Lock::kNo) return *found;
  auto analysis = store::FindAnalysis(in, *id);
  if (!analysis) return Missing("analysis");
  return std::move(*analysis);
}

}  // namespace ozma::api
