#include "gallery/snapshot.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstddef>
#include <cstring>

#include "base/crash_point.hpp"
#include "gallery/snapshot_layout.hpp"

namespace ozma::gallery {
namespace {

using base::Fail;
using base::Fault;

base::Error Failed(const char* what, const std::filesystem::path& path) {
  return Fail(Fault::kIo,
              std::string("Cannot ") + what + " " + path.string() + ": " + std::strerror(errno) + ".");
}

// A file that is written from its beginning to its end, and goes if it is not finished.
class Writing {
 public:
  explicit Writing(std::filesystem::path path)
      : path_(std::move(path)),
        file_(::open(path_.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600)) {}
  ~Writing() {
    if (file_ < 0) return;
    ::close(file_);
    ::unlink(path_.c_str());
  }
  Writing(const Writing&) = delete;
  Writing& operator=(const Writing&) = delete;

  bool open() const { return file_ >= 0; }
  std::uint64_t end() const { return end_; }

  base::Result<void> Append(std::span<const std::byte> bytes) {
    if (const auto put = Put(bytes, end_); !put) return put;
    end_ += bytes.size();
    return {};
  }

  base::Result<void> PadToPage() {
    static constexpr std::array<std::byte, kSnapshotPage> kZeros{};
    return Append(std::span(kZeros).first((kSnapshotPage - end_ % kSnapshotPage) % kSnapshotPage));
  }

  base::Result<void> Put(std::span<const std::byte> bytes, std::uint64_t at) const {
    while (!bytes.empty()) {
      const ssize_t put = ::pwrite(file_, bytes.data(), bytes.size(), static_cast<off_t>(at));
      if (put < 0 && errno == EINTR) continue;
      if (put <= 0) return Failed("write", path_);
      bytes = bytes.subspan(static_cast<std::size_t>(put));
      at += static_cast<std::uint64_t>(put);
    }
    return {};
  }

  // Makes it the file `path`, for good.
  base::Result<void> Finish(const std::filesystem::path& path) {
    if (::fsync(file_) != 0) return Failed("sync", path_);
    if (::rename(path_.c_str(), path.c_str()) != 0) return Failed("rename", path_);
    ::close(file_);
    file_ = -1;
    const int folder = ::open(path.parent_path().c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (folder < 0) return Failed("open", path.parent_path());
    const int synced = ::fsync(folder);
    ::close(folder);
    if (synced != 0) return Failed("sync", path.parent_path());
    return {};
  }

 private:
  std::filesystem::path path_;
  int file_;
  std::uint64_t end_ = 0;
};

// The block as it goes into the file: without the rows that are gone.
std::shared_ptr<const Block> Packed(const std::shared_ptr<const Block>& block, std::size_t dimension) {
  if (block->live() == block->rows()) return block;
  std::vector<RowView> rows;
  rows.reserve(block->live());
  for (std::size_t row = 0; row < block->rows(); ++row) {
    if (block->collections()[row] != 0) rows.push_back(block->row(row));
  }
  return Block::Make(rows, dimension);
}

base::Result<std::vector<SnapshotEntry>> WriteBlocks(const State& state, std::size_t dimension,
                                                     Writing& file) {
  std::vector<SnapshotEntry> directory;
  directory.reserve(state.blocks.size());
  for (const auto& block : state.blocks) {
    // What was damaged must not get a fresh checksum.
    if (!block->Intact()) return DamagedSnapshot();
    if (const auto padded = file.PadToPage(); !padded) return padded.error();
    const auto packed = Packed(block, dimension);
    const auto labels = packed->label_bytes(), values = packed->value_bytes();
    directory.push_back({file.end(), packed->rows(), packed->first(), packed->last(), ChecksumOf(labels),
                         ChecksumOf(values)});
    if (const auto put = file.Append(labels); !put) return put.error();
    if (const auto put = file.Append(values); !put) return put.error();
  }
  return directory;
}

}  // namespace

std::filesystem::path SnapshotIn(const std::filesystem::path& folder) {
  return folder / "gallery.ozgs";
}

base::Result<void> WriteSnapshot(const State& state, const Shape& shape,
                                 const std::filesystem::path& folder) {
  const std::filesystem::path path = SnapshotIn(folder);
  std::error_code failed;
  std::filesystem::create_directories(folder, failed);
  std::filesystem::path part = path;
  part += ".part";
  Writing file(part);
  if (!file.open()) return Failed("create", part);

  SnapshotHeader header{};
  if (const auto put = file.Append(std::as_bytes(std::span(&header, 1))); !put) return put;
  const auto directory = WriteBlocks(state, shape.dimension, file);
  if (!directory) return directory.error();
  base::CrashPoint("mid-snapshot");
  if (const auto padded = file.PadToPage(); !padded) return padded;
  const auto entries = std::as_bytes(std::span(*directory));
  header = {.magic = kSnapshotMagic,
            .version = kSnapshotVersion,
            .network = shape.network,
            .dimension = static_cast<std::uint32_t>(shape.dimension),
            .stride = static_cast<std::uint32_t>(StrideOf(shape.dimension)),
            .faces = state.size,
            .position = state.position,
            .blocks = directory->size(),
            .directory = file.end(),
            .bytes = file.end() + entries.size(),
            .directory_checksum = ChecksumOf(entries),
            .checksum = 0};
  header.checksum =
      ChecksumOf(std::as_bytes(std::span(&header, 1)).first(offsetof(SnapshotHeader, checksum)));
  if (const auto put = file.Append(entries); !put) return put;
  if (const auto put = file.Put(std::as_bytes(std::span(&header, 1)), 0); !put) return put;
  base::CrashPoint("before-rename");
  if (auto finished = file.Finish(path); !finished) return finished;
  base::CrashPoint("after-rename");
  return {};
}

}  // namespace ozma::gallery
