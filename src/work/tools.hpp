// What every kind of job works with, and how it can end.
#pragma once

#include <exception>
#include <type_traits>

#include "store/jobs.hpp"
#include "work/runner.hpp"

namespace ozma::work {

struct Tools {
  Options options;
  std::shared_ptr<store::Database> database;
  std::shared_ptr<store::Blobs> blobs;
  std::shared_ptr<const analysis::Analyst> analyst;
  std::shared_ptr<media::Decoder> decoder;
  std::shared_ptr<gallery::Finder> finder{};  // null: COLLECTION is not served here
};

// What a library throws (a row that cannot be read, no memory) as an error: it costs one job, not the
// process.
template <class Work>
std::invoke_result_t<Work> Guarded(Work&& work) try {
  return work();
} catch (const std::exception& error) {
  return base::Fail(base::Fault::kInternal, error.what());
}

class Hold;

// How a job ended that ended without an error of ours.
enum class End {
  kDone,
  kGone,    // there was nothing to do any more
  kFenced,  // it is somebody else's now, and nothing was written
};

// Each does one job, and writes its outcome and its end in one transaction. An error is a fault of ours, or
// of a receiver: nothing was written, and the job may be tried again.
base::Result<End> DoAnalysis(const Tools& tools, const store::Job& job, Hold& hold);
base::Result<End> DoPreview(const Tools& tools, const store::Job& job, Hold& hold);
base::Result<End> DoWebhook(const Tools& tools, const store::Job& job, Hold& hold);

// The end of a job that will not be tried again: its analysis becomes FAILED.
base::Result<End> GiveUp(const Tools& tools, const store::Job& job, const base::Error& why);

// Ends the job with nothing to show for it.
base::Result<End> Drop(const Tools& tools, const store::Job& job);

// The decoded medium. kIo where its file is missing or unreadable, kNotFound where the row names none.
base::Result<media::Media> Decoded(const Tools& tools, const store::Media& medium,
                                   media::Pace pace = media::Pace::kUsual);

// Seconds before the next try of a job that was tried `attempt` times.
double PauseOf(const Options& options, const store::Job& job);

}  // namespace ozma::work
