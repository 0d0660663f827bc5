#include "work/runner.hpp"

#include <algorithm>
#include <thread>

#include "base/log.hpp"
#include "base/metrics.hpp"
#include "work/housekeeper.hpp"
#include "work/leases.hpp"
#include "work/signature.hpp"
#include "work/tools.hpp"

namespace ozma::work {
namespace {

using base::Fail;
using base::Fault;
using base::Result;
using store::JobKind;
using store::Transaction;
using Kinds = std::vector<JobKind>;

void Count(JobKind kind, const std::string& outcome) {
  base::Counter("ozma_jobs_total", "Claims of jobs by what became of them.",
                {{"kind", std::string(store::NameOf(kind))}, {"outcome", outcome}})
      .Increment();
}

void Ended(const store::Job& job, const std::string& outcome) {
  Count(job.kind, outcome);
  base::Seconds("ozma_job_seconds", "From the creation of a job to its end.",
                {{"kind", std::string(store::NameOf(job.kind))}})
      .Observe(std::max(0.0, base::UnixSeconds() - job.time_created));
}

class Threads : public Runner {
 public:
  explicit Threads(Tools tools)
      : tools_(std::move(tools)),
        leases_(tools_.database, tools_.options.lease),
        housekeeper_(tools_, leases_) {
    const int cores = std::max(1, static_cast<int>(std::thread::hardware_concurrency()));
    const int workers = tools_.options.threads > 0 ? tools_.options.threads : cores;
    // Kinds in the order of their urgency.
    std::vector<Kinds> analysing = {{JobKind::kAnalysis}};
    if (tools_.options.previews) analysing.push_back({JobKind::kPreview});
    for (int i = 0; i < workers; ++i) Start(analysing);
    // Receivers may be slow; they hold up no analysis.
    if (!tools_.options.render_folder) return;
    for (int i = 0; i < tools_.options.senders; ++i) Start({{JobKind::kWebhook}});
  }
  ~Threads() override { Threads::Stop(std::chrono::milliseconds(0)); }

  void Stop(std::chrono::milliseconds patience) override {
    if (threads_.empty()) return;
    for (auto& thread : threads_) thread.request_stop();
    WakeAll();
    if (!leases_.AwaitNone(patience)) leases_.GiveAllBack();
    threads_.clear();
  }

 private:
  void Start(std::vector<Kinds> ranks) {
    threads_.emplace_back(
        [this, ranks = std::move(ranks)](const std::stop_token& stop) { Run(stop, ranks); });
  }

  // They wait for a signal of the database, so that is what wakes them.
  void WakeAll() {
    const auto woken = tools_.database->Write([](Transaction& in) -> Result<void> {
      in.Notify(store::Channel::kJobs);
      return {};
    });
    if (!woken) base::Log(base::Level::kWarning, "stopping slowly", {{"message", woken.error().message}});
  }

  void Run(const std::stop_token& stop, const std::vector<Kinds>& ranks) {
    for (;;) {
      // Counted first: whoever stops us requests that before the signal.
      const auto seen = tools_.database->Count(store::Channel::kJobs);
      if (stop.stop_requested()) return;
      const auto job = Guarded([&] { return Claim(ranks); });
      if (job && *job) {
        Do(**job, stop);
        continue;
      }
      if (!job) base::Log(base::Level::kError, "no job claimed", {{"message", job.error().message}});
      const base::Deadline until(job ? UntilNext(ranks) : kAfterFailure);
      // False before its time: nobody is to wait any more.
      if (!tools_.database->Wait(store::Channel::kJobs, seen, until) && !until.Passed()) return;
    }
  }

  Result<std::optional<store::Job>> Claim(const std::vector<Kinds>& ranks) {
    return tools_.database->Write([&](Transaction& in) -> Result<std::optional<store::Job>> {
      for (const Kinds& kinds : ranks) {
        if (auto job = store::Claim(in, kinds, base::UnixSeconds(), tools_.options.lease)) return job;
      }
      return std::optional<store::Job>();
    });
  }

  base::Deadline::Clock::duration UntilNext(const std::vector<Kinds>& ranks) {
    Kinds all;
    for (const Kinds& kinds : ranks) all.insert(all.end(), kinds.begin(), kinds.end());
    const auto next = tools_.database->Read(
        [&](Transaction& in) -> Result<std::optional<double>> { return store::NextWake(in, all); });
    if (!next) return kAfterFailure;
    if (!*next) return kLongest;
    const auto left = std::chrono::duration<double>(**next - base::UnixSeconds());
    return std::clamp(std::chrono::duration_cast<base::Deadline::Clock::duration>(left), kShortest, kLongest);
  }

  void Do(const store::Job& job, const std::stop_token& stop) {
    const auto hold = leases_.Take(job);
    if (stop.stop_requested()) leases_.GiveBack(*hold);  // Stop may have looked before it was in hand
    const auto end = Guarded([&] { return Attempt(job, *hold); });
    if (end) {
      const bool fenced = *end == End::kFenced;
      fenced ? Count(job.kind, "fenced") : Ended(job, *end == End::kDone ? "done" : "gone");
    } else if (hold->lost() || !Settle(job, *hold, end.error())) {
      Count(job.kind, "fenced");
    }
    leases_.LetGo(hold);
  }

  Result<End> Attempt(const store::Job& job, Hold& hold) {
    if (hold.lost()) return End::kFenced;
    if (job.kind != JobKind::kWebhook && job.attempt > tools_.options.attempts)
      return Fail(Fault::kInternal, "Its workers died.");
    switch (job.kind) {
      case JobKind::kAnalysis:
        return DoAnalysis(tools_, job, hold);
      case JobKind::kPreview:
        return DoPreview(tools_, job, hold);
      case JobKind::kWebhook:
        return DoWebhook(tools_, job, hold);
    }
    return Drop(tools_, job);
  }

  bool MayTryAgain(const store::Job& job, const base::Error& why, double pause) const {
    if (job.kind != JobKind::kWebhook) return job.attempt < tools_.options.attempts;
    // An address that is refused today is refused tomorrow.
    if (why.fault == Fault::kInvalidValue) return false;
    return base::UnixSeconds() + pause < job.time_created + tools_.options.webhook_give_up;
  }

  // After an error: again later, or never. False where the job is another's by now. Where even this cannot be
  // written, the lease runs out by itself.
  bool Settle(const store::Job& job, Hold& hold, const base::Error& why) {
    const double pause = PauseOf(tools_.options, job);
    const bool again = MayTryAgain(job, why, pause);
    base::Log(again ? base::Level::kWarning : base::Level::kError, again ? "job put off" : "job given up",
              {{"job_id", job.job_id},
               {"kind", store::NameOf(job.kind)},
               {"subject", job.subject},
               {"attempt", job.attempt},
               {"fault", base::NameOf(why.fault)},
               {"message", why.message}});
    (void)hold.BeginToEnd();  // from here on nobody gives it back; false where writing its end had failed
    if (hold.lost()) return false;
    if (!again) {
      const auto end = Guarded([&] { return GiveUp(tools_, job, why); });
      Ended(job, "failed");
      return !end || *end != End::kFenced;
    }
    Count(job.kind, "retried");
    const auto retried = tools_.database->Write([&](Transaction& in) -> Result<bool> {
      return store::Retry(in, job.job_id, job.attempt, base::UnixSeconds() + pause);
    });
    return !retried || *retried;
  }

  using Duration = base::Deadline::Clock::duration;
  static constexpr Duration kShortest = std::chrono::milliseconds(20);
  static constexpr Duration kLongest = std::chrono::seconds(10);
  static constexpr Duration kAfterFailure = std::chrono::seconds(1);

  const Tools tools_;
  Leases leases_;
  Housekeeper housekeeper_;
  std::vector<std::jthread> threads_;
};

}  // namespace

Result<std::unique_ptr<Runner>> Runner::Start(Options options, std::shared_ptr<store::Database> database,
                                              std::shared_ptr<store::Blobs> blobs,
                                              std::shared_ptr<const analysis::Analyst> analyst,
                                              std::shared_ptr<media::Decoder> decoder,
                                              std::shared_ptr<gallery::Finder> finder) {
  if (const auto key = KeyOf(options.webhook_secret); !key) return key.error();
  for (const double seconds : {options.lease, options.processing_expiry, options.delivery_expiry,
                               options.expiry_period, options.clean_up_period, options.webhook_timeout}) {
    if (!(seconds > 0)) return Fail(Fault::kConfiguration, "The worker's times must be above 0 seconds.");
  }
  if (!(options.retry_step >= 0 && options.webhook_step >= 0))
    return Fail(Fault::kConfiguration, "A pause between tries cannot be below 0 seconds.");
  if (options.attempts < 1) return Fail(Fault::kConfiguration, "A job needs at least one attempt.");
  return std::make_unique<Threads>(Tools{std::move(options), std::move(database), std::move(blobs),
                                         std::move(analyst), std::move(decoder), std::move(finder)});
}

}  // namespace ozma::work
