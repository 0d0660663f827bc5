#include "cli/statistics.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <numeric>
#include <random>

#include "base/ids.hpp"
#include "cli/pictures.hpp"
#include "cli/table.hpp"

namespace ozma::cli {
namespace {

TEST(Wilson, MatchesPublishedValues) {
  // Newcombe, Statistics in Medicine 17, 1998, table I: 81/263, 15/148, 0/20, 1/29.
  const std::tuple<std::size_t, std::size_t, double, double> cases[] = {
      {81, 263, 0.2553, 0.3662}, {15, 148, 0.0624, 0.1605}, {0, 20, 0.0, 0.1611}, {1, 29, 0.0061, 0.1718}};
  for (const auto& [hits, count, low, high] : cases) {
    const auto interval = Wilson(hits, count);
    EXPECT_NEAR(interval.first, low, 6e-5);
    EXPECT_NEAR(interval.second, high, 6e-5);
  }
}

TEST(ErrorTradeOff, FallsFromFewFalseMatchesToMany) {
  std::mt19937 random(7);
  std::normal_distribution<float> alike(0.7f, 0.1f), strange(0.3f, 0.1f);
  Scores scores;
  for (int i = 0; i < 2000; ++i) scores.genuine.push_back(alike(random));
  for (int i = 0; i < 50000; ++i) scores.impostor.push_back(strange(random));
  scores.genuine_failures = 20;
  std::sort(scores.genuine.begin(), scores.genuine.end());
  std::sort(scores.impostor.begin(), scores.impostor.end());
  const auto curve = ErrorTradeOff(scores);
  ASSERT_GT(curve.size(), 40u);
  EXPECT_NEAR(curve.front().first, 1.0 / 50000, 1e-9);
  EXPECT_NEAR(curve.back().first, 1, 1e-9);
  for (std::size_t i = 0; i < curve.size(); ++i) {
    const auto [fmr, fnmr] = curve[i];
    const double threshold = ThresholdAt(scores.impostor, 0, fmr);
    EXPECT_DOUBLE_EQ(fnmr, NonMatchRate(scores.genuine, 20, threshold));
    if (i > 0) {
      EXPECT_GT(fmr, curve[i - 1].first);
      EXPECT_LE(fnmr, curve[i - 1].second);
    }
  }
  EXPECT_TRUE(ErrorTradeOff({}).empty());
}

TEST(ThresholdAt, LetsThroughNoMoreThanTheRate) {
  std::vector<float> impostor(1000);
  std::iota(impostor.begin(), impostor.end(), 0.0f);
  for (float& score : impostor) score /= 1000;
  for (const double fmr : {0.1, 0.01, 0.001, 0.0001}) {
    const auto threshold = static_cast<float>(ThresholdAt(impostor, 0, fmr));
    const auto passed =
        std::count_if(impostor.begin(), impostor.end(), [&](float score) { return score >= threshold; });
    EXPECT_EQ(passed, static_cast<std::ptrdiff_t>(fmr * 1000 + 1e-9)) << fmr;
  }
}

TEST(ThresholdAt, CountsFailuresAsComparisonsThatDidNotMatch) {
  std::vector<float> impostor = {0.1f, 0.2f, 0.3f, 0.4f};
  EXPECT_GT(ThresholdAt(impostor, 0, 0.2), 0.4);
  EXPECT_LT(ThresholdAt(impostor, 1, 0.2), 0.4);  // one of five may pass
}

TEST(NonMatchRate, CountsScoresBelowAndFailures) {
  EXPECT_DOUBLE_EQ(NonMatchRate({0.2f, 0.5f, 0.9f}, 1, 0.5), 0.5);
}

TEST(EqualErrorRate, IsZeroWhereScoresDoNotMeetAndHalfWhereTheyAreOne) {
  EXPECT_DOUBLE_EQ(EqualErrorRate({{0.8f, 0.9f}, {0.1f, 0.2f}, 0, 0}), 0);
  EXPECT_DOUBLE_EQ(EqualErrorRate({{0.1f, 0.9f}, {0.1f, 0.9f}, 0, 0}), 0.5);
}

TEST(EqualErrorRate, MatchesTheTheoryOfTwoNormals) {
  std::mt19937 random(1);
  std::normal_distribution<float> normal;
  Scores scores;
  for (int i = 0; i < 40'000; ++i) {
    scores.genuine.push_back(normal(random) + 2);
    scores.impostor.push_back(normal(random));
  }
  std::sort(scores.genuine.begin(), scores.genuine.end());
  std::sort(scores.impostor.begin(), scores.impostor.end());
  EXPECT_NEAR(EqualErrorRate(scores), 0.15866, 0.004);  // Phi(-1)
}

TEST(TenFoldAccuracy, IsOneWhereAThresholdParts) {
  std::vector<Judged> pairs;
  for (int i = 0; i < 100; ++i) pairs.push_back({i % 2 == 0 ? 0.9f : 0.1f, false, i % 2 == 0});
  EXPECT_DOUBLE_EQ(TenFoldAccuracy(pairs).accuracy, 1);
}

TEST(TenFoldAccuracy, AFailureIsANonMatch) {
  std::vector<Judged> pairs;
  for (int i = 0; i < 100; ++i) pairs.push_back({i < 50 ? 0.9f : 0.1f, false, i < 50});
  pairs[3].failed = true;   // genuine: wrong
  pairs[70].failed = true;  // impostor: right
  EXPECT_EQ(TenFoldAccuracy(pairs).right, 99u);
}

TEST(TenFoldAccuracy, TheHeldOutFoldDoesNotChooseItsThreshold) {
  // Every fold but the last parts at 0.5; the last would need 0.95.
  std::vector<Judged> pairs;
  for (int i = 0; i < 90; ++i) pairs.push_back({0.8f, false, true}), pairs.push_back({0.2f, false, false});
  for (int i = 0; i < 10; ++i) pairs.push_back({0.99f, false, true}), pairs.push_back({0.9f, false, false});
  EXPECT_EQ(TenFoldAccuracy(pairs).right, 190u);
}

class CsvFile : public testing::Test {
 protected:
  std::filesystem::path path = std::filesystem::temp_directory_path() / (base::NewUuid() + ".csv");
  ~CsvFile() override { std::filesystem::remove(path); }
  base::Result<Csv> Read(std::string_view text) {
    EXPECT_TRUE(base::WriteFile(path, base::AsBytes(text)));
    return Csv::Read(path, {"path"});
  }
};

TEST_F(CsvFile, TakesColumnsByNameAndQuotes) {
  const auto csv = Read("label,path\r\nlive,\"a, \"\"b\"\".jpg\"\r\n\r\nprint,c.jpg");
  ASSERT_TRUE(csv) << csv.error().message;
  ASSERT_EQ(csv->size(), 2u);
  EXPECT_EQ(csv->Cell(0, "path"), "a, \"b\".jpg");
  EXPECT_EQ(csv->Cell(1, "label"), "print");
  EXPECT_EQ(csv->Cell(1, "person"), "");
}

TEST_F(CsvFile, SaysWhatIsWrong) {
  EXPECT_NE(Read("label\nx\n").error().message.find("\"path\""), std::string::npos);
  EXPECT_NE(Read("path,label\nx\n").error().message.find("row 2"), std::string::npos);
  EXPECT_FALSE(Read("path,label\n"));
}

TEST(Table, AlignsUtf8) {
  Table table({"a", "b"});
  table.Add({"äöü", "1"});
  table.Add({"xyz1", "2"});
  EXPECT_EQ(table.Text(), "a     b\näöü   1\nxyz1  2\n");
}

}  // namespace
}  // namespace ozma::cli
