// How changes get into the log of gallery_log.hpp. Inside this room only.
#pragma once

#include "store/sql.hpp"

namespace ozma::store {

// The first of `count` new positions. Nobody else gets one until the transaction ends, so it is called last,
// when all other locks are held.
std::int64_t TakePositions(Transaction& in, std::int64_t count);

// Removes the photos that hold to the condition on `person_images`: blobs are doomed, and the log says so.
void RemoveImagesWhere(Transaction& in, const Sql& condition);

}  // namespace ozma::store
