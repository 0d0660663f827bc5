#include "access/roles.hpp"

#include <gtest/gtest.h>

namespace ozma::access {
namespace {

using base::Fault;
using store::Role;

// The contract's matrix once more, by hand and in another spelling, so that a slip in one shows in the other.
// A cell is the reach of create, read, update and delete: A all, C its company, O its own, - none.
struct Expected {
  Object object;
  Role role;
  const char* cell;
};
constexpr Expected kExpected[] = {
    {Object::kCompany, Role::kAdmin, "AAAA"},
    {Object::kCompany, Role::kOperator, "-A--"},
    {Object::kCompany, Role::kClient, "-C--"},
    {Object::kCompany, Role::kClientService, "-C--"},
    {Object::kCompany, Role::kClientOperator, "-C--"},
    {Object::kCompany, Role::kClientAdmin, "-CCC"},
    {Object::kFolder, Role::kAdmin, "AAAA"},
    {Object::kFolder, Role::kOperator, "AAA-"},
    {Object::kFolder, Role::kClient, "OOO-"},
    {Object::kFolder, Role::kClientService, "CCC-"},
    {Object::kFolder, Role::kClientOperator, "CCC-"},
    {Object::kFolder, Role::kClientAdmin, "CCCC"},
    {Object::kReportTemplate, Role::kAdmin, "AAAA"},
    {Object::kReportTemplate, Role::kOperator, "AAA-"},
    {Object::kReportTemplate, Role::kClient, "-C--"},
    {Object::kReportTemplate, Role::kClientService, "-C--"},
    {Object::kReportTemplate, Role::kClientOperator, "CCC-"},
    {Object::kReportTemplate, Role::kClientAdmin, "CCCC"},
    {Object::kTemplateAttachment, Role::kAdmin, "AA-A"},
    {Object::kTemplateAttachment, Role::kOperator, "AA--"},
    {Object::kTemplateAttachment, Role::kClient, "-C--"},
    {Object::kTemplateAttachment, Role::kClientService, "-C--"},
    {Object::kTemplateAttachment, Role::kClientOperator, "CC--"},
    {Object::kTemplateAttachment, Role::kClientAdmin, "CC-C"},
    {Object::kReport, Role::kAdmin, "AA-A"},
    {Object::kReport, Role::kOperator, "AA--"},
    {Object::kReport, Role::kClient, "OO--"},
    {Object::kReport, Role::kClientService, "CC--"},
    {Object::kReport, Role::kClientOperator, "CC--"},
    {Object::kReport, Role::kClientAdmin, "CC-C"},
    {Object::kAnalysis, Role::kAdmin, "AAAA"},
    {Object::kAnalysis, Role::kOperator, "AAA-"},
    {Object::kAnalysis, Role::kClient, "OO--"},
    {Object::kAnalysis, Role::kClientService, "CCC-"},
    {Object::kAnalysis, Role::kClientOperator, "CCC-"},
    {Object::kAnalysis, Role::kClientAdmin, "CCCC"},
    {Object::kCollection, Role::kAdmin, "AAAA"},
    {Object::kCollection, Role::kOperator, "-A--"},
    {Object::kCollection, Role::kClient, "-C--"},
    {Object::kCollection, Role::kClientService, "CC--"},
    {Object::kCollection, Role::kClientOperator, "-C--"},
    {Object::kCollection, Role::kClientAdmin, "CCCC"},
    {Object::kPerson, Role::kAdmin, "AA-A"},
    {Object::kPerson, Role::kOperator, "-A--"},
    {Object::kPerson, Role::kClient, "-C--"},
    {Object::kPerson, Role::kClientService, "CC--"},
    {Object::kPerson, Role::kClientOperator, "-C--"},
    {Object::kPerson, Role::kClientAdmin, "CC-C"},
    {Object::kPersonImage, Role::kAdmin, "AA-A"},
    {Object::kPersonImage, Role::kOperator, "-A--"},
    {Object::kPersonImage, Role::kClient, "-C--"},
    {Object::kPersonImage, Role::kClientService, "-C--"},
    {Object::kPersonImage, Role::kClientOperator, "-C--"},
    {Object::kPersonImage, Role::kClientAdmin, "CC-C"},
    {Object::kUser, Role::kAdmin, "AAAA"},
    {Object::kUser, Role::kOperator, "-AO-"},
    {Object::kUser, Role::kClient, "-OO-"},
    {Object::kUser, Role::kClientService, "-CO-"},
    {Object::kUser, Role::kClientOperator, "-CO-"},
    {Object::kUser, Role::kClientAdmin, "CCCC"},
};

char LetterOf(Reach reach) {
  switch (reach) {
    case Reach::kNone:
      return '-';
    case Reach::kOwn:
      return 'O';
    case Reach::kCompany:
      return 'C';
    case Reach::kAll:
      return 'A';
  }
  return '?';
}

TEST(Roles, TheTableIsTheContracts) {
  static_assert(std::size(kExpected) == 60);
  for (const auto& [object, role, cell] : kExpected) {
    std::string found;
    for (const Verb verb : {Verb::kCreate, Verb::kRead, Verb::kUpdate, Verb::kDelete})
      found += LetterOf(ReachOf(role, object, verb));
    EXPECT_EQ(found, cell) << store::NameOf(role) << ", object " << static_cast<int>(object);
  }
}

store::User UserOf(Role role) {
  store::User user;
  user.user_id = "me";
  user.company_id = "mine";
  user.role = role;
  return user;
}

std::string AnswerTo(Role role, Object object, Verb verb, const Owner& owner) {
  const auto checked = Check(UserOf(role), object, verb, owner, "thing");
  return checked ? "yes" : base::NameOf(checked.error().fault);
}

const std::string kHidden = base::NameOf(Fault::kNotFound);
const std::string kForbidden = base::NameOf(Fault::kForbidden);

TEST(Roles, WhatIsOutOfSightAnswersAsIfItWereNotThere) {
  const Owner mine{"mine", "me"}, colleague{"mine", "other"}, stranger{"theirs", "other"};
  EXPECT_EQ(AnswerTo(Role::kClient, Object::kFolder, Verb::kRead, mine), "yes");
  EXPECT_EQ(AnswerTo(Role::kClient, Object::kFolder, Verb::kRead, colleague), kHidden);
  EXPECT_EQ(AnswerTo(Role::kClient, Object::kFolder, Verb::kDelete, mine), kForbidden);
  EXPECT_EQ(AnswerTo(Role::kClient, Object::kFolder, Verb::kDelete, colleague), kHidden);
  EXPECT_EQ(AnswerTo(Role::kClientOperator, Object::kFolder, Verb::kUpdate, colleague), "yes");
  EXPECT_EQ(AnswerTo(Role::kClientOperator, Object::kFolder, Verb::kDelete, colleague), kForbidden);
  EXPECT_EQ(AnswerTo(Role::kClientAdmin, Object::kFolder, Verb::kDelete, stranger), kHidden);
  EXPECT_EQ(AnswerTo(Role::kOperator, Object::kFolder, Verb::kDelete, stranger), kForbidden);
  EXPECT_EQ(AnswerTo(Role::kAdmin, Object::kFolder, Verb::kDelete, stranger), "yes");
  EXPECT_EQ(AnswerTo(Role::kClientService, Object::kUser, Verb::kUpdate, colleague), kForbidden);
  EXPECT_EQ(AnswerTo(Role::kClientService, Object::kUser, Verb::kUpdate, mine), "yes");
}

TEST(Roles, WhatIsYetToBeMadeIsForbiddenNotHidden) {
  EXPECT_EQ(AnswerTo(Role::kClientAdmin, Object::kCompany, Verb::kCreate, {}), kForbidden);
  EXPECT_EQ(AnswerTo(Role::kClientAdmin, Object::kUser, Verb::kCreate, {"theirs", "new"}), kForbidden);
  EXPECT_EQ(AnswerTo(Role::kClientAdmin, Object::kUser, Verb::kCreate, {"mine", "new"}), "yes");
}

TEST(Roles, ListsAreNarrowedToWhatMayBeRead) {
  using Scope = std::pair<std::optional<std::string>, std::optional<std::string>>;
  const auto scope = [](Role role, Object object) -> Scope {
    store::Query query;
    EXPECT_TRUE(Narrow(UserOf(role), object, query));
    return {query.only_company, query.only_user};
  };
  EXPECT_EQ(scope(Role::kAdmin, Object::kFolder), Scope(std::nullopt, std::nullopt));
  EXPECT_EQ(scope(Role::kOperator, Object::kUser), Scope(std::nullopt, std::nullopt));
  EXPECT_EQ(scope(Role::kClientAdmin, Object::kFolder), Scope("mine", std::nullopt));
  EXPECT_EQ(scope(Role::kClient, Object::kFolder), Scope(std::nullopt, "me"));
  EXPECT_EQ(scope(Role::kClient, Object::kUser), Scope(std::nullopt, "me"));
}

TEST(Roles, WhoDecidesInPlaceOfTheMachine) {
  for (const Role role : {Role::kOperator, Role::kClientService, Role::kClientOperator, Role::kClientAdmin}) {
    EXPECT_TRUE(MayDecideAnalysis(role)) << store::NameOf(role);
    EXPECT_TRUE(MayDecideFolder(role)) << store::NameOf(role);
  }
  EXPECT_FALSE(MayDecideAnalysis(Role::kAdmin));
  EXPECT_TRUE(MayDecideFolder(Role::kAdmin));
  EXPECT_FALSE(MayDecideAnalysis(Role::kClient));
  EXPECT_FALSE(MayDecideFolder(Role::kClient));
}

TEST(Roles, EachSwitchForbidsItsOwnAnalysis) {
  using store::AnalysisType;
  const std::pair<AnalysisType, bool store::User::*> kSwitches[] = {
      {AnalysisType::kQuality, &store::User::may_quality},
      {AnalysisType::kBiometry, &store::User::may_biometry},
      {AnalysisType::kCollection, &store::User::may_collection},
      {AnalysisType::kDocuments, &store::User::may_documents}};
  for (const auto& [off, field] : kSwitches) {
    store::User user = UserOf(Role::kClient);
    user.*field = false;
    for (const auto& [type, other] : kSwitches) {
      const auto may = CheckStart(user, type);
      EXPECT_EQ(may.has_value(), type != off) << store::NameOf(type);
      if (!may) {
        EXPECT_EQ(may.error().fault, Fault::kForbidden);
      }
    }
  }
}

}  // namespace
}  // namespace ozma::access
