// Analyses, their groups and results.
#pragma once

#include "store/database.hpp"
#include "store/objects.hpp"
#include "store/query.hpp"

namespace ozma::store {

// A group of analyses of one folder: the rows, one job each, and the folder PROCESSING. All share group_id.
void StartGroup(Transaction& in, const std::vector<Analysis>& group);

std::optional<Analysis> FindAnalysis(Transaction& in, std::string_view analysis_id);
// In the order they were asked for; `query` filters (List::kFolderAnalyses), and has no page.
std::vector<Analysis> AnalysesOf(Transaction& in, std::string_view folder_id, const Query& query = {});
std::vector<Analysis> AnalysesOf(Transaction& in, const std::vector<std::string>& folder_ids);
Listed<Analysis> ListAnalyses(Transaction& in, const Query& query);

// Metadata, confs and the operator's resolution; what work sets, FinishAnalysis sets.
void UpdateAnalysis(Transaction& in, const Analysis& analysis);
// With results and job; the images it made are doomed; the folder's status is made anew.
void DeleteAnalysis(Transaction& in, std::string_view analysis_id);

// Writes state, resolution, results and times of an analysis that ended, and the images of its results. Where
// it was the last of its group to end: the folder's resolution_status, system_resolution and
// resolution_state_hash, the webhook's job if the folder has an endpoint and the hash is new, and
// Channel::kGroups. Persons that results name must be held (collections.hpp). False, and nothing written,
// where the analysis is gone or has ended before.
bool FinishAnalysis(Transaction& in, const Analysis& analysis);

// Whether every analysis of the group has ended; true for a group that is gone.
bool GroupEnded(Transaction& in, std::string_view group_id);

}  // namespace ozma::store
