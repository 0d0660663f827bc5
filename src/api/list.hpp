// The grammar of lists: filters, sorting and pages in the query, the envelope in the answer.
#pragma once

#include "api/call.hpp"
#include "store/query.hpp"

namespace ozma::api {

// kInvalidValue where the contract says so (limit, offset, sorting, a number that is none); unknown keys are
// passed over. The prefix `analysis.` is a twin of `analyse.`.
base::Result<store::Query> ParseQuery(store::List list, const std::map<std::string, std::string>& query);

// {"offset", "limit", "total_count", "items"}
json::object Envelope(const store::Query& query, std::optional<std::int64_t> total, json::array items);

}  // namespace ozma::api
