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

constexpr std::array kRoles{
    Named{Role::kAdmin, std::string_view("ADMIN")},
    Named{Role::kOperator, std::string_view("OPERATOR")},
    Named{Role::kClient, std::string_view("CLIENT")},
    Named{Role::kClientAdmin, std::string_view("CLIENT_ADMIN")},
    Named{Role::kClientOperator, std::string_view("CLIENT_OPERATOR")},
    Named{Role::kClientService, std::string_view("CLIENT_SERVICE")},
};

constexpr std::array kTypes{
    Named{AnalysisType::kQuality, std::string_view("QUALITY")},
    Named{AnalysisType::kBiometry, std::string_view("BIOMETRY")},
    Named{AnalysisType::kCollection, std::string_view("COLLECTION")},
    Named{AnalysisType::kDocuments, std::string_view("DOCUMENTS")},
};

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
