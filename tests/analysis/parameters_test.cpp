#include "analysis/job.hpp"

namespace ozma::analysis {
namespace {

using base::Fault;
namespace json = base::json;

Parameters Parsed(Type type, const char* params, const Parameters& defaults = {}) {
  return ParseParameters(type, base::ReadJson(params).value().as_object(), defaults).value();
}

Fault Refused(Type type, const std::string& params) {
  const auto parsed = ParseParameters(type, base::ReadJson(params).value().as_object());
  return parsed ? Fault::kInternal : parsed.error().fault;
}

TEST(Parameters, OverrideTheDefaults) {
  Parameters defaults;
  defaults.threshold_spoofing = 0.7;
  defaults.legacy_confidences = true;
  const auto parsed = Parsed(
      Type::kQuality,
      R"({"threshold_replay": 1, "extract_best_shot": false, "other": [], "threshold_spoofing": null})",
      defaults);
  EXPECT_EQ(parsed.threshold_spoofing, 0.7);
  EXPECT_EQ(parsed.threshold_replay, 1);
  EXPECT_FALSE(parsed.extract_best_shot);
  EXPECT_FALSE(parsed.extract_action_shot);
  EXPECT_TRUE(parsed.legacy_confidences);
}

TEST(Parameters, GesturesAreOptionalUntilRequiredAndMirroringIsUnknownUntilSaid) {
  const auto silent = Parsed(Type::kQuality, R"({"mirrored": null})");
  EXPECT_FALSE(silent.require_gestures);
  EXPECT_EQ(silent.mirrored, face::Mirrored::kUnknown);
  const auto said = Parsed(Type::kQuality, R"({"require_gestures": true, "mirrored": false})");
  EXPECT_TRUE(said.require_gestures);
  EXPECT_EQ(said.mirrored, face::Mirrored::kNo);
  const auto read = OfConfs(Type::kQuality, ConfsOf(Type::kQuality, said));
  EXPECT_TRUE(read.require_gestures);
  EXPECT_EQ(read.mirrored, face::Mirrored::kNo);
}

TEST(Parameters, OneEdgeOfTheBandTakesTheOtherAlong) {
  const auto high = Parsed(Type::kBiometry, R"({"threshold_min": 0.95})");
  EXPECT_EQ(high.threshold_max, 0.95);
  const auto low = Parsed(Type::kBiometry, R"({"threshold_max": 0.5})");
  EXPECT_EQ(low.threshold_min, 0.5);
  const auto band = Parsed(Type::kBiometry, R"({"threshold_min": 0.5})");
  EXPECT_EQ(band.threshold_min, 0.5);
  EXPECT_EQ(band.threshold_max, 0.85);
}

TEST(Parameters, AreRefusedByNameOfTheFault) {
  EXPECT_EQ(Refused(Type::kQuality, R"({"threshold_spoofing": "0.5"})"), Fault::kInvalidType);
  EXPECT_EQ(Refused(Type::kQuality, R"({"threshold_spoofing": 1.01})"), Fault::kInvalidValue);
  EXPECT_EQ(Refused(Type::kQuality, R"({"threshold_liveness": -1})"), Fault::kInvalidValue);
  EXPECT_EQ(Refused(Type::kQuality, R"({"extract_best_shot": 1})"), Fault::kInvalidType);
  EXPECT_EQ(Refused(Type::kQuality, R"({"extract_action_shot": "yes"})"), Fault::kInvalidType);
  EXPECT_EQ(Refused(Type::kQuality, R"({"require_gestures": 1})"), Fault::kInvalidType);
  EXPECT_EQ(Refused(Type::kQuality, R"({"mirrored": "no"})"), Fault::kInvalidType);
  EXPECT_EQ(Refused(Type::kBiometry, R"({"threshold_max": true})"), Fault::kInvalidType);
  EXPECT_EQ(Refused(Type::kBiometry, R"({"threshold_min": 0.6, "threshold_max": 0.5})"),
            Fault::kInvalidValue);
}

TEST(Parameters, ConfsShowWhatTheContractNamesAndReadBack) {
  EXPECT_EQ(
      base::WriteJson(ConfsOf(Type::kQuality, {})),
      R"({"threshold_spoofing": 0.5, "threshold_replay": 0.5, "threshold_liveness": 0.5, "extract_best_shot": true})");
  EXPECT_EQ(base::WriteJson(ConfsOf(Type::kBiometry, {})),
            R"({"threshold_min": 0.85, "threshold_max": 0.85})");
  Parameters parameters;
  parameters.threshold_spoofing = 0.25;
  parameters.extract_best_shot = false;
  parameters.extract_action_shot = parameters.legacy_confidences = true;
  const auto read = OfConfs(Type::kQuality, ConfsOf(Type::kQuality, parameters));
  EXPECT_EQ(read.threshold_spoofing, 0.25);
  EXPECT_FALSE(read.extract_best_shot);
  EXPECT_TRUE(read.extract_action_shot);
  EXPECT_TRUE(read.legacy_confidences);
}

TEST(CollectionParameters, TakeOneCollectionOrSeveral) {
  using Ids = std::vector<std::string>;
  EXPECT_EQ(Parsed(Type::kCollection, "{}").collection_ids, Ids{});
  EXPECT_EQ(Parsed(Type::kCollection, R"({"collection_id": "a"})").collection_ids, Ids{"a"});
  EXPECT_EQ(Parsed(Type::kCollection, R"({"collection_id": "a", "collection_ids": ["b", "a", "b"]})")
                .collection_ids,
            (Ids{"a", "b"}));
  const auto narrow = Parsed(Type::kCollection, R"({"decision_threshold": 0.5, "decision_count": 3})");
  EXPECT_EQ(narrow.decision_threshold, 0.5);
  EXPECT_EQ(narrow.decision_count, 3);
}

TEST(CollectionParameters, AreHeldToTheirTypesAndRanges) {
  for (const char* text :
       {R"({"collection_id": 1})", R"({"collection_ids": "a"})", R"({"collection_ids": [null]})",
        R"({"decision_count": 1.5})", R"({"decision_count": "1"})", R"({"decision_threshold": []})"})
    EXPECT_EQ(Refused(Type::kCollection, text), Fault::kInvalidType) << text;
  for (const char* text : {R"({"decision_count": 0})", R"({"decision_count": 101})",
                           R"({"decision_count": 18446744073709551615})", R"({"decision_threshold": 1.1})"})
    EXPECT_EQ(Refused(Type::kCollection, text), Fault::kInvalidValue) << text;
  json::array many;
  for (int i = 0; i < 101; ++i) many.push_back(json::value(std::to_string(i)));
  EXPECT_EQ(Refused(Type::kCollection, base::WriteJson(json::object{{"collection_ids", many}})),
            Fault::kInvalidValue);
}

TEST(CollectionParameters, ComeBackFromTheirConfs) {
  Parameters parameters;
  EXPECT_EQ(base::WriteJson(ConfsOf(Type::kCollection, parameters)),
            R"({"decision_threshold": 0.85, "decision_count": 10, "collection_ids": null})");
  parameters.collection_ids = {"a", "b"};
  parameters.decision_count = 7;
  const auto read = OfConfs(Type::kCollection, ConfsOf(Type::kCollection, parameters));
  EXPECT_EQ(read.collection_ids, parameters.collection_ids);
  EXPECT_EQ(read.decision_count, 7);
}

}  // namespace
}  // namespace ozma::analysis
