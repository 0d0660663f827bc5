#include "adapter/assets.hpp"

#include <zlib.h>

#include <algorithm>
#include <array>

namespace ozma::adapter {
namespace {

using base::Fail;
using base::Fault;

constexpr std::uintmax_t kMostBytes = 256u << 20;
constexpr std::size_t kMostFiles = 1000;

struct Suffix {
  std::string_view suffix, type;
};
constexpr std::array<Suffix, 17> kSuffixes = {{
    {".html", "text/html; charset=utf-8"},
    {".js", "text/javascript; charset=utf-8"},
    {".mjs", "text/javascript; charset=utf-8"},
    {".css", "text/css; charset=utf-8"},
    {".json", "application/json"},
    {".map", "application/json"},
    {".wasm", "application/wasm"},
    {".gz", "application/gzip"},
    {".onnx", "application/octet-stream"},
    {".svg", "image/svg+xml"},
    {".png", "image/png"},
    {".jpg", "image/jpeg"},
    {".webp", "image/webp"},
    {".ico", "image/x-icon"},
    {".woff2", "font/woff2"},
    {".mp3", "audio/mpeg"},
    {".txt", "text/plain; charset=utf-8"},
}};

// RFC 1952, by zlib; empty where it fails.
std::string Gzip(std::string_view bytes) {
  z_stream stream{};
  constexpr int kGzipWindow = 15 + 16;
  if (deflateInit2(&stream, 6, Z_DEFLATED, kGzipWindow, 8, Z_DEFAULT_STRATEGY) != Z_OK) return {};
  std::string packed(deflateBound(&stream, bytes.size()), '\0');
  // zlib's interface knows no const.
  stream.next_in = const_cast<Bytef*>(reinterpret_cast<const Bytef*>(bytes.data()));  // NOLINT
  stream.avail_in = static_cast<uInt>(bytes.size());
  stream.next_out = reinterpret_cast<Bytef*>(packed.data());
  stream.avail_out = static_cast<uInt>(packed.size());
  const bool done = deflate(&stream, Z_FINISH) == Z_STREAM_END;
  packed.resize(done ? stream.total_out : 0);
  deflateEnd(&stream);
  return packed;
}

std::shared_ptr<const Asset> AssetOf(std::string type, std::string bytes) {
  auto asset = std::make_shared<Asset>();
  asset->type = std::move(type);
  asset->tag = '"' + base::Sha256Hex(base::AsBytes(bytes)).substr(0, 32) + '"';
  const bool packs = asset->type.starts_with("text/") || asset->type.starts_with("application/") ||
                     asset->type == "image/svg+xml";
  if (packs) asset->gzip = Gzip(bytes);
  if (asset->gzip.size() > bytes.size() * 9 / 10) asset->gzip.clear();
  asset->bytes = std::move(bytes);
  return asset;
}

base::Result<std::shared_ptr<const Asset>> ReadAsset(const std::filesystem::path& path,
                                                     std::uintmax_t& left) {
  std::error_code failure;
  const auto size = std::filesystem::file_size(path, failure);
  if (failure) return Fail(Fault::kConfiguration, "The web file " + path.string() + " cannot be read.");
  if (size > left) return Fail(Fault::kConfiguration, "The web files are larger than 256 MiB.");
  left -= size;
  const auto bytes = base::ReadFile(path);
  if (!bytes) return Fail(Fault::kConfiguration, bytes.error().message + ".");
  return AssetOf(TypeOf(path), std::string(base::AsText(*bytes)));
}

// Relative, forward, plain: what a manifest may name.
bool IsInside(std::string_view name) {
  const std::filesystem::path path(name);
  return !name.empty() && path.is_relative() && path.lexically_normal() == path &&
         name.find_first_of("\\\0") == std::string_view::npos &&
         std::ranges::none_of(path, [](const auto& part) { return part == ".." || part == "."; });
}

base::Error BadManifest(const std::string& why) {
  return Fail(Fault::kConfiguration, "The plugin's manifest.json " + why + ".");
}

struct Manifest {
  std::string version, script;
  std::vector<std::string> assets;
};

base::Result<Manifest> ReadManifest(const std::filesystem::path& file) {
  const auto bytes = base::ReadFile(file);
  if (!bytes) return Fail(Fault::kConfiguration, bytes.error().message + ".");
  const auto object = ObjectOf(base::AsText(*bytes), 1u << 20);
  if (!object) return BadManifest("is no JSON object");
  const auto version = NeededText(*object, "version", 64);
  const auto script = NeededText(*object, "script", 256);
  const auto assets = TextsIn(*object, "assets", kMostFiles, 256);
  if (!version || !script || !assets) return BadManifest("lacks version, script or assets");
  const bool plain = std::ranges::all_of(*version, [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '.' ||
           c == '-' || c == '+' || c == '_';
  });
  if (!plain || version->front() == '.') return BadManifest("has a version that is no part of a path");
  for (const auto& name : *assets)
    if (!IsInside(name)) return BadManifest("names a file outside its folder");
  if (!IsInside(*script)) return BadManifest("names a file outside its folder");
  return Manifest{*version, *script, *assets};
}

base::Result<void> AddNetworks(Plugin& plugin, const std::vector<BrowserNetwork>& networks,
                               std::uintmax_t& left) {
  json::object about;
  for (const BrowserNetwork& network : networks) {
    std::error_code failure;
    if (!std::filesystem::exists(network.file, failure)) continue;
    auto asset = ReadAsset(network.file, left);
    if (!asset) return asset.error();
    const std::string name = network.role + ".onnx";
    plugin.files[name] = std::move(*asset);
    about[network.role] = network.about;
    about[network.role].get_object()["file"] = name;
  }
  plugin.files["networks.json"] = AssetOf("application/json", base::WriteJson(about));
  return {};
}

}  // namespace

std::string TypeOf(const std::filesystem::path& path) {
  const auto found = std::ranges::find(kSuffixes, path.extension().string(), &Suffix::suffix);
  return found == kSuffixes.end() ? std::string() : std::string(found->type);
}

base::Result<Plugin> LoadPlugin(const std::filesystem::path& folder,
                                const std::vector<BrowserNetwork>& networks) {
  Plugin plugin;
  std::error_code failure;
  if (folder.empty() || !std::filesystem::exists(folder / "manifest.json", failure)) return plugin;
  const auto manifest = ReadManifest(folder / "manifest.json");
  if (!manifest) return manifest.error();
  plugin.version = manifest->version;
  plugin.script = manifest->script;
  std::vector<std::string> names = manifest->assets;
  names.push_back(manifest->script);
  if (std::filesystem::exists(folder / "ozliveness.css", failure)) names.emplace_back("ozliveness.css");
  std::uintmax_t left = kMostBytes;
  for (const std::string& name : names) {
    if (plugin.files.contains(name)) continue;
    if (TypeOf(name).empty()) return BadManifest("names a file of an unknown type");
    const bool above = std::filesystem::exists(folder / name, failure);
    auto asset = ReadAsset(above ? folder / name : folder / "assets" / name, left);
    if (!asset) return asset.error();
    plugin.files[name] = std::move(*asset);
  }
  if (auto added = AddNetworks(plugin, networks, left); !added) return added.error();
  return plugin;
}

base::Result<Tree> LoadPages(const std::filesystem::path& folder) {
  Tree tree;
  std::error_code failure;
  if (folder.empty() || !std::filesystem::is_directory(folder, failure)) return tree;
  std::uintmax_t left = kMostBytes;
  for (const auto& found : std::filesystem::recursive_directory_iterator(folder, failure)) {
    if (!found.is_regular_file(failure) || found.is_symlink(failure) || TypeOf(found.path()).empty())
      continue;
    if (tree.size() == kMostFiles) return Fail(Fault::kConfiguration, "The demo has more than 1000 files.");
    auto asset = ReadAsset(found.path(), left);
    if (!asset) return asset.error();
    tree[found.path().lexically_relative(folder).generic_string()] = std::move(*asset);
  }
  return tree;
}

}  // namespace ozma::adapter
