#include "store/objects.hpp"

#include <array>
#include <cctype>

namespace ozma::store {

namespace {

template <class T>
struct Named {
  T value;
  std::string_view name;
};

constexpr auto kRoles = std::to_array<Named<Role>>({
    {Role::kAdmin, "ADMIN"},
    {Role::kOperator, "OPERATOR"},
    {Role::kClient, "CLIENT"},
    {Role::kClientAdmin, "CLIENT_ADMIN"},
    {Role::kClientOperator, "CLIENT_OPERATOR"},
    {Role::kClientService, "CLIENT_SERVICE"},
});

constexpr auto kTypes = std::to_array<Named<AnalysisType>>({
    {AnalysisType::kQuality, "QUALITY"},
    {AnalysisType::kBiometry, "BIOMETRY"},
    {AnalysisType::kCollection, "COLLECTION"},
    {AnalysisType::kDocuments, "DOCUMENTS"},
});

template <class Names, class T>
std::string_view NameIn(const Names& names, T value) {
  for (const auto& named : names) {
    if (named.value == value) return named.name;
  }
  return "";
}

std::string UpperOf(std::string_view text) {
  std::string upper;
  for (const char c : text) {
    upper += c == ' ' ? '_' : static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  }
  return upper;
}

}  // namespace

std::string_view NameOf(Role role) {
  return NameIn(kRoles, role);
}

std::optional<Role> RoleOf(std::string_view name) {
  const std::string upper = UpperOf(name);
  for (const auto& named : kRoles) {
    if (named.name == upper) return named.value;
  }
  return std::nullopt;
}

std::string_view NameOf(AnalysisType type) {
  return NameIn(kTypes, type);
}

std::optional<AnalysisType> AnalysisTypeOf(std::string_view name) {
  const std::string upper = UpperOf(name);
  for (const auto& named : kTypes) {
    if (named.name == upper) return named.value;
  }
  return std::nullopt;
}

}  // namespace ozma::store
