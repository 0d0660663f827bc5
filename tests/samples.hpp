// The sample media that scripts/samples makes, and the default networks.
#pragma once

#include <filesystem>
#include <opencv2/imgcodecs.hpp>
#include <stdexcept>

#include "face/engine.hpp"
#include "nn/catalog.hpp"

namespace ozma::tests {

inline std::filesystem::path SamplePath(const std::string& name) {
  return std::filesystem::path(OZMA_SOURCE_DIR) / "samples" / name;
}

// Upright as its EXIF orientation says, BGR.
inline cv::Mat Sample(const std::string& name) {
  cv::Mat picture = cv::imread(SamplePath(name).string(), cv::IMREAD_COLOR);
  if (picture.empty()) throw std::runtime_error("sample " + name + " is missing: run scripts/samples");
  return picture;
}

// Loaded once a test program.
inline std::shared_ptr<const face::Engine> SharedEngine() {
  static const std::shared_ptr<const face::Engine> engine = [] {
    const auto catalog =
        nn::Catalog::Load(std::filesystem::path(OZMA_SOURCE_DIR) / "models" / "catalog.json");
    if (!catalog) throw std::runtime_error(catalog.error().message);
    auto loaded = face::Engine::Load(*catalog, {});
    if (!loaded) throw std::runtime_error(loaded.error().message);
    return std::shared_ptr<const face::Engine>(std::move(*loaded));
  }();
  return engine;
}

}  // namespace ozma::tests
