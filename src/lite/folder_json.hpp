// The folder-shaped answer of a multipart liveness request: the persistent API's objects with temporary ids,
// and null where only a stored object has a value.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "analysis/job.hpp"
#include "base/json.hpp"
#include "lite/payload.hpp"
#include "media/media.hpp"

namespace ozma::lite {

// The best frame of a medium, ready to send.
struct BestShot {
  base::Bytes jpeg;
  int width = 0, height = 0;
};

struct Medium {
  std::string media_id, original_name;
  media::Type type;
  media::Info info;
  MediaRequest request;                           // its tags and metadata, echoed
  double time_created = 0;                        // Unix seconds
  std::optional<double> confidence;               // of an attack, 0..1; none where no analysis took it
  std::vector<analysis::GestureResult> gestures;  // that its tags ask for
  analysis::Injection injection;
  std::optional<BestShot> best_shot;
};

struct Analysis {
  AnalysisRequest request;
  std::vector<const Medium*> media;  // those it took; none: it failed, for want of usable tags
  analysis::Resolution resolution = analysis::Resolution::kFailed;
  double time_created = 0;
};

struct Folder {
  std::string folder_id;
  Payload payload;
  std::vector<Medium> media;
  std::vector<Analysis> analyses;
  double time_created = 0, time_updated = 0;
};

base::json::object ToJson(const Folder& folder);

}  // namespace ozma::lite
