#include "analysis/injection.hpp"

#include <gmock/gmock.h>

#include "analysis/job.hpp"
#include "samples.hpp"

namespace ozma::analysis {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

media::Traces Genuine() {
  return {"Core Media Video", 100, 1, 3, 4};
}

TEST(Injection, AGenuineFilmIsNotSuspected) {
  const auto injection = InjectionOf(Genuine());
  EXPECT_FALSE(injection.suspected);
  EXPECT_THAT(injection.reasons, IsEmpty());
}

TEST(Injection, EachSignalIsNamed) {
  auto traces = Genuine();
  traces.still = 99;
  EXPECT_THAT(InjectionOf(traces).reasons, ElementsAre("still"));
  EXPECT_TRUE(InjectionOf(traces).suspected);
  traces = Genuine();
  traces.looped = 40;
  EXPECT_THAT(InjectionOf(traces).reasons, ElementsAre("loop"));
  traces = Genuine();
  traces.stutters = 50;
  EXPECT_THAT(InjectionOf(traces).reasons, ElementsAre("retimed"));
  traces = Genuine();
  traces.marks = "OBS Virtual Camera; Lavf59.27.100";
  EXPECT_THAT(InjectionOf(traces).reasons, ElementsAre("virtual_camera", "library"));
  EXPECT_TRUE(InjectionOf(traces).suspected);
}

TEST(Injection, ALibraryAloneRaisesNoSuspicion) {
  auto traces = Genuine();
  traces.marks = "Lavf59.27.100; x264";
  const auto injection = InjectionOf(traces);
  EXPECT_THAT(injection.reasons, ElementsAre("library"));
  EXPECT_FALSE(injection.suspected);
}

TEST(Injection, TooFewFramesSayNothing) {
  EXPECT_THAT(InjectionOf({"", 5, 5, 5, 5}).reasons, IsEmpty());
  EXPECT_THAT(InjectionOf({}).reasons, IsEmpty());
}

TEST(InjectionRules, WhatIsMissingIsNamed) {
  for (const char* text :
       {"[]", "{}", R"({"prior": -2, "suspected_from": 0.5})",
        R"({"prior": -2, "suspected_from": 0.5, "signals": {"still": {"weight": 1}}})",
        R"({"prior": -2, "suspected_from": 0.5, "signals": {"unheard_of": {"weight": 1, "from": 1}}})",
        R"({"prior": -2, "suspected_from": 0.5, "signals": {"editor": {"weight": 1, "words": [""]}}})"})
    EXPECT_FALSE(InjectionRules::Parse(text)) << text;
  EXPECT_FALSE(InjectionRules::BuiltIn().signals.empty());
}

base::Result<Outcome> RunOver(const media::Traces& traces, OnInjection what) {
  static const auto analyst = Analyst::Create(tests::SharedEngine(), {}).value();
  const cv::Mat picture = tests::Sample("person-a-1.jpg");
  media::Media film{{media::Kind::kVideo, "video/mp4"}, {}, {{picture, 0}, {picture, 0.2}}};
  film.traces = traces;
  Parameters parameters;
  parameters.threshold_spoofing = 1;
  parameters.injection = what;
  return Run(*analyst, Type::kQuality, parameters, {{"m", {"video_selfie"}, true}},
             [&](std::size_t) { return base::Result<media::Media>(film); });
}

TEST(Injection, IsReportedAndDeclinesOnlyWhereToldTo) {
  auto injected = Genuine();
  injected.still = 100;
  const auto reported = RunOver(injected, OnInjection::kReport);
  ASSERT_TRUE(reported);
  EXPECT_EQ(reported->resolution, Resolution::kSuccess);
  const auto& said = reported->media.at(0).results_data.at("injection").as_object();
  EXPECT_EQ(said.at("reasons").at(0).as_string(), "still");
  EXPECT_GT(said.at("confidence").as_double(), 0.5);

  EXPECT_EQ(RunOver(injected, OnInjection::kDecline)->resolution, Resolution::kDeclined);
  const auto ignored = RunOver(injected, OnInjection::kIgnore);
  EXPECT_EQ(ignored->resolution, Resolution::kSuccess);
  EXPECT_FALSE(ignored->media.at(0).results_data.contains("injection"));
  const auto genuine = RunOver(Genuine(), OnInjection::kDecline);
  EXPECT_EQ(genuine->resolution, Resolution::kSuccess);
  EXPECT_FALSE(genuine->media.at(0).results_data.contains("injection"));
}

}  // namespace
}  // namespace ozma::analysis
