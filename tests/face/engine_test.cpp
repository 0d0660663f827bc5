// The default networks on the sample pictures.
#include <gtest/gtest.h>

#include <opencv2/imgproc.hpp>
#include <thread>

#include "face/crop.hpp"
#include "samples.hpp"

namespace ozma::face {
namespace {

using tests::Sample;
using tests::SharedEngine;

Sighting Found(const cv::Mat& picture) {
  auto sighting = SharedEngine()->Find(picture);
  if (!sighting) throw std::runtime_error(sighting.error().message);
  return std::move(*sighting);
}

std::vector<float> EmbeddingOf(const cv::Mat& picture) {
  const Sighting sighting = Found(picture);
  EXPECT_FALSE(sighting.faces.empty());
  if (sighting.faces.empty()) return std::vector<float>(512, 1.0f);
  return SharedEngine()->Embed(Align(sighting.bgr, sighting.faces.front().points))->values;
}

double Cosine(const std::vector<float>& a, const std::vector<float>& b) {
  const cv::Mat x(a), y(b);
  return x.dot(y) / cv::norm(x) / cv::norm(y);
}

TEST(Find, SeesTheFacesThatAreThere) {
  EXPECT_EQ(Found(Sample("person-a-1.jpg")).faces.size(), 1u);
  EXPECT_EQ(Found(Sample("person-b-1.jpg")).faces.size(), 1u);
  EXPECT_EQ(Found(Sample("two-people.jpg")).faces.size(), 2u);
}

TEST(Find, SeesNoneWhereThereIsNone) {
  EXPECT_TRUE(Found(Sample("cat.png")).faces.empty());
  EXPECT_TRUE(Found(Sample("no-face.png")).faces.empty());
  EXPECT_TRUE(Found(cv::Mat(480, 640, CV_8UC3, cv::Scalar::all(127))).faces.empty());
}

// A close-up squashed as a bent print is: the detector is sure of it, the confirmer sees a hint of a face at
// most.
TEST(Find, TakesALargeFaceThatOnlyTheDetectorIsSureOf) {
  const cv::Mat picture = Sample("person-a-1.jpg");
  const cv::Rect box = cv::Rect(Found(picture).faces.at(0).box) & cv::Rect({}, picture.size());
  cv::Mat squashed;
  cv::resize(picture(box), squashed, {360, 240 * box.height / box.width / 2 + 20});
  const Sighting sighting = Found(squashed);
  ASSERT_EQ(sighting.faces.size(), 1u);
  EXPECT_LT(sighting.faces.front().confidence, 0.5f);
  EXPECT_GT(sighting.faces.front().box.width, 0.7f * 360);
}

TEST(Find, TurnsSidewaysAndInvertedPicturesUpright) {
  const cv::Mat upright = Sample("person-a-1.jpg");
  for (int turns = 1; turns <= 3; ++turns) {
    const Sighting sighting = Found(Turned(upright, 4 - turns));
    ASSERT_EQ(sighting.faces.size(), 1u) << turns;
    EXPECT_EQ(sighting.quarter_turns, turns);
    EXPECT_EQ(sighting.bgr.size(), upright.size());
  }
}

TEST(Find, PointsSitWhereAFaceHasThem) {
  const Sighting sighting = Found(Sample("person-a-1.jpg"));
  ASSERT_FALSE(sighting.faces.empty());
  const Face& face = sighting.faces.front();
  const auto& p = face.points;
  for (const auto& point : p) EXPECT_TRUE(face.box.contains(point));
  EXPECT_LT(p[0].x, p[2].x);
  EXPECT_LT(p[2].x, p[1].x);
  EXPECT_LT(p[0].y, p[2].y);
  EXPECT_LT(p[2].y, p[3].y);
  EXPECT_LT(p[3].x, p[4].x);
}

TEST(Find, SeesAFaceOfFourPercentOfALargePicture) {
  const Sighting close = Found(Sample("person-a-1.jpg"));
  ASSERT_FALSE(close.faces.empty());
  const cv::Rect2f& box = close.faces.front().box;
  for (const cv::Size size : {cv::Size(1920, 1080), cv::Size(1080, 1920)}) {
    const double shrink = 0.04 * 1920 / std::max(box.width, box.height);
    cv::Mat small;
    cv::resize(close.bgr, small, {}, shrink, shrink, cv::INTER_AREA);
    cv::Mat canvas(size, CV_8UC3, cv::Scalar(90, 110, 100));
    const cv::Point at(size.width * 2 / 3 - small.cols / 2, size.height / 3);
    small.copyTo(canvas(cv::Rect(at, small.size())));
    const Sighting sighting = Found(canvas);
    ASSERT_EQ(sighting.faces.size(), 1u) << size;
    const cv::Point2f expected = cv::Point2f(at) + (box.tl() + box.br()) / 2 * shrink;
    EXPECT_LT(cv::norm((sighting.faces[0].box.tl() + sighting.faces[0].box.br()) / 2 - expected), 20) << size;
  }
}

TEST(Find, StandsLeaningFaces) {
  const cv::Mat picture = Sample("person-a-1.jpg");
  const cv::Point2f centre(static_cast<float>(picture.cols) / 2, static_cast<float>(picture.rows) / 2);
  const auto upright = EmbeddingOf(picture);
  for (const double degrees : {-30.0, -15.0, 15.0, 30.0}) {
    cv::Mat leaning;
    cv::warpAffine(picture, leaning, cv::getRotationMatrix2D(centre, degrees, 1), picture.size());
    EXPECT_GT(Cosine(upright, EmbeddingOf(leaning)), 0.7) << degrees;
  }
}

TEST(Find, AnyPictureSizeIsAnswered) {
  for (const cv::Size size :
       {cv::Size(1, 1), cv::Size(2, 900), cv::Size(900, 2), cv::Size(31, 33), cv::Size(2560, 200)}) {
    EXPECT_TRUE(SharedEngine()->Find(cv::Mat(size, CV_8UC3, cv::Scalar::all(50)))) << size;
  }
}

TEST(Embed, OnePersonIsCloserThanTwo) {
  const auto a1 = EmbeddingOf(Sample("person-a-1.jpg")), a2 = EmbeddingOf(Sample("person-a-2.jpg"));
  const auto a3 = EmbeddingOf(Sample("person-a-3.jpg")), b = EmbeddingOf(Sample("person-b-1.jpg"));
  EXPECT_GT(std::min(Cosine(a1, a2), Cosine(a1, a3)), 0.45);
  EXPECT_LT(std::max({Cosine(a1, b), Cosine(a2, b), Cosine(a3, b)}), 0.3);
}

TEST(Embed, IsTheSameFromEveryThread) {
  const Sighting sighting = Found(Sample("person-a-1.jpg"));
  const AlignedFace face = Align(sighting.bgr, sighting.faces.at(0).points);
  const auto expected = SharedEngine()->Embed(face)->values;
  std::vector<std::jthread> threads;
  std::atomic<int> equal{0};
  for (int i = 0; i < 8; ++i) {
    threads.emplace_back([&] {
      if (SharedEngine()->Embed(face)->values == expected) ++equal;
    });
  }
  threads.clear();
  EXPECT_EQ(equal, 8);
}

// The recognizer of the catalog, looking at the mirror image too at the scale `flip`; 0: not at all.
std::unique_ptr<Recognizer> RecognizerWithFlip(double flip) {
  nn::Entry entry = SharedEngine()->recognizer();
  entry.parameters.erase("flip");
  if (flip > 0) entry.parameters["flip"] = flip;
  return Recognizer::Load(entry, {1, {}}).value();
}

// The face in template position, as a picture of its own, mirrored and aligned again: nothing moves.
AlignedFace MirrorImage(const AlignedFace& face) {
  return Align(face.Mirrored(1), {cv::Point2f(38.2946f, 51.6963f), cv::Point2f(73.5318f, 51.5014f),
                                  cv::Point2f(56.0252f, 71.7366f), cv::Point2f(41.5493f, 92.3655f),
                                  cv::Point2f(70.7299f, 92.2041f)});
}

TEST(Align, TheMirrorImageIsTheFaceFlippedAtTheScaleAskedFor) {
  const Sighting sighting = Found(Sample("person-a-2.jpg"));
  const AlignedFace face = Align(sighting.bgr, sighting.faces.at(0).points);
  cv::Mat flipped, smaller;
  cv::flip(face.bgr(), flipped, 1);
  EXPECT_LT(cv::norm(face.Mirrored(1), flipped, cv::NORM_L1) / static_cast<double>(3 * flipped.total()), 2);
  cv::resize(flipped, smaller, {56, 56}, 0, 0, cv::INTER_AREA);
  const cv::Mat half = face.Mirrored(0.5)(cv::Rect(28, 28, 56, 56));
  EXPECT_LT(cv::norm(half, smaller, cv::NORM_L1) / static_cast<double>(3 * smaller.total()), 6);
}

TEST(Embed, WithFlipAFaceAndItsMirrorImageAnswerAlike) {
  const Sighting sighting = Found(Sample("person-a-2.jpg"));
  const AlignedFace face = Align(sighting.bgr, sighting.faces.at(0).points), mirrored = MirrorImage(face);
  const auto both = RecognizerWithFlip(1), one = RecognizerWithFlip(0);
  const auto sum = both->Embed(face)->values;
  EXPECT_GT(Cosine(sum, both->Embed(mirrored)->values), 0.999);

  const auto left = one->Embed(face)->values, right = one->Embed(mirrored)->values;
  EXPECT_LT(Cosine(left, right), 0.99);
  const cv::Mat halves = cv::Mat(left) / cv::norm(cv::Mat(left)) + cv::Mat(right) / cv::norm(cv::Mat(right));
  EXPECT_GT(cv::Mat(sum).dot(halves) / cv::norm(cv::Mat(sum)) / cv::norm(halves), 0.999);
}

TEST(Embed, ARecognizerOfAnotherInputIsRefused) {
  nn::Entry entry = SharedEngine()->recognizer();
  entry.input.width = 96;
  const auto loaded = Recognizer::Load(entry, {1, {}});
  ASSERT_FALSE(loaded);
  EXPECT_EQ(loaded.error().fault, base::Fault::kConfiguration);
  EXPECT_NE(loaded.error().message.find(entry.name), std::string::npos);
}

TEST(Confirm, GivesPointsInPixelsOfThePicture) {
  const auto catalog = nn::Catalog::Load(std::filesystem::path(OZMA_SOURCE_DIR) / "models" / "catalog.json");
  ASSERT_TRUE(catalog);
  const auto confirmer = Confirmer::Load(*catalog->InRole("confirmer").value().front(), {1, {}}).value();
  const Sighting sighting = Found(Sample("person-a-1.jpg"));
  ASSERT_FALSE(sighting.faces.empty());
  const Face& face = sighting.faces.front();
  const Candidate candidate{face.box, 0.9f, std::nullopt};
  const auto answers = confirmer->Confirm(sighting.bgr, {&candidate, 1}, confirmer->threshold());
  ASSERT_TRUE(answers);
  ASSERT_TRUE(answers->front());
  // The engine's points are the mean of these and of the landmarks', so they lie near, but not on each other.
  for (std::size_t i = 0; i < face.points.size(); ++i) {
    const double distance = cv::norm(answers->front()->points[i] - face.points[i]);
    EXPECT_LT(distance, 0.06 * face.box.width) << i;
    EXPECT_GT(distance, 0) << i;
  }
}

TEST(Pose, MirrorsWithThePicture) {
  const cv::Mat picture = Sample("person-a-2.jpg");
  cv::Mat mirrored;
  cv::flip(picture, mirrored, 1);
  const Sighting seen = Found(picture), turned = Found(mirrored);
  const double yaw = SharedEngine()->PoseOf(seen.bgr, seen.faces.at(0))->yaw;
  const double other = SharedEngine()->PoseOf(turned.bgr, turned.faces.at(0))->yaw;
  EXPECT_GT(yaw, 5);
  EXPECT_LT(other, -5);
}

TEST(Measure, ASharpWellLitFaceBeatsBlurAndDark) {
  const auto overall = [](const char* name) {
    const Sighting sighting = Found(Sample(name));
    EXPECT_FALSE(sighting.faces.empty()) << name;
    return SharedEngine()->Measure(sighting.bgr, sighting.faces.at(0))->overall;
  };
  const double sharp = overall("person-a-1.jpg");
  EXPECT_GT(sharp, overall("blurred.jpg"));
  EXPECT_GT(sharp, overall("dark.jpg"));
}

TEST(Objection, SaysWhatToChange) {
  const Sighting sighting = Found(Sample("person-a-1.jpg"));
  const cv::Size size = sighting.bgr.size();
  const AlignedFace aligned = Align(sighting.bgr, sighting.faces.at(0).points);
  Face face = sighting.faces[0];
  EXPECT_FALSE(Objection(size, face, aligned, {}));
  face.box.width = 31;
  const auto small = Objection(size, face, aligned, {});
  ASSERT_TRUE(small);
  EXPECT_NE(small->find("31 px across, 40 are needed"), std::string::npos);
}

TEST(Objection, IsMadeToAFaceThatThePictureCuts) {
  const Sighting sighting = Found(Sample("person-a-1.jpg"));
  const cv::Size size = sighting.bgr.size();
  const AlignedFace aligned = Align(sighting.bgr, sighting.faces.at(0).points);
  const auto cut = [&](const Face& face) {
    const auto objection = Objection(size, face, aligned, {});
    return objection && objection->find("cut off") != std::string::npos;
  };
  Face face = sighting.faces[0];
  EXPECT_FALSE(cut(face));
  face.points[3].x = -2;  // a corner of the mouth
  EXPECT_TRUE(cut(face));
  face = sighting.faces[0];
  face.box.x = -0.25f * face.box.width;
  EXPECT_FALSE(cut(face));
  face.box.x = -0.35f * face.box.width;
  EXPECT_TRUE(cut(face));
  face.box.x = static_cast<float>(size.width) + 1;
  EXPECT_TRUE(cut(face));
  // The part of a face that is left at the edge is too narrow, or too flat, for a whole one.
  face = sighting.faces[0];
  face.box.width = 0.45f * face.box.height;
  EXPECT_FALSE(cut(face));
  face.box.x = -1;
  EXPECT_TRUE(cut(face));
  face.box = cv::Rect2f(face.box.x + 20, -1, 300, 200);
  EXPECT_TRUE(cut(face));
}

}  // namespace
}  // namespace ozma::face
