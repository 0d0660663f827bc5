// What a list is asked for: filters, order, page. The words are the API's; which fields exist, and what they
// are in SQL, one table per list in query.cpp knows. Values always travel as bound parameters.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"

namespace ozma::store {

enum class List { kCompanies, kUsers, kSessions, kFolders, kFolderAnalyses, kAudit, kCollections, kPersons };

struct Condition {
  enum class Op { kAnyOf, kNoneOf, kMin, kMax };
  std::string field;  // "time_created", "analyse.type", ...
  Op op = Op::kAnyOf;
  std::vector<std::string> values;
};

// `key==value` or `key!=value` of metadata; a dotted key goes into nested objects; values compare as text.
// `!=` also matches where the key is absent.
struct MetadataCondition {
  std::string key, value;
  bool equal = true;
};

struct Order {
  std::string field;
  bool descending = true;
};

struct Query {
  std::vector<Condition> where;  // all must hold; those on analyses of a folder must hold for one analysis
  std::vector<MetadataCondition> metadata;
  std::string search_text;   // substring, case-insensitive; empty: any
  std::vector<Order> order;  // empty: the list's default, newest first; ties by primary key, descending
  std::int64_t offset = 0;
  std::int64_t limit = 100;  // -1: all
  bool total = true;         // whether to count
  // What the caller may see.
  std::optional<std::string> only_company, only_user;
};

template <class T>
struct Listed {
  std::optional<std::int64_t> total;
  std::vector<T> items;
};

// Whether the list knows the field, for a filter or for an order.
bool CanFilter(List list, std::string_view field);
bool CanOrder(List list, std::string_view field);

// kInvalidValue: an unknown field in `order`, a value that is no number where the field is one.
base::Result<void> Check(List list, const Query& query);

}  // namespace ozma::store
