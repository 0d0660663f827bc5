#include "access/roles.hpp"

#include <array>

namespace ozma::access {
namespace {

using base::Fail;
using base::Fault;
using store::Role;

constexpr int kObjects = 10, kRoles = 6, kVerbs = 4;

// The contract's access matrix as it prints it: C create, R read, U update, D delete; all: everywhere, co:
// inside the user's own company, own: its own folders, its own profile.
struct Row {
  Object object;
  std::array<std::string_view, kRoles> cells;
};
// clang-format off
constexpr std::array<Role, kRoles> kColumns{
                                 Role::kAdmin, Role::kOperator,   Role::kClient, Role::kClientService, Role::kClientOperator, Role::kClientAdmin};
constexpr std::array<Row, kObjects> kMatrix{{
    {Object::kCompany,           {"CRUD all",  "R all",           "R co",        "R co",               "R co",                "RUD co"}},
    {Object::kFolder,            {"CRUD all",  "CRU all",         "CRU own",     "CRU co",             "CRU co",              "CRUD co"}},
    {Object::kReportTemplate,    {"CRUD all",  "CRU all",         "R co",        "R co",               "CRU co",              "CRUD co"}},
    {Object::kTemplateAttachment,{"CRD all",   "CR all",          "R co",        "R co",               "CR co",               "CRD co"}},
    {Object::kReport,            {"CRD all",   "CR all",          "CR own",      "CR co",              "CR co",               "CRD co"}},
    {Object::kAnalysis,          {"CRUD all",  "CRU all",         "CR own",      "CRU co",             "CRU co",              "CRUD co"}},
    {Object::kCollection,        {"CRUD all",  "R all",           "R co",        "CR co",              "R co",                "CRUD co"}},
    {Object::kPerson,            {"CRD all",   "R all",           "R co",        "CR co",              "R co",                "CRD co"}},
    {Object::kPersonImage,       {"CRD all",   "R all",           "R co",        "R co",               "R co",                "CRD co"}},
    {Object::kUser,              {"CRUD all",  "R all, U own",    "RU own",      "R co, U own",        "R co, U own",         "CRUD co"}},
}};
// clang-format on

using Cell = std::array<Reach, kVerbs>;

// "R co, U own" -> none, company, own, none.
consteval Cell Read(std::string_view text) {
  Cell cell{};
  while (!text.empty()) {
    const std::size_t space = text.find(' ');
    const std::size_t end = text.find(", ", space);
    const auto reach = text.substr(space + 1, end == text.npos ? text.npos : end - space - 1);
    for (const char letter : text.substr(0, space)) {
      const std::size_t verb = std::string_view("CRUD").find(letter);
      cell.at(verb) = reach == "all" ? Reach::kAll : reach == "co" ? Reach::kCompany : Reach::kOwn;
    }
    text = end == text.npos ? std::string_view() : text.substr(end + 2);
  }
  return cell;
}

// By the enumerations' own numbers.
consteval auto ReadAll() {
  std::array<std::array<Cell, kRoles>, kObjects> table{};
  for (const Row& row : kMatrix)
    for (int i = 0; i < kRoles; ++i)
      table.at(static_cast<int>(row.object)).at(static_cast<int>(kColumns[i])) = Read(row.cells[i]);
  return table;
}
constexpr auto kTable = ReadAll();

bool Within(Reach reach, const store::User& user, const Owner& owner) {
  switch (reach) {
    case Reach::kNone:
      return false;
    case Reach::kOwn:
      return owner.user_id == user.user_id;
    case Reach::kCompany:
      return owner.company_id == user.company_id;
    case Reach::kAll:
      return true;
  }
  return false;
}

std::string_view WordOf(Verb verb) {
  switch (verb) {
    case Verb::kCreate:
      return "create";
    case Verb::kRead:
      return "read";
    case Verb::kUpdate:
      return "change";
    case Verb::kDelete:
      return "delete";
  }
  return "use";
}

base::Error Forbidden(Verb verb, std::string_view name) {
  return Fail(Fault::kForbidden,
              "You may not " + std::string(WordOf(verb)) + " this " + std::string(name) + ".");
}

}  // namespace

Reach ReachOf(Role role, Object object, Verb verb) {
  return kTable.at(static_cast<std::size_t>(object))
      .at(static_cast<std::size_t>(role))
      .at(static_cast<std::size_t>(verb));
}

base::Result<void> Check(const store::User& user, Object object, Verb verb, const Owner& owner,
                         std::string_view name) {
  // What is yet to be created is not there to be read.
  if (verb != Verb::kCreate && !Within(ReachOf(user.role, object, Verb::kRead), user, owner))
    return Fail(Fault::kNotFound, "There is no such " + std::string(name) + ".");
  if (!Within(ReachOf(user.role, object, verb), user, owner)) return Forbidden(verb, name);
  return {};
}

base::Result<void> Narrow(const store::User& user, Object object, store::Query& query) {
  switch (ReachOf(user.role, object, Verb::kRead)) {
    case Reach::kNone:
      return Fail(Fault::kForbidden, "You may not list these.");
    case Reach::kOwn:
      query.only_user = user.user_id;
      return {};
    case Reach::kCompany:
      query.only_company = user.company_id;
      return {};
    case Reach::kAll:
      return {};
  }
  return Fail(Fault::kInternal, "A reach that nobody knows.");
}

bool MayDecideAnalysis(Role role) {
  return role != Role::kAdmin && role != Role::kClient;
}

bool MayDecideFolder(Role role) {
  return role != Role::kClient;
}

base::Result<void> CheckStart(const store::User& user, store::AnalysisType type) {
  const auto may = [&] {
    switch (type) {
      case store::AnalysisType::kQuality:
        return user.may_quality;
      case store::AnalysisType::kBiometry:
        return user.may_biometry;
      case store::AnalysisType::kCollection:
        return user.may_collection;
      case store::AnalysisType::kDocuments:
        return user.may_documents;
    }
    return false;
  };
  if (may()) return {};
  return Fail(Fault::kForbidden,
              "You may not start analyses of the type " + std::string(store::NameOf(type)) + ".");
}

}  // namespace ozma::access
