// Which media an analysis takes, by their tags.
#pragma once

#include <span>
#include <string>

namespace ozma::analysis {

// Quality takes selfies: tagged so (video_selfie..., photo_selfie) or not tagged as anything. Photos of
// documents (photo_id, photo_id_front, photo_id_back, photo_id_portrait, photo_doc_custom) are skipped
// without an error.
bool QualityTakes(std::span<const std::string> tags);

// Chosen by the rules alone, a video or an archive must say that it is a selfie (video_selfie...).
bool SaysVideoSelfie(std::span<const std::string> tags);

// BIOMETRY and COLLECTION take everything but the back of a document (photo_id_back), which shows no face.
bool ShowsPerson(std::span<const std::string> tags);

}  // namespace ozma::analysis
