#include "cli/table.hpp"

#include <unistd.h>

#include <algorithm>
#include <cstdio>

namespace ozma::cli {
namespace {

// Columns a terminal gives the text: UTF-8 continuation bytes take none.
std::size_t WidthOf(const std::string& text) {
  return static_cast<std::size_t>(
      std::count_if(text.begin(), text.end(), [](char c) { return (c & 0xc0) != 0x80; }));
}

}  // namespace

std::string Table::Text() const {
  std::vector<std::size_t> widths(rows_.front().size(), 0);
  for (const auto& row : rows_) {
    for (std::size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], WidthOf(row[i]));
  }
  std::string text;
  for (const auto& row : rows_) {
    for (std::size_t i = 0; i < row.size(); ++i) {
      text += row[i];
      if (i + 1 < row.size()) text.append(widths[i] - WidthOf(row[i]) + 2, ' ');
    }
    text += '\n';
  }
  return text;
}

Progress::Progress(std::string name, std::size_t total)
    : name_(std::move(name)), total_(total), shown_(total > 0 && isatty(STDERR_FILENO) == 1) {}

Progress::~Progress() {
  if (shown_) std::fprintf(stderr, "\r\033[K");
}

void Progress::Step() {
  const std::size_t done = ++done_;
  constexpr std::size_t kCells = 30;
  const bool moved = done * 200 / total_ != (done - 1) * 200 / total_;
  if (!shown_ || !moved) return;
  const std::size_t full = done * kCells / total_;
  const std::string bar = std::string(full, '#') + std::string(kCells - full, '-');
  std::fprintf(stderr, "\r%s [%s] %3zu %%", name_.c_str(), bar.c_str(), done * 100 / total_);
}

std::string Fixed(double number, int digits) {
  char text[64];
  std::snprintf(text, sizeof text, "%.*f", digits, number);
  return text;
}

std::string Percent(double fraction, int digits) {
  return Fixed(fraction * 100, digits) + " %";
}

}  // namespace ozma::cli
