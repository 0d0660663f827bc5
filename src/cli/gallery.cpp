#include "cli/gallery.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include "base/log.hpp"
#include "store/gallery_log.hpp"

namespace ozma::cli {
namespace {

using base::Fail;
using base::Fault;
using base::Result;

// Fewer changes than these are faster read from the database than a snapshot is written.
constexpr std::uint64_t kLeastChanges = 1000;

// Held by the one process that writes the snapshot.
class FolderLock {
 public:
  explicit FolderLock(const std::filesystem::path& folder)
      : file_(::open((folder / "lock").c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600)),
        held_(file_ >= 0 && ::flock(file_, LOCK_EX | LOCK_NB) == 0) {}
  ~FolderLock() {
    if (file_ >= 0) ::close(file_);
  }
  FolderLock(const FolderLock&) = delete;
  FolderLock& operator=(const FolderLock&) = delete;
  bool held() const { return held_; }

 private:
  const int file_;
  const bool held_;
};

}  // namespace

void AddGalleryOptions(CLI::App& command, GalleryOptions& options) {
  const std::map<std::string, IndexKind> kinds = {{"memory", IndexKind::kMemory},
                                                  {"pgvector", IndexKind::kPgvector},
                                                  {"pgvector-hnsw", IndexKind::kPgvectorHnsw}};
  command
      .add_option("--gallery-index", options.kind,
                  "memory: of each process its own; pgvector: one in PostgreSQL that all share, exact; "
                  "pgvector-hnsw: the same, approximate")
      ->envname("OZMA_GALLERY_INDEX")
      ->transform(CLI::CheckedTransformer(kinds))
      ->default_str("memory");
  command
      .add_option("--gallery-database", options.database,
                  "PostgreSQL of the shared index, which has pgvector (default: the PostgreSQL of all else)")
      ->envname("OZMA_GALLERY_DATABASE");
  command
      .add_option("--gallery-threads", options.index.threads,
                  "Threads of one search in a large gallery (0: as many as cores)")
      ->envname("OZMA_GALLERY_THREADS")
      ->check(CLI::Range(0, 1024))
      ->capture_default_str();
  command
      .add_option("--gallery-memory", options.index.most_bytes,
                  "Bytes that the faces of the collections may take in memory")
      ->envname("OZMA_GALLERY_MEMORY")
      ->check(CLI::Range(std::size_t{1} << 20, std::size_t{1} << 50))
      ->capture_default_str();
  command
      .add_option("--gallery-approximate-above", options.index.approximate_above,
                  "Faces: larger galleries are searched by sketches first")
      ->envname("OZMA_GALLERY_APPROXIMATE_ABOVE")
      ->capture_default_str();
  command
      .add_option("--gallery-candidates", options.index.candidates,
                  "Faces that are compared with a probe then (0: one in 200, 4096 to 100,000)")
      ->envname("OZMA_GALLERY_CANDIDATES")
      ->capture_default_str();
  command
      .add_option("--gallery-save-period", options.save_period,
                  "Seconds between looks whether the saved index is old")
      ->envname("OZMA_GALLERY_SAVE_PERIOD")
      ->check(CLI::Range(0.1, 1e6))
      ->capture_default_str();
}

Gallery::Gallery(const GalleryOptions& options, std::filesystem::path folder)
    : options_(options), folder_(std::move(folder)) {}

Gallery::~Gallery() {
  Stop();
}

Result<std::unique_ptr<Gallery>> Gallery::Open(const GalleryOptions& options, const Storage& storage,
                                               const Opened& opened, const Chain& chain) {
  const auto epoch = opened.database->Write(
      [](store::Transaction& in) -> Result<std::string> { return store::EpochOfGallery(in); });
  if (!epoch) return epoch.error();
  const auto folder = storage.data / "gallery" / *epoch;
  std::error_code failure;
  std::filesystem::create_directories(folder, failure);
  if (failure)
    return Fail(Fault::kConfiguration,
                "The folder " + folder.string() + " cannot be made: " + failure.message() + ".");
  std::unique_ptr<Gallery> made(new Gallery(options, folder));
  made->options_.index.shape = {chain.analyst->network(), chain.analyst->dimension()};
  if (auto shared = made->OpenShared(storage, *epoch); !shared) return shared.error();
  if (const auto checked = gallery::MemoryIndex::Create(made->options_.index); !checked)
    return checked.error();
  made->searcher_ = std::make_shared<work::Searcher>(
      opened.database, chain.analyst->network(), [made = made.get()](bool anew) { return made->Make(anew); });
  return made;
}

Result<void> Gallery::OpenShared(const Storage& storage, const std::string& epoch) {
  if (options_.kind == IndexKind::kMemory) return {};
  store::SharedGalleryOptions shared;
  shared.postgres = options_.database;
  if (shared.postgres.empty()) {
    const auto database = DatabaseOptionsOf(storage);
    if (!database) return database.error();
    shared.postgres = database->postgres;
  }
  if (shared.postgres.empty())
    return Fail(Fault::kConfiguration,
                "A shared index needs a PostgreSQL: set --gallery-database, or --database.");
  shared.name = work::SharedNameOf(epoch, options_.index.shape);
  shared.dimension = options_.index.shape.dimension;
  shared.approximate = options_.kind == IndexKind::kPgvectorHnsw;
  auto opened = store::SharedGallery::Open(shared);
  if (!opened && opened.error().fault == Fault::kDatabase)
    return Fail(Fault::kDatabase,
                "The PostgreSQL of the shared index cannot be reached or used: " + opened.error().message);
  if (!opened) return opened.error();
  shared_ = std::make_unique<work::SharedIndexes>(std::move(*opened), options_.index.shape);
  return {};
}

Result<std::shared_ptr<gallery::Index>> Gallery::Make(bool anew) {
  using Made = Result<std::shared_ptr<gallery::Index>>;
  if (shared_) return shared_->Make(anew || distrusted_);
  if (!anew && !distrusted_) {
    auto opened = gallery::MemoryIndex::Open(folder_, options_.index);
    if (opened) {
      saved_ = (*opened)->position();
      return Made(std::move(*opened));
    }
    if (opened.error().fault == Fault::kConfiguration) return opened.error();
    if (opened.error().fault != Fault::kNotFound)
      base::Log(base::Level::kWarning, "saved index not used", {{"message", opened.error().message}});
  }
  saved_ = 0;
  auto created = gallery::MemoryIndex::Create(options_.index);
  if (!created) return created.error();
  return Made(std::move(*created));
}

void Gallery::Start() {
  searcher_->Warm();
  saving_ = std::jthread([this](const std::stop_token& stop) { KeepSaved(stop); });
}

void Gallery::Stop() {
  if (searcher_) searcher_->Stop();
  saving_ = {};
}

void Gallery::KeepSaved(const std::stop_token& stop) {
  std::mutex mutex;
  std::condition_variable_any never;  // notified by `stop` alone
  std::unique_lock lock(mutex);
  for (;;) {
    never.wait_for(lock, stop, std::chrono::duration<double>(options_.save_period), [] { return false; });
    if (stop.stop_requested()) return;
    const auto index = searcher_->index();
    if (!index) continue;
    const std::uint64_t due = std::max<std::uint64_t>(kLeastChanges, index->size() / 100);
    if (index->position() < saved_ + due) continue;
    if (const auto saved = Save(); !saved)
      base::Log(base::Level::kWarning, "index not saved", {{"message", saved.error().message}});
  }
}

Result<bool> Gallery::Save() {
  const auto index = std::dynamic_pointer_cast<gallery::MemoryIndex>(searcher_->index());
  if (!index) return false;
  const FolderLock lock(folder_);
  if (!lock.held()) return false;
  const auto position = index->position();
  if (const auto saved = index->Save(folder_); !saved) return saved.error();
  saved_ = position;
  return true;
}

}  // namespace ozma::cli
