#include "analysis/tags.hpp"

#include <algorithm>

namespace ozma::analysis {

bool QualityTakes(std::span<const std::string> tags) {
  return std::ranges::none_of(tags, [](const std::string& tag) {
    return tag.starts_with("photo_id") || tag.starts_with("photo_doc");
  });
}

bool SaysVideoSelfie(std::span<const std::string> tags) {
  return std::ranges::any_of(tags, [](const std::string& tag) { return tag.starts_with("video_selfie"); });
}

bool ShowsPerson(std::span<const std::string> tags) {
  return std::ranges::find(tags, "photo_id_back") == tags.end();
}

}  // namespace ozma::analysis
