#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstddef>
#include <cstring>

#include "gallery/snapshot.hpp"
#include "gallery/snapshot_layout.hpp"

namespace ozma::gallery {
namespace {

using base::Fail;
using base::Fault;

// A whole file in the address space. The file may be replaced by another meanwhile, never changed.
class Mapping {
 public:
  static base::Result<std::shared_ptr<const Mapping>> Of(const std::filesystem::path& path) {
    const int file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
    if (file < 0 && errno == ENOENT)
      return Fail(Fault::kNotFound, "There is no snapshot of the galleries yet.");
    if (file < 0) return Failed(path);
    struct stat status {};
    void* bytes = MAP_FAILED;
    if (::fstat(file, &status) == 0 && status.st_size > 0) {
      bytes = ::mmap(nullptr, static_cast<std::size_t>(status.st_size), PROT_READ, MAP_PRIVATE, file, 0);
    }
    ::close(file);
    if (status.st_size == 0) return Fail(Fault::kIo, "The snapshot " + path.string() + " is empty.");
    if (bytes == MAP_FAILED) return Failed(path);
    return std::shared_ptr<const Mapping>(new Mapping(bytes, static_cast<std::size_t>(status.st_size)));
  }
  ~Mapping() { ::munmap(memory_, size_); }
  Mapping(const Mapping&) = delete;
  Mapping& operator=(const Mapping&) = delete;

  std::span<const std::byte> bytes() const { return {static_cast<const std::byte*>(memory_), size_}; }

 private:
  Mapping(void* memory, std::size_t size) : memory_(memory), size_(size) {}
  static base::Error Failed(const std::filesystem::path& path) {
    return Fail(Fault::kIo, "Cannot read the snapshot " + path.string() + ": " + std::strerror(errno) + ".");
  }

  void* memory_;
  std::size_t size_;
};

base::Error Damaged(const char* what) {
  return Fail(Fault::kIo, std::string("The snapshot of the galleries is damaged: ") + what +
                              "; the index must be built anew.");
}

base::Result<SnapshotHeader> HeaderOf(std::span<const std::byte> bytes, const Shape& shape) {
  SnapshotHeader header{};
  if (bytes.size() < sizeof(header)) return Damaged("it is too short");
  std::memcpy(&header, bytes.data(), sizeof(header));
  if (header.magic != kSnapshotMagic) return Damaged("it does not begin as one of ours");
  if (header.version != kSnapshotVersion) {
    return Fail(Fault::kIo, "The snapshot of the galleries has format version " +
                                std::to_string(header.version) +
                                ", this program reads 1; the index must be built anew.");
  }
  if (header.checksum != ChecksumOf(bytes.first(offsetof(SnapshotHeader, checksum)))) {
    return Damaged("its header does not match its checksum");
  }
  if (header.network != shape.network || header.dimension != shape.dimension ||
      header.stride != StrideOf(shape.dimension)) {
    return Fail(Fault::kEngine,
                "The snapshot of the galleries holds templates of another recognition network.");
  }
  if (header.bytes != bytes.size()) return Damaged("it was cut or grew");
  if (header.directory > header.bytes || header.directory % kSnapshotPage != 0 ||
      (header.bytes - header.directory) / sizeof(SnapshotEntry) != header.blocks ||
      (header.bytes - header.directory) % sizeof(SnapshotEntry) != 0) {
    return Damaged("its directory is not where it should be");
  }
  return header;
}

// Whether an entry lies between the one before it and the directory.
bool Fits(const SnapshotEntry& entry, const SnapshotEntry* before, const SnapshotHeader& header) {
  if (entry.rows < 1 || entry.rows > Block::kMostRows || entry.offset % kSnapshotPage != 0) return false;
  if (entry.offset > header.directory ||
      header.directory - entry.offset < BlockLayout(entry.rows, header.dimension).bytes) {
    return false;
  }
  return entry.first > (before == nullptr ? 0 : before->last) && entry.last >= entry.first;
}

}  // namespace

base::Result<Snapshot> OpenSnapshot(const Shape& shape, const std::filesystem::path& folder) {
  const auto mapping = Mapping::Of(SnapshotIn(folder));
  if (!mapping) return mapping.error();
  const auto bytes = (*mapping)->bytes();
  const auto header = HeaderOf(bytes, shape);
  if (!header) return header.error();
  const auto directory = bytes.subspan(header->directory);
  if (ChecksumOf(directory) != header->directory_checksum) {
    return Damaged("its directory does not match its checksum");
  }

  Snapshot snapshot{.state = {}, .bytes = bytes.size()};
  snapshot.state.blocks.reserve(header->blocks);
  const std::span entries(reinterpret_cast<const SnapshotEntry*>(directory.data()), header->blocks);
  const SnapshotEntry* before = nullptr;
  for (const SnapshotEntry& entry : entries) {
    if (!Fits(entry, before, *header)) return Damaged("its directory makes no sense");
    snapshot.state.blocks.push_back(Block::Map({bytes.data() + entry.offset, entry.rows, entry.first,
                                                entry.last, entry.labels_checksum, entry.values_checksum},
                                               header->dimension, *mapping));
    snapshot.state.size += entry.rows;
    snapshot.state.heap_bytes += snapshot.state.blocks.back()->heap_bytes();
    before = &entry;
  }
  if (snapshot.state.size != header->faces) return Damaged("its directory has lost faces");
  snapshot.state.position = header->position;
  return snapshot;
}

}  // namespace ozma::gallery
