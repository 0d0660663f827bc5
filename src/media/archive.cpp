#include "media/archive.hpp"

#include <archive.h>
#include <archive_entry.h>
#include <locale.h>

#include <algorithm>
#include <array>
#include <memory>

#include "media/format.hpp"

namespace ozma::media {
namespace {

struct CloseArchive {
  void operator()(archive* reader) const { archive_read_free(reader); }
};
using Reader = std::unique_ptr<archive, CloseArchive>;

// libarchive converts names to the thread's locale and refuses UTF-8 names in the "C" one.
class Utf8Locale {
 public:
  Utf8Locale() : before_(uselocale(Shared())) {}
  ~Utf8Locale() { uselocale(before_); }
  Utf8Locale(const Utf8Locale&) = delete;
  Utf8Locale& operator=(const Utf8Locale&) = delete;

 private:
  // Made once, for loading it opens files, which the decoder process cannot do later.
  static locale_t Shared() {
    static const locale_t locale = newlocale(LC_CTYPE_MASK, "C.UTF-8", nullptr);
    return locale;
  }
  locale_t before_;
};

base::Error Broken(archive* reader) {
  const char* why = archive_error_string(reader);
  return Unreadable(std::string("The archive is damaged: ") + (why ? why : "it ends too early") + ".");
}

base::Result<Reader> Open(base::ByteView bytes) {
  const auto format = FormatOf(bytes);
  if (!format) return format.error();
  Reader reader(archive_read_new());
  if (!reader) return base::Fail(base::Fault::kInternal, "No memory for reading an archive.");

  // One format and at most one filter: what the content calls for, and nothing else libarchive knows.
  switch (*format) {
    case Format::kZip:
      archive_read_support_format_zip(reader.get());
      break;
    case Format::kTar:
      archive_read_support_format_tar(reader.get());
      break;
    case Format::kGzip:
      archive_read_support_format_tar(reader.get());
      archive_read_support_filter_gzip(reader.get());
      break;
    default:
      return Unreadable("The file is no archive.");
  }
  if (archive_read_open_memory(reader.get(), bytes.data(), bytes.size()) != ARCHIVE_OK) {
    if (*format == Format::kGzip) return Unreadable("The GZIP file holds no TAR archive.");
    return Broken(reader.get());
  }
  return reader;
}

std::vector<std::string_view> Components(std::string_view name) {
  std::vector<std::string_view> parts;
  while (!name.empty()) {
    const auto end = std::min(name.find_first_of("/\\"), name.size());
    parts.push_back(name.substr(0, end));
    name.remove_prefix(std::min(end + 1, name.size()));
  }
  return parts;
}

bool Escapes(std::string_view name) {
  if (name.empty() || name[0] == '/' || name[0] == '\\') return true;
  if (name.size() > 1 && name[1] == ':') return true;  // a DOS drive
  const auto parts = Components(name);
  return std::ranges::find(parts, "..") != parts.end();
}

bool Hidden(std::string_view name) {
  return std::ranges::any_of(Components(name), [](std::string_view part) {
    return part == "__MACOSX" || (part.size() > 1 && part[0] == '.');
  });
}

base::Result<std::string> NameOf(archive_entry* entry) {
  const char* name = archive_entry_pathname(entry);
  if (!name) name = archive_entry_pathname_utf8(entry);
  if (!name || Escapes(name))
    return Unreadable(
        "The archive holds an entry whose name leads out of it; names must be relative, without \"..\".");
  return std::string(name);
}

base::Result<void> CheckKind(archive_entry* entry) {
  const auto kind = archive_entry_filetype(entry);
  if (archive_entry_hardlink(entry) || (kind != AE_IFREG && kind != AE_IFDIR))
    return Unreadable("The archive holds a link or a special file; only plain files are taken.");
  if (archive_entry_is_encrypted(entry)) return Unreadable("The archive is encrypted.");
  return {};
}

// Reads the current entry, never holding more than `left` bytes whatever its header says.
base::Result<base::Bytes> ReadData(archive* reader, archive_entry* entry, std::size_t left,
                                   const base::Error& too_much) {
  base::Bytes bytes;
  if (archive_entry_size_is_set(entry)) {
    const auto stated = archive_entry_size(entry);
    if (stated < 0 || static_cast<std::uint64_t>(stated) > left) return too_much;
    bytes.reserve(std::min<std::size_t>(stated, 16u << 20));  // a header's word is good for no more than this
  }
  std::array<std::uint8_t, 64u << 10> part;
  for (;;) {
    const auto got = archive_read_data(reader, part.data(), part.size());
    if (got < 0) return Broken(reader);
    if (got == 0) return bytes;
    if (static_cast<std::size_t>(got) > left - bytes.size()) return too_much;
    bytes.insert(bytes.end(), part.begin(), part.begin() + got);
  }
}

}  // namespace

bool NaturallyBefore(std::string_view a, std::string_view b) {
  const auto digit = [](char c) { return c >= '0' && c <= '9'; };
  const auto number = [&](std::string_view& text) {
    std::size_t end = 0;
    while (end < text.size() && digit(text[end])) ++end;
    auto run = text.substr(0, end);
    text.remove_prefix(end);
    run.remove_prefix(std::min(run.find_first_not_of('0'), run.size()));
    return run;
  };
  const auto whole_a = a, whole_b = b;
  while (!a.empty() && !b.empty()) {
    if (digit(a[0]) && digit(b[0])) {
      const auto left = number(a), right = number(b);
      if (left.size() != right.size()) return left.size() < right.size();
      if (left != right) return left < right;
      continue;
    }
    if (a[0] != b[0]) return static_cast<unsigned char>(a[0]) < static_cast<unsigned char>(b[0]);
    a.remove_prefix(1);
    b.remove_prefix(1);
  }
  if (a.empty() != b.empty()) return a.empty();
  return whole_a < whole_b;  // equal but for leading zeros
}

base::Result<std::vector<ArchiveEntry>> ReadArchive(base::ByteView bytes, const ArchiveLimits& limits) {
  const Utf8Locale locale;
  auto reader = Open(bytes);
  if (!reader) return reader.error();

  const auto too_many =
      Unreadable("The archive holds more than " + std::to_string(limits.entries) + " files.");
  const auto too_much =
      Unreadable("The archive unpacks to more than " + std::to_string(limits.bytes >> 20) + " MB.");
  // Folders and what macOS adds beside each file are free, but not without end.
  int headers_left = 2 * limits.entries + 64;
  std::size_t bytes_left = limits.bytes;
  std::vector<ArchiveEntry> entries;
  for (;;) {
    archive_entry* entry = nullptr;
    const int state = archive_read_next_header(reader->get(), &entry);
    if (state == ARCHIVE_EOF) break;
    if (state != ARCHIVE_OK && state != ARCHIVE_WARN) return Broken(reader->get());
    if (archive_filter_count(reader->get()) > 2) return Unreadable("The archive is packed more than once.");
    if (--headers_left < 0) return too_many;

    if (auto kind = CheckKind(entry); !kind) return kind.error();
    auto name = NameOf(entry);
    if (!name) return name.error();
    if (archive_entry_filetype(entry) == AE_IFDIR) continue;
    const bool hidden = Hidden(*name);
    if (!hidden && static_cast<int>(entries.size()) == limits.entries) return too_many;

    // Hidden files are unpacked too: skipping costs the same work, so it counts against the same limit.
    auto data = ReadData(reader->get(), entry, bytes_left, too_much);
    if (!data) return data.error();
    bytes_left -= data->size();
    if (!hidden) entries.push_back({std::move(*name), std::move(*data)});
  }

  std::ranges::stable_sort(entries,
                           [](const auto& a, const auto& b) { return NaturallyBefore(a.name, b.name); });
  return entries;
}

}  // namespace ozma::media
