// A whole analysis over the media of a folder: from bytes to a verdict, with nothing stored. The worker, the
// single request and the Instant API run this very function.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "analysis/analyst.hpp"
#include "base/json.hpp"
#include "gallery/finder.hpp"

namespace ozma::analysis {

enum class Type { kQuality, kBiometry, kCollection };

// The effective parameters of one analysis, as its `confs` show them.
struct Parameters {
  // quality
  double threshold_spoofing = 0.5, threshold_replay = 0.5, threshold_liveness = 0.5;
  bool extract_best_shot = true, extract_action_shot = false;
  bool require_gestures = false;  // a gesture that a tag asks for and that was not done declines
  face::Mirrored mirrored = face::Mirrored::kUnknown;
  OnInjection injection = OnInjection::kReport;
  bool legacy_confidences = false;  // confidence_replay and confidence_liveness beside confidence_spoofing
  // biometry: at or above max approves, below min declines, between is for an operator
  double threshold_min = 0.85, threshold_max = 0.85;
  // collection: a score at or above it is a match; of each medium's matches the best so many persons
  double decision_threshold = 0.85;
  int decision_count = 10;                    // 1..100
  std::vector<std::string> collection_ids{};  // at most 100; none: all of the company
};

// `defaults` overridden by the request's `params`. kInvalidType or kInvalidValue naming the key; unknown keys
// are passed over, null counts as absent.
base::Result<Parameters> ParseParameters(Type type, const base::json::object& params,
                                         const Parameters& defaults = {});
base::json::object ConfsOf(Type type, const Parameters& parameters);
Parameters OfConfs(Type type, const base::json::object& confs);  // the inverse, for what was stored

struct Source {
  std::string media_id;
  std::vector<std::string> tags;
  bool film = false;  // a video or an archive; counts for Choose alone
};

// Indices of the media that an analysis takes by the default rules, from tags and kind alone.
std::vector<std::size_t> Choose(Type type, const std::vector<Source>& media);

struct Picture {
  base::Bytes jpeg;
  int width = 0, height = 0;
  std::string name;               // best_shot.jpg, action_shot.jpg
  std::vector<std::string> tags;  // of an action shot: the gesture's
};

struct MediumResult {
  std::size_t medium = 0;           // index into the sources
  base::json::object results_data;  // {"confidence_spoofing": 0.1}, {"min_confidence": ..., ...}
  std::vector<Picture> pictures;
  base::json::array persons{};  // {"person_id", "collection_id", "confidence", "person_image_id"}, best first
};

// [{"gesture": "left", "done": true}, {"gesture": "smile", "done": false, "reason": "not_enough"}]
base::json::array JsonOf(const std::vector<GestureResult>& gestures);

// {"confidence": 0.88, "reasons": ["still"]}
base::json::object JsonOf(const Injection& injection);

struct Outcome {
  Resolution resolution = Resolution::kFailed;
  int error_code = 0;  // 0: none; else the Oz code of a failed analysis
  std::string error_message;
  base::json::value results_data;  // of the analysis as a whole: object or null
  std::vector<MediumResult> media;
};

// Frames of source i, taken at the pace that PaceFor of action.hpp says for its tags. Called once for each,
// one after another, so that one medium is in memory at a time.
using Frames = std::function<base::Result<media::Media>(std::size_t)>;

// Of each probe the persons most alike, best first, every person once. Called at most once.
using Search = std::function<base::Result<std::vector<std::vector<gallery::Found>>>(
    std::span<const gallery::Template> probes)>;

// `sources` are those chosen for it. What the media are to blame for (no face, too few of them, no usable
// tag) is an Outcome that failed, with the contract's code and text; what is our fault (kEngine, kTimedOut,
// kIo, kDatabase) is an error, and worth another try. Only COLLECTION needs `search`.
base::Result<Outcome> Run(const Analyst& analyst, Type type, const Parameters& parameters,
                          const std::vector<Source>& sources, const Frames& frames,
                          const Search& search = {});

}  // namespace ozma::analysis
