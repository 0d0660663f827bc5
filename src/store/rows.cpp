#include "store/rows.hpp"

#include <stdexcept>

namespace ozma::store {

namespace {

template <class Name>
auto Known(std::optional<Name> name, const Cell& cell) -> Name {
  if (!name) throw std::runtime_error("unknown word in the database: " + cell.text);
  return *name;
}

// We wrote it, so it reads; and if somebody else did, an exception is right.
json::value JsonOf(const Cell& cell) {
  return cell.null() ? json::value() : base::ReadJson(cell.text).value();
}

}  // namespace

Value ToValue(const std::string& text) {
  return text;
}
Value ToValue(const Nullable& nullable) {
  return nullable.text.empty() ? Value(nullptr) : Value(nullable.text);
}
Value ToValue(const std::optional<std::string>& text) {
  return text ? Value(*text) : Value(nullptr);
}
Value ToValue(const bool& flag) {
  return std::int64_t{flag};
}
Value ToValue(const int& number) {
  return std::int64_t{number};
}
Value ToValue(const std::int64_t& number) {
  return number;
}
Value ToValue(const std::optional<int>& number) {
  return number ? Value(std::int64_t{*number}) : Value(nullptr);
}
Value ToValue(const double& number) {
  return number;
}
Value ToValue(const std::optional<double>& number) {
  return number ? Value(*number) : Value(nullptr);
}
Value ToValue(const json::object& object) {
  return base::WriteJson(object);
}
Value ToValue(const json::array& array) {
  return base::WriteJson(array);
}
Value ToValue(const json::value& value) {
  return base::WriteJson(value);
}
Value ToValue(const std::vector<std::string>& texts) {
  return base::WriteJson(json::array(texts.begin(), texts.end()));
}
Value ToValue(const Role& role) {
  return std::string(NameOf(role));
}
Value ToValue(const AnalysisType& type) {
  return std::string(NameOf(type));
}
Value ToValue(const JobKind& kind) {
  return std::string(NameOf(kind));
}

void FromCell(const Cell& cell, std::string& text) {
  text = cell.null() ? std::string() : cell.text;
}
void FromCell(const Cell& cell, Nullable nullable) {
  FromCell(cell, nullable.text);
}
void FromCell(const Cell& cell, std::optional<std::string>& text) {
  text = cell.null() ? std::nullopt : std::optional(cell.text);
}
void FromCell(const Cell& cell, bool& flag) {
  flag = !cell.null() && cell.integer != 0;
}
void FromCell(const Cell& cell, int& number) {
  number = cell.null() ? 0 : static_cast<int>(cell.integer);
}
void FromCell(const Cell& cell, std::int64_t& number) {
  number = cell.null() ? 0 : static_cast<std::int64_t>(cell.integer);
}
void FromCell(const Cell& cell, std::optional<int>& number) {
  number = cell.null() ? std::nullopt : std::optional(static_cast<int>(cell.integer));
}
void FromCell(const Cell& cell, double& number) {
  number = cell.null() ? 0 : cell.real;
}
void FromCell(const Cell& cell, std::optional<double>& number) {
  number = cell.null() ? std::nullopt : std::optional(cell.real);
}
void FromCell(const Cell& cell, json::object& object) {
  object = JsonOf(cell).as_object();
}
void FromCell(const Cell& cell, json::array& array) {
  array = JsonOf(cell).as_array();
}
void FromCell(const Cell& cell, json::value& value) {
  value = JsonOf(cell);
}
void FromCell(const Cell& cell, std::vector<std::string>& texts) {
  texts.clear();
  const auto array = JsonOf(cell);
  for (const auto& text : array.as_array()) texts.emplace_back(text.as_string());
}
void FromCell(const Cell& cell, Role& role) {
  role = Known(RoleOf(cell.text), cell);
}
void FromCell(const Cell& cell, AnalysisType& type) {
  type = Known(AnalysisTypeOf(cell.text), cell);
}
void FromCell(const Cell& cell, JobKind& kind) {
  for (const auto known : {JobKind::kAnalysis, JobKind::kPreview, JobKind::kWebhook}) {
    if (NameOf(known) == cell.text) {
      kind = known;
      return;
    }
  }
  throw std::runtime_error("unknown kind of job in the database: " + cell.text);
}

}  // namespace ozma::store
