// Durable work. A job is a row in the same database as what it changes, so that both commit together.
#pragma once

#include "store/database.hpp"
#include "store/objects.hpp"

namespace ozma::store {

enum class JobKind {
  kAnalysis,  // subject: analysis_id
  kPreview,   // subject: media_id
  kWebhook,   // subject: folder_id; payload: the hash of what is to be sent
};
std::string_view NameOf(JobKind kind);

struct Job {
  std::string job_id, subject;
  JobKind kind = JobKind::kAnalysis;
  json::object payload;
  int attempt = 0;  // counts the times it was claimed: the fence. 0: never
  double time_created = 0, run_after = 0;
  double lease_until = 0;  // 0: free
};

// Puts a job in the queue; Channel::kJobs when that commits.
void Enqueue(Transaction& in, const Job& job);

// The oldest free job of these kinds whose run_after has come, or whose lease has run out: now leased to the
// caller for `lease` seconds, with `attempt` one higher. Nobody else gets it meanwhile.
std::optional<Job> Claim(Transaction& in, const std::vector<JobKind>& kinds, double now, double lease);

// When the next job may become ready by time alone: the earliest run_after or lease end. None: no such job.
std::optional<double> NextWake(Transaction& in, const std::vector<JobKind>& kinds);

// Each answers false, and changes nothing, where the job is gone or was claimed anew since `attempt`: then
// roll back what the work did.
bool Renew(Transaction& in, std::string_view job_id, int attempt, double lease_until);  // heartbeat
bool Complete(Transaction& in, std::string_view job_id, int attempt);                   // the row goes
bool Retry(Transaction& in, std::string_view job_id, int attempt, double run_after);    // frees it
// Frees it as if it had not been claimed: for a worker that is shutting down.
bool Release(Transaction& in, std::string_view job_id, int attempt);

// Analyses that are PROCESSING since before `time_created`, and that no worker of any node has in hand.
std::vector<std::string> StuckAnalyses(Transaction& in, double time_created, double now);

struct QueueLength {
  std::int64_t waiting = 0, running = 0;
  double oldest = 0;  // seconds the oldest waiting one has waited
};
QueueLength Length(Transaction& in, JobKind kind, double now);

}  // namespace ozma::store
