// The object that a path names, where the caller may do what it wants with it. One that is hidden from the
// caller answers like one that is not there: kNotFound. One it may only read: kForbidden.
#pragma once

#include "access/roles.hpp"
#include "api/call.hpp"
#include "store/database.hpp"
#include "store/objects.hpp"

namespace ozma::api {

// kNotFound in the words that access::Check has for what is hidden.
base::Error Missing(std::string_view name);

inline access::Owner OwnerOf(const store::Folder& folder) {
  return {folder.company_id, folder.user_id};
}

// Whether nobody else may change the folder until the transaction, a writing one, ends.
enum class Lock {
  kYes,
  kNo,  // to read, and for a look before long work
};

// "{folder_id}".
base::Result<store::Folder> ReachFolder(store::Transaction& in, const Call& call, access::Verb verb,
                                        Lock lock);
// "{media_id}" and "{analysis_id}": judged by their folder, which is locked.
base::Result<store::Media> ReachMedia(store::Transaction& in, const Call& call, access::Verb verb, Lock lock);
base::Result<store::Analysis> ReachAnalysis(store::Transaction& in, const Call& call, access::Verb verb,
                                            Lock lock);

}  // namespace ozma::api
