// The settings of the persistent API, of its workers, and of Instant, as options and environment variables.
// Every one is described in docs/configuration.md.
#pragma once

#include <set>

#include "api/context.hpp"
#include "cli/program.hpp"
#include "cli/storage.hpp"
#include "work/runner.hpp"

namespace ozma::cli {

struct ApiOptions {
  std::vector<std::string> words{"auth", "stateful", "oz_collections"};  // OZ_APP_COMPONENTS
  access::SessionOptions sessions;                                       // but for the secret
  std::string password_policy, throttling, duplicates = "off";
  std::string public_url, scheme, host, port;
  api::Settings settings;
};
void AddApiOptions(CLI::App& command, ApiOptions& options);
// Of the above: of sessions and passwords; those PublicUrl reads.
void AddSessionOptions(CLI::App& command, ApiOptions& options);
void AddLinkOptions(CLI::App& command, ApiOptions& options);
void AddWorkOptions(CLI::App& command, work::Options& options);

// What OZ_APP_COMPONENTS asks for. kConfiguration.
struct Mode {
  bool stateful = true, tokens = true, collections = true;
};
base::Result<Mode> ModeOf(const ApiOptions& options);

// "https://host:port" before /static; empty where neither --public-url nor HOST is set.
std::string PublicUrl(const ApiOptions& options, bool tls);

// `opened` is null where nothing is stored, `finder` where nothing is searched. kConfiguration.
base::Result<std::shared_ptr<const api::Context>> MakeContext(const ApiOptions& options, bool tls,
                                                              const Chain& chain, const Opened& opened,
                                                              const std::string& secret,
                                                              std::shared_ptr<gallery::Finder> finder);

}  // namespace ozma::cli
