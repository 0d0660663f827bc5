// Brings submitted sessions to the API and their verdicts back. A few threads, each with one call under way;
// a session that waits for its next poll holds none of them.
#pragma once

#include <condition_variable>
#include <map>
#include <thread>

#include "adapter/api.hpp"
#include "adapter/sessions.hpp"

namespace ozma::adapter {

class Courier {
 public:
  Courier(const Config& config, Sessions& sessions) : config_(config), sessions_(sessions) {}
  ~Courier() { Stop(); }

  // Starts the threads and takes up what an earlier process left submitted. `url` is the API's address.
  void Begin(const std::string& url);

  // Takes a session that is kSubmitted. From any thread; may come before Begin.
  void Take(std::shared_ptr<Entry> entry);

  // Breaks off calls under way within about a second. What is unfinished goes on after the next start.
  void Stop();

  enum class Progress { kGoesOn, kOver };

 private:
  using Clock = std::chrono::steady_clock;
  struct Errand {
    std::shared_ptr<Entry> entry;
    Clock::time_point deadline;
    int failures = 0;  // in a row
    int polls = 0;
  };

  void Run(const std::stop_token& stop);
  void Schedule(Errand errand, Clock::duration after);
  // One call or two; when to go on, or nothing at the end.
  std::optional<Clock::duration> Step(Errand& errand);
  Asked<Progress> Advance(Errand& errand);
  Asked<Progress> Send(Entry& entry, const Session& session);
  Asked<Progress> JudgeAtOnce(Entry& entry, const Session& session);
  Asked<std::vector<http::Part>> Files(const Session& session, bool all) const;
  void Keep(Entry& entry, const std::function<void(Session&)>& change);
  void Finish(Entry& entry, const Folder& folder);
  void Fail(Entry& entry, const Refusal& refusal);

  const Config& config_;
  Sessions& sessions_;
  std::unique_ptr<Api> api_;
  std::mutex mutex_;
  std::condition_variable_any wake_;
  std::multimap<Clock::time_point, Errand> due_;
  std::stop_source stop_;
  std::vector<std::jthread> threads_;
};

}  // namespace ozma::adapter
