// Analyses through the runner, on both databases, with real media.
#include "work/workplace.hpp"

namespace ozma::work {
namespace {

using ::testing::HasSubstr;

class AnalysisJobs : public Workplace {};

TEST_P(AnalysisJobs, AQualityAnalysisIsDoneOnceAndWritesAllThatBelongsToIt) {
  const auto folder = AddFolder();
  const auto medium = AddMedium(folder, "person-a-1.jpg", {"photo_selfie"});
  const auto begun = Begin(folder, {medium});
  const auto runner = Start();
  const auto ended = AwaitEnd(begun);

  EXPECT_EQ(ended.state, "FINISHED") << ended.error_message.value_or("");
  EXPECT_EQ(ended.resolution_status, ended.system_resolution);
  EXPECT_TRUE(ended.results_data.is_null());
  EXPECT_FALSE(ended.error_code);
  ASSERT_TRUE(ended.time_sent && ended.time_received && ended.time_finished);
  EXPECT_LE(*ended.time_sent, *ended.time_received);
  EXPECT_LE(*ended.time_received, *ended.time_finished);

  ASSERT_EQ(ended.results_media.size(), 1u);
  const auto& result = ended.results_media[0];
  EXPECT_EQ(result.source_media_id, medium.media_id);
  const auto alone = TheAnalyst()->Quality(
      TheDecoder()
          ->Decode(base::ReadFile(tests::SamplePath("person-a-1.jpg")).value(), base::Deadline(1min))
          .value(),
      {});
  EXPECT_DOUBLE_EQ(result.results_data.at("confidence_spoofing").as_double(), alone->confidence_spoofing);
  ASSERT_EQ(result.output_images.size(), 1u);
  const auto& shot = result.output_images[0];
  EXPECT_EQ(shot.original_name, "best_shot.jpg");
  EXPECT_EQ(shot.media_type, "IMAGE_RESULT_ANALYSIS_SINGLE");
  const auto jpeg = blobs_->Get(shot.original_key);
  ASSERT_TRUE(jpeg);
  EXPECT_EQ(shot.info.at("original").at("md5").as_string(), base::Md5Hex(*jpeg));

  EXPECT_EQ(Read([&](Transaction& in) { return FindFolder(in, folder.folder_id)->resolution_status; }),
            "FINISHED");
  EXPECT_TRUE(QueueIsEmpty(store::JobKind::kAnalysis));
}

TEST_P(AnalysisJobs, BiometryWritesItsPairsOnTheAnalysisAndOnTheMedia) {
  const auto folder = AddFolder();
  const auto begun = Begin(folder,
                           {AddMedium(folder, "person-a-1.jpg", {"photo_selfie"}),
                            AddMedium(folder, "person-a-2.jpg", {"photo_id_front"})},
                           store::AnalysisType::kBiometry);
  const auto runner = Start();
  const auto ended = AwaitEnd(begun);
  EXPECT_EQ(ended.resolution_status, "SUCCESS") << ended.error_message.value_or("");
  EXPECT_GE(ended.results_data.at("min_confidence").as_double(), 0.85);
  ASSERT_EQ(ended.results_media.size(), 2u);
  EXPECT_TRUE(ended.results_media[1].results_data.contains("max_confidence"));
}

TEST_P(AnalysisJobs, VideosAndArchivesAreAnalysedToo) {
  const auto folder = AddFolder();
  const auto video = AddMedium(folder, "video.mp4", {"video_selfie"}, "VIDEO_FOLDER");
  const auto frames = AddMedium(folder, "frames.zip", {"video_selfie"}, "SHOTS_SET_FOLDER");
  const auto begun = Begin(folder, {video, frames});
  const auto runner = Start();
  const auto ended = AwaitEnd(begun);
  EXPECT_EQ(ended.state, "FINISHED") << ended.error_message.value_or("");
  EXPECT_EQ(ended.results_media.size(), 2u);
}

TEST_P(AnalysisJobs, WhatTheMediumIsToBlameForFailsAtOnceWithItsReason) {
  const auto folder = AddFolder();
  const auto medium = AddMedium(folder, "cat.png");
  const double retried = Counted("analysis", "retried");
  const auto begun = Begin(folder, {medium});
  const auto runner = Start();
  const auto ended = AwaitEnd(begun);
  EXPECT_EQ(ended.state, "FAILED");
  EXPECT_EQ(ended.resolution_status, "FAILED");
  EXPECT_EQ(ended.error_code, 202);
  EXPECT_EQ(ended.error_message, "Could not locate face on source media [" + medium.media_id + "]");
  EXPECT_TRUE(ended.results_media.empty());
  EXPECT_EQ(Counted("analysis", "retried"), retried);
}

TEST_P(AnalysisJobs, AFileThatComesBackIsAnalysedOnALaterTry) {
  const auto folder = AddFolder();
  const auto medium = AddMedium(folder, "person-a-1.jpg");
  const auto file = FileOf(medium.original_key);
  std::filesystem::rename(file, file.string() + ".away");
  const auto begun = Begin(folder, {medium});
  const double retried = Counted("analysis", "retried");
  auto options = Quick();
  options.attempts = 8;
  const auto runner = Start(options);
  ASSERT_TRUE(Await([&] { return Counted("analysis", "retried") > retried; }, store::Channel::kJobs));
  std::filesystem::rename(file.string() + ".away", file);
  EXPECT_EQ(AwaitEnd(begun).state, "FINISHED");
}

TEST_P(AnalysisJobs, AFileThatStaysAwayFailsAfterTheLastTry) {
  const auto folder = AddFolder();
  const auto medium = AddMedium(folder, "person-a-1.jpg");
  std::filesystem::remove(FileOf(medium.original_key));
  const auto begun = Begin(folder, {medium});
  const double retried = Counted("analysis", "retried");
  const auto runner = Start();
  const auto ended = AwaitEnd(begun);
  EXPECT_EQ(ended.state, "FAILED");
  EXPECT_EQ(ended.error_code, 0);
  EXPECT_THAT(ended.error_message.value_or(""), HasSubstr("after 3 tries"));
  EXPECT_EQ(Counted("analysis", "retried"), retried + 2);
  EXPECT_TRUE(QueueIsEmpty(store::JobKind::kAnalysis));
}

TEST_P(AnalysisJobs, AJobWhoseWorkersDiedEachTimeFailsUntried) {
  const auto folder = AddFolder();
  const auto begun = Begin(folder, {AddMedium(folder, "person-a-1.jpg")});
  for (int i = 0; i < 3; ++i) (void)Claimed(store::JobKind::kAnalysis, -1);  // a lease that has run out
  const auto runner = Start();
  const auto ended = AwaitEnd(begun);
  EXPECT_EQ(ended.state, "FAILED");
  EXPECT_EQ(ended.error_code, 0);
  EXPECT_TRUE(ended.results_media.empty());
}

TEST_P(AnalysisJobs, AWorkerThatLostItsJobWritesNothing) {
  const auto folder = AddFolder();
  const auto begun = Begin(folder, {AddMedium(folder, "person-a-1.jpg")});
  const auto old = Claimed(store::JobKind::kAnalysis, -1);
  const auto anew = Claimed(store::JobKind::kAnalysis);
  const auto tools = TheTools();
  Hold lost(old, base::UnixSeconds()), held(anew, base::UnixSeconds());
  const auto fenced = DoAnalysis(tools, old, lost);
  ASSERT_TRUE(fenced) << fenced.error().message;
  EXPECT_EQ(*fenced, End::kFenced);
  EXPECT_EQ(Now(begun).state, "PROCESSING");
  EXPECT_EQ(Files(), 1u);

  const auto done = DoAnalysis(tools, anew, held);
  ASSERT_TRUE(done) << done.error().message;
  EXPECT_EQ(*done, End::kDone);
  EXPECT_EQ(Now(begun).results_media.size(), 1u);
  EXPECT_EQ(Files(), 2u);
}

TEST_P(AnalysisJobs, AJobTakenAwayMeanwhileWritesNothing) {
  const auto folder = AddFolder();
  const auto begun = Begin(folder, {AddMedium(folder, "person-a-1.jpg")});
  const auto job = Claimed(store::JobKind::kAnalysis);
  Hold hold(job, base::UnixSeconds());
  ASSERT_TRUE(hold.TakeAway());
  EXPECT_FALSE(DoAnalysis(TheTools(), job, hold));
  EXPECT_EQ(Now(begun).state, "PROCESSING");
  EXPECT_EQ(Files(), 1u);
}

TEST_P(AnalysisJobs, AnAnalysisThatIsGoneOrEndedIsDroppedSilently) {
  const auto folder = AddFolder();
  const auto medium = AddMedium(folder, "person-a-1.jpg");
  const auto begun = Begin(folder, {medium});
  const auto job = Claimed(store::JobKind::kAnalysis);
  Write([&](Transaction& in) {
    auto ended = Ended(begun, "SUCCESS");
    ASSERT_TRUE(FinishAnalysis(in, ended));
  });
  Hold hold(job, base::UnixSeconds());
  EXPECT_EQ(DoAnalysis(TheTools(), job, hold).value(), End::kGone);
  EXPECT_EQ(Now(begun).system_resolution, "SUCCESS");
  EXPECT_TRUE(QueueIsEmpty(store::JobKind::kAnalysis));
}

TEST_P(AnalysisJobs, TwoRunnersShareTheWorkAndDoEachAnalysisOnce) {
  const auto folder = AddFolder();
  const auto medium = AddMedium(folder, "person-a-1.jpg");
  const double done = Counted("analysis", "done");
  std::vector<store::Analysis> all;
  const auto one = Start(), other = Start();
  for (int i = 0; i < 12; ++i) all.push_back(Begin(folder, {medium}));
  for (const auto& begun : all) {
    const auto ended = AwaitEnd(begun);
    EXPECT_EQ(ended.state, "FINISHED");
    EXPECT_EQ(ended.results_media.size(), 1u);
  }
  one->Stop(10s);
  other->Stop(10s);
  EXPECT_EQ(Counted("analysis", "done"), done + 12);
  EXPECT_EQ(Files(), 1u + 12u);  // the photo and a best shot each
}

OZMA_ON_BOTH_DATABASES(AnalysisJobs);

}  // namespace
}  // namespace ozma::work
