// Snapshots of the index in memory: one file that is mapped, not read. docs/snapshot-format.md describes it.
// A folder belongs to one process; what is in it is replaced, never changed.
#pragma once

#include <filesystem>

#include "gallery/index_state.hpp"

namespace ozma::gallery {

struct Snapshot {
  State state;
  std::size_t bytes = 0;  // of the file, which stays mapped while a block of it is in use
};

// The path of the snapshot in `folder`.
std::filesystem::path SnapshotIn(const std::filesystem::path& folder);

// Writes beside the old snapshot, syncs and renames: whenever the process or the machine dies, the old one or
// the whole new one is there. Takes as long as the disk needs; `state` may be in use meanwhile. kIo.
base::Result<void> WriteSnapshot(const State& state, const Shape& shape, const std::filesystem::path& folder);

// Reads the header and the directory, checks them and the length of the file, and maps the rest: each block
// is read and summed when it is first used (Block::Intact). kNotFound: there is none. kEngine: it holds
// templates of another network. kIo: it is damaged or cannot be read.
base::Result<Snapshot> OpenSnapshot(const Shape& shape, const std::filesystem::path& folder);

}  // namespace ozma::gallery
