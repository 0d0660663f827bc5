// A database, a folder of blobs, the real networks and decoder, and folders with real media.
#pragma once

#include <gmock/gmock.h>

#include <functional>

#include "base/metrics.hpp"
#include "samples.hpp"
#include "store/databases.hpp"
#include "work/leases.hpp"
#include "work/tools.hpp"

namespace ozma::work {

using store::Dialect;
using store::Transaction;
using namespace std::chrono_literals;

inline std::shared_ptr<const analysis::Analyst> TheAnalyst() {
  static const std::shared_ptr<const analysis::Analyst> analyst =
      analysis::Analyst::Create(tests::SharedEngine(), {}).value();
  return analyst;
}

inline std::shared_ptr<media::Decoder> TheDecoder() {
  static const std::shared_ptr<media::Decoder> decoder = [] {
    media::DecoderOptions options;
    options.workers = 2;
    options.program = std::filesystem::path(OZMA_BINARY_DIR) / "ozma-decoder";
    return std::shared_ptr<media::Decoder>(media::Decoder::Start(options).value());
  }();
  return decoder;
}

class Workplace : public store::OnBothDatabases {
 protected:
  void SetUp() override {
    OnBothDatabases::SetUp();
    if (HasFatalFailure()) return;
    blobs_ = store::OpenFolder(blob_folder_.path()).value();
  }

  // Two threads, and pauses short enough for a test.
  static work::Options Quick() {
    work::Options options;
    options.threads = 2;
    options.retry_step = 0.02;
    options.webhook_step = 0.02;
    options.webhook_allow_private = true;
    return options;
  }

  Tools TheTools(work::Options options = Quick()) const {
    return {std::move(options), database_, blobs_, TheAnalyst(), TheDecoder()};
  }

  std::unique_ptr<Runner> Start(work::Options options = Quick()) const {
    return Runner::Start(std::move(options), database_, blobs_, TheAnalyst(), TheDecoder()).value();
  }

  store::Folder AddFolder(std::optional<std::string> endpoint = std::nullopt) {
    auto folder = SomeFolder();
    folder.resolution_endpoint = std::move(endpoint);
    Write([&](Transaction& in) { Insert(in, folder); });
    return folder;
  }

  store::Media AddMedium(const store::Folder& folder, const std::string& sample,
                         std::vector<std::string> tags = {}, const std::string& type = "IMAGE_FOLDER") {
    auto medium = SomeMedia(folder, sample);
    medium.media_type = type;
    medium.tags = std::move(tags);
    medium.thumb_key.clear();
    medium.original_key = blobs_->Put(base::ReadFile(tests::SamplePath(sample)).value()).value();
    Write([&](Transaction& in) { Insert(in, medium); });
    return medium;
  }

  // A group of one; its job waits.
  store::Analysis Begin(const store::Folder& folder, const std::vector<store::Media>& media,
                        store::AnalysisType type = store::AnalysisType::kQuality, double created = 0) {
    auto analysis = SomeAnalysis(folder, base::NewUuid());
    analysis.type = type;
    analysis.confs = {};
    for (const auto& medium : media) analysis.source_media.push_back(medium.media_id);
    analysis.time.created = analysis.time.updated = created > 0 ? created : base::UnixSeconds();
    analysis.time_sent = analysis.time.created;
    Write([&](Transaction& in) { StartGroup(in, {analysis}); });
    return analysis;
  }

  store::Analysis Now(const store::Analysis& analysis) {
    return Read([&](Transaction& in) { return *FindAnalysis(in, analysis.analysis_id); });
  }

  // Until the signal finds that `is` holds; false after a minute.
  bool Await(const std::function<bool()>& is, store::Channel channel = store::Channel::kGroups) {
    const base::Deadline end(1min);
    while (!end.Passed()) {
      const auto seen = database_->Count(channel);
      if (is()) return true;
      // Not everything waited for has a signal of its own.
      database_->Wait(channel, seen, base::Deadline(50ms));
    }
    return false;
  }
  store::Analysis AwaitEnd(const store::Analysis& analysis) {
    EXPECT_TRUE(Await([&] { return Now(analysis).state != "PROCESSING"; }));
    return Now(analysis);
  }

  store::QueueLength Queue(store::JobKind kind) {
    return Read([&](Transaction& in) { return Length(in, kind, base::UnixSeconds()); });
  }
  bool QueueIsEmpty(store::JobKind kind) {
    const auto length = Queue(kind);
    return length.waiting + length.running == 0;
  }

  store::Job Claimed(store::JobKind kind, double lease = 60) {
    std::optional<store::Job> job;
    Write([&](Transaction& in) { job = Claim(in, {kind}, base::UnixSeconds(), lease); });
    if (!job) throw std::runtime_error("no job to claim");
    return *job;
  }

  std::size_t Files() const { return blobs_->OlderThan(1e12, "", 1000).value().size(); }

  std::filesystem::path FileOf(const std::string& key) const {
    for (const auto& entry : std::filesystem::recursive_directory_iterator(blob_folder_.path())) {
      if (entry.path().filename() == key) return entry.path();
    }
    throw std::runtime_error("no file of that key");
  }

  static double Counted(const std::string& kind, const std::string& outcome) {
    return base::Counter("ozma_jobs_total", "Claims of jobs by what became of them.",
                         {{"kind", kind}, {"outcome", outcome}})
        .Value();
  }

  store::TemporaryFolder blob_folder_;
  std::shared_ptr<store::Blobs> blobs_;
};

}  // namespace ozma::work
