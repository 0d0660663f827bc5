#include "cli/search_figures.hpp"

#include <gmock/gmock.h>

namespace ozma::cli {
namespace {

Searched Some() {
  Searched searched;
  searched.mates = {0.9F, 0.5F, 0.8F};
  searched.strangers = {0.7F, 0.1F, 0.3F, 0.2F};
  searched.first = 3;
  searched.unnamed = 1;
  searched.unusable = 2;
  searched.Sort();
  return searched;
}

TEST(SearchFigures, CountWhoIsMissedAndWhoIsMistaken) {
  const auto searched = Some();
  EXPECT_EQ(searched.mated(), 4u);
  EXPECT_EQ(searched.non_mated(), 4u);
  EXPECT_EQ(FalseNegatives(searched, 0.8), 2u);  // 0.5, and the one who was not named
  EXPECT_EQ(FalseNegatives(searched, 0), 1u);
  EXPECT_EQ(FalsePositives(searched, 0.3), 2u);
  EXPECT_EQ(FalsePositives(searched, 0.71), 0u);
}

TEST(SearchFigures, TheThresholdLetsAsManyStrangersThroughAsAllowed) {
  const auto searched = Some();
  EXPECT_EQ(FalsePositives(searched, ThresholdAtFpir(searched, 0.25)), 1u);
  EXPECT_EQ(FalsePositives(searched, ThresholdAtFpir(searched, 0.01)), 0u);
  EXPECT_EQ(FalsePositives(searched, ThresholdAtFpir(searched, 1)), 4u);
  EXPECT_EQ(ThresholdAtFpir(Searched{}, 0.01), 0);
}

TEST(SearchFigures, AGalleryMultipliesRareMatches) {
  EXPECT_DOUBLE_EQ(ExpectedFpir(0, 1e6), 0);
  EXPECT_DOUBLE_EQ(ExpectedFpir(1, 3), 1);
  EXPECT_NEAR(ExpectedFpir(0.1, 2), 0.19, 1e-12);
  EXPECT_NEAR(ExpectedFpir(1e-12, 1e6), 1e-6, 1e-11);
}

}  // namespace
}  // namespace ozma::cli
