#include "http/problem.hpp"

#include <gtest/gtest.h>

#include "base/json.hpp"

namespace ozma::http {
namespace {

using base::Fault;

struct Row {
  Fault fault;
  unsigned oz_status;
  int oz_code;
  unsigned lite_status;
  const char* pattern;
  const char* liveness;
};

// The contract's tables, written a second time by hand.
constexpr Row kRows[] = {
    {Fault::kInvalidRequest, 400, 3, 400, "BPE-002001", "LDE-002001"},
    {Fault::kInvalidValue, 400, 4, 400, "BPE-002001", "LDE-002001"},
    {Fault::kInvalidType, 400, 5, 400, "BPE-002001", "LDE-002001"},
    {Fault::kAlreadyExists, 400, 13, 400, "BPE-002001", "LDE-002001"},
    {Fault::kLogic, 400, 202, 400, "BPE-002001", "LDE-002001"},
    {Fault::kTokenMissing, 401, 6, 400, "BPE-002001", "LDE-002001"},
    {Fault::kTokenUnknown, 401, 7, 400, "BPE-002001", "LDE-002001"},
    {Fault::kTokenExpired, 401, 8, 400, "BPE-002001", "LDE-002001"},
    {Fault::kWrongLogin, 401, 15, 400, "BPE-002001", "LDE-002001"},
    {Fault::kUserBlocked, 401, 1401, 400, "BPE-002001", "LDE-002001"},
    {Fault::kForbidden, 403, 9, 400, "BPE-002001", "LDE-002001"},
    {Fault::kThrottled, 429, 101, 400, "BPE-002001", "LDE-002001"},
    {Fault::kUnsupported, 501, 2, 400, "BPE-002001", "LDE-002001"},
    {Fault::kMethodNotAllowed, 405, 1, 400, "BPE-002002", "LDE-002002"},
    {Fault::kNotFound, 404, 10, 404, "BPE-002001", "LDE-002001"},
    {Fault::kContentType, 400, 5, 400, "BPE-002001", "LDE-002001"},
    {Fault::kPartContentType, 400, 5, 400, "BPE-002005", "LDE-002005"},
    {Fault::kSampleUnreadable, 400, 4, 400, "BPE-002003", "LDE-002004"},
    {Fault::kTemplateUnreadable, 400, 4, 400, "BPE-002004", "LDE-002004"},
    {Fault::kTooLarge, 413, 14, 400, "BPE-002003", "LDE-002004"},
    {Fault::kNoFace, 400, 202, 400, "BPE-003002", "LDE-002004"},
    {Fault::kManyFaces, 400, 202, 400, "BPE-003003", "LDE-002004"},
    {Fault::kExtractionFailed, 400, 202, 400, "BPE-003001", "LDE-002004"},
    {Fault::kEvidenceInsufficient, 400, 202, 400, "BPE-003001", "LDE-002004"},
    {Fault::kOverloaded, 503, 0, 503, "BPE-001002", "LDE-001002"},
    {Fault::kTimedOut, 503, 0, 500, "BPE-001001", "LDE-001001"},
    {Fault::kEngine, 502, 11, 400, "BPE-001002", "LDE-001002"},
    {Fault::kDatabase, 500, 12, 500, "BPE-001001", "LDE-001001"},
    {Fault::kUpstream, 502, 11, 500, "BPE-001001", "LDE-001001"},
    {Fault::kConfiguration, 500, 0, 500, "BPE-001001", "LDE-001001"},
    {Fault::kIo, 500, 0, 500, "BPE-001001", "LDE-001001"},
    {Fault::kInternal, 500, 0, 500, "BPE-001001", "LDE-001001"},
};

TEST(Problem, HasARowForEveryFault) {
  int row = 0;
  for (const Row& expected : kRows) EXPECT_EQ(static_cast<int>(expected.fault), row++);
  EXPECT_EQ(static_cast<int>(Fault::kInternal) + 1, row);
}

TEST(Problem, AnswersEveryFaultInEveryDialect) {
  for (const Row& row : kRows) {
    const base::Error error{row.fault, "Words."};
    const char* name = base::NameOf(row.fault);

    const Response oz = Problem(Dialect::kOz, error);
    EXPECT_EQ(oz.status, row.oz_status) << name;
    EXPECT_TRUE(
        oz.body.starts_with("{\"error_code\": " + std::to_string(row.oz_code) + ", \"error_message\": \""))
        << oz.body;
    EXPECT_TRUE(oz.body.ends_with(", \"details\": null}")) << oz.body;

    const Response pattern = Problem(Dialect::kLitePattern, error);
    EXPECT_EQ(pattern.status, row.lite_status) << name;
    EXPECT_TRUE(pattern.body.starts_with("{\"code\": \"" + std::string(row.pattern) + "\", \"message\": \""))
        << pattern.body;

    const Response liveness = Problem(Dialect::kLiteLiveness, error);
    EXPECT_EQ(liveness.status, row.lite_status) << name;
    EXPECT_TRUE(
        liveness.body.starts_with("{\"code\": \"" + std::string(row.liveness) + "\", \"message\": \""))
        << liveness.body;

    for (const Response* response : {&oz, &pattern, &liveness}) {
      EXPECT_EQ(response->content_type, "application/json");
      EXPECT_EQ(Find(response->headers, "Retry-After"),
                row.fault == Fault::kOverloaded || row.fault == Fault::kThrottled ? "1" : "");
      EXPECT_TRUE(base::ReadJson(response->body)) << response->body;
    }
  }
}

TEST(Problem, KeepsTheWordsOfOurOwnFaultsInside) {
  for (const Fault fault :
       {Fault::kInternal, Fault::kIo, Fault::kConfiguration, Fault::kEngine, Fault::kDatabase})
    for (const Dialect dialect : {Dialect::kOz, Dialect::kLitePattern, Dialect::kLiteLiveness})
      EXPECT_EQ(Problem(dialect, {fault, "cannot open /srv/secret"}).body.find("secret"), std::string::npos);
  EXPECT_EQ(Problem(Dialect::kOz, {Fault::kInternal, "x"}).body,
            R"({"error_code": 0, "error_message": "Unknown server side error occurred", "details": null})");
}

}  // namespace
}  // namespace ozma::http
