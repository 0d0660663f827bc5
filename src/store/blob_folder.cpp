// Blobs as files: FOLDER/a/b/ab0123... , 256 sub-folders made when the folder is opened.
#include <fcntl.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "base/ids.hpp"
#include "store/blobs.hpp"

namespace ozma::store {

namespace {

namespace fs = std::filesystem;

constexpr std::size_t kKeyBytes = 24;
constexpr std::size_t kKeyDigits = 2 * kKeyBytes;
constexpr std::string_view kDigits = "0123456789abcdef";
// A file that is not whole yet; it stays where a crash interrupts Put.
constexpr std::string_view kUnfinished = ".part";

base::Error IoError(std::string_view what) {
  return base::Fail(base::Fault::kIo, std::string(what) + ": " + std::strerror(errno));
}

// Closes it when it goes.
class File {
 public:
  File(const fs::path& path, int flags) : file_(open(path.c_str(), flags | O_CLOEXEC, 0600)) {}
  ~File() {
    if (file_ >= 0) close(file_);
  }
  File(const File&) = delete;
  File& operator=(const File&) = delete;
  explicit operator bool() const { return file_ >= 0; }

  bool Write(base::ByteView bytes) const {
    while (!bytes.empty()) {
      const auto written = write(file_, bytes.data(), bytes.size());
      if (written < 0 && errno == EINTR) continue;
      if (written < 0) return false;
      bytes = bytes.subspan(static_cast<std::size_t>(written));
    }
    return true;
  }
  bool Read(base::Bytes& bytes) const {
    struct stat about {};
    if (fstat(file_, &about) != 0) return false;
    bytes.resize(static_cast<std::size_t>(about.st_size));
    for (std::size_t at = 0; at < bytes.size();) {
      const auto got = read(file_, bytes.data() + at, bytes.size() - at);
      if (got < 0 && errno == EINTR) continue;
      if (got <= 0) return false;
      at += static_cast<std::size_t>(got);
    }
    return true;
  }
  bool Sync() const { return fsync(file_) == 0; }

 private:
  const int file_;
};

// Only names that we could have made lead to a file.
bool IsKey(std::string_view key) {
  return key.size() == kKeyDigits && key.find_first_not_of(kDigits) == std::string_view::npos;
}

bool IsName(std::string_view name) {
  return IsKey(name) ||
         (name.ends_with(kUnfinished) && IsKey(name.substr(0, name.size() - kUnfinished.size())));
}

std::string NewKey() {
  base::Bytes random(kKeyBytes);
  if (getrandom(random.data(), random.size(), 0) != static_cast<ssize_t>(random.size())) {
    throw std::runtime_error("the system has no random numbers");
  }
  return base::HexOf(random);
}

double SecondsOf(const struct timespec& time) {
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_nsec) / 1e9;
}

class Folder final : public Blobs {
 public:
  explicit Folder(fs::path root) : root_(std::move(root)) {}

  base::Result<std::string> Put(base::ByteView bytes) override {
    std::string key = NewKey();
    if (auto put = PutAs(PathOf(key), bytes); !put) return put.error();
    return key;
  }

  base::Result<base::Bytes> Get(std::string_view key) const override {
    if (!IsKey(key)) return base::Fail(base::Fault::kNotFound, "There is no such file");
    const File file(PathOf(key), O_RDONLY);
    if (!file && errno == ENOENT) return base::Fail(base::Fault::kNotFound, "There is no such file");
    base::Bytes bytes;
    if (!file || !file.Read(bytes)) return IoError("A stored file cannot be read");
    return bytes;
  }

  base::Result<void> Remove(std::string_view key) override {
    if (!IsName(key)) return {};
    if (unlink(PathOf(key).c_str()) != 0 && errno != ENOENT)
      return IoError("A stored file cannot be removed");
    return {};
  }

  base::Result<std::vector<std::string>> OlderThan(double time, std::string_view after,
                                                   std::size_t most) const override {
    std::vector<std::string> found;
    for (const char first : kDigits) {
      for (const char second : kDigits) {
        const std::string start{first, second};
        if (start < after.substr(0, 2)) continue;
        std::error_code failed;
        std::vector<std::string> names;
        for (fs::directory_iterator file(LeafOf(start), failed), end; !failed && file != end;
             file.increment(failed)) {
          std::string name = file->path().filename();
          struct stat about {};
          if (name <= after || !IsName(name) || stat(file->path().c_str(), &about) != 0) continue;
          if (SecondsOf(about.st_mtim) < time) names.push_back(std::move(name));
        }
        if (failed)
          return base::Fail(base::Fault::kIo, "The folder of files cannot be read: " + failed.message());
        std::sort(names.begin(), names.end());
        for (auto& name : names) {
          found.push_back(std::move(name));
          if (found.size() == most) return found;
        }
      }
    }
    return found;
  }

  base::Result<void> Check() override {
    const fs::path path = root_ / ("check-" + base::NewUuid());
    const bool written = [&] {
      const File file(path, O_WRONLY | O_CREAT | O_EXCL);
      return file && file.Write(base::AsBytes("ozma")) && file.Sync();
    }();
    const auto error = IoError("The folder of files cannot be written");
    unlink(path.c_str());
    if (!written) return error;
    return {};
  }

 private:
  fs::path LeafOf(std::string_view key) const {
    return root_ / std::string(1, key[0]) / std::string(1, key[1]);
  }
  fs::path PathOf(std::string_view key) const { return LeafOf(key) / key; }

  static base::Result<void> PutAs(const fs::path& path, base::ByteView bytes) {
    const fs::path unfinished = path.string() + std::string(kUnfinished);
    const bool written = [&] {
      const File file(unfinished, O_WRONLY | O_CREAT | O_EXCL);
      return file && file.Write(bytes) && file.Sync();
    }();
    if (!written || rename(unfinished.c_str(), path.c_str()) != 0) {
      const auto error = IoError("A file cannot be stored");
      unlink(unfinished.c_str());
      return error;
    }
    const File leaf(path.parent_path(), O_RDONLY | O_DIRECTORY);
    if (!leaf || !leaf.Sync()) return IoError("A file cannot be stored");
    return {};
  }

  const fs::path root_;
};

bool MakeFolder(const fs::path& path) {
  return mkdir(path.c_str(), 0700) == 0 || errno == EEXIST;
}

bool SyncFolder(const fs::path& path) {
  const File folder(path, O_RDONLY | O_DIRECTORY);
  return folder && folder.Sync();
}

}  // namespace

base::Result<std::shared_ptr<Blobs>> OpenFolder(const std::filesystem::path& folder) {
  std::error_code failed;
  if (folder.has_parent_path()) fs::create_directories(folder.parent_path(), failed);
  const auto refuse = [&] {
    return base::Fail(base::Fault::kConfiguration,
                      "The folder of files cannot be made: " + folder.string() + ": " + std::strerror(errno));
  };
  if (!MakeFolder(folder)) return refuse();
  for (const char first : kDigits) {
    const fs::path above = folder / std::string(1, first);
    if (!MakeFolder(above)) return refuse();
    for (const char second : kDigits) {
      if (!MakeFolder(above / std::string(1, second))) return refuse();
    }
    if (!SyncFolder(above)) return refuse();
  }
  if (!SyncFolder(folder)) return refuse();
  std::shared_ptr<Blobs> blobs = std::make_shared<Folder>(folder);
  if (auto checked = blobs->Check(); !checked) return checked.error();
  return blobs;
}

}  // namespace ozma::store
