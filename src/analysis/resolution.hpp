// The one place that decides a resolution.
#pragma once

#include <span>
#include <string_view>

namespace ozma::analysis {

// Worst first: the order of the enumerators is the rule.
enum class Resolution { kInitial, kProcessing, kFailed, kDeclined, kOperatorRequired, kSuccess };

std::string_view NameOf(Resolution resolution);  // "INITIAL", ..., "SUCCESS"

// The worst of `all`; kInitial where there are none.
Resolution WorstOf(std::span<const Resolution> all);

// A spoofing score at or above the threshold declines.
Resolution OfSpoofing(double confidence, double threshold);

// A match score at or above `high` approves, one below `low` declines, one between is for an operator.
Resolution OfMatch(double score, double low, double high);

// The best score that a search found: at or above the threshold somebody on the list was met, and the list
// is one of those who are declined.
Resolution OfSearch(double best, double threshold);

}  // namespace ozma::analysis
