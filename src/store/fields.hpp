// The fields that each list can be filtered and ordered by. Inside this room only.
#pragma once

#include <optional>
#include <span>
#include <string_view>

#include "store/query.hpp"

namespace ozma::store {

enum class FieldType {
  kId,    // UUID: compares in lower case
  kWord,  // enumeration: compares in upper case, a space for an underscore
  kText,
  kReal,
  kFlag,
};

// Where the column is: in the list's own table, or in those below it.
enum class Level { kOwn, kAnalysis, kResult };

struct Field {
  std::string_view name;
  std::string_view column;  // with its table
  FieldType type;
  Level level = Level::kOwn;
  bool nullable = false;
  // Takes the values SUCCESS, DECLINED and OPERATOR_REQUIRED instead of `column`.
  std::string_view verdict_column{};
};

struct ListTable {
  std::string_view table, key;
  std::string_view company_condition, user_condition;  // with one placeholder; empty: there is no such scope
  std::span<const Field> fields;
};

const ListTable& TableFor(List list);
// Null where the list has none. Takes "analysis." for "analyse.".
const Field* FindField(List list, std::string_view name);

}  // namespace ozma::store
