#include "work/housekeeper.hpp"

#include <algorithm>
#include <condition_variable>
#include <mutex>

#include "base/log.hpp"
#include "base/metrics.hpp"
#include "store/accounts.hpp"
#include "store/analyses.hpp"
#include "store/gallery_log.hpp"

namespace ozma::work {
namespace {

using base::Result;
using store::Transaction;

// False where it ended meanwhile. Its job, if one is left, finds the analysis ended and goes.
Result<bool> Expired(const Tools& tools, const std::string& analysis_id, const char* message) {
  return tools.database->Write([&](Transaction& in) -> Result<bool> {
    auto analysis = store::FindAnalysis(in, analysis_id);
    if (!analysis) return false;
    analysis->state = analysis->resolution_status = analysis->system_resolution = "FAILED";
    analysis->error_code = 0;
    analysis->error_message = message;
    analysis->time_finished = analysis->time.updated = base::UnixSeconds();
    return store::FinishAnalysis(in, *analysis);
  });
}

template <class Work>
auto Reporting(const char* what, Work&& work) {
  auto done = Guarded(work);
  if (!done) base::Log(base::Level::kWarning, what, {{"message", done.error().message}});
  return done;
}

void Fail(const Tools& tools, const std::string& analysis_id, const char* message) {
  const auto failed = Reporting("expiry", [&] { return Expired(tools, analysis_id, message); });
  if (!failed || !*failed) return;
  base::Counter("ozma_analyses_expired_total", "Analyses that were FAILED for their age.").Increment();
  base::Log(base::Level::kWarning, "analysis expired", {{"analysis_id", analysis_id}, {"message", message}});
}

}  // namespace

Housekeeper::Housekeeper(const Tools& tools, Leases& leases)
    : tools_(tools), leases_(leases), thread_([this](const std::stop_token& stop) { Run(stop); }) {}

void Housekeeper::Run(const std::stop_token& stop) {
  using Clock = base::Deadline::Clock;
  const auto after = [](double seconds) {
    return Clock::now() + std::chrono::duration_cast<Clock::duration>(std::chrono::duration<double>(seconds));
  };
  const Options& options = tools_.options;
  auto expire_at = after(options.expiry_period), clean_up_at = after(options.clean_up_period);
  std::mutex mutex;
  std::condition_variable_any never;  // notified by `stop` alone
  std::unique_lock lock(mutex);
  for (;;) {
    never.wait_until(lock, stop, std::min(expire_at, clean_up_at), [] { return false; });
    if (stop.stop_requested()) return;
    if (Clock::now() >= expire_at) {
      Expire();
      expire_at = after(options.expiry_period);
    }
    if (Clock::now() >= clean_up_at) {
      CleanUp();
      clean_up_at = after(options.clean_up_period);
    }
  }
}

void Housekeeper::Expire() {
  const double now = base::UnixSeconds();
  for (const auto& hold : leases_.InHand()) {
    if (hold->job().kind != store::JobKind::kAnalysis) continue;
    if (hold->since() < now - tools_.options.processing_expiry && hold->TakeAway())
      Fail(tools_, hold->job().subject, "The analysis was not processed in time; start it again.");
  }
  const auto stuck = Reporting("expiry", [&] {
    return tools_.database->Read([&](Transaction& in) -> Result<std::vector<std::string>> {
      return store::StuckAnalyses(in, now - tools_.options.delivery_expiry, now);
    });
  });
  if (!stuck) return;
  for (const auto& analysis_id : *stuck)
    Fail(tools_, analysis_id, "No worker took the analysis in time; start it again.");
}

void Housekeeper::CleanUp() {
  Reporting("clean-up of deleted files",
            [&] { return store::RemoveDoomed(*tools_.database, *tools_.blobs); });
  Reporting("clean-up of orphaned files",
            [&] { return store::SweepOrphans(*tools_.database, *tools_.blobs, tools_.options.orphan_age); });
  Reporting("clean-up of the collections' log", [&] {
    return tools_.database->Write([&](Transaction& in) -> Result<std::int64_t> {
      return store::PruneGallery(in, base::UnixSeconds() - tools_.options.gallery_memory);
    });
  });
  Reporting("clean-up of sessions", [&] {
    return tools_.database->Write([](Transaction& in) -> Result<std::int64_t> {
      return store::DeleteExpiredSessions(in, base::UnixSeconds());
    });
  });
}

}  // namespace ozma::work
