#include "store/analyses.hpp"

#include <unordered_map>

#include "store/folders.hpp"
#include "store/list_sql.hpp"
#include "store/shared.hpp"

namespace ozma::store {

namespace {

constexpr std::string_view kInOrder = " ORDER BY seq";

// Adds results and their images: two queries for as many analyses as one statement can name.
void AddResults(Transaction& in, std::vector<Analysis>& analyses) {
  std::vector<std::string> ids;
  std::unordered_map<std::string, std::size_t> place;  // of an analysis among all
  for (std::size_t i = 0; i < analyses.size(); ++i) {
    ids.push_back(analyses[i].analysis_id);
    place.emplace(analyses[i].analysis_id, i);
  }
  for (const auto& chunk : Chunks(ids)) {
    Sql images = SelectSql<Media>("media").Add(
        " WHERE media_association_id IN (SELECT media_association_id FROM result_media WHERE analysis_id "
        "IN ");
    std::unordered_map<std::string, std::vector<Media>> of_result;
    for (auto& image : FetchAll<Media>(in, images.AddList(chunk).Add(")").Add(kInOrder))) {
      of_result[image.media_association_id].push_back(std::move(image));
    }
    Sql results = SelectSql<ResultMedia>("result_media").Add(" WHERE analysis_id IN ").AddList(chunk);
    for (auto& result : FetchAll<ResultMedia>(in, results.Add(kInOrder))) {
      const auto found = of_result.find(result.media_association_id);
      if (found != of_result.end()) result.output_images = std::move(found->second);
      analyses[place.at(result.analysis_id)].results_media.push_back(std::move(result));
    }
  }
}

}  // namespace

std::optional<Analysis> FindAnalysis(Transaction& in, std::string_view analysis_id) {
  auto found =
      FetchAll<Analysis>(in, SelectSql<Analysis>("analyses").Add(" WHERE analysis_id = ?", analysis_id));
  if (found.empty()) return std::nullopt;
  AddResults(in, found);
  return std::move(found.front());
}

std::vector<Analysis> AnalysesOf(Transaction& in, std::string_view folder_id, const Query& query) {
  auto sql = SelectSql<Analysis>("analyses").Add(WhereOf(List::kFolderAnalyses, query, in.dialect()));
  auto all = FetchAll<Analysis>(in, sql.Add(" AND analyses.folder_id = ?", folder_id).Add(kInOrder));
  AddResults(in, all);
  return all;
}

std::vector<Analysis> AnalysesOf(Transaction& in, const std::vector<std::string>& folder_ids) {
  std::vector<Analysis> all;
  for (const auto& chunk : Chunks(folder_ids)) {
    auto sql = SelectSql<Analysis>("analyses").Add(" WHERE folder_id IN ").AddList(chunk);
    auto some = FetchAll<Analysis>(in, sql.Add(kInOrder));
    std::move(some.begin(), some.end(), std::back_inserter(all));
  }
  AddResults(in, all);
  return all;
}

Listed<Analysis> ListAnalyses(Transaction& in, const Query& query) {
  auto listed = FetchList<Analysis>(in, List::kFolderAnalyses, query);
  AddResults(in, listed.items);
  return listed;
}

void UpdateAnalysis(Transaction& in, const Analysis& analysis) {
  Execute(
      in,
      Sql("UPDATE analyses SET meta_data = ?, technical_meta_data = ?, confs = ?, resolution_operator = ?, "
          "time_updated = ? WHERE analysis_id = ?",
          ToValue(analysis.meta_data), ToValue(analysis.technical_meta_data), ToValue(analysis.confs),
          ToValue(analysis.resolution_operator), analysis.time.updated, analysis.analysis_id));
}

void DeleteAnalysis(Transaction& in, std::string_view analysis_id) {
  const auto folder =
      FetchTexts(in, Sql("SELECT folder_id FROM analyses WHERE analysis_id = ?", analysis_id));
  if (folder.empty() || !HoldFolder(in, folder[0])) return;
  const auto group = FetchTexts(in, Sql("SELECT group_id FROM analyses WHERE analysis_id = ?", analysis_id));
  if (group.empty()) return;  // somebody else deleted it while we waited
  DeleteMediaWhere(in, Sql("media_association_id IN (SELECT media_association_id FROM result_media "
                           "WHERE analysis_id = ?)",
                           analysis_id));
  DeleteJobsOf(in, analysis_id);
  Execute(in, Sql("DELETE FROM analyses WHERE analysis_id = ?", analysis_id));
  SettleFolder(in, folder[0], group[0]);
}

bool GroupEnded(Transaction& in, std::string_view group_id) {
  return FetchTexts(
             in, Sql("SELECT analysis_id FROM analyses WHERE group_id = ? AND state = 'PROCESSING' LIMIT 1",
                     group_id))
      .empty();
}

}  // namespace ozma::store
