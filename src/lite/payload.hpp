// The JSON document of a multipart liveness request.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/json.hpp"
#include "base/result.hpp"

namespace ozma::lite {

struct PayloadLimits {
  std::size_t bytes = 1u << 20;  // of the text, and of what of it is echoed, as written
  std::size_t analyses = 5;
};

// One entry of `analyses`; the type is always quality.
struct AnalysisRequest {
  double threshold_spoofing = 0.5;
  double threshold_replay = 0.5;    // echoed; the score of today's networks covers replays
  double threshold_liveness = 0.5;  // echoed
  bool extract_best_shot = true;
  base::json::object meta_data;
};

struct MediaRequest {
  std::vector<std::string> tags;
  base::json::object meta_data;
};

struct Payload {
  base::json::object folder_meta_data;
  std::optional<std::string> resolution_endpoint;  // echoed, never called
  std::map<std::string, MediaRequest, std::less<>>
      media;                                 // by the name of the part; may name parts there are none of
  std::vector<AnalysisRequest> analyses{1};  // at least one
};

// Unknown keys are ignored and null counts as absent; a known key of a wrong type or out of its range is
// kInvalidRequest with the key in the message. kTooLarge beyond `limits`. The result depends on `text` alone.
base::Result<Payload> ParsePayload(std::string_view text, const PayloadLimits& limits = {});

}  // namespace ozma::lite
