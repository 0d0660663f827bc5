#include "nn/fields.hpp"

#include <algorithm>
#include <cmath>
#include <sstream>

namespace ozma::nn {
namespace {

namespace json = base::json;

const json::value kNothing = json::object();  // stands in for an object that is missing

// Any JSON number, as a double; none for everything else.
std::optional<double> NumberOf(const json::value& value) {
  if (value.is_double()) return value.get_double();
  if (value.is_int64()) return static_cast<double>(value.get_int64());
  if (value.is_uint64()) return static_cast<double>(value.get_uint64());
  return std::nullopt;
}

std::string Range(double low, double high) {
  std::ostringstream text;
  text << low << ".." << high;
  return text.str();
}

}  // namespace

Fields::Fields(std::string where, const json::object& object, std::optional<std::string>& fault)
    : where_(std::move(where)), object_(&object), fault_(&fault) {}

void Fields::Wrong(std::string_view name, std::string_view what) {
  if (*fault_) return;
  *fault_ = "In " + where_ + ", `" + path_ + std::string(name) + "` " + std::string(what) + ".";
}

void Fields::NothingElse() {
  for (const auto& member : *object_) {
    if (!asked_.contains(member.key())) Wrong(member.key(), "is not a field known here");
  }
}

const json::value* Fields::Find(std::string_view name) {
  asked_.emplace(name);
  const json::value* value = object_->if_contains(name);
  if (value == nullptr) Wrong(name, "is missing");
  return value;
}

std::string Fields::Text(std::string_view name) {
  const json::value* value = Find(name);
  if (value != nullptr && value->is_string() && !value->get_string().empty()) {
    return std::string(value->get_string());
  }
  Wrong(name, "must be a text that is not empty");
  return {};
}

std::string Fields::OneOf(std::string_view name, std::span<const std::string_view> allowed) {
  const json::value* value = Find(name);
  if (value != nullptr && value->is_string()) {
    const std::string_view text = value->get_string();
    if (std::find(allowed.begin(), allowed.end(), text) != allowed.end()) return std::string(text);
  }
  std::string what = "must be one of";
  for (const std::string_view choice : allowed) what += " \"" + std::string(choice) + '"';
  Wrong(name, what);
  return {};
}

std::string Fields::Sha256(std::string_view name) {
  std::string text = Text(name);
  const bool hexadecimal = text.find_first_not_of("0123456789abcdef") == std::string::npos;
  if (text.size() != 64 || !hexadecimal) Wrong(name, "must be 64 lower-case hexadecimal digits");
  return text;
}

double Fields::Number(std::string_view name, double low, double high) {
  const json::value* value = Find(name);
  const auto number = value == nullptr ? std::nullopt : NumberOf(*value);
  if (number && *number >= low && *number <= high) return *number;
  Wrong(name, "must be a number in " + Range(low, high));
  return low;
}

std::int64_t Fields::Integer(std::string_view name, std::int64_t low, std::int64_t high) {
  const json::value* value = Find(name);
  if (value != nullptr && value->is_int64() && value->get_int64() >= low && value->get_int64() <= high) {
    return value->get_int64();
  }
  Wrong(name, "must be a whole number in " + std::to_string(low) + ".." + std::to_string(high));
  return low;
}

const json::array* Fields::Array(std::string_view name, std::string_view what) {
  const json::value* value = Find(name);
  if (value != nullptr && value->is_array()) return &value->get_array();
  Wrong(name, what);
  return nullptr;
}

std::vector<double> Fields::Numbers(std::string_view name, std::size_t count) {
  const std::string what = "must be a list of " + std::to_string(count) + " number(s)";
  std::vector<double> numbers;
  const json::array* items = Array(name, what);
  if (items == nullptr) return numbers;
  for (const auto& item : *items) {
    if (const auto number = NumberOf(item); number && std::isfinite(*number)) numbers.push_back(*number);
  }
  if (numbers.size() == count && items->size() == count) return numbers;
  Wrong(name, what);
  return {};
}

std::vector<std::pair<double, double>> Fields::Pairs(std::string_view name) {
  constexpr std::string_view kWhat = "must be a list of pairs of numbers";
  std::vector<std::pair<double, double>> pairs;
  const json::array* items = Array(name, kWhat);
  if (items == nullptr) return pairs;
  for (const auto& item : *items) {
    const json::array* pair = item.if_array();
    if (pair == nullptr || pair->size() != 2) break;
    const auto first = NumberOf((*pair)[0]), second = NumberOf((*pair)[1]);
    if (!first || !second) break;
    pairs.emplace_back(*first, *second);
  }
  if (!pairs.empty() && pairs.size() == items->size()) return pairs;
  Wrong(name, kWhat);
  return {};
}

std::vector<std::string> Fields::Texts(std::string_view name) {
  constexpr std::string_view kWhat = "must be a list of texts, at least one";
  std::vector<std::string> texts;
  const json::array* items = Array(name, kWhat);
  if (items == nullptr) return texts;
  for (const auto& item : *items) {
    if (item.is_string() && !item.get_string().empty()) texts.emplace_back(item.get_string());
  }
  if (!texts.empty() && texts.size() == items->size()) return texts;
  Wrong(name, kWhat);
  return {};
}

Fields Fields::Inner(std::string_view name, const json::value& value) {
  if (!value.is_object()) Wrong(name, "must be an object");
  Fields inner(where_, (value.is_object() ? value : kNothing).get_object(), *fault_);
  inner.path_ = path_ + std::string(name) + '.';
  return inner;
}

Fields Fields::Object(std::string_view name) {
  const json::value* value = Find(name);
  return Inner(name, value == nullptr ? kNothing : *value);
}

std::vector<Fields> Fields::List(std::string_view name) {
  std::vector<Fields> list;
  const json::array* items = Array(name, "must be a list of objects");
  if (items == nullptr) return list;
  for (std::size_t i = 0; i < items->size(); ++i) {
    list.push_back(Inner(std::string(name) + '[' + std::to_string(i) + ']', (*items)[i]));
  }
  return list;
}

std::vector<std::pair<std::string, Fields>> Fields::Objects(std::string_view name) {
  std::vector<std::pair<std::string, Fields>> objects;
  Fields outer = Object(name);
  for (const auto& member : outer.object()) {
    objects.emplace_back(member.key(), outer.Inner(member.key(), member.value()));
  }
  return objects;
}

}  // namespace ozma::nn
