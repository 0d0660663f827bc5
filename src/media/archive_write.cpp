#include <archive.h>
#include <archive_entry.h>

#include <memory>

#include "media/archive.hpp"

namespace ozma::media {
namespace {

struct Close {
  void operator()(archive* writer) const { archive_write_free(writer); }
  void operator()(archive_entry* entry) const { archive_entry_free(entry); }
};

la_ssize_t Append(archive*, void* to, const void* bytes, std::size_t size) {
  auto& out = *static_cast<base::Bytes*>(to);
  const auto* begin = static_cast<const std::uint8_t*>(bytes);
  out.insert(out.end(), begin, begin + size);
  return static_cast<la_ssize_t>(size);
}

base::Error Failed(archive* writer) {
  const char* why = archive_error_string(writer);
  return base::Fail(base::Fault::kInternal,
                    std::string("cannot write an archive: ") + (why ? why : "no reason"));
}

base::Result<void> Write(archive* writer, const ArchiveEntry& file) {
  const std::unique_ptr<archive_entry, Close> entry(archive_entry_new());
  if (!entry) return Failed(writer);
  archive_entry_set_pathname(entry.get(), file.name.c_str());
  archive_entry_set_size(entry.get(), static_cast<la_int64_t>(file.bytes.size()));
  archive_entry_set_filetype(entry.get(), AE_IFREG);
  archive_entry_set_perm(entry.get(), 0644);
  if (archive_write_header(writer, entry.get()) != ARCHIVE_OK) return Failed(writer);
  const auto written = archive_write_data(writer, file.bytes.data(), file.bytes.size());
  if (written != static_cast<la_ssize_t>(file.bytes.size())) return Failed(writer);
  return {};
}

}  // namespace

base::Result<base::Bytes> WriteZip(std::span<const ArchiveEntry> entries) {
  const std::unique_ptr<archive, Close> writer(archive_write_new());
  base::Bytes out;
  const bool ready = writer && archive_write_set_format_zip(writer.get()) == ARCHIVE_OK &&
                     archive_write_zip_set_compression_store(writer.get()) == ARCHIVE_OK &&
                     archive_write_set_bytes_per_block(writer.get(), 0) == ARCHIVE_OK &&
                     archive_write_open(writer.get(), &out, nullptr, Append, nullptr) == ARCHIVE_OK;
  if (!ready) return Failed(writer.get());
  for (const ArchiveEntry& entry : entries)
    if (auto written = Write(writer.get(), entry); !written) return written.error();
  if (archive_write_close(writer.get()) != ARCHIVE_OK) return Failed(writer.get());
  return out;
}

}  // namespace ozma::media
