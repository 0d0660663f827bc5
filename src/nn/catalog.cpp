#include "nn/catalog.hpp"

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <utility>

#include "base/bytes.hpp"
#include "nn/fields.hpp"
#include "nn/parameters.hpp"

namespace ozma::nn {
namespace {

using base::Fail;
using base::Fault;

constexpr std::size_t kMaxText = 4u << 20;  // a catalog is a few kilobytes; more is not a catalog
constexpr int kMaxSide = 4096;              // of a network's input, in pixels

struct Package {
  std::string registry, name, version, sha256;
};
using Packages = std::map<std::string, Package, std::less<>>;

Colour ColourOf(std::string_view name) {
  if (name == "rgb") return Colour::kRgb;
  return name == "grey" ? Colour::kGrey : Colour::kBgr;
}

// A path that stays below the catalog's folder.
std::filesystem::path RelativePath(Fields& fields, std::string_view name) {
  std::filesystem::path path = fields.Text(name);
  const bool climbs = std::any_of(path.begin(), path.end(), [](const auto& part) { return part == ".."; });
  if (path.is_absolute() || climbs) fields.Wrong(name, "must be a path below the catalog's folder");
  return path;
}

// One value per channel, in the order of the network's colour.
std::array<float, 3> PerChannel(Fields& fields, std::string_view name, Colour colour, bool may_be_zero) {
  const std::size_t channels = colour == Colour::kGrey ? 1 : 3;
  const std::vector<double> values = fields.Numbers(name, channels);
  std::array<float, 3> result{0, 0, 0};
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (!may_be_zero && values[i] == 0) fields.Wrong(name, "must not hold zero");
    result[i] = static_cast<float>(values[i]);
  }
  return result;
}

InputSpec ReadInput(Fields fields) {
  InputSpec input;
  input.name = fields.Text("name");
  input.width = static_cast<int>(fields.Integer("width", 1, kMaxSide));
  input.height = static_cast<int>(fields.Integer("height", 1, kMaxSide));
  input.colour = ColourOf(fields.OneOf("colour", {"bgr", "rgb", "grey"}));
  input.mean = PerChannel(fields, "mean", input.colour, true);
  input.scale = PerChannel(fields, "scale", input.colour, false);
  fields.NothingElse();
  return input;
}

Source ReadSource(Fields fields, const Packages& packages) {
  Source source;
  const std::string key = fields.Text("package");
  source.path = fields.Text("path");
  source.file_sha256 = fields.Sha256("sha256");
  source.conversion = fields.OneOf("conversion", {"", "flush-denormals"});
  fields.NothingElse();
  const auto package = packages.find(key);
  if (package == packages.end()) {
    fields.Wrong("package", "names no entry of `packages`");
    return source;
  }
  source.registry = package->second.registry;
  source.package = package->second.name;
  source.version = package->second.version;
  source.archive_sha256 = package->second.sha256;
  return source;
}

Package ReadPackage(Fields fields) {
  Package package;
  package.registry = fields.OneOf("registry", {"npm", "pypi"});
  package.name = fields.Text("name");
  package.version = fields.Text("version");
  package.sha256 = fields.Sha256("sha256");
  fields.NothingElse();
  return package;
}

Entry ReadEntry(Fields fields, const Packages& packages, const std::filesystem::path& folder) {
  Entry entry;
  entry.name = fields.Text("name");
  fields.Rename("network " + entry.name);
  entry.version = fields.Text("version");
  entry.role = fields.OneOf("role", Roles());
  entry.file = folder / RelativePath(fields, "file");
  entry.sha256 = fields.Sha256("sha256");
  entry.licence = fields.Text("licence");
  entry.training_data = fields.Text("training_data");
  if (fields.Has("source")) entry.source = ReadSource(fields.Object("source"), packages);
  entry.input = ReadInput(fields.Object("input"));
  entry.outputs = fields.Texts("outputs");
  entry.parameters = fields.Object("parameters").object();
  CheckParameters(entry.role, fields.Object("parameters"));
  fields.NothingElse();
  return entry;
}

base::Result<std::vector<Entry>> ReadEntries(std::string_view text, const std::filesystem::path& folder) {
  if (text.size() > kMaxText) return Fail(Fault::kConfiguration, "The catalog is larger than 4 MiB.");
  const auto value = base::ReadJson(text);
  if (!value) return Fail(Fault::kConfiguration, "The catalog cannot be read: " + value.error().message);
  if (!value->is_object()) return Fail(Fault::kConfiguration, "The catalog must be a JSON object.");

  std::optional<std::string> fault;
  Fields fields("the catalog", value->get_object(), fault);
  fields.Integer("format", 1, 1);
  Packages packages;
  for (auto& [key, package] : fields.Objects("packages")) packages.emplace(key, ReadPackage(package));
  std::vector<Entry> entries;
  std::set<std::string> names, roles;
  for (const Fields& item : fields.List("networks")) {
    Entry entry = ReadEntry(item, packages, folder);
    if (!names.insert(entry.name).second) fields.Wrong("networks", "holds two networks named " + entry.name);
    if (!roles.insert(entry.role).second && entry.role != "liveness") {
      fields.Wrong("networks", "holds two networks in the role " + entry.role + ", which has room for one");
    }
    if (fault) break;
    entries.push_back(std::move(entry));
  }
  fields.NothingElse();
  if (fault) return Fail(Fault::kConfiguration, *std::move(fault));
  return entries;
}

base::Error In(const std::filesystem::path& path, base::Error error) {
  error.message = path.string() + ": " + error.message;
  return error;
}

base::Result<std::vector<Entry>> ReadFileEntries(const std::filesystem::path& path) {
  const auto bytes = base::ReadFile(path);
  if (!bytes) return Fail(Fault::kConfiguration, bytes.error().message);
  auto entries = ReadEntries(base::AsText(*bytes), std::filesystem::absolute(path).parent_path());
  if (!entries) return In(path, entries.error());
  return entries;
}

}  // namespace

base::Result<Catalog> Catalog::Parse(std::string_view text, const std::filesystem::path& folder) {
  auto entries = ReadEntries(text, folder);
  if (!entries) return entries.error();
  Catalog catalog;
  catalog.entries_ = *std::move(entries);
  return catalog;
}

base::Result<Catalog> Catalog::Load(const std::filesystem::path& path) {
  auto entries = ReadFileEntries(path);
  if (!entries) return entries.error();
  Catalog catalog;
  catalog.entries_ = *std::move(entries);

  const std::filesystem::path local = path.parent_path() / "local" / "catalog.json";
  if (!std::filesystem::exists(local)) return catalog;
  auto own = ReadFileEntries(local);
  if (!own) return own.error();
  std::erase_if(catalog.entries_, [&](const Entry& entry) {
    return std::any_of(own->begin(), own->end(),
                       [&](const Entry& other) { return other.role == entry.role; });
  });
  std::move(own->begin(), own->end(), std::back_inserter(catalog.entries_));
  return catalog;
}

base::Result<std::vector<const Entry*>> Catalog::InRole(std::string_view role) const {
  std::vector<const Entry*> found;
  for (const Entry& entry : entries_) {
    if (entry.role == role) found.push_back(&entry);
  }
  if (found.empty())
    return Fail(Fault::kConfiguration, "The catalog has no network in the role " + std::string(role) + ".");
  return found;
}

base::Result<void> Verify(const Entry& entry) {
  const std::string file = entry.file.string();
  const auto bytes = base::ReadFile(entry.file);
  if (!bytes) {
    return Fail(Fault::kEngine, "The file of network " + entry.name + " cannot be read (" +
                                    bytes.error().message + "); `ozma models fetch` brings it.");
  }
  if (base::Sha256Hex(*bytes) == entry.sha256) return {};
  return Fail(Fault::kEngine,
              "The file of network " + entry.name + " is altered or incomplete: " + file +
                  " does not have the SHA-256 of the catalog; `ozma models fetch` brings it anew.");
}

}  // namespace ozma::nn
