// BIOMETRY: is it one person on all media? Every pair is compared; the least alike pair decides.
#include <algorithm>

#include "analysis/steps.hpp"
#include "analysis/tags.hpp"

namespace ozma::analysis {
namespace {

struct Range {
  double min = 1, max = 0;
  void Take(double score) {
    min = std::min(min, score);
    max = std::max(max, score);
  }
  base::json::object Json() const { return {{"min_confidence", min}, {"max_confidence", max}}; }
};

}  // namespace

base::Result<Outcome> RunBiometry(const Analyst& analyst, const Parameters& parameters,
                                  const std::vector<Source>& sources, const Frames& frames) {
  if (sources.size() < 2) {
    return Failed(kLogicCode, "Biometry. Analyse requires at least 2 media objects to process");
  }
  std::vector<gallery::Template> templates;
  for (std::size_t i = 0; i < sources.size(); ++i) {
    // Its tag says that it shows no face, so nobody looks for one.
    if (!ShowsPerson(sources[i].tags)) return Blame(base::Fail(base::Fault::kNoFace, ""), sources[i]);
    const auto medium = frames(i);
    if (!medium) return Blame(medium.error(), sources[i]);
    auto made = analyst.ExtractMain(*medium);
    if (!made) return Blame(made.error(), sources[i]);
    templates.push_back(std::move(*made));
  }

  Range all;
  std::vector<Range> each(sources.size());
  for (std::size_t a = 0; a < sources.size(); ++a) {
    for (std::size_t b = a + 1; b < sources.size(); ++b) {
      const double score = analyst.Compare(templates[a], templates[b]).score;
      for (Range* range : {&all, &each[a], &each[b]}) range->Take(score);
    }
  }
  Outcome outcome;
  outcome.resolution = OfMatch(all.min, parameters.threshold_min, parameters.threshold_max);
  outcome.results_data = all.Json();
  for (std::size_t i = 0; i < sources.size(); ++i) outcome.media.push_back({i, each[i].Json(), {}});
  return outcome;
}

}  // namespace ozma::analysis
