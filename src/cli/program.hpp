// The program `ozma`: its commands and what they share.
#pragma once

#include <CLI/CLI.hpp>
#include <filesystem>
#include <memory>
#include <string>

#include "analysis/analyst.hpp"
#include "face/engine.hpp"
#include "media/decoder.hpp"

namespace ozma::cli {

// Exit codes of every command.
enum ExitCode { kOk = 0, kFailure = 1, kUsage = 2 };

int Run(int argc, char** argv);

// Options every command that analyses faces takes.
struct Common {
  std::filesystem::path catalog;  // empty: models/catalog.json above the program's folder, or OZMA_CATALOG
  std::filesystem::path cache;    // compiled networks; empty: the user's cache folder
  int threads = 0;                // 0: as many as cores
  bool allow_unsandboxed = false;
  double operator_low = 0.85;  // equal edges: no operator band
  double operator_high = 0.85;
};
void AddCommon(CLI::App& command, Common& common);

std::filesystem::path CatalogPath(const Common& common);

// Everything between bytes and results, as the server and the tools use it.
struct Chain {
  std::shared_ptr<const face::Engine> engine;
  std::shared_ptr<analysis::Analyst> analyst;
  std::shared_ptr<media::Decoder> decoder;
};
base::Result<Chain> OpenChain(const Common& common);
// The decoder alone, for who judges nothing.
base::Result<std::shared_ptr<media::Decoder>> OpenDecoder(const Common& common);

// Prints the error on standard error, as every command does, and gives the exit code for it.
int Complain(const base::Error& error);

// Each adds one command or several; the callback sets `exit_code`.
void AddServe(CLI::App& app, int& exit_code);
void AddWorker(CLI::App& app, int& exit_code);
void AddAccounts(CLI::App& app, int& exit_code);
void AddUpkeep(CLI::App& app, int& exit_code);
void AddGallery(CLI::App& app, int& exit_code);
void AddFolders(CLI::App& app, int& exit_code);
void AddCheck(CLI::App& app, int& exit_code);
void AddDetect(CLI::App& app, int& exit_code);
void AddEval(CLI::App& app, int& exit_code);
void AddBench(CLI::App& app, int& exit_code);
void AddModels(CLI::App& app, int& exit_code);

}  // namespace ozma::cli
