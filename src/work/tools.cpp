#include "work/tools.hpp"

#include <algorithm>
#include <cmath>

namespace ozma::work {

using base::Fail;
using base::Fault;

base::Result<End> Drop(const Tools& tools, const store::Job& job) {
  return tools.database->Write([&](store::Transaction& in) -> base::Result<End> {
    return store::Complete(in, job.job_id, job.attempt) ? End::kGone : End::kFenced;
  });
}

base::Result<media::Media> Decoded(const Tools& tools, const store::Media& medium, media::Pace pace) {
  if (medium.original_key.empty()) return Fail(Fault::kNotFound, "The file was removed.");
  const auto bytes = tools.blobs->Get(medium.original_key);
  if (!bytes) return Fail(Fault::kIo, bytes.error().message);
  constexpr std::chrono::seconds kPatience(60);  // for a free decoder, and for its work
  return tools.decoder->Decode(*bytes, base::Deadline(kPatience), pace);
}

double PauseOf(const Options& options, const store::Job& job) {
  const bool webhook = job.kind == store::JobKind::kWebhook;
  const double step = webhook ? options.webhook_step : options.retry_step;
  const double longest = webhook ? options.webhook_longest_pause : options.processing_expiry;
  const double pause = step * std::pow(webhook ? 2 : 4, std::max(0, job.attempt - 1));
  return std::min(pause, longest) * (0.5 + base::NewFraction());
}

}  // namespace ozma::work
