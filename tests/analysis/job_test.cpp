// Whole analyses over the sample media, on the real networks.
#include "analysis/job.hpp"

#include <gmock/gmock.h>

#include <opencv2/imgproc.hpp>

#include "samples.hpp"

namespace ozma::analysis {
namespace {

using base::Fault;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using tests::Sample;
namespace json = base::json;

const Analyst& TheAnalyst() {
  static const auto analyst = Analyst::Create(tests::SharedEngine(), {}).value();
  return *analyst;
}

media::Media MediumOf(std::vector<cv::Mat> pictures) {
  media::Media medium{
      {pictures.size() > 1 ? media::Kind::kVideo : media::Kind::kImage, "image/jpeg"}, {}, {}};
  for (double at = 0; auto& picture : pictures) medium.frames.push_back({std::move(picture), at += 0.2});
  return medium;
}

struct Item {
  std::vector<cv::Mat> pictures;
  std::vector<std::string> tags = {};
};

base::Result<Outcome> RunOver(Type type, const std::vector<Item>& items, const Parameters& parameters = {}) {
  std::vector<Source> sources;
  for (std::size_t i = 0; i < items.size(); ++i) sources.push_back({"m" + std::to_string(i), items[i].tags});
  return analysis::Run(TheAnalyst(), type, parameters, sources, [&](std::size_t i) {
    return base::Result<media::Media>(MediumOf(items[i].pictures));
  });
}

double Number(const json::value& data, std::string_view key) {
  return data.as_object().at(key).as_double();
}

TEST(Choice, QualityPassesOverDocumentsAndBiometryOverTheirBacks) {
  const std::vector<Source> media = {{"a", {"video_selfie", "video_selfie_blank"}},
                                     {"b", {"photo_id", "photo_id_front"}},
                                     {"c", {"photo_id_back"}},
                                     {"d", {"photo_selfie"}},
                                     {"e", {}},
                                     {"f", {"anything"}}};
  EXPECT_THAT(Choose(Type::kQuality, media), ElementsAre(0, 3, 4, 5));
  EXPECT_THAT(Choose(Type::kBiometry, media), ElementsAre(0, 1, 3, 4, 5));
}

TEST(Choice, QualityTakesFilmsOnlyIfTheySayThatTheyAreSelfies) {
  const std::vector<Source> media = {{"a", {}, true},
                                     {"b", {"video_selfie"}, true},
                                     {"c", {"orientation_portrait", "video_selfie_smile"}, true},
                                     {"d", {"photo_selfie"}, true},
                                     {"e", {}, false}};
  EXPECT_THAT(Choose(Type::kQuality, media), ElementsAre(1, 2, 4));
  EXPECT_THAT(Choose(Type::kBiometry, media), ElementsAre(0, 1, 2, 3, 4));
}

TEST(QualityJob, ScoresAreThoseOfOneMediumAlone) {
  const cv::Mat picture = Sample("person-a-1.jpg");
  const auto alone = TheAnalyst().Quality(MediumOf({picture}), {});
  const auto outcome = RunOver(Type::kQuality, {{{picture}}});
  ASSERT_TRUE(alone && outcome);
  ASSERT_EQ(outcome->media.size(), 1u);
  EXPECT_EQ(Number(outcome->media[0].results_data, "confidence_spoofing"), alone->confidence_spoofing);
  EXPECT_EQ(outcome->media[0].results_data.size(), 1u);
  EXPECT_EQ(outcome->error_code, 0);
  EXPECT_TRUE(outcome->results_data.is_null());
}

TEST(QualityJob, EveryMediumIsScoredAndTheWorstDecides) {
  const std::vector<Item> items = {{{Sample("person-a-1.jpg")}}, {{Sample("attack-screen.jpg")}}};
  const auto first = RunOver(Type::kQuality, items);
  ASSERT_TRUE(first);
  ASSERT_EQ(first->media.size(), 2u);
  const double a = Number(first->media[0].results_data, "confidence_spoofing"),
               b = Number(first->media[1].results_data, "confidence_spoofing");
  ASSERT_NE(a, b);
  Parameters parameters;
  parameters.threshold_spoofing = std::max(a, b);  // at the threshold: an attack
  EXPECT_EQ(RunOver(Type::kQuality, items, parameters)->resolution, Resolution::kDeclined);
  parameters.threshold_spoofing = 1;
  EXPECT_EQ(RunOver(Type::kQuality, items, parameters)->resolution, Resolution::kSuccess);
}

TEST(QualityJob, GivesTheBestShotUnlessToldNotTo) {
  const cv::Mat sharp = Sample("person-a-1.jpg");
  const std::vector<Item> items = {{{Sample("blurred.jpg"), sharp, Sample("dark.jpg")}}};
  const auto with = RunOver(Type::kQuality, items);
  ASSERT_TRUE(with);
  ASSERT_EQ(with->media[0].pictures.size(), 1u);
  const Picture& shot = with->media[0].pictures[0];
  EXPECT_EQ(shot.name, "best_shot.jpg");
  EXPECT_EQ(cv::Size(shot.width, shot.height), sharp.size());
  const cv::Mat read = cv::imdecode(shot.jpeg, cv::IMREAD_COLOR);
  EXPECT_LT(cv::norm(read, sharp, cv::NORM_L1) / static_cast<double>(3 * sharp.total()), 3);

  Parameters parameters;
  parameters.extract_best_shot = false;
  EXPECT_THAT(RunOver(Type::kQuality, items, parameters)->media[0].pictures, IsEmpty());
}

TEST(QualityJob, TheOldTrioStandsBesideTheScoreAndAgainstItsOwnThresholds) {
  const std::vector<Item> items = {{{Sample("person-a-1.jpg")}}};
  Parameters parameters;
  parameters.threshold_spoofing = 1;
  parameters.threshold_replay = 0;
  EXPECT_EQ(RunOver(Type::kQuality, items, parameters)->resolution, Resolution::kSuccess);
  parameters.legacy_confidences = true;
  const auto outcome = RunOver(Type::kQuality, items, parameters);
  ASSERT_TRUE(outcome);
  EXPECT_EQ(outcome->resolution, Resolution::kDeclined);
  const auto& data = outcome->media[0].results_data;
  EXPECT_EQ(data.at("confidence_replay"), data.at("confidence_spoofing"));
  EXPECT_EQ(data.at("confidence_liveness"), data.at("confidence_spoofing"));
}

TEST(QualityJob, AShootingThatLiesOnItsSideIsTurnedWhateverItsTagSays) {
  const cv::Mat upright = Sample("person-a-1.jpg");
  cv::Mat sideways;
  cv::rotate(upright, sideways, cv::ROTATE_90_CLOCKWISE);
  const auto as_taken = RunOver(Type::kQuality, {{{upright}, {"video_selfie", "orientation_portrait"}}});
  ASSERT_TRUE(as_taken);
  for (const char* tag : {"orientation_portrait", "orientation_landscape"}) {
    const auto turned = RunOver(Type::kQuality, {{{sideways, sideways}, {"video_selfie", tag}}});
    ASSERT_TRUE(turned);
    EXPECT_EQ(turned->error_code, 0) << turned->error_message;
    EXPECT_EQ(turned->resolution, as_taken->resolution) << tag;
    const Picture& shot = turned->media[0].pictures.at(0);
    EXPECT_EQ(cv::Size(shot.width, shot.height), upright.size()) << tag;
  }
}

// No gesture is done here, so the shot is the frame that comes nearest.
TEST(QualityJob, TheActionShotShowsTheGesture) {
  const auto engine = tests::SharedEngine();
  std::vector<cv::Mat> frames = {Sample("person-a-1.jpg"), Sample("person-b-1.jpg"),
                                 Sample("person-a-3.jpg")};
  std::vector<double> turns, eyes;
  for (const auto& frame : frames) {
    const auto sighting = engine->Find(frame);
    const auto shape = engine->ShapeOf(sighting->bgr, sighting->faces.front());
    const auto measures = face::MeasuresOf(*shape, frame.size());
    turns.push_back(std::abs(measures->turn));
    eyes.push_back(measures->eyes);
  }
  const auto turned = frames[std::max_element(turns.begin(), turns.end()) - turns.begin()];
  const auto closed = frames[std::min_element(eyes.begin(), eyes.end()) - eyes.begin()];

  Parameters parameters;
  parameters.extract_best_shot = false;
  parameters.extract_action_shot = true;
  const auto outcome =
      RunOver(Type::kQuality,
              {{frames, {"video_selfie", "video_selfie_left"}}, {frames, {"video_selfie_eyes"}}}, parameters);
  ASSERT_TRUE(outcome);
  ASSERT_EQ(outcome->media.size(), 2u) << outcome->error_message;
  const cv::Mat wanted[] = {turned, closed};
  const char* tags[] = {"video_selfie_left", "video_selfie_eyes"};
  for (int i = 0; i < 2; ++i) {
    ASSERT_EQ(outcome->media[i].pictures.size(), 1u);
    const Picture& shot = outcome->media[i].pictures[0];
    EXPECT_EQ(shot.name, "action_shot.jpg");
    EXPECT_THAT(shot.tags, ElementsAre(tags[i]));
    const cv::Mat read = cv::imdecode(shot.jpeg, cv::IMREAD_COLOR);
    ASSERT_EQ(read.size(), wanted[i].size());
    EXPECT_LT(cv::norm(read, wanted[i], cv::NORM_L1) / static_cast<double>(3 * read.total()), 3);
  }
}

TEST(QualityJob, WhatTheMediaAreToBlameForIsAFailedOutcome) {
  const auto no_face = RunOver(Type::kQuality, {{{Sample("person-a-1.jpg")}}, {{Sample("cat.png")}}});
  ASSERT_TRUE(no_face);
  EXPECT_EQ(no_face->resolution, Resolution::kFailed);
  EXPECT_EQ(no_face->error_code, 202);
  EXPECT_EQ(no_face->error_message, "Could not locate face on source media [m1]");

  const auto documents = RunOver(Type::kQuality, {{{Sample("person-a-1.jpg")}, {"photo_id_front"}}});
  ASSERT_TRUE(documents);
  EXPECT_EQ(documents->error_code, 5);
  EXPECT_EQ(documents->error_message, "Invalid/missed tag values to process quality check");

  cv::Mat small;
  cv::resize(Sample("small-face.jpg"), small, {}, 0.4, 0.4, cv::INTER_AREA);
  const auto tiny = RunOver(Type::kQuality, {{{small}}});
  ASSERT_TRUE(tiny);
  EXPECT_EQ(tiny->error_code, 202);
  EXPECT_THAT(tiny->error_message, HasSubstr("too small"));
}

TEST(Job, OurOwnFaultsAreErrorsAndThoseOfTheFileAreNot) {
  const auto ask = [](Fault fault) {
    return analysis::Run(
        TheAnalyst(), Type::kQuality, {}, {{"m", {}}},
        [&](std::size_t) -> base::Result<media::Media> { return base::Fail(fault, "Why."); });
  };
  for (const auto fault : {Fault::kIo, Fault::kTimedOut, Fault::kEngine, Fault::kDatabase}) {
    ASSERT_FALSE(ask(fault));
    EXPECT_EQ(ask(fault).error().fault, fault);
  }
  ASSERT_TRUE(ask(Fault::kSampleUnreadable));
  EXPECT_EQ(ask(Fault::kSampleUnreadable)->error_message, "Why. Source media [m]");
}

TEST(BiometryJob, OnePersonIsApprovedAndAStrangerDeclines) {
  const auto same =
      RunOver(Type::kBiometry, {{{Sample("person-a-1.jpg")}}, {{Sample("person-a-2.jpg")}, {"photo_id"}}});
  ASSERT_TRUE(same);
  EXPECT_EQ(same->resolution, Resolution::kSuccess) << same->error_message;
  EXPECT_EQ(Number(same->results_data, "min_confidence"), Number(same->results_data, "max_confidence"));

  const auto stranger =
      RunOver(Type::kBiometry,
              {{{Sample("person-a-1.jpg")}}, {{Sample("person-a-2.jpg")}}, {{Sample("person-b-1.jpg")}}});
  ASSERT_TRUE(stranger);
  EXPECT_EQ(stranger->resolution, Resolution::kDeclined);
  EXPECT_EQ(stranger->results_data.as_object().at("max_confidence"),
            same->results_data.as_object().at("max_confidence"));
  ASSERT_EQ(stranger->media.size(), 3u);
  // The stranger's best pair is worse than the best of those who are one person.
  EXPECT_LT(Number(stranger->media[2].results_data, "max_confidence"), 0.85);
  EXPECT_EQ(Number(stranger->media[0].results_data, "max_confidence"),
            Number(stranger->results_data, "max_confidence"));
  EXPECT_LE(Number(stranger->results_data, "min_confidence"),
            Number(stranger->media[1].results_data, "min_confidence"));
}

TEST(BiometryJob, ScoresBetweenTheThresholdsGoToAnOperator) {
  const std::vector<Item> items = {{{Sample("person-a-1.jpg")}}, {{Sample("person-a-2.jpg")}}};
  Parameters parameters;
  parameters.threshold_max = 1;
  const auto outcome = RunOver(Type::kBiometry, items, parameters);
  ASSERT_TRUE(outcome);
  ASSERT_LT(Number(outcome->results_data, "min_confidence"), 1);
  EXPECT_EQ(outcome->resolution, Resolution::kOperatorRequired);
}

TEST(BiometryJob, OfSeveralFacesOnAPhotoTheLargestCounts) {
  const auto outcome =
      RunOver(Type::kBiometry, {{{Sample("two-people.jpg")}}, {{Sample("two-people.jpg")}, {"photo_id"}}});
  ASSERT_TRUE(outcome);
  EXPECT_EQ(outcome->resolution, Resolution::kSuccess) << outcome->error_message;
}

TEST(BiometryJob, NeedsTwoMediaWithFaces) {
  const auto one = RunOver(Type::kBiometry, {{{Sample("person-a-1.jpg")}}});
  ASSERT_TRUE(one);
  EXPECT_EQ(one->error_code, 202);
  EXPECT_EQ(one->error_message, "Biometry. Analyse requires at least 2 media objects to process");
  for (const Item& other :
       {Item{{Sample("no-face.png")}}, Item{{Sample("person-a-2.jpg")}, {"photo_id_back"}}}) {
    const auto outcome = RunOver(Type::kBiometry, {{{Sample("person-a-1.jpg")}}, other});
    ASSERT_TRUE(outcome);
    EXPECT_EQ(outcome->error_code, 202);
    EXPECT_EQ(outcome->error_message, "Could not locate face on source media [m1]");
  }
}

}  // namespace
}  // namespace ozma::analysis
