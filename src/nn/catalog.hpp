// models/catalog.json: which networks there are, where their files come from, and how to feed and read them.
#pragma once

#include <array>
#include <filesystem>
#include <string>
#include <vector>

#include "base/json.hpp"
#include "base/result.hpp"

namespace ozma::nn {

enum class Colour { kBgr, kRgb, kGrey };

// Pixels become (value - mean) / scale, channel by channel, in the order of `colour`.
struct InputSpec {
  std::string name;
  int width = 0, height = 0;
  Colour colour = Colour::kBgr;
  std::array<float, 3> mean{0, 0, 0};
  std::array<float, 3> scale{1, 1, 1};
};

// A registry package and the file inside it.
struct Source {
  std::string registry;  // "npm", "pypi"; empty: the file is committed beside the catalog
  std::string package, version;
  std::string archive_sha256;  // of the package file as downloaded
  std::string path;            // inside the package
  std::string file_sha256;     // of that file, before mending
  std::string conversion;      // "" or "flush-denormals": what scripts/models.py does to it
};

struct Entry {
  std::string name, version;
  std::string role;  // "detector", "confirmer", "landmarks", "recognizer", "liveness", "pose", "eye"
  std::filesystem::path file;  // absolute: the file to load
  std::string sha256;          // of `file`
  std::string licence, training_data;
  Source source;
  InputSpec input;
  std::vector<std::string> outputs;  // tensor names, in the order Run() returns them
  base::json::object parameters;     // by role: crop rule, scale, decoding, calibration; see docs/networks.md
};

class Catalog {
 public:
  // Files are named relative to `path`'s folder. kConfiguration names the entry and field that is wrong:
  // unknown, missing and out-of-range fields all are, the role's parameters included. Where
  // local/catalog.json lies beside `path`, its networks take the place of all those of their roles.
  static base::Result<Catalog> Load(const std::filesystem::path& path);
  // As Load, over text already read. The fuzz target's entry.
  static base::Result<Catalog> Parse(std::string_view text, const std::filesystem::path& folder);

  const std::vector<Entry>& entries() const { return entries_; }

  // The entries a role uses, in catalog order (liveness may have several). kConfiguration where there is
  // none.
  base::Result<std::vector<const Entry*>> InRole(std::string_view role) const;

 private:
  std::vector<Entry> entries_;
};

// Whether the file is there, whole and unaltered: kEngine, naming the file, where it is not.
base::Result<void> Verify(const Entry& entry);

}  // namespace ozma::nn
