// Templates of the pictures of an evaluation's list.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "cli/program.hpp"

namespace ozma::cli {

using MaybeTemplate = std::optional<gallery::Template>;

struct Acquired {
  std::vector<MaybeTemplate> templates;  // of each picture once; nothing: no usable face
  std::vector<double> quality;           // of each picture, where asked for: 0..1; 0: no usable face
  std::size_t failures = 0;
  std::unordered_map<std::string, std::size_t> index;  // by path

  const MaybeTemplate& Of(const std::string& path) const { return templates[index.at(path)]; }
  double QualityOf(const std::string& path) const { return quality[index.at(path)]; }
};

// Of each picture the most central face. The pictures lie beside `list`, or in a .tar beside it. kIo where
// one is missing, kEngine.
base::Result<Acquired> AcquireAll(const Chain& chain, const std::filesystem::path& list,
                                  const std::vector<std::string>& paths, int threads,
                                  bool with_quality = false);

}  // namespace ozma::cli
