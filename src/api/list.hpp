// The grammar of lists: filters, sorting and pages in the query, the envelope in the answer.
#pragma once

#include "api/call.hpp"
#include "store/query.hpp"

namespace ozma::api {

// kInvalidValue where the contract says so (limit, offset, sorting, a number that is none); unknown keys are
// passed over, and so are blank values. The prefix `analysis.` is a twin of `analyse.`. A time above 1e11 is
// in milliseconds. Filters on results count only with `with_results_media_filter`.
base::Result<store::Query> ParseQuery(store::List list, const std::map<std::string, std::string>& query);

// A switch like with_analyses: true, false, 1 or 0; `otherwise` where it is absent. kInvalidValue.
base::Result<bool> ReadSwitch(const std::map<std::string, std::string>& query, const std::string& key,
                              bool otherwise);

// {"offset", "limit", "total_count", "items"}
json::object Envelope(const store::Query& query, std::optional<std::int64_t> total, json::array items);

}  // namespace ozma::api
