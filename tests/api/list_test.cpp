#include "api/list.hpp"

#include <gtest/gtest.h>

namespace ozma::api {
namespace {

using base::Fault;
using store::Condition;
using store::List;
using Sent = std::map<std::string, std::string>;

store::Query Parsed(List list, const Sent& sent) {
  auto query = ParseQuery(list, sent);
  EXPECT_TRUE(query.has_value()) << (query ? "" : query.error().message);
  return query ? std::move(*query) : store::Query();
}

void ExpectRefused(List list, const Sent& sent) {
  const auto query = ParseQuery(list, sent);
  ASSERT_FALSE(query.has_value()) << sent.begin()->first << "=" << sent.begin()->second;
  EXPECT_EQ(query.error().fault, Fault::kInvalidValue) << query.error().message;
}

TEST(Lists, HaveAPageByDefault) {
  const auto query = Parsed(List::kFolders, {});
  EXPECT_EQ(query.offset, 0);
  EXPECT_EQ(query.limit, 100);
  EXPECT_TRUE(query.total);
  EXPECT_TRUE(query.where.empty());
}

TEST(Lists, PagesStayWithinTheirBounds) {
  EXPECT_EQ(Parsed(List::kFolders, {{"limit", "-1"}}).limit, -1);
  EXPECT_EQ(Parsed(List::kFolders, {{"limit", "5000"}, {"offset", "7"}}).offset, 7);
  EXPECT_FALSE(Parsed(List::kFolders, {{"total_omit", "true"}}).total);
  for (const char* limit : {"-2", "5001", "ten", "1.5", "99999999999999999999"})
    ExpectRefused(List::kFolders, {{"limit", limit}});
  for (const char* offset : {"-1", "x", ""}) ExpectRefused(List::kFolders, {{"offset", offset}});
  ExpectRefused(List::kFolders, {{"total_omit", "maybe"}});
}

TEST(Lists, AreSortedAsAsked) {
  const auto query = Parsed(List::kUsers, {{"sorting", "email{asc},time_created{DESC},user_type"}});
  ASSERT_EQ(query.order.size(), 3);
  EXPECT_EQ(query.order[0].field, "email");
  EXPECT_FALSE(query.order[0].descending);
  EXPECT_TRUE(query.order[1].descending);
  EXPECT_EQ(query.order[2].field, "user_type");
  EXPECT_TRUE(query.order[2].descending);
  for (const char* sorting : {"password_hash", "email{up}", "email{asc", "nothing{asc}"})
    ExpectRefused(List::kUsers, {{"sorting", sorting}});
}

TEST(Lists, AreFiltered) {
  const auto query = Parsed(List::kFolders, {{"resolution_status", "FINISHED, FAILED"},
                                             {"user_id.exclude", "a,b"},
                                             {"time_created.min", "1744017549.5"},
                                             {"unknown_thing", "x"},
                                             {"system_resolution", ""}});
  ASSERT_EQ(query.where.size(), 3);  // the unknown and the blank are passed over
  EXPECT_EQ(query.where[0].field, "resolution_status");
  EXPECT_EQ(query.where[0].values, (std::vector<std::string>{"FINISHED", "FAILED"}));
  EXPECT_EQ(query.where[1].field, "time_created");
  EXPECT_EQ(query.where[1].op, Condition::Op::kMin);
  EXPECT_EQ(query.where[2].op, Condition::Op::kNoneOf);
}

TEST(Lists, TimesMayBeInMilliseconds) {
  const auto query = Parsed(List::kFolders, {{"time_created.min", "1744017549366"}});
  ASSERT_EQ(query.where.size(), 1);
  EXPECT_EQ(query.where[0].values, std::vector<std::string>{"1744017549.366000"});
  for (const char* time : {"yesterday", "inf", "nan", "1e999", "1,2"})
    ExpectRefused(List::kFolders, {{"time_created.max", time}});
}

TEST(Lists, KnowOlderSpellings) {
  EXPECT_EQ(Parsed(List::kFolders, {{"analysis.type", "quality"}}).where.at(0).field, "analyse.type");
  EXPECT_EQ(Parsed(List::kFolderAnalyses, {{"analyse_id", "x"}}).where.at(0).field, "analysis_id");
}

TEST(Lists, AreFilteredByMetadata) {
  const auto query = Parsed(List::kFolders, {{"meta_data", "a.b==x,c!=y==z,d=="}});
  ASSERT_EQ(query.metadata.size(), 3);
  EXPECT_EQ(query.metadata[0].key, "a.b");
  EXPECT_EQ(query.metadata[0].value, "x");
  EXPECT_TRUE(query.metadata[0].equal);
  EXPECT_EQ(query.metadata[1].key, "c");
  EXPECT_EQ(query.metadata[1].value, "y==z");
  EXPECT_FALSE(query.metadata[1].equal);
  EXPECT_EQ(query.metadata[2].value, "");
  for (const char* text : {"a", "a=b", "==x", "!=x"}) ExpectRefused(List::kFolders, {{"meta_data", text}});
}

TEST(Lists, FilterResultsOnlyWhereThatIsSwitchedOn) {
  const Sent sent{{"results_data.min_confidence.max", "0.5"}};
  EXPECT_TRUE(Parsed(List::kFolders, sent).where.empty());
  Sent on = sent;
  on["with_results_media_filter"] = "true";
  EXPECT_EQ(Parsed(List::kFolders, on).where.size(), 1);
}

TEST(Lists, TakeNoNul) {
  ExpectRefused(List::kFolders, {{"search_text", std::string("a\0b", 3)}});
  ExpectRefused(List::kFolders, {{"meta_data", std::string("a==\0", 4)}});
}

TEST(Lists, AnswerInAnEnvelope) {
  store::Query query;
  query.offset = 20;
  query.limit = 10;
  EXPECT_EQ(base::WriteJson(Envelope(query, 21, {1})),
            R"({"offset": 20, "limit": 10, "total_count": 21, "items": [1]})");
  EXPECT_EQ(base::WriteJson(Envelope(query, std::nullopt, {})),
            R"({"offset": 20, "limit": 10, "total_count": null, "items": []})");
}

}  // namespace
}  // namespace ozma::api
