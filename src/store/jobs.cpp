#include "store/jobs.hpp"

#include <algorithm>

#include "store/rows.hpp"
#include "store/shared.hpp"

namespace ozma::store {

namespace {

std::vector<std::string> NamesOfKinds(const std::vector<JobKind>& kinds) {
  std::vector<std::string> names;
  names.reserve(kinds.size());
  for (const auto kind : kinds) names.emplace_back(NameOf(kind));
  return names;
}

// Changes a job that is still the caller's.
bool Change(Transaction& in, Sql change, std::string_view job_id, int attempt) {
  change.Add(" WHERE job_id = ? AND attempt = ? AND lease_until > 0", job_id, attempt);
  return Execute(in, change) > 0;
}

}  // namespace

std::string_view NameOf(JobKind kind) {
  switch (kind) {
    case JobKind::kAnalysis:
      return "analysis";
    case JobKind::kPreview:
      return "preview";
    case JobKind::kWebhook:
      return "webhook";
  }
  return "";
}

void Enqueue(Transaction& in, const Job& job) {
  Execute(in, InsertSql("jobs", job, {{"ready_at", std::max(job.run_after, job.lease_until)}}));
  in.Notify(Channel::kJobs);
}

std::optional<Job> Claim(Transaction& in, const std::vector<JobKind>& kinds, double now, double lease) {
  Sql sql(
      "UPDATE jobs SET attempt = attempt + 1, lease_until = ?, ready_at = ? WHERE seq = (SELECT seq FROM "
      "jobs "
      "WHERE ready_at <= ? AND kind IN ",
      now + lease, now + lease, now);
  sql.AddList(NamesOfKinds(kinds)).Add(" ORDER BY ready_at, time_created, seq LIMIT 1");
  if (in.dialect() == Dialect::kPostgres) sql.Add(" FOR UPDATE SKIP LOCKED");
  return FetchOne<Job>(in, sql.Add(") RETURNING ").Add(NamesOf<Job>()));
}

std::optional<double> NextWake(Transaction& in, const std::vector<JobKind>& kinds) {
  return FetchReal(in, Sql("SELECT ready_at FROM jobs WHERE kind IN ")
                           .AddList(NamesOfKinds(kinds))
                           .Add(" ORDER BY ready_at, time_created, seq LIMIT 1"));
}

bool Renew(Transaction& in, std::string_view job_id, int attempt, double lease_until) {
  return Change(in, Sql("UPDATE jobs SET lease_until = ?, ready_at = ?", lease_until, lease_until), job_id,
                attempt);
}

bool Complete(Transaction& in, std::string_view job_id, int attempt) {
  return Change(in, Sql("DELETE FROM jobs"), job_id, attempt);
}

bool Retry(Transaction& in, std::string_view job_id, int attempt, double run_after) {
  in.Notify(Channel::kJobs);
  return Change(in, Sql("UPDATE jobs SET lease_until = 0, run_after = ?, ready_at = ?", run_after, run_after),
                job_id, attempt);
}

bool Release(Transaction& in, std::string_view job_id, int attempt) {
  in.Notify(Channel::kJobs);
  return Change(in, Sql("UPDATE jobs SET lease_until = 0, ready_at = run_after, attempt = attempt - 1"),
                job_id, attempt);
}

std::vector<std::string> StuckAnalyses(Transaction& in, double time_created, double now) {
  return FetchTexts(
      in, Sql("SELECT analysis_id FROM analyses WHERE state = 'PROCESSING' AND time_created < ? AND "
              "NOT EXISTS (SELECT 1 FROM jobs WHERE subject = analysis_id AND lease_until > ?) "
              "ORDER BY time_created, seq",
              time_created, now));
}

QueueLength Length(Transaction& in, JobKind kind, double now) {
  QueueLength length;
  Fetch(
      in,
      Sql("SELECT sum(CASE WHEN lease_until <= ? THEN 1 ELSE 0 END), "
          "sum(CASE WHEN lease_until > ? THEN 1 ELSE 0 END), "
          "min(CASE WHEN lease_until <= ? AND run_after <= ? THEN time_created END) FROM jobs WHERE kind = ?",
          now, now, now, now, NameOf(kind)),
      {Kind::kInteger, Kind::kInteger, Kind::kReal}, [&](const auto& row) {
        if (row[0].null()) return;
        length.waiting = row[0].integer;
        length.running = row[1].integer;
        if (!row[2].null()) length.oldest = std::max(0.0, now - row[2].real);
      });
  return length;
}

void DeleteJobsOf(Transaction& in, std::string_view subject) {
  Execute(in, Sql("DELETE FROM jobs WHERE subject = ?", subject));
}

}  // namespace ozma::store
