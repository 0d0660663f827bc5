#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <random>

#include "gallery/score.hpp"
#include "gallery/template.hpp"

namespace ozma::gallery {
namespace {

using base::Fault;

const NetworkId kNetwork = NetworkIdOf("test", "1");

std::vector<float> RandomEmbedding(unsigned seed, std::size_t size = 512) {
  std::mt19937 random(seed);
  std::normal_distribution<float> normal;
  std::vector<float> embedding(size);
  for (float& component : embedding) component = normal(random);
  return embedding;
}

double PlainCosine(const std::vector<float>& a, const std::vector<float>& b) {
  double dot = 0, aa = 0, bb = 0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    dot += a[i] * b[i];
    aa += a[i] * a[i];
    bb += b[i] * b[i];
  }
  return dot / std::sqrt(aa * bb);
}

TEST(Template, KeepsTheCosineOfTheEmbeddings) {
  for (unsigned seed = 0; seed < 100; ++seed) {
    const auto a = RandomEmbedding(seed);
    auto b = RandomEmbedding(seed + 1000);
    for (std::size_t i = 0; i < b.size(); ++i) b[i] += static_cast<float>(seed) / 50 * a[i];
    const auto cosine = Cosine(*Template::FromEmbedding(a, kNetwork), *Template::FromEmbedding(b, kNetwork));
    EXPECT_NEAR(cosine, PlainCosine(a, b), 0.004) << seed;
  }
}

TEST(Template, ComponentsComeBackWithLengthOne) {
  const auto made = Template::FromEmbedding(RandomEmbedding(1), kNetwork);
  EXPECT_NEAR(made->norm() * made->scale(), 1, 1e-3);
}

TEST(Template, SurvivesEncodeAndDecodeToTheByte) {
  const auto made = Template::FromEmbedding(RandomEmbedding(1), kNetwork);
  const auto bytes = made->Encode();
  EXPECT_EQ(bytes.size(), 20u + 512u + 4u);
  const auto read = Template::Decode(bytes, kNetwork);
  ASSERT_TRUE(read) << read.error().message;
  EXPECT_EQ(read->Encode(), bytes);
  EXPECT_FLOAT_EQ(Cosine(*made, *read), 1);
}

// The page docs/template-format.md shows this very template.
TEST(Template, HasTheDocumentedBytes) {
  const std::vector<float> embedding = {3, 0, -4};
  const auto bytes = Template::FromEmbedding(embedding, NetworkIdOf("example", "1"))->Encode();
  EXPECT_EQ(base::HexOf(bytes),
            "4f5a545001000300"
            "ff5436bb3606d367"
            "a069ce3b"
            "5f0081"
            "3cd20b57");
}

TEST(Template, EveryTruncationIsRefused) {
  const auto bytes = Template::FromEmbedding(RandomEmbedding(1, 64), kNetwork)->Encode();
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    const auto read = Template::Decode({bytes.data(), size}, kNetwork);
    ASSERT_FALSE(read) << size;
    EXPECT_EQ(read.error().fault, Fault::kTemplateUnreadable);
  }
}

TEST(Template, EveryAlteredBitIsRefused) {
  const auto bytes = Template::FromEmbedding(RandomEmbedding(1, 64), kNetwork)->Encode();
  for (std::size_t bit = 0; bit < bytes.size() * 8; ++bit) {
    auto altered = bytes;
    altered[bit / 8] ^= static_cast<std::uint8_t>(1u << (bit % 8));
    EXPECT_FALSE(Template::Decode(altered, kNetwork)) << bit;
  }
}

TEST(Template, OneOfAnotherNetworkIsRefusedByName) {
  const auto bytes = Template::FromEmbedding(RandomEmbedding(1), NetworkIdOf("test", "2"))->Encode();
  const auto read = Template::Decode(bytes, kNetwork);
  ASSERT_FALSE(read);
  EXPECT_NE(read.error().message.find("another recognition network"), std::string::npos);
}

TEST(Template, EmbeddingsWithoutDirectionAreRefused) {
  const float nan = std::numeric_limits<float>::quiet_NaN();
  for (const std::vector<float>& embedding : {std::vector<float>{}, {0, 0, 0}, {1, nan}, {1, INFINITY}}) {
    const auto made = Template::FromEmbedding(embedding, kNetwork);
    ASSERT_FALSE(made);
    EXPECT_EQ(made.error().fault, Fault::kExtractionFailed);
  }
}

TEST(Template, OfDifferentNetworksOrDimensionsAreNeverAlike) {
  const auto a = Template::FromEmbedding(RandomEmbedding(1, 64), kNetwork);
  EXPECT_EQ(Cosine(*a, *Template::FromEmbedding(RandomEmbedding(1, 64), NetworkIdOf("x", "1"))), -1);
  EXPECT_EQ(Cosine(*a, *Template::FromEmbedding(RandomEmbedding(1, 65), kNetwork)), -1);
}

TEST(Calibration, IsLinearBetweenKnotsAndFlatBeyond) {
  const auto calibration =
      Calibration::FromJson(*base::ReadJson(R"({"knots": [[-0.5, 0], [0.4, 0.85], [0.9, 1]]})"));
  ASSERT_TRUE(calibration);
  EXPECT_DOUBLE_EQ(calibration->Score(0.4), 0.85);
  EXPECT_DOUBLE_EQ(calibration->Score(0.65), 0.925);
  EXPECT_DOUBLE_EQ(calibration->Score(-1), 0);
  EXPECT_DOUBLE_EQ(calibration->Score(1), 1);
}

TEST(Calibration, RefusesWhatDoesNotRise) {
  for (const char* text :
       {R"({})", R"([])", R"({"knots": [[0, 0]]})", R"({"knots": [[0, 0], [0, 1]]})",
        R"({"knots": [[0, 0.5], [1, 0.4]]})", R"({"knots": [[0, 0], [2, 1]]})",
        R"({"knots": [[0, 0], ["1", 1]]})", R"({"knots": [[0, 0], [1, 1]], "band": [0.9, 0.8]})"}) {
    const auto calibration = Calibration::FromJson(*base::ReadJson(text));
    ASSERT_FALSE(calibration) << text;
    EXPECT_EQ(calibration.error().fault, Fault::kConfiguration);
  }
}

TEST(Decision, HasNoBandUntilOneIsConfigured) {
  EXPECT_EQ(Decide(0.85, {}), Decision::kApproved);
  EXPECT_EQ(Decide(0.8499, {}), Decision::kDeclined);
  const Thresholds band{0.7, 0.9};
  EXPECT_EQ(Decide(0.9, band), Decision::kApproved);
  EXPECT_EQ(Decide(0.7, band), Decision::kOperatorRequired);
  EXPECT_EQ(Decide(0.6999, band), Decision::kDeclined);
}

}  // namespace
}  // namespace ozma::gallery
