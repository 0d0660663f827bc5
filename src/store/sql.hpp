// SQL with bound values, and rows with types, over SOCI. Inside this room only: everybody else calls the
// repositories.
#pragma once

#include <soci/soci.h>

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "store/database.hpp"

namespace ozma::store {

using Value = std::variant<std::nullptr_t, std::int64_t, double, std::string>;

// Text with values. Each '?' of the text takes the next value; our SQL has no other use for that character.
class Sql {
 public:
  Sql() = default;
  template <class... Values>
  explicit Sql(std::string_view text, Values&&... values) {
    Add(text, std::forward<Values>(values)...);
  }

  template <class... Values>
  Sql& Add(std::string_view text, Values&&... values) {
    AddText(text);
    (values_.push_back(ValueOf(std::forward<Values>(values))), ...);
    return *this;
  }
  Sql& Add(const Sql& other);
  // "(?, ?, ?)"; with no values "(NULL)", which nothing is in.
  Sql& AddList(const std::vector<Value>& values);
  Sql& AddList(const std::vector<std::string>& values);

  const std::string& text() const { return text_; }
  const std::vector<Value>& values() const { return values_; }

 private:
  static Value ValueOf(std::string_view text) { return std::string(text); }
  static Value ValueOf(const char* text) { return std::string(text); }
  static Value ValueOf(std::string text) { return text; }
  static Value ValueOf(double number) { return number; }
  static Value ValueOf(bool flag) { return std::int64_t{flag}; }
  static Value ValueOf(int number) { return std::int64_t{number}; }
  static Value ValueOf(std::int64_t number) { return number; }
  static Value ValueOf(Value value) { return value; }
  void AddText(std::string_view text);

  std::string text_;
  std::vector<Value> values_;
  int placeholders_ = 0;
};

enum class Kind { kText, kInteger, kReal };

// One column of the row that was fetched last.
struct Cell {
  Kind kind = Kind::kText;
  std::string text;
  long long integer = 0;
  double real = 0;
  soci::indicator indicator = soci::i_null;

  bool null() const { return indicator == soci::i_null; }
};

// Runs a query; `each` sees every row.
void Fetch(Transaction& in, const Sql& sql, const std::vector<Kind>& kinds,
           const std::function<void(const std::vector<Cell>&)>& each);

// Runs a statement; how many rows it changed.
std::int64_t Execute(Transaction& in, const Sql& sql);

// The first column of the first row; none where there is no row, or NULL.
std::optional<std::int64_t> FetchInteger(Transaction& in, const Sql& sql);
std::optional<double> FetchReal(Transaction& in, const Sql& sql);
// The first column of every row.
std::vector<std::string> FetchTexts(Transaction& in, const Sql& sql);

// `items` in pieces that one statement can bind.
std::vector<std::vector<std::string>> Chunks(const std::vector<std::string>& items);

// As both databases can keep it: UTF-8 without zero bytes. What is not becomes U+FFFD.
std::string Storable(std::string_view text);
// In lower case, for search_text.
std::string Folded(std::string_view text);

}  // namespace ozma::store
