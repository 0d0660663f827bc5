#include "api/list.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>

#include "api/compat.hpp"
#include "http/text.hpp"

namespace ozma::api {
namespace {

using base::Fail;
using base::Fault;
using store::Condition;

constexpr std::int64_t kMostItems = 5000;
constexpr double kLeastMilliseconds = 1e11;  // a time above this cannot be seconds: it would be the year 5138

std::vector<std::string> Split(std::string_view text, char by) {
  std::vector<std::string> parts;
  for (;;) {
    const auto end = text.find(by);
    if (const auto part = http::Trim(text.substr(0, end)); !part.empty()) parts.emplace_back(part);
    if (end == std::string_view::npos) return parts;
    text.remove_prefix(end + 1);
  }
}

template <class Number>
std::optional<Number> NumberOf(std::string_view text) {
  Number number{};
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (failure != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number;
}

base::Error Unusable(std::string_view key, std::string_view wanted) {
  return Fail(Fault::kInvalidValue, std::string(key) + " must be " + std::string(wanted) + ".");
}

base::Result<void> ReadPage(const std::map<std::string, std::string>& sent, store::Query& query) {
  if (const auto found = sent.find("offset"); found != sent.end()) {
    const auto offset = NumberOf<std::int64_t>(found->second);
    if (!offset || *offset < 0) return Unusable("offset", "an integer of at least 0");
    query.offset = *offset;
  }
  if (const auto found = sent.find("limit"); found != sent.end()) {
    const auto limit = NumberOf<std::int64_t>(found->second);
    if (!limit || *limit < -1 || *limit > kMostItems)
      return Unusable("limit", "an integer from 0 to 5000, or -1 for no limit");
    query.limit = *limit;
  }
  const auto omit = ReadSwitch(sent, "total_omit", false);
  if (!omit) return omit.error();
  query.total = !*omit;
  return {};
}

// "field{asc},field2{desc},field3": one without a direction is descending.
base::Result<std::vector<store::Order>> ReadOrder(store::List list, std::string_view text) {
  std::vector<store::Order> order;
  for (std::string& word : Split(text, ',')) {
    bool descending = true;
    if (const auto brace = word.find('{'); brace != std::string::npos) {
      const std::string direction = http::LowerCase(std::string_view(word).substr(brace));
      if (direction != "{asc}" && direction != "{desc}")
        return Unusable("sorting", "field{asc} or field{desc}, several with commas between");
      descending = direction == "{desc}";
      word.resize(brace);
    }
    std::string field = ModernField(word);
    if (!store::CanOrder(list, field))
      return Fail(Fault::kInvalidValue, "sorting: this list cannot be ordered by \"" + word + "\".");
    order.push_back({std::move(field), descending});
  }
  return order;
}

// "key==value,other!=value"
base::Result<std::vector<store::MetadataCondition>> ReadMetadata(std::string_view text) {
  std::vector<store::MetadataCondition> conditions;
  for (const std::string& word : Split(text, ',')) {
    const auto equal = word.find("=="), unequal = word.find("!=");
    const auto at = std::min(equal, unequal);
    if (at == std::string::npos || at == 0)
      return Unusable("meta_data", "key==value or key!=value, several with commas between");
    conditions.push_back({std::string(http::Trim(word.substr(0, at))),
                          std::string(http::Trim(word.substr(at + 2))), equal < unequal});
  }
  return conditions;
}

struct Named {
  std::string field;
  Condition::Op op;
};

Named NameOf(std::string_view key) {
  constexpr std::pair<std::string_view, Condition::Op> kEndings[] = {
      {".exclude", Condition::Op::kNoneOf}, {".min", Condition::Op::kMin}, {".max", Condition::Op::kMax}};
  for (const auto& [ending, op] : kEndings)
    if (key.ends_with(ending)) return {ModernField(key.substr(0, key.size() - ending.size())), op};
  return {ModernField(key), Condition::Op::kAnyOf};
}

std::string_view LastName(std::string_view field) {
  return field.substr(field.rfind('.') + 1);  // npos + 1 is 0
}

// Times in seconds, whatever they were sent in.
base::Result<std::string> Normal(std::string_view field, std::string value) {
  const auto name = LastName(field);
  if (name.starts_with("time_") || name.ends_with("_time")) {
    const auto time = NumberOf<double>(value);
    if (!time || !std::isfinite(*time)) return Unusable(field, "a time in Unix seconds");
    if (*time <= kLeastMilliseconds) return value;
    return std::to_string(*time / 1000);
  }
  return value;
}

bool OfResults(std::string_view field) {
  return field.starts_with("results_data.") || field.starts_with("results_media_results_data.");
}

base::Result<std::vector<Condition>> ReadConditions(store::List list,
                                                    const std::map<std::string, std::string>& sent) {
  const auto with_results = ReadSwitch(sent, "with_results_media_filter", false);
  if (!with_results) return with_results.error();
  std::vector<Condition> conditions;
  for (const auto& [key, text] : sent) {
    auto [field, op] = NameOf(key);
    if (!store::CanFilter(list, field) || (OfResults(field) && !*with_results)) continue;
    Condition condition{field, op, {}};
    for (std::string& word : Split(text, ',')) {
      auto value = Normal(field, std::move(word));
      if (!value) return value.error();
      condition.values.push_back(std::move(*value));
    }
    if (condition.values.empty()) continue;  // "field=": a form's field that was left blank
    const bool edge = op == Condition::Op::kMin || op == Condition::Op::kMax;
    if (edge && condition.values.size() > 1) return Unusable(key, "one value");
    conditions.push_back(std::move(condition));
  }
  return conditions;
}

std::string At(const std::map<std::string, std::string>& sent, const std::string& key) {
  const auto found = sent.find(key);
  return found == sent.end() ? std::string() : found->second;
}

}  // namespace

base::Result<bool> ReadSwitch(const std::map<std::string, std::string>& query, const std::string& key,
                              bool otherwise) {
  const std::string value = http::LowerCase(At(query, key));
  if (value.empty()) return otherwise;
  if (value == "true" || value == "1") return true;
  if (value == "false" || value == "0") return false;
  return Unusable(key, "true or false");
}

base::Result<store::Query> ParseQuery(store::List list, const std::map<std::string, std::string>& query) {
  for (const auto& [key, value] : query)
    if (value.find('\0') != std::string::npos || key.find('\0') != std::string::npos)
      return Fail(Fault::kInvalidValue, "The query must not hold the character U+0000.");

  store::Query parsed;
  if (auto page = ReadPage(query, parsed); !page) return page.error();
  auto order = ReadOrder(list, At(query, "sorting"));
  if (!order) return order.error();
  parsed.order = std::move(*order);
  auto metadata = ReadMetadata(At(query, "meta_data"));
  if (!metadata) return metadata.error();
  parsed.metadata = std::move(*metadata);
  auto conditions = ReadConditions(list, query);
  if (!conditions) return conditions.error();
  parsed.where = std::move(*conditions);
  parsed.search_text = At(query, "search_text");
  if (auto sound = store::Check(list, parsed); !sound) return sound.error();
  return parsed;
}

json::object Envelope(const store::Query& query, std::optional<std::int64_t> total, json::array items) {
  json::object envelope;
  envelope["offset"] = query.offset;
  envelope["limit"] = query.limit;
  envelope["total_count"] = total ? json::value(*total) : json::value();
  envelope["items"] = std::move(items);
  return envelope;
}

}  // namespace ozma::api
