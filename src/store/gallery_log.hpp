// The log of changes to all collections, from which every node keeps its index up to date. A change is
// committed together with the rows it is about, and positions are committed in their order: whoever has seen
// one has seen all before it.
#pragma once

#include "base/bytes.hpp"
#include "store/database.hpp"

namespace ozma::store {

struct GalleryHead {
  std::int64_t position = 0;  // of the last change; 0: none
  // Whoever stands before it may have missed removals, and begins anew at 0: what is left of the log is then
  // the photos there are.
  std::int64_t pruned = 0;
};
GalleryHead HeadOfGallery(Transaction& in);
// A name of the log, of this database alone, in letters, digits and hyphens. Wants a writing transaction.
std::string EpochOfGallery(Transaction& in);

struct GalleryChange {
  std::int64_t position = 0, image = 0;
  bool gone = false;
  std::int64_t collection = 0;  // its number; of one that is not gone, as the next
  base::Bytes bytes;            // the template
};
// At most `most` (1 or more) changes after the position, in order. A photo that was enrolled and removed
// since may show as removed alone. kTemplateUnreadable: one that is not even base64.
base::Result<std::vector<GalleryChange>> ChangesAfter(Transaction& in, std::int64_t position,
                                                      std::int64_t most);

// Forgets removals before that time (Unix seconds); how many.
std::int64_t PruneGallery(Transaction& in, double before);

// The numbers of collections; those that are not there are left out.
std::vector<std::int64_t> NumbersOf(Transaction& in, const std::vector<std::string>& collection_ids);

// Whose photo it is.
struct ImageOwner {
  std::int64_t image = 0;
  std::string media_id, person_id, collection_id;
};
// Those that are still there, in no order.
std::vector<ImageOwner> OwnersOf(Transaction& in, const std::vector<std::int64_t>& images);

// Photos of one collection that were enrolled after the position.
struct EnrolledSince {
  std::string person_id;
  base::Bytes bytes;
};
base::Result<std::vector<EnrolledSince>> EnrolledAfter(Transaction& in, std::string_view collection_id,
                                                       std::int64_t position);

// For those who look through all photos: the numbers after one, in order.
struct StoredTemplate {
  std::int64_t image = 0;
  std::string media_id, original_key;
  base::Bytes bytes;  // empty where they cannot be read
};
std::vector<StoredTemplate> TemplatesAfter(Transaction& in, std::int64_t image, std::int64_t most);
// A photo gets another template, and with it another number. False where it is gone or has changed since.
bool ReplaceTemplate(Transaction& in, std::int64_t image, base::ByteView bytes);

}  // namespace ozma::store
