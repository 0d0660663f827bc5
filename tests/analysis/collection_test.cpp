// COLLECTION over the sample faces, on the real networks; the search is over a handful, one by one.
#include <gmock/gmock.h>

#include "analysis/job.hpp"
#include "samples.hpp"

namespace ozma::analysis {
namespace {

using base::Fault;
using gallery::Found;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using tests::Sample;
namespace json = base::json;

const Analyst& TheAnalyst() {
  static const auto analyst = Analyst::Create(tests::SharedEngine(), {}).value();
  return *analyst;
}

media::Media MediumOf(const std::string& sample) {
  media::Media medium{{media::Kind::kImage, "image/jpeg"}, {}, {}};
  medium.frames.push_back({Sample(sample), 0});
  return medium;
}

struct Enrolled {
  std::string person, sample;
};

Search Over(const std::vector<Enrolled>& gallery) {
  return
      [gallery](std::span<const gallery::Template> probes) -> base::Result<std::vector<std::vector<Found>>> {
        std::vector<std::vector<Found>> all;
        for (const auto& probe : probes) {
          std::vector<Found> found;
          for (const auto& [person, sample] : gallery) {
            const auto enrolled = TheAnalyst().Extract(MediumOf(sample)).value();
            found.push_back({person, "list", sample, gallery::Cosine(probe, enrolled)});
          }
          std::ranges::sort(found, std::greater(), &Found::cosine);
          all.push_back(std::move(found));
        }
        return all;
      };
}

struct Item {
  std::string sample;
  std::vector<std::string> tags = {};
};

base::Result<Outcome> RunOver(const std::vector<Item>& items, const std::vector<Enrolled>& gallery,
                              const Parameters& parameters = {}) {
  std::vector<Source> sources;
  for (const auto& item : items) sources.push_back({item.sample, item.tags});
  return analysis::Run(
      TheAnalyst(), Type::kCollection, parameters, sources,
      [&](std::size_t i) { return base::Result<media::Media>(MediumOf(items[i].sample)); }, Over(gallery));
}

std::vector<std::string> PersonsOf(const MediumResult& result) {
  std::vector<std::string> persons;
  for (const auto& one : result.persons) persons.emplace_back(one.at("person_id").as_string());
  return persons;
}

TEST(CollectionJob, WhoIsOnTheListIsNamedAndDeclined) {
  const auto outcome = RunOver({{"person-a-2.jpg"}}, {{"a", "person-a-1.jpg"}, {"b", "person-b-1.jpg"}});
  ASSERT_TRUE(outcome);
  EXPECT_EQ(outcome->resolution, Resolution::kDeclined);
  ASSERT_EQ(outcome->media.size(), 1u);
  EXPECT_THAT(PersonsOf(outcome->media[0]), ElementsAre("a"));
  const auto& one = outcome->media[0].persons[0].as_object();
  EXPECT_EQ(one.at("collection_id"), "list");
  EXPECT_EQ(one.at("person_image_id"), "person-a-1.jpg");
  const double score = one.at("confidence").as_double();
  EXPECT_GE(score, 0.85);
  EXPECT_DOUBLE_EQ(score, TheAnalyst()
                              .Compare(TheAnalyst().Extract(MediumOf("person-a-1.jpg")).value(),
                                       TheAnalyst().Extract(MediumOf("person-a-2.jpg")).value())
                              .score);
  EXPECT_EQ(outcome->results_data.at("max_confidence").as_double(), score);
  EXPECT_EQ(outcome->media[0].results_data.at("max_confidence").as_double(), score);
}

TEST(CollectionJob, WhoIsNotOnItIsSuccessAndNobodyIsNamed) {
  const auto outcome = RunOver({{"person-a-1.jpg"}}, {{"b", "person-b-1.jpg"}});
  ASSERT_TRUE(outcome);
  EXPECT_EQ(outcome->resolution, Resolution::kSuccess);
  EXPECT_THAT(outcome->media[0].persons, IsEmpty());
  EXPECT_LT(outcome->results_data.at("max_confidence").as_double(), 0.85);
}

TEST(CollectionJob, AnEmptyListMatchesNobodyWhateverTheThreshold) {
  Parameters parameters;
  parameters.decision_threshold = 0;
  const auto outcome = RunOver({{"person-a-1.jpg"}}, {}, parameters);
  ASSERT_TRUE(outcome);
  EXPECT_EQ(outcome->resolution, Resolution::kSuccess);
  EXPECT_EQ(outcome->results_data.at("max_confidence").as_double(), 0);
}

TEST(CollectionJob, EveryMediumIsSearchedAndOneMatchDecides) {
  const auto outcome = RunOver({{"person-b-1.jpg"}, {"person-a-2.jpg"}, {"cat.png", {"photo_id_back"}}},
                               {{"a", "person-a-1.jpg"}});
  ASSERT_TRUE(outcome);
  EXPECT_EQ(outcome->resolution, Resolution::kDeclined);
  ASSERT_EQ(outcome->media.size(), 2u);  // the back of a document is passed over
  EXPECT_THAT(PersonsOf(outcome->media[0]), IsEmpty());
  EXPECT_THAT(PersonsOf(outcome->media[1]), ElementsAre("a"));
}

TEST(CollectionJob, TheBestComeFirstAndNoMoreThanAskedFor) {
  const std::vector<Enrolled> gallery = {{"b", "person-b-1.jpg"}, {"a", "person-a-1.jpg"}};
  Parameters parameters;
  parameters.decision_threshold = 0;
  EXPECT_THAT(PersonsOf(RunOver({{"person-a-2.jpg"}}, gallery, parameters)->media[0]), ElementsAre("a", "b"));
  parameters.decision_count = 1;
  EXPECT_THAT(PersonsOf(RunOver({{"person-a-2.jpg"}}, gallery, parameters)->media[0]), ElementsAre("a"));
  // At the threshold is a match.
  parameters.decision_threshold =
      RunOver({{"person-a-2.jpg"}}, gallery)->results_data.at("max_confidence").as_double();
  EXPECT_EQ(RunOver({{"person-a-2.jpg"}}, gallery, parameters)->resolution, Resolution::kDeclined);
}

TEST(CollectionJob, WhatTheMediaAreToBlameForIsAFailedOutcome) {
  const auto untagged = RunOver({{"person-a-1.jpg", {"photo_id_back"}}}, {});
  EXPECT_EQ(untagged->error_code, 5);
  EXPECT_EQ(untagged->error_message, "Invalid/missed tag values to process blacklist check");
  const auto none = RunOver({}, {});
  EXPECT_EQ(none->error_code, 5);
  const auto cat = RunOver({{"person-a-1.jpg"}, {"cat.png"}}, {});
  EXPECT_EQ(cat->resolution, Resolution::kFailed);
  EXPECT_EQ(cat->error_code, 202);
  EXPECT_EQ(cat->error_message, "Could not locate face on source media [cat.png]");
}

TEST(CollectionJob, AFailingSearchIsAnErrorOfOurs) {
  const auto outcome = analysis::Run(
      TheAnalyst(), Type::kCollection, {}, {{"m", {}}},
      [](std::size_t) { return base::Result<media::Media>(MediumOf("person-a-1.jpg")); },
      [](std::span<const gallery::Template>) -> base::Result<std::vector<std::vector<Found>>> {
        return base::Fail(Fault::kDatabase, "It is away.");
      });
  ASSERT_FALSE(outcome);
  EXPECT_EQ(outcome.error().fault, Fault::kDatabase);
}

}  // namespace
}  // namespace ozma::analysis
