// The header and the directory of a snapshot, as they lie in the file.
#pragma once

#include <bit>

#include "gallery/template.hpp"

namespace ozma::gallery {

// The file is mapped and used as it is.
static_assert(std::endian::native == std::endian::little, "snapshots are little-endian");

inline constexpr std::array<char, 4> kSnapshotMagic = {'O', 'Z', 'G', 'S'};
inline constexpr std::uint32_t kSnapshotVersion = 1;
inline constexpr std::size_t kSnapshotPage = 4096;  // blocks and the directory begin at multiples of it

struct SnapshotHeader {
  std::array<char, 4> magic;
  std::uint32_t version;
  NetworkId network;
  std::uint32_t dimension, stride;
  std::uint64_t faces, position;
  std::uint64_t blocks;     // entries of the directory
  std::uint64_t directory;  // where it begins; it ends the file
  std::uint64_t bytes;      // of the file
  std::uint64_t directory_checksum;
  std::uint64_t checksum;  // of all before it
};
static_assert(sizeof(SnapshotHeader) == 80);

struct SnapshotEntry {
  std::uint64_t offset, rows;
  std::int64_t first, last;  // image numbers
  std::uint64_t labels_checksum, values_checksum;
};
static_assert(sizeof(SnapshotEntry) == 48);

}  // namespace ozma::gallery
