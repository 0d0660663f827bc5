// The job of one webhook: the folder, as the API answers it, to the address its client gave.
#include <cmath>

#include "base/log.hpp"
#include "http/client.hpp"
#include "store/analyses.hpp"
#include "store/folders.hpp"
#include "work/leases.hpp"
#include "work/signature.hpp"
#include "work/tools.hpp"

namespace ozma::work {
namespace {

using base::Fail;
using base::Fault;
using base::Result;
using store::Transaction;

struct Letter {
  std::string url, body;
};

// Nothing where the folder is gone, or where a later result has a job of its own.
Result<std::optional<Letter>> Write(const Tools& tools, const store::Job& job) {
  return tools.database->Read([&](Transaction& in) -> Result<std::optional<Letter>> {
    const auto folder = store::FindFolder(in, job.subject);
    if (!folder || !folder->resolution_endpoint || folder->resolution_endpoint->empty())
      return std::optional<Letter>();
    const auto* hash = job.payload.if_contains("hash");
    if (hash && folder->resolution_state_hash && *hash != base::json::value(*folder->resolution_state_hash))
      return std::optional<Letter>();
    std::string url = *folder->resolution_endpoint;
    if (url.find("://") == std::string::npos) url.insert(0, "https://");
    return std::optional(
        Letter{std::move(url), tools.options.render_folder(*folder, store::MediaOf(in, job.subject),
                                                           store::AnalysesOf(in, job.subject))});
  });
}

// Scheme, host and path: query and credentials may be secrets.
std::string ForTheLog(const std::string& url) {
  const auto host = url.find("://") + 3;
  const auto end = url.find_first_of("?#", host);
  const auto at = url.substr(0, end).find('@', host);
  const auto path = std::min(url.find('/', host), url.size());
  const auto from = at != std::string::npos && at < path ? at + 1 : host;
  return url.substr(0, host) + url.substr(from, end == std::string::npos ? end : end - from);
}

Result<http::Response> Send(const Tools& tools, const store::Job& job, const Letter& letter,
                            const Hold& hold) {
  http::Outgoing outgoing;
  outgoing.url = letter.url;
  outgoing.body = letter.body;
  outgoing.timeout = std::chrono::milliseconds(std::llround(tools.options.webhook_timeout * 1000));
  outgoing.allow_private = tools.options.webhook_allow_private;
  outgoing.stop = hold.stop();
  const auto now = static_cast<std::int64_t>(base::UnixSeconds());
  outgoing.headers.emplace("Content-Type", "application/json");
  outgoing.headers.emplace("webhook-id", job.job_id);
  outgoing.headers.emplace("webhook-timestamp", std::to_string(now));
  if (!tools.options.webhook_secret.empty()) {
    const auto key = KeyOf(tools.options.webhook_secret);
    if (!key) return key.error();
    outgoing.headers.emplace("webhook-signature", Sign(*key, job.job_id, now, letter.body));
  }
  return http::Send(outgoing);
}

}  // namespace

Result<End> DoWebhook(const Tools& tools, const store::Job& job, Hold& hold) {
  const auto letter = Write(tools, job);
  if (!letter) return letter.error();
  if (!*letter) return Drop(tools, job);

  const auto answer = Send(tools, job, **letter, hold);
  const bool taken = answer && answer->status >= 200 && answer->status < 300;
  base::json::object line = {{"folder_id", job.subject},
                             {"url", ForTheLog((*letter)->url)},
                             {"attempt", job.attempt},
                             {"status", answer ? answer->status : 0}};
  if (!answer) line["message"] = answer.error().message;
  base::Log(taken ? base::Level::kInfo : base::Level::kWarning, "webhook", line);
  if (!answer) return answer.error();
  if (!taken) return Fail(Fault::kUpstream, "The receiver answered " + std::to_string(answer->status) + ".");

  if (!hold.BeginToEnd()) return End::kFenced;
  auto ended = Drop(tools, job);
  if (!ended || *ended == End::kFenced) return ended;
  return End::kDone;
}

}  // namespace ozma::work
