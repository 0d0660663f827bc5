// The job runner, in the server's process or in one of its own.
#pragma once

#include "cli/program.hpp"
#include "cli/storage.hpp"
#include "work/runner.hpp"

namespace ozma::cli {

// `url`: "https://host:port", before /static in what webhooks say.
base::Result<std::unique_ptr<work::Runner>> StartWorkers(work::Options options, const Opened& opened,
                                                         const Chain& chain, const std::string& url,
                                                         std::shared_ptr<gallery::Finder> finder);

}  // namespace ozma::cli
