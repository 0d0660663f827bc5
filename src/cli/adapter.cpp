#include "cli/adapter.hpp"

#include "base/log.hpp"
#include "nn/catalog.hpp"

namespace ozma::cli {
namespace {

std::filesystem::path IfThere(const std::filesystem::path& path) {
  std::error_code failure;
  return std::filesystem::exists(path, failure) ? path : std::filesystem::path();
}

// The nearest `name` in a folder above the program that holds `mark`: beside `models`, or in a build tree.
std::filesystem::path FindAbove(const std::filesystem::path& name, const char* mark) {
  std::error_code failure;
  const auto program = std::filesystem::read_symlink("/proc/self/exe", failure);
  for (auto folder = program.parent_path(); !folder.empty(); folder = folder.parent_path()) {
    if (std::filesystem::exists(folder / name / mark, failure)) return folder / name;
    if (folder == folder.root_path()) break;
  }
  return {};
}

// Beside the plugin that was named, else as the plugin is found.
std::filesystem::path DemoOf(const std::filesystem::path& web) {
  if (web.empty()) return FindAbove("web/demo", "index.html");
  return std::filesystem::absolute(web).lexically_normal().parent_path() / "demo";
}

const char* NameOf(nn::Colour colour) {
  return colour == nn::Colour::kBgr ? "bgr" : colour == nn::Colour::kRgb ? "rgb" : "grey";
}

base::json::object About(const nn::Entry& entry) {
  const auto& input = entry.input;
  const std::size_t channels = input.colour == nn::Colour::kGrey ? 1 : 3;
  base::json::object shape;
  shape["name"] = input.name;
  shape["width"] = input.width;
  shape["height"] = input.height;
  shape["colour"] = NameOf(input.colour);
  shape["mean"] = base::json::array(input.mean.begin(), input.mean.begin() + channels);
  shape["scale"] = base::json::array(input.scale.begin(), input.scale.begin() + channels);
  base::json::object about;
  about["name"] = entry.name;
  about["version"] = entry.version;
  about["licence"] = entry.licence;
  about["sha256"] = entry.sha256;
  about["input"] = std::move(shape);
  about["outputs"] = base::json::array(entry.outputs.begin(), entry.outputs.end());
  about["parameters"] = entry.parameters;
  return about;
}

// A server without a catalog serves none: the plugin then guides by time.
std::vector<adapter::BrowserNetwork> NetworksOf(const Common& common) {
  std::vector<adapter::BrowserNetwork> networks;
  const auto catalog = nn::Catalog::Load(CatalogPath(common));
  if (!catalog) {
    base::Log(base::Level::kWarning, "no_browser_networks", {{"message", catalog.error().message}});
    return networks;
  }
  for (const char* role : {"detector", "landmarks"}) {
    const auto found = catalog->InRole(role);
    if (found) networks.push_back({role, found->front()->file, About(*found->front())});
  }
  return networks;
}

}  // namespace

void AddAdapterOptions(CLI::App& command, AdapterOptions& options) {
  command
      .add_option("--adapter-config", options.config,
                  "Settings of the Web SDK (default: app_config.json in the data folder, if it is there)")
      ->envname("OZMA_ADAPTER_CONFIG");
  command
      .add_option("--adapter-sessions", options.sessions,
                  "Folder of capture sessions (default: session_data in the data folder)")
      ->envname("OZMA_ADAPTER_SESSIONS");
  command
      .add_option("--adapter-license", options.license,
                  "Licence file (default: license.json in the data folder, if it is there)")
      ->envname("OZMA_ADAPTER_LICENSE");
  command
      .add_option("--web", options.web, "Folder of the built plugin (default: web/plugin above the program)")
      ->envname("OZMA_WEB");
}

base::Result<std::unique_ptr<adapter::Adapter>> OpenAdapter(const AdapterOptions& options,
                                                            const Storage& storage, const Common& common,
                                                            std::shared_ptr<media::Decoder> decoder) {
  adapter::Setup setup;
  setup.config = options.config.empty() ? IfThere(storage.data / "app_config.json") : options.config;
  setup.sessions = options.sessions.empty() ? storage.data / "session_data" : options.sessions;
  setup.license = options.license.empty() ? IfThere(storage.data / "license.json") : options.license;
  setup.web = options.web.empty() ? FindAbove("web/plugin", "manifest.json") : options.web;
  setup.demo = DemoOf(options.web);
  setup.networks = NetworksOf(common);
  setup.version = OZMA_VERSION;
  setup.decoder = std::move(decoder);
  return adapter::Adapter::Open(std::move(setup));
}

}  // namespace ozma::cli
