// What people see in a terminal: aligned tables and a progress line.
#pragma once

#include <atomic>
#include <string>
#include <vector>

namespace ozma::cli {

// Columns as wide as their widest cell, two spaces between.
class Table {
 public:
  explicit Table(std::vector<std::string> head) : rows_{std::move(head)} {}
  void Add(std::vector<std::string> row) { rows_.push_back(std::move(row)); }
  std::string Text() const;

 private:
  std::vector<std::vector<std::string>> rows_;
};

// "name [######----] 42 %" on standard error, redrawn in place; silent where that is no terminal.
// Step may be called from any thread.
class Progress {
 public:
  Progress(std::string name, std::size_t total);
  ~Progress();
  void Step();

 private:
  std::string name_;
  std::size_t total_;
  std::atomic<std::size_t> done_{0};
  bool shown_;
};

std::string Percent(double fraction, int digits = 2);  // 0.98765 -> "98.77 %"
std::string Fixed(double number, int digits);

}  // namespace ozma::cli
