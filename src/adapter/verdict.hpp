// What a page is told of its session: the API's answer, filtered by `result_mode`.
#pragma once

#include "adapter/config.hpp"
#include "adapter/session.hpp"

namespace ozma::adapter {

// The analyses that `config` asks of the API, in lower case: "quality", "biometry", "collection",
// "documents".
std::vector<std::string> AnalysesOf(const Config& config);

// safe: {state, event_session_id}. status adds analyses {quality: {state, resolution}, ...}; folder adds
// folder_id; full adds scores, times, metadata, ids, thresholds, media, the API's own analysis as
// `result_json`, and `injection` {weight, signals}. `state` is "processing" or "finished", `resolution` lower
// case, "" at first.
json::object ResultOf(const Session& session, const Config& config);

// {"weight", "signals", "suspected"}: what injection.hpp found in all uploads together.
json::object InjectionOf(const Session& session, const Config& config);

}  // namespace ozma::adapter
