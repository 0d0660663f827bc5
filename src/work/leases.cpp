#include "work/leases.hpp"

#include <algorithm>
#include <array>

#include "base/log.hpp"
#include "base/metrics.hpp"

namespace ozma::work {

using store::Transaction;

Leases::Leases(std::shared_ptr<store::Database> database, double lease)
    : database_(std::move(database)),
      lease_(lease),
      thread_([this](const std::stop_token& stop) { Run(stop); }) {}

Leases::~Leases() = default;

std::shared_ptr<Hold> Leases::Take(const store::Job& job) {
  auto hold = std::make_shared<Hold>(job, base::UnixSeconds());
  const std::lock_guard lock(mutex_);
  holds_.push_back(hold);
  return hold;
}

void Leases::LetGo(const std::shared_ptr<Hold>& hold) {
  {
    const std::lock_guard lock(mutex_);
    std::erase(holds_, hold);
  }
  changed_.notify_all();
}

std::vector<std::shared_ptr<Hold>> Leases::InHand() const {
  const std::lock_guard lock(mutex_);
  return holds_;
}

bool Leases::AwaitNone(std::chrono::milliseconds patience) const {
  std::unique_lock lock(mutex_);
  return changed_.wait_for(lock, patience, [this] { return holds_.empty(); });
}

void Leases::GiveBack(Hold& hold) {
  if (!hold.TakeAway()) return;
  const auto& job = hold.job();
  const auto released = database_->Write([&](Transaction& in) -> base::Result<void> {
    store::Release(in, job.job_id, job.attempt);
    return {};
  });
  base::Log(base::Level::kWarning, "job given back",
            {{"job_id", job.job_id}, {"kind", store::NameOf(job.kind)}, {"released", released.has_value()}});
}

void Leases::GiveAllBack() {
  for (const auto& hold : InHand()) GiveBack(*hold);
}

void Leases::Run(const std::stop_token& stop) {
  const auto pause = std::chrono::duration<double>(lease_ / 3);
  std::unique_lock lock(mutex_);
  while (!stop.stop_requested()) {
    changed_.wait_for(lock, stop, pause, [] { return false; });
    if (stop.stop_requested()) return;
    lock.unlock();
    RenewAll();
    Measure();
    lock.lock();
  }
}

// Where the database does not answer, the leases run on; the next round is in time before they end.
void Leases::RenewAll() {
  const auto holds = InHand();
  if (holds.empty()) return;
  std::vector<std::shared_ptr<Hold>> lost;
  const auto renewed = database_->Write([&](Transaction& in) -> base::Result<void> {
    lost.clear();
    for (const auto& hold : holds) {
      if (hold->lost()) continue;
      const auto& job = hold->job();
      if (!store::Renew(in, job.job_id, job.attempt, base::UnixSeconds() + lease_)) lost.push_back(hold);
    }
    return {};
  });
  if (!renewed) {
    base::Log(base::Level::kWarning, "leases not renewed", {{"message", renewed.error().message}});
    return;
  }
  for (const auto& hold : lost) hold->TakeAway();
}

void Leases::Measure() {
  constexpr std::array kKinds = {store::JobKind::kAnalysis, store::JobKind::kPreview,
                                 store::JobKind::kWebhook};
  const auto measured = database_->Read([&](Transaction& in) -> base::Result<void> {
    for (const auto kind : kKinds) {
      const auto length = store::Length(in, kind, base::UnixSeconds());
      const base::Labels labels = {{"kind", std::string(store::NameOf(kind))}};
      base::Gauge("ozma_jobs_waiting", "Jobs that wait for a worker, on all nodes.", labels)
          .Set(static_cast<double>(length.waiting));
      base::Gauge("ozma_jobs_running", "Jobs under way, on all nodes.", labels)
          .Set(static_cast<double>(length.running));
      base::Gauge("ozma_jobs_oldest_seconds", "How long the oldest waiting job has waited.", labels)
          .Set(length.oldest);
    }
    return {};
  });
  if (!measured)
    base::Log(base::Level::kWarning, "queue not measured", {{"message", measured.error().message}});
}

}  // namespace ozma::work
