// COLLECTION: is anybody on the media a person of the collections? One who is decides.
#include <algorithm>

#include "analysis/steps.hpp"
#include "analysis/tags.hpp"

namespace ozma::analysis {
namespace {

// `at`: the medium that was looked at last.
base::Result<std::vector<gallery::Template>> TemplatesOf(const Analyst& analyst,
                                                         const std::vector<std::size_t>& usable,
                                                         const Frames& frames, std::size_t& at) {
  std::vector<gallery::Template> templates;
  templates.reserve(usable.size());
  for (const std::size_t i : usable) {
    at = i;
    const auto medium = frames(i);
    if (!medium) return medium.error();
    auto made = analyst.ExtractMain(*medium);
    if (!made) return made.error();
    templates.push_back(std::move(*made));
  }
  return templates;
}

MediumResult ResultOf(const Analyst& analyst, const Parameters& parameters, std::size_t medium,
                      const std::vector<gallery::Found>& found, double& best) {
  MediumResult result{medium, {}, {}, {}};
  double highest = 0;
  for (const gallery::Found& one : found) {
    const double score = analyst.Score(one.cosine);
    highest = std::max(highest, score);
    // Who is on the list and is not alike is nobody's business.
    const bool full = result.persons.size() == static_cast<std::size_t>(parameters.decision_count);
    if (full || OfSearch(score, parameters.decision_threshold) != Resolution::kDeclined) break;
    result.persons.push_back(base::json::object{{"person_id", one.person_id},
                                                {"collection_id", one.collection_id},
                                                {"confidence", score},
                                                {"person_image_id", one.image_id}});
  }
  result.results_data["max_confidence"] = highest;
  best = std::max(best, highest);
  return result;
}

}  // namespace

base::Result<Outcome> RunCollection(const Analyst& analyst, const Parameters& parameters,
                                    const std::vector<Source>& sources, const Frames& frames,
                                    const Search& search) {
  const auto usable = Choose(Type::kCollection, sources);
  if (usable.empty()) return Failed(kTagCode, "Invalid/missed tag values to process blacklist check");
  std::size_t at = 0;
  const auto templates = TemplatesOf(analyst, usable, frames, at);
  if (!templates) return Blame(templates.error(), sources[at]);
  const auto found = search(*templates);
  if (!found) return found.error();

  Outcome outcome;
  double best = 0;
  outcome.media.reserve(usable.size());
  for (std::size_t i = 0; i < usable.size(); ++i)
    outcome.media.push_back(ResultOf(analyst, parameters, usable[i], found->at(i), best));
  // Not by `best` alone: where nobody is enrolled, even a threshold of 0 is not reached.
  const auto matched = [](const MediumResult& one) { return !one.persons.empty(); };
  outcome.resolution =
      std::ranges::any_of(outcome.media, matched) ? Resolution::kDeclined : Resolution::kSuccess;
  outcome.results_data = base::json::object{{"max_confidence", best}};
  return outcome;
}

}  // namespace ozma::analysis
