// Lists of pictures for evaluation: CSV files, with the pictures beside them or in a .tar beside them.
#pragma once

#include <filesystem>
#include <functional>
#include <map>
#include <string>
#include <unordered_map>
#include <vector>

#include "base/bytes.hpp"

namespace ozma::cli {

// Rows of a CSV file (RFC 4180) with a header line; columns are taken by name.
class Csv {
 public:
  // kConfiguration where a column of `wanted` is missing or a row has another number of cells.
  static base::Result<Csv> Read(const std::filesystem::path& path, const std::vector<std::string>& wanted);
  std::size_t size() const { return rows_.size(); }
  // Empty where there is no such column.
  const std::string& Cell(std::size_t row, const std::string& column) const;

 private:
  std::map<std::string, std::size_t> columns_;
  std::vector<std::vector<std::string>> rows_;
};

// The pictures a list names. Safe from any number of threads once open.
class Pictures {
 public:
  // `list` is the CSV file; its folder is searched first, then every .tar in that folder.
  static base::Result<Pictures> Beside(const std::filesystem::path& list);
  base::Result<base::Bytes> Read(const std::string& path) const;

 private:
  std::filesystem::path folder_;
  std::unordered_map<std::string, base::Bytes> packed_;
};

// Calls `work(i)` for 0..count-1 on `threads` threads (0: as many as cores), with a progress line. The first
// error is the answer; nothing more is begun after it.
base::Result<void> ForEach(const std::string& name, std::size_t count, int threads,
                           const std::function<base::Result<void>(std::size_t)>& work);

}  // namespace ozma::cli
