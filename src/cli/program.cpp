#include "cli/program.hpp"

#include <sodium.h>

#include <cstdlib>
#include <iostream>
#include <opencv2/core/utility.hpp>
#include <thread>

#include "nn/catalog.hpp"

namespace ozma::cli {
namespace {

std::filesystem::path UserCache() {
  if (const char* folder = std::getenv("XDG_CACHE_HOME"); folder != nullptr && *folder != 0) {
    return std::filesystem::path(folder) / "ozma" / "networks";
  }
  const char* home = std::getenv("HOME");
  if (home == nullptr || *home == 0) return {};
  return std::filesystem::path(home) / ".cache" / "ozma" / "networks";
}

}  // namespace

void AddCommon(CLI::App& command, Common& common) {
  command
      .add_option("--catalog", common.catalog,
                  "Catalog of networks (default: models/catalog.json above the program)")
      ->envname("OZMA_CATALOG");
  command.add_option("--network-cache", common.cache, "Folder for compiled networks")
      ->envname("OZMA_NETWORK_CACHE");
  command.add_option("--threads", common.threads, "Inferences and decodings at once (0: as many as cores)")
      ->envname("OZMA_THREADS")
      ->check(CLI::Range(0, 1024));
  command.add_flag("--allow-unsandboxed", common.allow_unsandboxed,
                   "Go on where the system offers no seccomp filter for decoding (less safe)");
  command
      .add_option("--operator-low", common.operator_low,
                  "Scores from here up go to an operator (default: no band)")
      ->envname("OZMA_OPERATOR_LOW")
      ->check(CLI::Range(0.0, 1.0));
  command.add_option("--operator-high", common.operator_high, "Scores from here up are approved")
      ->envname("OZMA_OPERATOR_HIGH")
      ->check(CLI::Range(0.0, 1.0));
}

std::filesystem::path CatalogPath(const Common& common) {
  if (!common.catalog.empty()) return common.catalog;
  std::error_code failure;
  const auto program = std::filesystem::read_symlink("/proc/self/exe", failure);
  for (auto folder = program.parent_path(); !folder.empty(); folder = folder.parent_path()) {
    auto catalog = folder / "models" / "catalog.json";
    if (std::filesystem::exists(catalog, failure)) return catalog;
    if (folder == folder.root_path()) break;
  }
  return "/usr/share/ozma/models/catalog.json";
}

base::Result<Chain> OpenChain(const Common& common) {
  const auto catalog = nn::Catalog::Load(CatalogPath(common));
  if (!catalog) return catalog.error();
  nn::Options options{common.threads, common.cache.empty() ? UserCache() : common.cache};
  auto engine = face::Engine::Load(*catalog, options);
  if (!engine) return engine.error();
  Chain chain;
  chain.engine = std::shared_ptr<const face::Engine>(std::move(*engine));
  if (common.operator_low > common.operator_high) {
    return base::Fail(base::Fault::kConfiguration, "--operator-low is above --operator-high.");
  }
  auto analyst = analysis::Analyst::Create(chain.engine, {common.operator_low, common.operator_high});
  if (!analyst) return analyst.error();
  chain.analyst = std::move(*analyst);

  auto decoder = OpenDecoder(common);
  if (!decoder) return decoder.error();
  chain.decoder = std::move(*decoder);
  return chain;
}

base::Result<std::shared_ptr<media::Decoder>> OpenDecoder(const Common& common) {
  media::DecoderOptions decoding;
  decoding.workers = common.threads;
  decoding.allow_unsandboxed = common.allow_unsandboxed;
  auto decoder = media::Decoder::Start(decoding);
  if (!decoder) return decoder.error();
  return std::shared_ptr<media::Decoder>(std::move(*decoder));
}

int Complain(const base::Error& error) {
  std::cerr << "ozma: " << base::NameOf(error.fault) << ": " << error.message << '\n';
  return error.fault == base::Fault::kConfiguration ? kUsage : kFailure;
}

int Run(int argc, char** argv) {
  if (sodium_init() < 0) {
    std::cerr << "ozma: the cryptographic library could not start\n";
    return kFailure;
  }
  // One thread a request: work is spread over requests, and OpenCV's own threads would only compete with
  // those.
  cv::setNumThreads(1);
  CLI::App app{"Ozma: is this a live person, are these two the same person, is this person on a list?"};
  app.set_version_flag("--version", std::string("ozma ") + OZMA_VERSION);
  app.require_subcommand(1);
  app.failure_message(CLI::FailureMessage::help);
  int exit_code = kOk;
  AddServe(app, exit_code);
  AddWorker(app, exit_code);
  AddAccounts(app, exit_code);
  AddUpkeep(app, exit_code);
  AddGallery(app, exit_code);
  AddFolders(app, exit_code);
  AddCheck(app, exit_code);
  AddDetect(app, exit_code);
  AddEval(app, exit_code);
  AddBench(app, exit_code);
  AddModels(app, exit_code);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? kOk : kUsage;
  } catch (const std::exception& error) {
    std::cerr << "ozma: " << error.what() << '\n';
    return kFailure;
  }
  return exit_code;
}

}  // namespace ozma::cli
