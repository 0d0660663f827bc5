// The job runner: takes jobs from the database, does them, and writes the outcome and the end of the job in
// one transaction.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "analysis/analyst.hpp"
#include "gallery/finder.hpp"
#include "media/decoder.hpp"
#include "store/blobs.hpp"
#include "store/database.hpp"
#include "store/objects.hpp"

namespace ozma::work {

// A folder with its media and analyses as the API answers it: the body of a webhook.
using RenderFolder = std::function<std::string(const store::Folder&, const std::vector<store::Media>&,
                                               const std::vector<store::Analysis>&)>;

struct Options {
  int threads = 0;        // that analyse and make previews; 0: as many as cores
  int senders = 2;        // threads that send webhooks
  double lease = 30;      // seconds; renewed at a third of it. The nodes' clocks agree to a fraction of it
  int attempts = 3;       // then FAILED
  double retry_step = 1;  // seconds; the n-th pause is retry_step * 4^(n-1), give or take half
  double processing_expiry = 900;  // an analysis that a worker has had in hand for so long is FAILED
  double delivery_expiry = 3600;   // and so is one that began to wait so long ago and nobody here has in hand
  double expiry_period = 60;       // how often that is looked at
  double clean_up_period = 600;    // orphaned blobs, expired sessions; every node does it, which does no harm
  double orphan_age = 3600;
  double gallery_memory = 7 * 86400;  // an index that was away for longer is loaded from nothing
  bool previews = true;
  std::string webhook_secret;  // signs webhooks (docs/webhooks.md); empty: unsigned
  bool webhook_allow_private = false;
  double webhook_timeout = 10, webhook_give_up = 90000;   // seconds
  double webhook_step = 1, webhook_longest_pause = 3600;  // seconds; each pause is twice the one before
  RenderFolder render_folder;                             // without it, webhooks wait for a node that has it
};

// Starts its threads at once; the destructor stops them. Its threads end by themselves once the database's
// StopWaiting was called.
class Runner {
 public:
  // Without `finder`, COLLECTION analyses fail. kConfiguration: a webhook secret that cannot be read, or
  // times that are not above 0.
  static base::Result<std::unique_ptr<Runner>> Start(Options options,
                                                     std::shared_ptr<store::Database> database,
                                                     std::shared_ptr<store::Blobs> blobs,
                                                     std::shared_ptr<const analysis::Analyst> analyst,
                                                     std::shared_ptr<media::Decoder> decoder,
                                                     std::shared_ptr<gallery::Finder> finder = nullptr);
  virtual ~Runner() = default;

  // Takes no more jobs, finishes those under way, gives back what cannot end within `patience`, and returns
  // once every thread has let go: a thread in the middle of a medium goes on to that medium's end, without
  // writing anything. Idempotent.
  virtual void Stop(std::chrono::milliseconds patience) = 0;
};

}  // namespace ozma::work
