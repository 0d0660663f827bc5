// The job runner: takes jobs from the database, does them, and writes the outcome and the end of the job in
// one transaction.
#pragma once

#include <chrono>
#include <memory>

#include "analysis/analyst.hpp"
#include "media/decoder.hpp"
#include "store/blobs.hpp"
#include "store/database.hpp"

namespace ozma::work {

struct Options {
  int threads = 0;                 // 0: as many as cores
  double lease = 30;               // seconds; renewed at a third of it
  int attempts = 3;                // then FAILED
  double retry_step = 1;           // seconds; the n-th pause is retry_step * 4^(n-1), give or take half
  double processing_expiry = 900;  // an analysis not ended by then is FAILED
  double delivery_expiry = 3600;   // nor one that no worker took by then
  double expiry_period = 60;       // how often that is looked at
  double clean_up_period = 600;    // orphaned blobs, expired sessions
  double orphan_age = 3600;
  bool previews = true;
  std::string webhook_secret;  // signs webhooks; empty: unsigned
  bool webhook_allow_private = false;
  double webhook_timeout = 10, webhook_give_up = 90000;  // seconds
  std::string public_url;  // "https://host:port": before /static in what webhooks say
};

// Starts its threads at once; the destructor stops them.
class Runner {
 public:
  static base::Result<std::unique_ptr<Runner>> Start(Options options,
                                                     std::shared_ptr<store::Database> database,
                                                     std::shared_ptr<store::Blobs> blobs,
                                                     std::shared_ptr<const analysis::Analyst> analyst,
                                                     std::shared_ptr<media::Decoder> decoder);
  virtual ~Runner() = default;

  // Takes no more jobs, finishes those under way, gives back what cannot end within `patience`.
  virtual void Stop(std::chrono::milliseconds patience) = 0;
};

}  // namespace ozma::work
