#include "store/databases.hpp"

namespace ozma::store {
namespace {

class Folders : public OnBothDatabases {
 protected:
  std::vector<std::string> Keys(Query query = {}) {
    std::vector<std::string> ids;
    for (const auto& folder : Read([&](Transaction& in) { return ListFolders(in, query); }).items) {
      ids.push_back(folder.folder_id);
    }
    return ids;
  }
};
OZMA_ON_BOTH_DATABASES(Folders);

TEST_P(Folders, ComeBackAsTheyWent) {
  auto folder = SomeFolder();
  folder.meta_data = {
      {"a", {{"b", 1.5}, {"c", {1, 2}}}}, {"name", "Жанна \"d'Arc\""}, {"nul", std::string("x\0y", 3)}};
  Write([&](Transaction& in) { Insert(in, folder); });
  auto found = Read([&](Transaction& in) { return FindFolder(in, folder.folder_id); });
  ASSERT_TRUE(found);
  EXPECT_EQ(found->meta_data, folder.meta_data);
  EXPECT_EQ(found->time.created, folder.time.created);
  EXPECT_FALSE(found->resolution_endpoint || found->resolution_time || found->resolution_author_id ||
               found->resolution_state_hash || found->operator_status || found->operator_comment);
  EXPECT_EQ(found->resolution_status, "INITIAL");

  folder.resolution_endpoint = "https://example.org/?a='b'";
  folder.resolution_time = 3.25;
  folder.resolution_author_id = "author";
  folder.resolution_state_hash = "hash";
  folder.operator_status = "DECLINED";
  folder.operator_comment = "";
  folder.is_archive = true;
  folder.meta_data = nullptr;
  folder.user_id = "new owner";
  Write([&](Transaction& in) { Update(in, folder); });
  found = Read([&](Transaction& in) { return FindFolder(in, folder.folder_id); });
  EXPECT_EQ(found->resolution_endpoint, folder.resolution_endpoint);
  EXPECT_EQ(found->resolution_time, 3.25);
  EXPECT_EQ(found->resolution_author_id, "author");
  EXPECT_EQ(found->operator_status, "DECLINED");
  EXPECT_EQ(found->operator_comment, "");
  EXPECT_TRUE(found->is_archive);
  EXPECT_FALSE(found->is_cleared);
  EXPECT_TRUE(found->meta_data.is_null());
  EXPECT_EQ(found->user_id, "new owner");
}

TEST_P(Folders, MediaComeBackAsTheyWentAndInOrder) {
  const auto folder = SomeFolder(), other = SomeFolder();
  auto video = SomeMedia(folder, "видео 'x'.mp4");
  video.preview_key = "preview";
  const auto second = SomeMedia(folder, "b"), foreign = SomeMedia(other, "c");
  auto still = SomeMedia(folder, "still");
  still.snapshot_of = video.media_id;
  Write([&](Transaction& in) {
    Insert(in, folder);
    Insert(in, other);
    for (const auto& media : {video, foreign, second, still}) Insert(in, media);
  });
  const auto media = Read([&](Transaction& in) { return MediaOf(in, folder.folder_id); });
  ASSERT_EQ(media.size(), 2u);
  EXPECT_EQ(media[0].media_id, video.media_id);
  EXPECT_EQ(media[0].original_name, video.original_name);
  EXPECT_EQ(media[0].tags, video.tags);
  EXPECT_EQ(media[0].info, video.info);
  EXPECT_EQ(media[0].preview_key, "preview");
  EXPECT_EQ(media[0].media_association_id, "");
  EXPECT_EQ(media[1].media_id, second.media_id);
  EXPECT_EQ(media[1].preview_key, "");
  EXPECT_EQ(Read([&](Transaction& in) {
              return MediaOf(in, std::vector{folder.folder_id, other.folder_id});
            }).size(),
            3u);
  EXPECT_EQ(Read([&](Transaction& in) { return SnapshotsOf(in, video.media_id); }).at(0).media_id,
            still.media_id);
  const auto owner = Read([&](Transaction& in) { return OwnerOf(in, "preview"); });
  ASSERT_TRUE(owner);
  EXPECT_EQ(owner->folder_id, folder.folder_id);
  EXPECT_EQ(owner->mime, "video/mp4");
  EXPECT_FALSE(Read([&](Transaction& in) { return OwnerOf(in, "' OR 1=1 --"); }));
}

TEST_P(Folders, MetadataFiltersCompareLeavesAsText) {
  std::vector<Folder> folders;
  for (const json::value& metadata :
       {json::value{{"k", "v"}, {"n", 5}}, json::value{{"k", "w"}, {"deep", {{"er", true}}}},
        json::value(nullptr)}) {
    auto folder = SomeFolder();
    folder.meta_data = metadata;
    folder.time.created = static_cast<double>(folders.size());
    Write([&](Transaction& in) { Insert(in, folder); });
    folders.push_back(folder);
  }
  const auto matches = [&](std::vector<MetadataCondition> conditions) {
    Query query;
    query.metadata = std::move(conditions);
    return Keys(query);
  };
  using Ids = std::vector<std::string>;
  EXPECT_EQ(matches({{.key = "k", .value = "v"}}), Ids{folders[0].folder_id});
  EXPECT_EQ(matches({{.key = "n", .value = "5"}}), Ids{folders[0].folder_id});
  EXPECT_EQ(matches({{.key = "deep.er", .value = "true"}}), Ids{folders[1].folder_id});
  EXPECT_EQ(matches({{.key = "k", .value = "v", .equal = false}}),
            (Ids{folders[2].folder_id, folders[1].folder_id}));
  EXPECT_EQ(matches({{.key = "k", .value = "v"}, {.key = "n", .value = "6"}}), Ids{});
  EXPECT_EQ(matches({{.key = "k' OR '1'='1", .value = "v' OR '1'='1"}}), Ids{});

  folders[0].meta_data = {{"k", "changed"}};
  Write([&](Transaction& in) { Update(in, folders[0]); });
  EXPECT_EQ(matches({{.key = "k", .value = "v"}}), Ids{});
  EXPECT_EQ(matches({{.key = "k", .value = "changed"}}), Ids{folders[0].folder_id});
}

TEST_P(Folders, ManyAndLongMetadataAreKept) {
  auto folder = SomeFolder();
  json::object metadata;
  for (int i = 0; i < 2000; ++i) metadata["key" + std::to_string(i)] = i;
  metadata["long"] = std::string(100'000, 'x');
  folder.meta_data = metadata;
  Write([&](Transaction& in) { Insert(in, folder); });
  Query query;
  query.metadata = {{.key = "key1999", .value = "1999"}, {.key = "long", .value = std::string(100'000, 'x')}};
  EXPECT_EQ(Keys(query).size(), 1u);
}

TEST_P(Folders, SearchLooksAtIdsMetadataAndNames) {
  auto folder = SomeFolder();
  folder.meta_data = {{"city", "Zürich 100%"}};
  auto media = SomeMedia(folder, "Мой Файл.JPG");
  Write([&](Transaction& in) {
    Insert(in, folder);
    Insert(in, SomeFolder());
    Insert(in, media);
  });
  const auto found = [&](const std::string& text) {
    Query query;
    query.search_text = text;
    return Keys(query).size();
  };
  EXPECT_EQ(found("zÜRICH"), 1u);
  EXPECT_EQ(found("100%"), 1u);
  EXPECT_EQ(found("мой файл"), 1u);
  EXPECT_EQ(found(folder.folder_id.substr(3, 20)), 1u);
  EXPECT_EQ(found("___"), 0u);
  EXPECT_EQ(found("city"), 0u);
  media.original_name = "renamed";
  Write([&](Transaction& in) { Update(in, media); });
  EXPECT_EQ(found("мой файл"), 0u);
  EXPECT_EQ(found("RENAMED"), 1u);
  Write([&](Transaction& in) { DeleteMedia(in, media.media_id); });
  EXPECT_EQ(found("renamed"), 0u);
}

TEST_P(Folders, ListsFilterOrderAndPage) {
  std::vector<std::string> ids;
  for (int i = 0; i < 10; ++i) {
    auto folder = SomeFolder(std::string(kSystemCompany), i % 2 ? "odd" : "even");
    folder.time = {100.0 + i, 200.0 - i};
    folder.resolution_status = i < 5 ? "FINISHED" : "PROCESSING";
    folder.system_resolution = i < 3 ? "DECLINED" : i < 5 ? "SUCCESS" : "PROCESSING";
    if (i < 2) folder.operator_status = "SUCCESS";
    folder.is_cleared = i == 9;
    Write([&](Transaction& in) { Insert(in, folder); });
    ids.push_back(folder.folder_id);
  }
  using Op = Condition::Op;
  const auto count = [&](std::vector<Condition> where) {
    Query query;
    query.where = std::move(where);
    const auto listed = Read([&](Transaction& in) { return ListFolders(in, query); });
    EXPECT_EQ(listed.total, static_cast<std::int64_t>(listed.items.size()));
    return listed.items.size();
  };
  EXPECT_EQ(count({}), 10u);
  EXPECT_EQ(count({{.field = "user_id", .values = {"odd"}}}), 5u);
  EXPECT_EQ(count({{.field = "folder_id", .values = {ids[0], ids[1], "' OR 1=1; --"}}}), 2u);
  EXPECT_EQ(count({{.field = "folder_id", .op = Op::kNoneOf, .values = {ids[0]}}}), 9u);
  EXPECT_EQ(count({{.field = "time_created", .op = Op::kMin, .values = {"103"}},
                   {.field = "time_created", .op = Op::kMax, .values = {"105"}}}),
            3u);
  EXPECT_EQ(count({{.field = "time_created", .values = {"103", "104.0"}}}), 2u);
  EXPECT_EQ(count({{.field = "resolution_status", .values = {"processing"}}}), 5u);
  EXPECT_EQ(count({{.field = "resolution_status", .values = {"DECLINED"}}}), 3u);
  EXPECT_EQ(count({{.field = "resolution_status", .values = {"PROCESSING", "SUCCESS"}}}), 7u);
  EXPECT_EQ(count({{.field = "resolution_status", .op = Op::kNoneOf, .values = {"SUCCESS"}}}), 8u);
  EXPECT_EQ(count({{.field = "operator_status", .op = Op::kNoneOf, .values = {"SUCCESS"}}}), 8u);
  EXPECT_EQ(count({{.field = "is_cleared", .values = {"1"}}}), 1u);
  EXPECT_EQ(count({{.field = "is_cleared", .values = {}}}), 0u);

  Query page;
  page.limit = 3, page.offset = 1;
  EXPECT_EQ(Keys(page), (std::vector{ids[8], ids[7], ids[6]}));
  page.order = {{.field = "time_created", .descending = false}};
  EXPECT_EQ(Keys(page), (std::vector{ids[1], ids[2], ids[3]}));
  page.order = {{.field = "user_id", .descending = false}, {.field = "time_updated"}};
  page.offset = 0;
  EXPECT_EQ(Keys(page), (std::vector{ids[0], ids[2], ids[4]}));
  page.order = {{.field = "operator_status"}, {.field = "time_created", .descending = false}};
  EXPECT_EQ(Keys(page), (std::vector{ids[0], ids[1], ids[2]}));
  page.limit = -1, page.offset = 8, page.total = false;
  const auto rest = Read([&](Transaction& in) { return ListFolders(in, page); });
  EXPECT_EQ(rest.items.size(), 2u);
  EXPECT_FALSE(rest.total);
  page.offset = 11, page.total = true;
  const auto beyond = Read([&](Transaction& in) { return ListFolders(in, page); });
  EXPECT_EQ(beyond.items.size(), 0u);
  EXPECT_EQ(beyond.total, 10);
  Query scoped;
  scoped.only_user = "odd";
  EXPECT_EQ(Keys(scoped).size(), 5u);
  scoped.only_company = base::NewUuid();
  EXPECT_EQ(Keys(scoped).size(), 0u);
}

TEST_P(Folders, ConditionsOnAnalysesHoldForOneAnalysis) {
  const auto folder = SomeFolder();
  const auto media = SomeMedia(folder);
  auto quality = SomeAnalysis(folder, "g", 0), biometry = SomeAnalysis(folder, "g", 1);
  biometry.type = AnalysisType::kBiometry;
  Write([&](Transaction& in) {
    Insert(in, folder);
    Insert(in, media);
    StartGroup(in, {quality, biometry});
    quality = Ended(quality, "DECLINED");
    for (const double score : {0.2, 0.9}) {
      quality.results_media.push_back({.media_association_id = base::NewUuid(),
                                       .analysis_id = quality.analysis_id,
                                       .source_media_id = media.media_id,
                                       .results_data = {{"confidence_spoofing", score}},
                                       .collection_persons = {},
                                       .output_images = {}});
    }
    EXPECT_TRUE(FinishAnalysis(in, quality));
    biometry = Ended(biometry, "SUCCESS");
    biometry.results_data = {{"min_confidence", 0.86}, {"max_confidence", 1}};
    EXPECT_TRUE(FinishAnalysis(in, biometry));
  });
  using Op = Condition::Op;
  const auto found = [&](std::vector<Condition> where) {
    Query query;
    query.where = std::move(where);
    return Keys(query).size();
  };
  EXPECT_EQ(found({{.field = "analyse.type", .values = {"quality"}},
                   {.field = "analysis.resolution_status", .values = {"DECLINED"}}}),
            1u);
  EXPECT_EQ(found({{.field = "analyse.type", .values = {"QUALITY"}},
                   {.field = "analyse.resolution_status", .values = {"SUCCESS"}}}),
            0u);
  EXPECT_EQ(found({{.field = "analyse.state", .values = {"FINISHED"}}}), 1u);
  EXPECT_EQ(found({{.field = "analyse.state", .values = {"OPERATOR_REQUIRED"}}}), 0u);
  EXPECT_EQ(found({{.field = "results_data.min_confidence", .op = Op::kMin, .values = {"0.85"}},
                   {.field = "results_data.max_confidence", .values = {"1.0"}}}),
            1u);
  EXPECT_EQ(found({{.field = "results_data.min_confidence", .op = Op::kMax, .values = {"0.85"}}}), 0u);
  const std::string spoofing = "results_media_results_data.confidence_spoofing";
  EXPECT_EQ(found({{.field = spoofing, .op = Op::kMin, .values = {"0.9"}}}), 1u);
  EXPECT_EQ(found({{.field = spoofing, .op = Op::kMin, .values = {"0.3"}},
                   {.field = spoofing, .op = Op::kMax, .values = {"0.8"}}}),
            0u);
  EXPECT_EQ(found({{.field = spoofing, .op = Op::kMin, .values = {"0.1"}},
                   {.field = "analyse.type", .values = {"BIOMETRY"}}}),
            0u);
}

TEST_P(Folders, DeletingDoomsEveryBlob) {
  const auto folder = SomeFolder();
  const auto media = SomeMedia(folder), kept = SomeMedia(folder);
  auto still = SomeMedia(folder);
  still.snapshot_of = media.media_id;
  Write([&](Transaction& in) {
    Insert(in, folder);
    for (const auto& one : {media, kept, still}) Insert(in, one);
  });
  const auto blobs = OpenFolder(folder_.path() / "blobs");
  ASSERT_TRUE(blobs);
  Write([&](Transaction& in) { DeleteMedia(in, media.media_id); });
  EXPECT_FALSE(Read([&](Transaction& in) { return FindMedia(in, still.media_id); }));
  EXPECT_EQ(RemoveDoomed(*database_, **blobs).value(), 4);
  Write([&](Transaction& in) { DeleteFolder(in, folder.folder_id); });
  EXPECT_FALSE(Read([&](Transaction& in) { return FindFolder(in, folder.folder_id); }));
  EXPECT_FALSE(Read([&](Transaction& in) { return FindMedia(in, kept.media_id); }));
  EXPECT_EQ(RemoveDoomed(*database_, **blobs).value(), 2);
  EXPECT_EQ(RemoveDoomed(*database_, **blobs).value(), 0);
}

TEST_P(Folders, ClearingTakesPersonalDataAndLeavesVerdicts) {
  auto folder = SomeFolder();
  folder.meta_data = {{"name", "Jane"}};
  folder.operator_comment = "Jane again";
  folder.system_resolution = "SUCCESS";
  const auto media = SomeMedia(folder, "jane.jpg");
  Write([&](Transaction& in) {
    Insert(in, folder);
    Insert(in, media);
    ClearFolder(in, folder.folder_id, 999);
  });
  const auto cleared = Read([&](Transaction& in) { return FindFolder(in, folder.folder_id); });
  EXPECT_TRUE(cleared->is_cleared);
  EXPECT_TRUE(cleared->meta_data.is_null());
  EXPECT_FALSE(cleared->operator_comment);
  EXPECT_EQ(cleared->system_resolution, "SUCCESS");
  EXPECT_EQ(cleared->time.updated, 999);
  const auto left = Read([&](Transaction& in) { return MediaOf(in, folder.folder_id); });
  ASSERT_EQ(left.size(), 1u);
  EXPECT_EQ(left[0].original_key + left[0].thumb_key + left[0].original_name, "");
  EXPECT_TRUE(left[0].info.empty());
  Query query;
  query.search_text = "jane";
  EXPECT_EQ(Keys(query).size(), 0u);
  query.search_text = "";
  query.metadata = {{.key = "name", .value = "Jane"}};
  EXPECT_EQ(Keys(query).size(), 0u);
}

TEST_P(Folders, OldOnesAreFoundOldestFirst) {
  std::vector<std::string> ids;
  for (const double updated : {30.0, 10.0, 20.0}) {
    auto folder = SomeFolder();
    folder.time.updated = updated;
    Write([&](Transaction& in) { Insert(in, folder); });
    ids.push_back(folder.folder_id);
  }
  EXPECT_EQ(Read([](Transaction& in) { return FoldersOlderThan(in, 30, 10); }),
            (std::vector{ids[1], ids[2]}));
  EXPECT_EQ(Read([](Transaction& in) { return FoldersOlderThan(in, 100, 1); }), std::vector{ids[1]});
}

TEST(Queries, AreRefusedWhereTheyMakeNoSense) {
  const auto fault = [](Query query) {
    const auto checked = Check(List::kFolders, query);
    return checked ? "" : std::string(NameOf(checked.error().fault));
  };
  const std::string invalid = NameOf(base::Fault::kInvalidValue);
  EXPECT_EQ(fault({}), "");
  Query query;
  query.where = {{.field = "folder_id; DROP TABLE folders", .values = {"1"}}};
  EXPECT_EQ(fault(query), invalid);
  for (const std::string number : {"", "abc", "nan", "inf", "1 OR 1=1", "0x10", " 1"}) {
    query.where = {{.field = "time_created", .values = {number}}};
    EXPECT_EQ(fault(query), invalid) << number;
  }
  query.where = {{.field = "is_cleared", .values = {"maybe"}}};
  EXPECT_EQ(fault(query), invalid);
  query.where = {{.field = "user_id", .values = std::vector<std::string>(5000, "x")}};
  EXPECT_EQ(fault(query), invalid);
  query = {};
  query.order = {{.field = "analyse.type"}};
  EXPECT_EQ(fault(query), invalid);
  query = {};
  query.search_text = std::string(2000, 'x');
  EXPECT_EQ(fault(query), invalid);
  query = {};
  query.limit = -2;
  EXPECT_EQ(fault(query), invalid);
  EXPECT_TRUE(CanFilter(List::kFolders, "analysis.type"));
  EXPECT_FALSE(CanFilter(List::kUsers, "password_hash"));
  EXPECT_FALSE(CanOrder(List::kFolders, "meta_data"));
}

}  // namespace
}  // namespace ozma::store
