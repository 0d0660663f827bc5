// `ozma sync-collections`: templates that cannot be used are made anew, and so is the saved index.
#include <iostream>

#include "base/log.hpp"
#include "cli/gallery.hpp"
#include "work/sync.hpp"

namespace ozma::cli {
namespace {

struct Sync {
  Common common;
  Storage storage;
  GalleryOptions gallery;
  bool remove_unusable = false;
};

int Report(const work::Synced& synced) {
  for (const auto& one : synced.unusable)
    std::cout << "unusable: " << one.media_id << ": " << one.why << '\n';
  std::cout << synced.looked << " photos, " << synced.remade << " templates made anew, "
            << synced.unusable.size() << " photos without a usable face, " << synced.removed
            << " of them removed\n";
  const bool left = synced.unusable.size() > static_cast<std::size_t>(synced.removed);
  return left ? kFailure : kOk;
}

// From the database alone, as every index can be.
base::Result<std::size_t> SaveAnew(const Sync& sync, const Opened& opened, const Chain& chain) {
  const auto gallery = Gallery::Open(sync.gallery, sync.storage, opened, chain);
  if (!gallery) return gallery.error();
  (*gallery)->Distrust();
  if (const auto loaded = (*gallery)->searcher()->CatchUp(base::Deadline(std::chrono::hours(24))); !loaded)
    return loaded.error();
  if (const auto saved = (*gallery)->Save(); !saved) return saved.error();
  return (*gallery)->searcher()->index()->size();
}

int RunSync(Sync sync) {
  base::StartLog(base::Level::kWarning);
  const auto opened = Open(sync.storage);
  if (!opened) return Complain(opened.error());
  if (sync.common.cache.empty()) sync.common.cache = sync.storage.data / "networks";
  const auto chain = OpenChain(sync.common);
  if (!chain) return Complain(chain.error());
  work::SyncOptions options{.remove_unusable = sync.remove_unusable};
  options.progress = [](const work::Synced& so_far) {
    if (so_far.looked % 10'000 == 0) std::cerr << so_far.looked << " photos\n";
  };
  const auto synced =
      work::SyncCollections(*opened->database, *opened->blobs, *chain->analyst, *chain->decoder, options);
  if (!synced) return Complain(synced.error());
  if (const int left = Report(*synced); left != kOk) return left;
  if (const auto files = store::RemoveDoomed(*opened->database, *opened->blobs); !files)
    return Complain(files.error());
  const auto faces = SaveAnew(sync, *opened, *chain);
  if (!faces) return Complain(faces.error());
  std::cout << "the index holds " << *faces << " faces\n";
  return kOk;
}

}  // namespace

void AddGallery(CLI::App& app, int& exit_code) {
  auto sync = std::make_shared<Sync>();
  auto* command = app.add_subcommand(
      "sync-collections",
      "Make unusable templates of collections anew from their photos, and the index from the rows");
  AddStorage(*command, sync->storage);
  AddGalleryOptions(*command, sync->gallery);
  AddCommon(*command, sync->common);
  command->add_flag("--remove-unusable", sync->remove_unusable,
                    "Delete photos of which no template can be made; until then nothing can be searched");
  command->callback([sync, &exit_code] { exit_code = RunSync(*sync); });
}

}  // namespace ozma::cli
