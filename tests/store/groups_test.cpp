#include <thread>

#include "store/collections.hpp"
#include "store/databases.hpp"

namespace ozma::store {
namespace {

class Groups : public OnBothDatabases {
 protected:
  void SetUp() override {
    OnBothDatabases::SetUp();
    folder_row_ = SomeFolder();
    folder_row_.resolution_endpoint = "https://example.org/hook";
    media_ = SomeMedia(folder_row_);
    Collection list;
    list.collection_id = "c";
    list.company_id = kSystemCompany;
    Person person;
    person.person_id = "p";
    person.collection_id = "c";
    Write([&](Transaction& in) {
      Insert(in, folder_row_);
      Insert(in, media_);
      ASSERT_TRUE(Insert(in, list));
      ASSERT_TRUE(Insert(in, person));
    });
  }
  Folder Now() {
    return *Read([&](Transaction& in) { return FindFolder(in, folder_row_.folder_id); });
  }
  std::int64_t Webhooks() {
    return Read([&](Transaction& in) { return Length(in, JobKind::kWebhook, 1e12); }).waiting;
  }
  bool Finish(const Analysis& analysis) {
    bool finished = false;
    Write([&](Transaction& in) { finished = FinishAnalysis(in, analysis); });
    return finished;
  }
  std::vector<Analysis> Start(const std::string& group, int count) {
    std::vector<Analysis> analyses;
    for (int i = 0; i < count; ++i) analyses.push_back(SomeAnalysis(folder_row_, group, i));
    Write([&](Transaction& in) { StartGroup(in, analyses); });
    return analyses;
  }
  Analysis WithResult(Analysis analysis) {
    ResultMedia result{.media_association_id = base::NewUuid(),
                       .analysis_id = analysis.analysis_id,
                       .source_media_id = media_.media_id,
                       .results_data = {{"confidence_spoofing", 0.125}},
                       .collection_persons = {json::object{{"person_id", "p"}}},
                       .output_images = {}};
    auto image = SomeMedia(folder_row_, "best_shot.jpg");
    image.media_type = "IMAGE_RESULT_ANALYSIS_SINGLE";
    image.media_association_id = result.media_association_id;
    result.output_images.push_back(image);
    analysis.results_media.push_back(result);
    return analysis;
  }

  Folder folder_row_;
  Media media_;
};
OZMA_ON_BOTH_DATABASES(Groups);

TEST_P(Groups, ComeBackAsTheyWent) {
  auto analysis = SomeAnalysis(folder_row_, "g");
  analysis.source_media = {media_.media_id, "x"};
  analysis.meta_data = {{"m", 1}};
  analysis.time_sent = 7.5;
  Write([&](Transaction& in) { StartGroup(in, {analysis}); });
  EXPECT_EQ(Now().resolution_status, "PROCESSING");
  EXPECT_FALSE(Read([](Transaction& in) { return GroupEnded(in, "g"); }));
  EXPECT_TRUE(Read([](Transaction& in) { return GroupEnded(in, "gone"); }));
  auto found = Read([&](Transaction& in) { return FindAnalysis(in, analysis.analysis_id); });
  ASSERT_TRUE(found);
  EXPECT_EQ(found->source_media, analysis.source_media);
  EXPECT_EQ(found->confs, analysis.confs);
  EXPECT_EQ(found->time_sent, 7.5);
  EXPECT_FALSE(found->error_code || found->error_message || found->resolution_operator ||
               found->time_finished);

  auto ended = WithResult(Ended(*found, "FAILED"));
  ended.error_code = 202;
  ended.error_message = "Could not locate face";
  EXPECT_TRUE(Finish(ended));
  EXPECT_FALSE(Finish(ended));
  found = Read([&](Transaction& in) { return FindAnalysis(in, analysis.analysis_id); });
  EXPECT_EQ(found->state, "FAILED");
  EXPECT_EQ(found->error_code, 202);
  EXPECT_EQ(found->error_message, "Could not locate face");
  ASSERT_EQ(found->results_media.size(), 1u);
  EXPECT_EQ(found->results_media[0].results_data.at("confidence_spoofing").as_double(), 0.125);
  EXPECT_EQ(found->results_media[0].collection_persons.size(), 1u);
  ASSERT_EQ(found->results_media[0].output_images.size(), 1u);
  EXPECT_EQ(found->results_media[0].output_images[0].original_name, "best_shot.jpg");
  EXPECT_EQ(Read([&](Transaction& in) { return MediaOf(in, folder_row_.folder_id); }).size(), 1u);

  found->resolution_operator = "SUCCESS";
  found->meta_data = nullptr;
  Write([&](Transaction& in) { UpdateAnalysis(in, *found); });
  found = Read([&](Transaction& in) { return FindAnalysis(in, analysis.analysis_id); });
  EXPECT_EQ(found->resolution_operator, "SUCCESS");
  EXPECT_EQ(found->state, "FAILED");
}

TEST_P(Groups, TheFolderFollowsTheGroupThatEndedLast) {
  EXPECT_EQ(Now().resolution_status, "INITIAL");
  const auto first = Start("g1", 2);
  EXPECT_TRUE(Finish(Ended(first[0], "SUCCESS", 10)));
  EXPECT_EQ(Now().system_resolution, "PROCESSING");
  EXPECT_EQ(Webhooks(), 0);
  EXPECT_TRUE(Finish(Ended(first[1], "DECLINED", 11)));
  EXPECT_EQ(Now().resolution_status, "FINISHED");
  EXPECT_EQ(Now().system_resolution, "DECLINED");
  EXPECT_EQ(Webhooks(), 1);
  const auto hash = Now().resolution_state_hash;
  ASSERT_TRUE(hash);
  EXPECT_EQ(hash->size(), 64u);

  const auto second = Start("g2", 1), third = Start("g3", 1);
  EXPECT_EQ(Now().resolution_status, "PROCESSING");
  EXPECT_EQ(Now().resolution_state_hash, hash);
  EXPECT_TRUE(Finish(Ended(third[0], "SUCCESS", 20)));
  EXPECT_EQ(Now().system_resolution, "PROCESSING");
  EXPECT_EQ(Webhooks(), 2);
  EXPECT_TRUE(Finish(Ended(second[0], "OPERATOR_REQUIRED", 21)));
  EXPECT_EQ(Now().resolution_status, "FINISHED");
  EXPECT_EQ(Now().system_resolution, "OPERATOR_REQUIRED");
  EXPECT_EQ(Webhooks(), 3);

  // Without the group that ended last, the one before it rules.
  Write([&](Transaction& in) { DeleteAnalysis(in, second[0].analysis_id); });
  EXPECT_EQ(Now().system_resolution, "SUCCESS");
  EXPECT_EQ(Webhooks(), 3);
  Write([&](Transaction& in) {
    for (const auto& analysis : {first[0], first[1], third[0]}) DeleteAnalysis(in, analysis.analysis_id);
  });
  EXPECT_EQ(Now().resolution_status, "INITIAL");
  EXPECT_FALSE(Now().resolution_state_hash);
}

TEST_P(Groups, AFailureShowsOnTheFolder) {
  const auto group = Start("g", 2);
  Finish(Ended(group[0], "FAILED"));
  Finish(Ended(group[1], "SUCCESS"));
  EXPECT_EQ(Now().resolution_status, "FAILED");
  EXPECT_EQ(Now().system_resolution, "FAILED");
}

TEST_P(Groups, DeletingTheLastUnderWayEndsTheGroup) {
  const auto group = Start("g", 2);
  Finish(Ended(group[0], "SUCCESS"));
  const auto seen = database_->Count(Channel::kGroups);
  Write([&](Transaction& in) { DeleteAnalysis(in, group[1].analysis_id); });
  EXPECT_TRUE(database_->Wait(Channel::kGroups, seen, base::Deadline(std::chrono::seconds(10))));
  EXPECT_EQ(Now().resolution_status, "FINISHED");
  EXPECT_EQ(Webhooks(), 1);
  EXPECT_EQ(Read([](Transaction& in) { return Length(in, JobKind::kAnalysis, 1e12); }).waiting, 1);
}

TEST_P(Groups, TwoFinishesAtOnceEndTheGroupOnce) {
  for (int round = 0; round < 20; ++round) {
    const auto group = Start("g" + std::to_string(round), 2);
    std::thread other([&] { Finish(Ended(group[1], "DECLINED", 100 + round)); });
    Finish(Ended(group[0], "SUCCESS", 100 + round));
    other.join();
    EXPECT_EQ(Now().resolution_status, "FINISHED");
    EXPECT_EQ(Now().system_resolution, "DECLINED");
    EXPECT_EQ(Webhooks(), round + 1);
  }
}

TEST_P(Groups, ResultsOfDeletedMediaAndClearedFoldersAreNotKept) {
  const auto group = Start("g", 2);
  Write([&](Transaction& in) { ClearFolder(in, folder_row_.folder_id, 1); });
  const auto first = WithResult(Ended(group[0], "SUCCESS"));
  EXPECT_TRUE(Finish(first));
  auto found = Read([&](Transaction& in) { return FindAnalysis(in, group[0].analysis_id); });
  ASSERT_EQ(found->results_media.size(), 1u);
  EXPECT_TRUE(found->results_media[0].output_images.empty());
  Write([&](Transaction& in) { DeleteMedia(in, media_.media_id); });
  EXPECT_TRUE(Finish(WithResult(Ended(group[1], "SUCCESS"))));
  for (const auto& analysis : Read([&](Transaction& in) { return AnalysesOf(in, folder_row_.folder_id); })) {
    EXPECT_TRUE(analysis.results_media.empty());
  }
  const auto blobs = OpenFolder(folder_.path() / "blobs");
  // Two of the medium, two of each image that was not kept.
  EXPECT_EQ(RemoveDoomed(*database_, **blobs).value(), 6);
}

TEST_P(Groups, ListsOfAnalysesFilter) {
  const auto group = Start("g", 3);
  Finish(Ended(group[0], "SUCCESS"));
  using Op = Condition::Op;
  const auto found = [&](std::vector<Condition> where) {
    Query query;
    query.where = std::move(where);
    return Read([&](Transaction& in) { return AnalysesOf(in, folder_row_.folder_id, query); }).size();
  };
  EXPECT_EQ(found({}), 3u);
  EXPECT_EQ(found({{.field = "analyse_id", .op = Op::kNoneOf, .values = {group[0].analysis_id}}}), 2u);
  EXPECT_EQ(found({{.field = "state", .values = {"finished"}}}), 1u);
  EXPECT_EQ(found({{.field = "state", .values = {"SUCCESS"}}}), 1u);
  EXPECT_EQ(found({{.field = "state", .op = Op::kNoneOf, .values = {"SUCCESS"}}}), 2u);
  EXPECT_EQ(found({{.field = "type", .op = Op::kNoneOf, .values = {"quality"}}}), 0u);
  EXPECT_EQ(found({{.field = "resolution_status", .values = {"' OR ''='"}}}), 0u);
  EXPECT_EQ(Read([&](Transaction& in) {
              return AnalysesOf(in, std::vector{folder_row_.folder_id, std::string("x")});
            }).size(),
            3u);
  Query all;
  all.only_user = folder_row_.user_id;
  all.limit = 2;
  const auto listed = Read([&](Transaction& in) { return ListAnalyses(in, all); });
  EXPECT_EQ(listed.total, 3);
  EXPECT_EQ(listed.items.size(), 2u);
  all.only_user = "somebody else";
  EXPECT_EQ(Read([&](Transaction& in) { return ListAnalyses(in, all); }).total, 0);
}

TEST_P(Groups, StuckOnesAreFound) {
  const auto group = Start("g", 2);
  Finish(Ended(group[0], "SUCCESS"));
  const auto stuck = [&](double before, double now) {
    return Read([&](Transaction& in) { return StuckAnalyses(in, before, now); });
  };
  const double now = base::UnixSeconds();
  EXPECT_EQ(stuck(1e12, now), std::vector{group[1].analysis_id});
  EXPECT_TRUE(stuck(1, now).empty());

  // Somebody has its job in hand, and later dies with it.
  Write([&](Transaction& in) {
    while (Claim(in, {JobKind::kAnalysis}, now, 60)) continue;
  });
  EXPECT_TRUE(stuck(1e12, now + 59).empty());
  EXPECT_EQ(stuck(1e12, now + 61), std::vector{group[1].analysis_id});
}

TEST_P(Groups, DeletingTheFolderTakesJobsToo) {
  const auto group = Start("g", 2);
  Finish(WithResult(Ended(group[0], "SUCCESS")));
  Write([&](Transaction& in) { DeleteFolder(in, folder_row_.folder_id); });
  EXPECT_EQ(Read([](Transaction& in) { return Length(in, JobKind::kAnalysis, 1e12); }).waiting, 0);
  EXPECT_FALSE(Read([&](Transaction& in) { return FindAnalysis(in, group[0].analysis_id); }));
  EXPECT_FALSE(Finish(Ended(group[1], "SUCCESS")));
}

}  // namespace
}  // namespace ozma::store
