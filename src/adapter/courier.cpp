#include "adapter/courier.hpp"

#include <algorithm>
#include <cmath>

#include "adapter/verdict.hpp"
#include "base/ids.hpp"
#include "base/log.hpp"
#include "base/metrics.hpp"

namespace ozma::adapter {
namespace {

using std::chrono::duration_cast;
using Seconds = std::chrono::duration<double>;

Trouble Lost() {
  return {false, Refuse(Code::kInternal, "A fault of the server; begin a new session.")};
}

// 0.5 s, doubled up to 15 s, give or take a quarter so that many do not come back at once.
Seconds PauseAfter(int failures) {
  const double pause = std::min(15.0, 0.25 * std::pow(2.0, std::min(failures, 10)));
  return Seconds(pause * (0.75 + base::NewFraction() / 2));
}

// Soon at first, then less often: verdicts take from a fifth of a second to several.
Seconds PollAfter(int polls) {
  return Seconds(std::min(3.0, 0.2 * std::pow(1.4, std::min(polls, 20))));
}

bool IsOver(const json::array& analyses) {
  return std::ranges::all_of(analyses, [](const json::value& analysis) {
    const auto* state = analysis.is_object() ? analysis.get_object().if_contains("state") : nullptr;
    return state && state->is_string() && state->get_string() != "PROCESSING";
  });
}

}  // namespace

void Courier::Begin(const std::string& url) {
  api_ = std::make_unique<Api>(config_, url, stop_.get_token());
  for (auto& entry : sessions_.All()) {
    bool submitted = false;
    {
      const std::lock_guard work(entry->work);
      submitted = entry->session.state == Session::State::kSubmitted;
    }
    if (submitted) Take(entry);
  }
  for (int i = 0; i < config_.api_connections; ++i) threads_.emplace_back([this] { Run(stop_.get_token()); });
}

void Courier::Take(std::shared_ptr<Entry> entry) {
  Schedule({std::move(entry), Clock::now() + std::chrono::seconds(config_.api_deadline)}, {});
}

void Courier::Stop() {
  stop_.request_stop();
  threads_.clear();  // joins
}

void Courier::Schedule(Errand errand, Clock::duration after) {
  {
    const std::lock_guard lock(mutex_);
    // Two threads may bring the same one: a submit while Begin looks around.
    for (const auto& [when, other] : due_)
      if (other.entry == errand.entry) return;
    due_.emplace(Clock::now() + after, std::move(errand));
  }
  wake_.notify_one();
}

void Courier::Run(const std::stop_token& stop) {
  while (!stop.stop_requested()) {
    Errand errand;
    {
      std::unique_lock lock(mutex_);
      wake_.wait(lock, stop, [this] { return !due_.empty(); });
      if (stop.stop_requested()) return;
      const auto first = due_.begin();
      if (const auto when = first->first; when > Clock::now()) {
        wake_.wait_until(lock, stop, when, [&] { return due_.empty() || due_.begin()->first < when; });
        continue;
      }
      errand = std::move(first->second);
      due_.erase(first);
    }
    if (const auto after = Step(errand)) Schedule(std::move(errand), *after);
  }
}

std::optional<Courier::Clock::duration> Courier::Step(Errand& errand) {
  if (Clock::now() > errand.deadline) {
    Fail(*errand.entry, Refuse(Code::kServiceUnavailable, "The service that judges did not answer in time."));
    return {};
  }
  const auto ended = Advance(errand);
  if (stop_.stop_requested()) return {};
  if (ended) {
    errand.failures = 0;
    if (*ended == Progress::kOver) return {};
    return duration_cast<Clock::duration>(PollAfter(errand.polls++));
  }
  if (!ended.error().again) {
    Fail(*errand.entry, ended.error().refusal);
    return {};
  }
  return duration_cast<Clock::duration>(PauseAfter(++errand.failures));
}

Asked<Courier::Progress> Courier::Advance(Errand& errand) {
  Entry& entry = *errand.entry;
  Session session;
  {
    const std::lock_guard work(entry.work);
    session = entry.session;
  }
  if (session.state != Session::State::kSubmitted) return Progress::kOver;
  if (config_.architecture == "lite") return JudgeAtOnce(entry, session);
  if (session.folder_id.empty()) return Send(entry, session);

  const auto folder = api_->Get(session, session.folder_id);
  if (!folder) return folder.error();
  if (AnalysesOf(config_).empty()) {
    Finish(entry, *folder);
    return Progress::kOver;
  }
  if (!session.started) {
    // Started before a restart, and not noted: then they are there.
    if (folder->analyses.empty())
      if (auto started = api_->Start(session, *folder); !started) return started.error();
    Keep(entry, [](Session& kept) { kept.started = true; });
    return Progress::kGoesOn;
  }
  if (!IsOver(folder->analyses)) return Progress::kGoesOn;
  Finish(entry, *folder);
  return Progress::kOver;
}

// Makes the folder. That it may exist is noted before: after a cut it is looked for, not made twice.
Asked<Courier::Progress> Courier::Send(Entry& entry, const Session& session) {
  if (session.sent) {
    const auto found = api_->Find(session);
    if (!found) return found.error();
    if (!found->folder_id.empty()) {
      Keep(entry, [&](Session& kept) { kept.folder_id = found->folder_id; });
      return Progress::kGoesOn;
    }
  }
  const auto files = Files(session, true);
  if (!files) return files.error();
  Keep(entry, [](Session& kept) { kept.sent = true; });
  const auto made = api_->Create(session, *files);
  if (!made) return made.error();
  Keep(entry, [&](Session& kept) { kept.folder_id = made->folder_id; });
  return Progress::kGoesOn;
}

Asked<Courier::Progress> Courier::JudgeAtOnce(Entry& entry, const Session& session) {
  const auto files = Files(session, false);
  if (!files) return files.error();
  const auto judged = api_->Judge(session, *files);
  if (!judged) return judged.error();
  Finish(entry, *judged);
  return Progress::kOver;
}

// Without `all`, what no analysis looks at stays here.
Asked<std::vector<http::Part>> Courier::Files(const Session& session, bool all) const {
  std::vector<http::Part> files;
  for (const std::string& action : session.actions) {
    const auto upload = session.uploads.find(action);
    if (upload == session.uploads.end()) continue;
    for (const Medium& medium : upload->second.media) {
      if (!all && !medium.judged && !medium.matched) continue;
      auto bytes = sessions_.ReadMedium(session.session_id, medium.key);
      if (!bytes) {
        base::Log(base::Level::kError, "medium_lost", {{"message", bytes.error().message}});
        return Lost();
      }
      http::Part part;
      part.name = part.filename.emplace(medium.key);
      part.headers.emplace("Content-Type", medium.mime);
      part.data = std::move(*bytes);
      files.push_back(std::move(part));
    }
  }
  return files;
}

void Courier::Keep(Entry& entry, const std::function<void(Session&)>& change) {
  const std::lock_guard work(entry.work);
  change(entry.session);
  if (const auto saved = sessions_.Save(entry); !saved)
    base::Log(base::Level::kError, "session_unsaved", {{"message", saved.error().message}});
}

void Courier::Finish(Entry& entry, const Folder& folder) {
  double seconds = 0;
  Keep(entry, [&](Session& session) {
    sessions_.DropMedia(entry);
    session.state = Session::State::kFinished;
    session.folder_id = folder.folder_id;
    session.analyses = folder.analyses;
    session.token.clear();
    session.ended = base::UnixSeconds();
    seconds = session.ended - session.submitted;
  });
  base::Seconds("ozma_adapter_result_seconds", "From submit to a verdict.").Observe(seconds);
  base::Counter("ozma_adapter_sessions_total", "Sessions that ended.", {{"outcome", "finished"}}).Increment();
}

void Courier::Fail(Entry& entry, const Refusal& refusal) {
  std::string id;
  Keep(entry, [&](Session& session) {
    sessions_.DropMedia(entry);
    session.state = Session::State::kFailed;
    session.failure = refusal;
    session.token.clear();
    session.ended = base::UnixSeconds();
    id = session.event_session_id;
  });
  base::Log(base::Level::kWarning, "session_failed",
            {{"event_session_id", id}, {"code", NameOf(refusal.code)}});
  base::Counter("ozma_adapter_sessions_total", "Sessions that ended.", {{"outcome", "failed"}}).Increment();
}

}  // namespace ozma::adapter
