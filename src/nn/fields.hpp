// A strict reader of JSON objects, for files that people edit. Inside the room only.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/json.hpp"

namespace ozma::nn {

// Reads members by name and notes the first one that is missing, of the wrong type or out of range, in one
// sentence that names the object and the field; whatever is read from then on is a harmless default. One
// `fault` serves a whole tree of objects, so a caller reads everything and looks at it once.
class Fields {
 public:
  // `where` opens every sentence ("network fr_detect"). The object and the fault outlive this and all copies.
  Fields(std::string where, const base::json::object& object, std::optional<std::string>& fault);

  // From here on sentences open with `where`, and paths start at this object.
  void Rename(std::string where) {
    where_ = std::move(where);
    path_.clear();
  }
  const base::json::object& object() const { return *object_; }
  bool Has(std::string_view name) const { return object_->contains(name); }

  std::string Text(std::string_view name);  // not empty
  std::string OneOf(std::string_view name, std::span<const std::string_view> allowed);
  std::string OneOf(std::string_view name, std::initializer_list<std::string_view> allowed) {
    return OneOf(name, std::span(allowed.begin(), allowed.size()));
  }
  std::string Sha256(std::string_view name);  // 64 lower-case hexadecimal digits
  double Number(std::string_view name, double low, double high);
  std::int64_t Integer(std::string_view name, std::int64_t low, std::int64_t high);
  std::vector<double> Numbers(std::string_view name, std::size_t count);
  std::vector<std::pair<double, double>> Pairs(std::string_view name);  // [[x, y], ...], at least one
  std::vector<std::string> Texts(std::string_view name);                // at least one, none empty

  Fields Object(std::string_view name);
  std::vector<Fields> List(std::string_view name);                             // [{...}, ...]
  std::vector<std::pair<std::string, Fields>> Objects(std::string_view name);  // {"key": {...}, ...}

  // Notes that `name` is wrong: "<where>: `<path>` <what>."
  void Wrong(std::string_view name, std::string_view what);

  // Notes a member that nobody asked for: most often a misspelt one.
  void NothingElse();

 private:
  const base::json::value* Find(std::string_view name);
  const base::json::array* Array(std::string_view name, std::string_view what);
  Fields Inner(std::string_view name, const base::json::value& value);

  std::string where_;
  std::string path_;  // of this object inside `where_`, with a dot at its end, or empty
  const base::json::object* object_;
  std::optional<std::string>* fault_;
  std::set<std::string, std::less<>> asked_;
};

}  // namespace ozma::nn
