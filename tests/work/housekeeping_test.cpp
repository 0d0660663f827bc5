// Previews, expiry, clean-up, leases and the runner's settings.
#include "store/accounts.hpp"
#include "work/workplace.hpp"

namespace ozma::work {
namespace {

using ::testing::HasSubstr;

class Housekeeping : public Workplace {
 protected:
  store::Media WithPreviewJob(const store::Folder& folder, const std::string& sample,
                              const std::string& type) {
    const auto medium = AddMedium(folder, sample, {}, type);
    Write([&](Transaction& in) {
      store::Job job;
      job.job_id = base::NewUuid();
      job.subject = medium.media_id;
      job.kind = store::JobKind::kPreview;
      job.time_created = job.run_after = base::UnixSeconds();
      Enqueue(in, job);
    });
    return medium;
  }
};

TEST_P(Housekeeping, APreviewIsAFilmThatDecodes) {
  const auto folder = AddFolder();
  const auto frames = WithPreviewJob(folder, "frames.zip", "SHOTS_SET_FOLDER");
  const auto video = WithPreviewJob(folder, "video.wmv", "VIDEO_FOLDER");
  const auto runner = Start();
  ASSERT_TRUE(Await([&] { return QueueIsEmpty(store::JobKind::kPreview); }));
  for (const auto& medium : {frames, video}) {
    const auto now = Read([&](Transaction& in) { return *FindMedia(in, medium.media_id); });
    ASSERT_NE(now.preview_key, "") << medium.original_name;
    const auto film = TheDecoder()->Decode(blobs_->Get(now.preview_key).value(), base::Deadline(1min));
    ASSERT_TRUE(film) << film.error().message;
    EXPECT_EQ(film->type.mime, "video/mp4");
    EXPECT_GT(film->info.frames, 1);
  }
}

TEST_P(Housekeeping, AMediumThatIsGoneNeedsNoPreview) {
  const auto folder = AddFolder();
  const auto medium = WithPreviewJob(folder, "frames.zip", "SHOTS_SET_FOLDER");
  const auto job = Claimed(store::JobKind::kPreview);
  Write([&](Transaction& in) { ClearFolder(in, folder.folder_id, base::UnixSeconds()); });
  Hold hold(job, base::UnixSeconds());
  const auto files = Files();
  EXPECT_TRUE(DoPreview(TheTools(), job, hold));
  EXPECT_EQ(Files(), files);
}

TEST_P(Housekeeping, AnAnalysisThatNobodyTookIsFailedForItsAge) {
  const auto folder = AddFolder();
  const auto begun = Begin(folder, {AddMedium(folder, "person-a-1.jpg")}, store::AnalysisType::kQuality,
                           base::UnixSeconds() - 4000);
  const auto job = Claimed(store::JobKind::kAnalysis, 60);
  Write([&](Transaction& in) { store::Retry(in, job.job_id, job.attempt, base::UnixSeconds() + 1e6); });
  auto options = Quick();
  options.expiry_period = 0.02;
  const auto runner = Start(options);
  const auto ended = AwaitEnd(begun);
  EXPECT_EQ(ended.state, "FAILED");
  EXPECT_EQ(ended.error_code, 0);
  EXPECT_THAT(ended.error_message.value_or(""), HasSubstr("No worker took"));
  EXPECT_EQ(Read([&](Transaction& in) { return FindFolder(in, folder.folder_id)->resolution_status; }),
            "FAILED");
}

TEST_P(Housekeeping, AnAnalysisInHandForTooLongIsFailedAndItsResultThrownAway) {
  const auto folder = AddFolder();
  std::vector<store::Media> media;
  for (int i = 0; i < 8; ++i) media.push_back(AddMedium(folder, "video.mp4", {}, "VIDEO_FOLDER"));
  const auto begun = Begin(folder, media);
  auto options = Quick();
  options.expiry_period = 0.02;
  options.processing_expiry = 0.001;
  const auto runner = Start(options);
  const auto ended = AwaitEnd(begun);
  EXPECT_EQ(ended.state, "FAILED");
  EXPECT_THAT(ended.error_message.value_or(""), HasSubstr("not processed in time"));
  runner->Stop(10s);
  EXPECT_TRUE(Now(begun).results_media.empty());
  EXPECT_EQ(Files(), 8u);
}

TEST_P(Housekeeping, CleanUpRemovesOrphansAndExpiredSessions) {
  const auto folder = AddFolder();
  const auto medium = AddMedium(folder, "person-a-1.jpg");
  const auto orphan = blobs_->Put(base::AsBytes("nobody's")).value();
  auto user = SomeUser(std::string(store::kSystemCompany), "a@example.com");
  store::Session session;
  session.token_id = base::NewUuid();
  session.user_id = user.user_id;
  session.access_hash = "a";
  session.expire_hash = "b";
  session.time_created = session.time_used = 1;
  session.time_expires = 2;
  Write([&](Transaction& in) {
    ASSERT_TRUE(Insert(in, user));
    Insert(in, session);
  });
  auto options = Quick();
  options.clean_up_period = 0.02;
  options.orphan_age = -1;
  const auto runner = Start(options);
  EXPECT_TRUE(Await([&] { return !blobs_->Get(orphan); }));
  EXPECT_TRUE(Await(
      [&] { return Read([&](Transaction& in) { return !FindSession(in, session.token_id).has_value(); }); }));
  EXPECT_TRUE(blobs_->Get(medium.original_key));
}

TEST_P(Housekeeping, LeasesInHandAreRenewedAndLostOnesNoticed) {
  const auto folder = AddFolder();
  (void)Begin(folder, {});
  (void)Begin(folder, {});
  const auto kept = Claimed(store::JobKind::kAnalysis, 1), lost = Claimed(store::JobKind::kAnalysis, 1);
  Leases leases(database_, 0.3);
  const auto keeping = leases.Take(kept), losing = leases.Take(lost);
  Write([&](Transaction& in) { ASSERT_TRUE(Complete(in, lost.job_id, lost.attempt)); });
  EXPECT_TRUE(Await([&] { return losing->lost(); }));
  EXPECT_FALSE(losing->BeginToEnd());
  EXPECT_FALSE(keeping->lost());
  const auto wake = Read([](Transaction& in) { return NextWake(in, {store::JobKind::kAnalysis}); });
  ASSERT_TRUE(wake);
  EXPECT_NE(*wake, kept.lease_until);
}

TEST_P(Housekeeping, AHoldIsEitherEndedOrTakenAway) {
  const auto folder = AddFolder();
  (void)Begin(folder, {});
  Hold ending(Claimed(store::JobKind::kAnalysis), 0);
  EXPECT_TRUE(ending.BeginToEnd());
  EXPECT_FALSE(ending.TakeAway());
  EXPECT_FALSE(ending.lost());
}

TEST_P(Housekeeping, StoppingLetsWorkUnderWayEndWithinThePatience) {
  const auto folder = AddFolder();
  std::vector<store::Analysis> all;
  const auto medium = AddMedium(folder, "person-a-1.jpg");
  for (int i = 0; i < 20; ++i) all.push_back(Begin(folder, {medium}));
  auto runner = Start();
  ASSERT_TRUE(Await([&] { return Now(all[0]).state != "PROCESSING"; }));
  runner->Stop(1min);
  const auto left = Queue(store::JobKind::kAnalysis);
  EXPECT_EQ(left.running, 0);
  EXPECT_GT(left.waiting, 0);
  runner.reset();
  const auto next = Start();
  for (const auto& begun : all) EXPECT_EQ(AwaitEnd(begun).state, "FINISHED");
}

TEST_P(Housekeeping, SettingsThatCannotBeAreRefused) {
  const auto refused = [&](const std::function<void(work::Options&)>& change) {
    auto options = Quick();
    change(options);
    const auto started = Runner::Start(options, database_, blobs_, TheAnalyst(), TheDecoder());
    return !started && started.error().fault == base::Fault::kConfiguration;
  };
  EXPECT_TRUE(refused([](work::Options& options) { options.webhook_secret = "whsec_!"; }));
  EXPECT_TRUE(refused([](work::Options& options) { options.lease = 0; }));
  EXPECT_TRUE(refused([](work::Options& options) { options.attempts = 0; }));
  EXPECT_TRUE(refused([](work::Options& options) { options.expiry_period = -1; }));
}

OZMA_ON_BOTH_DATABASES(Housekeeping);

}  // namespace
}  // namespace ozma::work
