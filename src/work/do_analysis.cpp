// The job of one analysis: load, run, store the pictures, then everything else in one transaction.
#include <algorithm>

#include "analysis/action.hpp"
#include "analysis/job.hpp"
#include "base/crash_point.hpp"
#include "base/log.hpp"
#include "store/analyses.hpp"
#include "store/collections.hpp"
#include "store/folders.hpp"
#include "work/leases.hpp"
#include "work/tools.hpp"

namespace ozma::work {
namespace {

using base::Fail;
using base::Fault;
using base::Result;
using store::Transaction;
namespace json = base::json;

struct Loaded {
  store::Analysis analysis;
  std::vector<store::Media> media;  // its sources that are still there, in order
};

// Nothing where there is nothing to do any more.
Result<std::optional<Loaded>> Load(const Tools& tools, const std::string& analysis_id) {
  return tools.database->Read([&](Transaction& in) -> Result<std::optional<Loaded>> {
    auto analysis = store::FindAnalysis(in, analysis_id);
    if (!analysis || analysis->state != "PROCESSING") return std::optional<Loaded>();
    Loaded loaded{std::move(*analysis), {}};
    auto media = store::MediaOf(in, loaded.analysis.folder_id);
    for (const auto& id : loaded.analysis.source_media) {
      const auto found = std::ranges::find(media, id, &store::Media::media_id);
      if (found != media.end()) loaded.media.push_back(*found);
    }
    return std::optional(std::move(loaded));
  });
}

std::optional<analysis::Type> TypeOf(const Tools& tools, store::AnalysisType type) {
  switch (type) {
    case store::AnalysisType::kQuality:
      return analysis::Type::kQuality;
    case store::AnalysisType::kBiometry:
      return analysis::Type::kBiometry;
    case store::AnalysisType::kCollection:
      return tools.finder ? std::optional(analysis::Type::kCollection) : std::nullopt;
    case store::AnalysisType::kDocuments:
      break;
  }
  return std::nullopt;
}

Result<std::vector<std::string>> CollectionsOf(const Tools& tools, const std::string& company_id) {
  return tools.database->Read([&](Transaction& in) -> Result<std::vector<std::string>> {
    store::Query all;
    all.only_company = company_id;
    all.limit = -1;
    const auto listed = store::ListCollections(in, all);
    std::vector<std::string> ids;
    ids.reserve(listed.items.size());
    for (const auto& collection : listed.items) ids.push_back(collection.collection_id);
    return ids;
  });
}

// The search of a COLLECTION analysis.
analysis::Search SearchFor(const Tools& tools, const store::Analysis& analysis,
                           const analysis::Parameters& parameters) {
  using Lists = std::vector<std::vector<gallery::Found>>;
  return [&](std::span<const gallery::Template> probes) -> Result<Lists> {
    auto ids = parameters.collection_ids.empty()
                   ? CollectionsOf(tools, analysis.company_id)
                   : Result<std::vector<std::string>>(parameters.collection_ids);
    if (!ids) return ids.error();
    const base::Deadline deadline(std::chrono::duration_cast<base::Deadline::Clock::duration>(
        std::chrono::duration<double>(tools.options.processing_expiry)));
    const auto persons = static_cast<std::size_t>(parameters.decision_count);
    auto findings = tools.finder->Find({probes, std::move(*ids), persons}, deadline);
    if (!findings) return findings.error();
    return std::move(findings->of_probe);
  };
}

Result<analysis::Outcome> Run(const Tools& tools, const Loaded& loaded, const Hold& hold) {
  const auto type = TypeOf(tools, loaded.analysis.type);
  if (!type) {
    analysis::Outcome outcome;
    outcome.error_code = 2;
    outcome.error_message = "This type of analysis is not served here.";
    return outcome;
  }
  std::vector<analysis::Source> sources;
  sources.reserve(loaded.media.size());
  for (const auto& medium : loaded.media) sources.push_back({medium.media_id, medium.tags});
  const auto parameters = analysis::OfConfs(*type, loaded.analysis.confs);
  const auto frames = [&](std::size_t i) -> Result<media::Media> {
    if (hold.lost()) return Fail(Fault::kTimedOut, "The job was taken away.");
    return Decoded(tools, loaded.media[i], analysis::PaceFor(loaded.media[i].tags));
  };
  return analysis::Run(*tools.analyst, *type, parameters, sources, frames,
                       SearchFor(tools, loaded.analysis, parameters));
}

// The files that an analysis made, removed again unless they are kept.
class Files {
 public:
  explicit Files(store::Blobs& blobs) : blobs_(blobs) {}
  ~Files() {
    for (const auto& key : keys_) {
      if (const auto removed = blobs_.Remove(key); !removed)
        base::Log(base::Level::kWarning, "file not removed", {{"message", removed.error().message}});
    }
  }
  Files(const Files&) = delete;
  Files& operator=(const Files&) = delete;
  Result<std::string> Put(base::ByteView bytes) {
    auto key = blobs_.Put(bytes);
    if (key) keys_.push_back(*key);
    return key;
  }
  void Keep() { keys_.clear(); }

 private:
  store::Blobs& blobs_;
  std::vector<std::string> keys_;
};

json::object InfoOf(const analysis::Picture& picture) {
  json::object original = {{"md5", base::Md5Hex(picture.jpeg)},
                           {"width", picture.width},
                           {"height", picture.height},
                           {"size", picture.jpeg.size()},
                           {"mime-type", "image/jpeg"}};
  return {{"thumb", nullptr}, {"original", std::move(original)}};
}

Result<store::Media> Stored(const analysis::Picture& picture, const store::ResultMedia& result,
                            const store::Analysis& analysis, Files& files) {
  auto key = files.Put(picture.jpeg);
  if (!key) return key.error();
  store::Media media;
  media.media_id = base::NewUuid();
  media.folder_id = analysis.folder_id;
  media.company_id = analysis.company_id;
  media.folder_time_created = analysis.folder_time_created;
  media.media_type = "IMAGE_RESULT_ANALYSIS_SINGLE";
  media.original_name = picture.name;
  media.mime = "image/jpeg";
  media.tags = picture.tags;
  media.info = InfoOf(picture);
  media.original_key = std::move(*key);
  media.media_association_id = result.media_association_id;
  media.time.created = media.time.updated = base::UnixSeconds();
  return media;
}

Result<void> AddResults(const analysis::Outcome& outcome, const std::vector<store::Media>& sources,
                        Files& files, store::Analysis& analysis) {
  for (const analysis::MediumResult& one : outcome.media) {
    store::ResultMedia result;
    result.media_association_id = base::NewUuid();
    result.analysis_id = analysis.analysis_id;
    result.source_media_id = sources[one.medium].media_id;
    result.results_data = one.results_data;
    result.collection_persons = one.persons;
    for (const analysis::Picture& picture : one.pictures) {
      auto stored = Stored(picture, result, analysis, files);
      if (!stored) return stored.error();
      result.output_images.push_back(std::move(*stored));
    }
    analysis.results_media.push_back(std::move(result));
  }
  return {};
}

void Conclude(const analysis::Outcome& outcome, store::Analysis& analysis) {
  analysis.state = outcome.resolution == analysis::Resolution::kFailed ? "FAILED" : "FINISHED";
  analysis.resolution_status = analysis.system_resolution = analysis::NameOf(outcome.resolution);
  analysis.results_data = outcome.results_data;
  if (analysis.state == "FAILED") {
    analysis.error_code = outcome.error_code;
    analysis.error_message = outcome.error_message;
  }
  analysis.time_finished = analysis.time.updated = base::UnixSeconds();
}

// The persons whom the results name, each once.
std::vector<std::string> NamedBy(const store::Analysis& analysis) {
  std::vector<std::string> ids;
  for (const auto& result : analysis.results_media)
    for (const auto& person : result.collection_persons) ids.emplace_back(person.at("person_id").as_string());
  std::ranges::sort(ids);
  ids.erase(std::unique(ids.begin(), ids.end()), ids.end());
  return ids;
}

// The outcome and the end of the job, together or not at all.
Result<End> Commit(const Tools& tools, const store::Job& job, const store::Analysis& analysis) {
  const auto named = NamedBy(analysis);
  auto written = tools.database->Write([&](Transaction& in) -> Result<End> {
    if (!named.empty() && store::HoldPersons(in, named).size() != named.size())
      return Fail(Fault::kInternal, "A person that the search found was deleted meanwhile.");
    const bool finished = store::FinishAnalysis(in, analysis);
    if (!store::Complete(in, job.job_id, job.attempt)) return Fail(Fault::kLogic, "The job is another's.");
    base::CrashPoint("before-commit");
    return finished ? End::kDone : End::kGone;
  });
  if (written) base::CrashPoint("after-commit");
  if (!written && written.error().fault == Fault::kLogic) return End::kFenced;
  return written;
}

// What became of our own faults, in words for a client: codes 11 (an external service), 12 (the database), 0.
analysis::Outcome OutcomeOf(const base::Error& why, int attempts) {
  const std::string tried = " after " + std::to_string(attempts) + " tries; start the analysis again.";
  analysis::Outcome outcome;
  switch (why.fault) {
    case Fault::kEngine:
      outcome.error_code = 11;
      outcome.error_message = "The analysis engine failed" + tried;
      break;
    case Fault::kDatabase:
      outcome.error_code = 12;
      outcome.error_message = "The database failed" + tried;
      break;
    case Fault::kTimedOut:
      outcome.error_message = "The analysis did not end in time" + tried;
      break;
    case Fault::kIo:
      outcome.error_message = "A file of the folder could not be read or written" + tried;
      break;
    default:
      outcome.error_message = "The analysis broke off" + tried;
  }
  return outcome;
}

}  // namespace

Result<End> DoAnalysis(const Tools& tools, const store::Job& job, Hold& hold) {
  const double received = base::UnixSeconds();
  auto loaded = Load(tools, job.subject);
  if (!loaded) return loaded.error();
  if (!*loaded) return Drop(tools, job);
  store::Analysis& analysis = (*loaded)->analysis;
  analysis.time_received = received;

  const auto outcome = Run(tools, **loaded, hold);
  if (!outcome) return outcome.error();
  Files files(*tools.blobs);
  if (auto added = AddResults(*outcome, (*loaded)->media, files, analysis); !added) return added.error();
  Conclude(*outcome, analysis);
  base::CrashPoint("after-blob");

  if (!hold.BeginToEnd()) return End::kFenced;
  auto end = Commit(tools, job, analysis);
  // A commit whose answer was lost may have happened: then its rows name these files, and otherwise the
  // sweep of orphans finds them.
  if (!end || *end == End::kDone) files.Keep();
  return end;
}

Result<End> GiveUp(const Tools& tools, const store::Job& job, const base::Error& why) {
  if (job.kind != store::JobKind::kAnalysis) return Drop(tools, job);
  const auto loaded = Load(tools, job.subject);
  if (!loaded) return loaded.error();
  if (!*loaded) return Drop(tools, job);
  store::Analysis analysis = (*loaded)->analysis;
  Conclude(OutcomeOf(why, std::max(1, std::min(job.attempt, tools.options.attempts))), analysis);
  return Commit(tools, job, analysis);
}

}  // namespace ozma::work
