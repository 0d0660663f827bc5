// PATCH /api/folders/{folder_id}
#pragma once

#include "api/call.hpp"

namespace ozma::api {

// `user_id`, `operator_status`, `operator_comment`, `resolution_endpoint`, `is_archive`: those present
// change; null clears where null is a value. 200 with the folder.
Answer PatchFolder(const Call& call);

// Notes in the folder that `user` decided something about it now.
void SignDecision(store::Folder& folder, const store::User& user);

}  // namespace ozma::api
