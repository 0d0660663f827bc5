// Groups of analyses: how they start, how an analysis ends, and what that makes of the folder.
#include <algorithm>
#include <array>
#include <unordered_set>

#include "base/bytes.hpp"
#include "base/ids.hpp"
#include "store/analyses.hpp"
#include "store/folders.hpp"
#include "store/rows.hpp"
#include "store/shared.hpp"

namespace ozma::store {

namespace {

// Worst first.
constexpr std::array<std::string_view, 6> kWorst{"INITIAL",  "PROCESSING",        "FAILED",
                                                 "DECLINED", "OPERATOR_REQUIRED", "SUCCESS"};

std::string_view WorseOf(std::string_view one, std::string_view other) {
  for (const auto name : kWorst) {
    if (one == name || other == name) return name;
  }
  return kWorst.front();
}

std::optional<double> NumberIn(const json::object& object, std::string_view key) {
  const auto* value = object.if_contains(key);
  if (!value || !value->is_number()) return std::nullopt;
  return value->to_number<double>();
}

std::optional<double> NumberIn(const json::value& value, std::string_view key) {
  return value.is_object() ? NumberIn(value.get_object(), key) : std::nullopt;
}

struct Group {
  std::string id;
  bool under_way = false;
  double ended = 0;
  std::string_view worst = "SUCCESS";
  json::array results;  // what the hash is of
};

double EndOf(const Analysis& analysis) {
  return analysis.time_finished.value_or(analysis.time.updated);
}

// In the order they were started.
std::vector<Group> GroupsOf(const std::vector<Analysis>& analyses) {
  std::vector<Group> groups;
  for (const auto& analysis : analyses) {
    auto group =
        std::find_if(groups.begin(), groups.end(), [&](const auto& g) { return g.id == analysis.group_id; });
    if (group == groups.end()) {
      group = groups.emplace(groups.end());
      group->id = analysis.group_id;
    }
    group->under_way |= analysis.state == "PROCESSING";
    group->ended = std::max(group->ended, EndOf(analysis));
    group->worst = WorseOf(group->worst, analysis.system_resolution);
    json::array media;
    for (const auto& result : analysis.results_media) {
      media.push_back(json::array{result.source_media_id, result.results_data});
    }
    group->results.push_back(json::array{analysis.analysis_id, NameOf(analysis.type), analysis.state,
                                         analysis.system_resolution, analysis.results_data,
                                         std::move(media)});
  }
  return groups;
}

std::string HashOf(const std::vector<Group>& groups) {
  json::array state;
  for (const auto& group : groups) {
    if (!group.under_way) state.push_back(json::array{group.id, group.results});
  }
  return base::Sha256Hex(base::AsBytes(base::WriteJson(state)));
}

// The statuses that the folder's analyses give it.
void SetStatuses(Folder& folder, const std::vector<Analysis>& analyses, const std::vector<Group>& groups) {
  const auto under_way = [](const Group& group) { return group.under_way; };
  if (groups.empty()) {
    folder.resolution_status = folder.system_resolution = "INITIAL";
  } else if (std::any_of(groups.begin(), groups.end(), under_way)) {
    folder.resolution_status = folder.system_resolution = "PROCESSING";
  } else {
    const auto failed = [](const Analysis& analysis) { return analysis.state == "FAILED"; };
    folder.resolution_status = std::any_of(analyses.begin(), analyses.end(), failed) ? "FAILED" : "FINISHED";
    // Of two that ended at once, the one that was started later.
    const Group* last = &groups.front();
    for (const auto& group : groups) last = group.ended >= last->ended ? &group : last;
    folder.system_resolution = last->worst;
  }
}

void WriteStatuses(Transaction& in, const Folder& folder) {
  Execute(in,
          Sql("UPDATE folders SET resolution_status = ?, system_resolution = ?, resolution_state_hash = ?, "
              "time_updated = ? WHERE folder_id = ?",
              folder.resolution_status, folder.system_resolution, ToValue(folder.resolution_state_hash),
              base::UnixSeconds(), folder.folder_id));
}

Job NewJob(JobKind kind, const std::string& subject) {
  Job job;
  job.job_id = base::NewUuid();
  job.subject = subject;
  job.kind = kind;
  job.time_created = job.run_after = base::UnixSeconds();
  return job;
}

// Whom the result names, each once: they are not deleted while it is there.
void InsertNames(Transaction& in, const ResultMedia& result) {
  for (const auto& person : result.collection_persons) {
    Execute(in, Sql("INSERT INTO named_persons (media_association_id, person_id) VALUES (?, ?) "
                    "ON CONFLICT DO NOTHING",
                    result.media_association_id, std::string_view(person.at("person_id").as_string())));
  }
}

// An image of a medium that was deleted meanwhile, or of a folder that was cleared, is not kept.
void InsertResults(Transaction& in, const Folder& folder, const Analysis& analysis) {
  const auto present =
      FetchTexts(in, Sql("SELECT media_id FROM media WHERE folder_id = ?", folder.folder_id));
  const std::unordered_set<std::string> media(present.begin(), present.end());
  for (const auto& result : analysis.results_media) {
    const bool keep = media.contains(result.source_media_id);
    if (keep) {
      Execute(in, InsertSql("result_media", result,
                            {{"confidence_spoofing",
                              ToValue(NumberIn(result.results_data, "confidence_spoofing"))}}));
      InsertNames(in, result);
    }
    for (const auto& image : result.output_images) {
      if (keep && !folder.is_cleared) {
        Insert(in, image);
      } else {
        for (const auto& key : {image.original_key, image.thumb_key, image.preview_key}) Doom(in, key);
      }
    }
  }
}

}  // namespace

void StartGroup(Transaction& in, const std::vector<Analysis>& group) {
  if (group.empty()) return;
  auto folder = LockFolder(in, group.front().folder_id);
  for (const auto& analysis : group) {
    Execute(in, InsertSql("analyses", analysis));
    Enqueue(in, NewJob(JobKind::kAnalysis, analysis.analysis_id));
  }
  // Without a folder, the first of these inserts has thrown.
  folder->resolution_status = folder->system_resolution = "PROCESSING";
  WriteStatuses(in, *folder);
}

bool FinishAnalysis(Transaction& in, const Analysis& analysis) {
  const auto folder = LockFolder(in, analysis.folder_id);
  if (!folder) return false;
  const auto changed = Execute(
      in,
      Sql("UPDATE analyses SET state = ?, resolution_status = ?, system_resolution = ?, results_data = ?, "
          "error_code = ?, error_message = ?, min_confidence = ?, max_confidence = ?, time_sent = ?, "
          "time_received = ?, time_finished = ?, time_updated = ? "
          "WHERE analysis_id = ? AND state = 'PROCESSING'",
          analysis.state, analysis.resolution_status, analysis.system_resolution,
          ToValue(analysis.results_data), ToValue(analysis.error_code), ToValue(analysis.error_message),
          ToValue(NumberIn(analysis.results_data, "min_confidence")),
          ToValue(NumberIn(analysis.results_data, "max_confidence")), ToValue(analysis.time_sent),
          ToValue(analysis.time_received), ToValue(analysis.time_finished), analysis.time.updated,
          analysis.analysis_id));
  if (changed == 0) return false;
  InsertResults(in, *folder, analysis);
  SettleFolder(in, folder->folder_id, analysis.group_id);
  return true;
}

void SettleFolder(Transaction& in, std::string_view folder_id, std::string_view ended_group) {
  auto folder = FindFolder(in, folder_id);
  const auto analyses = AnalysesOf(in, folder_id);
  const auto groups = GroupsOf(analyses);
  SetStatuses(*folder, analyses, groups);

  const auto group =
      std::find_if(groups.begin(), groups.end(), [&](const auto& g) { return g.id == ended_group; });
  const bool gone = group == groups.end();
  bool fresh = false;
  if (gone) {
    folder->resolution_state_hash = groups.empty() ? std::nullopt : std::optional(HashOf(groups));
  } else if (!group->under_way) {
    std::string hash = HashOf(groups);
    fresh = hash != folder->resolution_state_hash;
    folder->resolution_state_hash = std::move(hash);
  }
  WriteStatuses(in, *folder);
  if (gone || !group->under_way) in.Notify(Channel::kGroups);
  if (!fresh || !folder->resolution_endpoint || folder->resolution_endpoint->empty()) return;
  Job webhook = NewJob(JobKind::kWebhook, folder->folder_id);
  webhook.payload = {{"hash", *folder->resolution_state_hash}};
  Enqueue(in, webhook);
}

}  // namespace ozma::store
