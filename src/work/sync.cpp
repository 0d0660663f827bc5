#include "work/sync.hpp"

#include "store/collections.hpp"
#include "store/gallery_log.hpp"

namespace ozma::work {
namespace {

using base::Fault;
using base::Result;
using store::Transaction;

constexpr std::int64_t kPage = 200;

// What is wrong with this photo alone, as opposed to what is wrong with all: also that its file is gone.
bool IsItsOwn(Fault fault) {
  return base::IsOfTheSample(fault) || fault == Fault::kNotFound;
}

Result<gallery::Template> Remade(const store::StoredTemplate& stored, const store::Blobs& blobs,
                                 const analysis::Analyst& analyst, media::Decoder& decoder) {
  constexpr std::chrono::seconds kPatience(60);  // for a free decoder, and for its work
  const auto bytes = blobs.Get(stored.original_key);
  if (!bytes) return bytes.error();
  const auto medium = decoder.Decode(*bytes, base::Deadline(kPatience));
  if (!medium) return medium.error();
  return analyst.ExtractMain(*medium);
}

Result<bool> Remove(store::Database& database, const std::string& media_id) {
  return database.Write([&](Transaction& in) -> Result<bool> {
    const auto image = store::FindPersonImage(in, media_id);
    if (!image || !store::LockPerson(in, image->person_id)) return false;
    store::DeletePersonImage(in, *image);
    return true;
  });
}

}  // namespace

Result<Synced> SyncCollections(store::Database& database, const store::Blobs& blobs,
                               const analysis::Analyst& analyst, media::Decoder& decoder,
                               const SyncOptions& options) {
  const auto head =
      database.Read([](Transaction& in) -> Result<store::GalleryHead> { return store::HeadOfGallery(in); });
  if (!head) return head.error();
  Synced synced;
  for (std::int64_t at = 0;;) {
    const auto page = database.Read([&](Transaction& in) -> Result<std::vector<store::StoredTemplate>> {
      return store::TemplatesAfter(in, at, kPage);
    });
    if (!page) return page.error();
    for (const auto& stored : *page) {
      at = stored.image;
      if (at > head->position) return synced;  // enrolled since, or by ourselves
      ++synced.looked;
      if (analyst.ReadTemplate(stored.bytes)) continue;
      const auto made = Remade(stored, blobs, analyst, decoder);
      if (!made && !IsItsOwn(made.error().fault)) return made.error();
      if (made) {
        const auto replaced = database.Write([&](Transaction& in) -> Result<bool> {
          return store::ReplaceTemplate(in, stored.image, made->Encode());
        });
        if (!replaced) return replaced.error();
        synced.remade += *replaced;
        continue;
      }
      synced.unusable.push_back({stored.media_id, made.error().message});
      if (!options.remove_unusable) continue;
      const auto removed = Remove(database, stored.media_id);
      if (!removed) return removed.error();
      synced.removed += *removed;
    }
    if (page->empty()) return synced;
    if (options.progress) options.progress(synced);
  }
}

}  // namespace ozma::work
