#include <map>
#include <mutex>
#include <thread>

#include "store/databases.hpp"

namespace ozma::store {
namespace {

const std::vector<JobKind> kAll{JobKind::kAnalysis, JobKind::kPreview, JobKind::kWebhook};

class Jobs : public OnBothDatabases {
 protected:
  std::string Add(double time_created, double run_after = 0, JobKind kind = JobKind::kAnalysis) {
    Job job;
    job.job_id = base::NewUuid();
    job.subject = "subject of " + job.job_id;
    job.kind = kind;
    job.payload = {{"hash", "x"}};
    job.time_created = time_created;
    job.run_after = run_after;
    Write([&](Transaction& in) { Enqueue(in, job); });
    return job.job_id;
  }
  std::optional<Job> Take(double now, double lease = 10, const std::vector<JobKind>& kinds = kAll) {
    std::optional<Job> job;
    Write([&](Transaction& in) { job = Claim(in, kinds, now, lease); });
    return job;
  }
  template <class Change>
  bool Done(Change&& change) {
    bool done = false;
    Write([&](Transaction& in) { done = change(in); });
    return done;
  }
};
OZMA_ON_BOTH_DATABASES(Jobs);

TEST_P(Jobs, AreClaimedOldestFirstAndOnce) {
  const auto late = Add(20), early = Add(10);
  const auto first = Take(100);
  ASSERT_TRUE(first);
  EXPECT_EQ(first->job_id, early);
  EXPECT_EQ(first->attempt, 1);
  EXPECT_EQ(first->lease_until, 110);
  EXPECT_EQ(first->payload.at("hash"), "x");
  EXPECT_EQ(Take(100)->job_id, late);
  EXPECT_FALSE(Take(100));
}

TEST_P(Jobs, WaitForTheirTimeAndKind) {
  const auto later = Add(1, 500, JobKind::kWebhook);
  EXPECT_FALSE(Take(499));
  EXPECT_FALSE(Take(501, 10, {JobKind::kAnalysis}));
  EXPECT_EQ(Read([](Transaction& in) { return NextWake(in, kAll); }), 500);
  EXPECT_FALSE(Read([](Transaction& in) { return NextWake(in, {JobKind::kPreview}); }));
  EXPECT_EQ(Take(500)->job_id, later);
  EXPECT_EQ(Read([](Transaction& in) { return NextWake(in, kAll); }), 510);
}

TEST_P(Jobs, ARunOutLeaseFencesTheFormerHolder) {
  Add(1);
  const auto slow = Take(100);
  EXPECT_FALSE(Take(109));
  const auto taker = Take(110);
  ASSERT_TRUE(taker);
  EXPECT_EQ(taker->attempt, 2);
  EXPECT_FALSE(Done([&](auto& in) { return Renew(in, slow->job_id, slow->attempt, 1000); }));
  EXPECT_FALSE(Done([&](auto& in) { return Complete(in, slow->job_id, slow->attempt); }));
  EXPECT_FALSE(Done([&](auto& in) { return Retry(in, slow->job_id, slow->attempt, 0); }));
  EXPECT_FALSE(Done([&](auto& in) { return Release(in, slow->job_id, slow->attempt); }));
  EXPECT_TRUE(Done([&](auto& in) { return Renew(in, taker->job_id, taker->attempt, 1000); }));
  EXPECT_FALSE(Take(999));
  EXPECT_TRUE(Done([&](auto& in) { return Complete(in, taker->job_id, taker->attempt); }));
  EXPECT_FALSE(Take(2000));
}

TEST_P(Jobs, RetryCountsAndReleaseDoesNot) {
  Add(1);
  auto job = Take(100);
  EXPECT_TRUE(Done([&](auto& in) { return Release(in, job->job_id, job->attempt); }));
  job = Take(100);
  ASSERT_TRUE(job);
  EXPECT_EQ(job->attempt, 1);
  EXPECT_TRUE(Done([&](auto& in) { return Retry(in, job->job_id, job->attempt, 150); }));
  EXPECT_FALSE(Done([&](auto& in) { return Retry(in, job->job_id, job->attempt, 0); }));
  EXPECT_FALSE(Take(149));
  EXPECT_EQ(Take(150)->attempt, 2);
}

TEST_P(Jobs, TheQueueHasALength) {
  Add(10), Add(20), Add(30, 0, JobKind::kPreview);
  Take(100);
  const auto length = Read([](Transaction& in) { return Length(in, JobKind::kAnalysis, 100); });
  EXPECT_EQ(length.waiting, 1);
  EXPECT_EQ(length.running, 1);
  EXPECT_EQ(length.oldest, 80);
}

TEST_P(Jobs, EightThreadsTakeEachJobOnce) {
  constexpr int kJobs = 500, kThreads = 8;
  Write([&](Transaction& in) {
    for (int i = 0; i < kJobs; ++i) {
      Job job;
      job.job_id = job.subject = std::to_string(i);
      Enqueue(in, job);
    }
  });
  std::mutex guard;
  std::map<std::string, int> taken;
  std::vector<std::thread> threads;
  for (int i = 0; i < kThreads; ++i) {
    threads.emplace_back([&] {
      while (const auto job = Take(1000, 1000)) {
        EXPECT_TRUE(Done([&](auto& in) { return Complete(in, job->job_id, job->attempt); }));
        const std::lock_guard lock(guard);
        ++taken[job->job_id];
      }
    });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(taken.size(), static_cast<std::size_t>(kJobs));
  for (const auto& [id, times] : taken) EXPECT_EQ(times, 1) << id;
}

}  // namespace
}  // namespace ozma::store
