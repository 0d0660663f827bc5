// POST /api/folders/
#pragma once

#include "api/single.hpp"

namespace ozma::api {

// 201 with the folder and its media; with `analyses` in the payload a single request, 201 with these too.
// Either everything of the request is stored or nothing.
Answer CreateFolder(const Call& call, Waiters& waiters);

}  // namespace ozma::api
