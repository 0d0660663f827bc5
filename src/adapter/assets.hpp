// What the adapter serves as it is: the plugin's build, networks, the demo page. All files are read when the
// server starts; a path that no file was read for does not exist, so no path leads out of the folders.
#pragma once

#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "adapter/service.hpp"

namespace ozma::adapter {

struct Asset {
  std::string type;  // Content-Type
  std::string bytes;
  std::string gzip;  // the same, packed; empty where that saves little
  std::string tag;   // ETag, quoted
};

// A network of the catalog that browsers run: its role is its name.
struct BrowserNetwork {
  std::string role;            // "detector", "landmarks"
  std::filesystem::path file;  // ONNX
  base::json::object about;    // input geometry, colour order, normalisation, parameters
};

// By path below its root: "ozliveness.js", "assets/ort.wasm".
using Tree = std::map<std::string, std::shared_ptr<const Asset>>;

// The build of the plugin.
struct Plugin {
  std::string version;  // of manifest.json
  std::string script;   // "ozliveness.js"
  Tree files;           // the script, the style sheet, the assets of the manifest, networks
};

// `folder` holds manifest.json {version, script, assets}; an asset lies in `folder` or in its `assets`. Empty
// version: there is no manifest, which is no error. kConfiguration: the manifest names a file that is not
// there or lies outside, or is not of the form; or the files are more than 256 MiB.
base::Result<Plugin> LoadPlugin(const std::filesystem::path& folder,
                                const std::vector<BrowserNetwork>& networks);

// Every file with a known suffix below `folder`; none where there is no such folder. kConfiguration as above.
base::Result<Tree> LoadPages(const std::filesystem::path& folder);

// Of a file's suffix; empty: none that is served.
std::string TypeOf(const std::filesystem::path& path);

// GET plugin_liveness.php, plugin/..., demo/...
void AddAssetRoutes(http::Router& router, const std::shared_ptr<Service>& service, Plugin plugin, Tree demo);

}  // namespace ozma::adapter
