#include "cli/pictures.hpp"

#include <atomic>
#include <mutex>
#include <thread>

#include "cli/table.hpp"
#include "media/archive.hpp"

namespace ozma::cli {
namespace {

using base::Fail;
using base::Fault;

// One record of RFC 4180 from `at` on; moves `at` behind its line end.
std::vector<std::string> Record(std::string_view text, std::size_t& at) {
  std::vector<std::string> cells(1);
  bool quoted = false;
  for (; at < text.size(); ++at) {
    const char c = text[at];
    if (quoted) {
      if (c != '"') {
        cells.back() += c;
      } else if (at + 1 < text.size() && text[at + 1] == '"') {
        cells.back() += text[++at];
      } else {
        quoted = false;
      }
    } else if (c == '"') {
      quoted = true;
    } else if (c == ',') {
      cells.emplace_back();
    } else if (c == '\n') {
      ++at;
      break;
    } else if (c != '\r') {
      cells.back() += c;
    }
  }
  return cells;
}

}  // namespace

base::Result<Csv> Csv::Read(const std::filesystem::path& path, const std::vector<std::string>& wanted) {
  const auto bytes = base::ReadFile(path);
  if (!bytes) return bytes.error();
  const std::string_view text = base::AsText(*bytes);
  std::size_t at = 0;
  Csv csv;
  const auto head = Record(text, at);
  for (std::size_t i = 0; i < head.size(); ++i) csv.columns_[head[i]] = i;
  for (const auto& column : wanted) {
    if (!csv.columns_.contains(column)) {
      return Fail(Fault::kConfiguration, path.string() + " has no column \"" + column + "\".");
    }
  }
  while (at < text.size()) {
    auto row = Record(text, at);
    if (row.size() == 1 && row[0].empty()) continue;
    if (row.size() != head.size()) {
      return Fail(Fault::kConfiguration, path.string() + ": row " + std::to_string(csv.rows_.size() + 2) +
                                             " has " + std::to_string(row.size()) + " cells, not " +
                                             std::to_string(head.size()) + ".");
    }
    csv.rows_.push_back(std::move(row));
  }
  if (csv.rows_.empty()) return Fail(Fault::kConfiguration, path.string() + " lists nothing.");
  return csv;
}

const std::string& Csv::Cell(std::size_t row, const std::string& column) const {
  static const std::string kNone;
  const auto found = columns_.find(column);
  return found == columns_.end() ? kNone : rows_[row][found->second];
}

base::Result<Pictures> Pictures::Beside(const std::filesystem::path& list) {
  Pictures pictures;
  pictures.folder_ = list.has_parent_path() ? list.parent_path() : ".";
  for (const auto& item : std::filesystem::directory_iterator(pictures.folder_)) {
    if (item.path().extension() != ".tar") continue;
    const auto bytes = base::ReadFile(item.path());
    if (!bytes) return bytes.error();
    auto entries = media::ReadArchive(*bytes, {.entries = 1'000'000, .bytes = std::size_t{4} << 30});
    if (!entries) return Fail(entries.error().fault, item.path().string() + ": " + entries.error().message);
    for (auto& entry : *entries) pictures.packed_[entry.name] = std::move(entry.bytes);
  }
  return pictures;
}

base::Result<base::Bytes> Pictures::Read(const std::string& path) const {
  if (std::filesystem::is_regular_file(folder_ / path)) return base::ReadFile(folder_ / path);
  const auto found = packed_.find(path);
  if (found == packed_.end())
    return Fail(Fault::kIo, path + " is neither beside the list nor in a .tar beside it.");
  return found->second;
}

base::Result<void> ForEach(const std::string& name, std::size_t count, int threads,
                           const std::function<base::Result<void>(std::size_t)>& work) {
  Progress progress(name, count);
  std::atomic<std::size_t> next{0};
  std::mutex mutex;
  base::Result<void> answer;
  std::vector<std::jthread> workers;
  const unsigned size =
      threads > 0 ? static_cast<unsigned>(threads) : std::max(1u, std::thread::hardware_concurrency());
  for (unsigned i = 0; i < size; ++i) {
    workers.emplace_back([&] {
      for (std::size_t item = next++; item < count; item = next++) {
        if (auto done = work(item); !done) {
          next = count;
          const std::lock_guard lock(mutex);
          if (answer) answer = std::move(done);
          return;
        }
        progress.Step();
      }
    });
  }
  workers.clear();  // waits for them
  return answer;
}

}  // namespace ozma::cli
