// Archives in memory: ZIP, TAR and TAR.GZ. Nothing here touches the file system; entry names are only names.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "base/bytes.hpp"
#include "base/result.hpp"

namespace ozma::media {

struct ArchiveLimits {
  int entries = 500;               // files, hidden ones not counted
  std::size_t bytes = 256u << 20;  // unpacked, all files together
};

struct ArchiveEntry {
  std::string name;  // as stored: relative, without "..", UTF-8 where the archive says so
  base::Bytes bytes;
};

// The regular files, in natural order of their names ("2.jpg" before "10.jpg"). Folders, dot files and
// __MACOSX are left out. Stateless; safe from any thread. kSampleUnreadable: broken, cut or encrypted; beyond
// a limit, which is enforced while unpacking; links, devices, absolute names or names with ".." among the
// entries; packed more than once.
base::Result<std::vector<ArchiveEntry>> ReadArchive(base::ByteView bytes, const ArchiveLimits& limits);

// A ZIP of these files in this order, stored without compression, as pictures do not shrink; no times, so
// that the same files make the same bytes. kInternal: libarchive fails.
base::Result<base::Bytes> WriteZip(std::span<const ArchiveEntry> entries);

// Digits count as numbers, everything else as bytes.
bool NaturallyBefore(std::string_view a, std::string_view b);

}  // namespace ozma::media
