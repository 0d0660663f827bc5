#include <algorithm>
#include <array>
#include <iostream>
#include <map>
#include <set>

#include "cli/acquire.hpp"
#include "cli/eval.hpp"
#include "cli/search_figures.hpp"
#include "cli/statistics.hpp"
#include "cli/table.hpp"
#include "gallery/memory_index.hpp"

namespace ozma::cli {
namespace {

namespace json = base::json;
using base::Fail;
using base::Fault;

constexpr std::size_t kNamed = 10;  // persons of a search, as a COLLECTION analysis names by default
constexpr std::size_t kMostMatches = 1000;
constexpr double kDecision = 0.85;
constexpr std::array kThresholds = {0.72, kDecision, 0.93, 0.97};

struct Probe {
  MaybeTemplate face;
  std::int64_t person = 0;  // 0: not in the gallery
};

// A person's number is its collection, so that a search can be kept to some persons.
struct Crowd {
  std::int64_t persons = 0;
  std::size_t pictures = 0, of_one = 0;  // in the gallery; the most of one person
  std::size_t images = 0, failures = 0, gallery_failures = 0;
  std::vector<gallery::Entry> entries;
  std::vector<Probe> probes;
  std::unique_ptr<gallery::MemoryIndex> index;
};

base::Result<Crowd> Gather(const Chain& chain, const EvalSearch& eval) {
  const auto csv = Csv::Read(eval.list, {"path", "person", "role"});
  if (!csv) return csv.error();
  std::vector<std::string> paths;
  std::map<std::string, std::int64_t> numbers;
  std::map<std::int64_t, std::size_t> pictures;
  for (std::size_t i = 0; i < csv->size(); ++i) {
    const auto& role = csv->Cell(i, "role");
    if (role != "gallery" && role != "probe")
      return Fail(Fault::kConfiguration, eval.list.string() + ": row " + std::to_string(i + 2) +
                                             " has the role \"" + role + "\", not gallery or probe.");
    paths.push_back(csv->Cell(i, "path"));
    if (role == "gallery")
      ++pictures[numbers.try_emplace(csv->Cell(i, "person"), std::ssize(numbers) + 1).first->second];
  }
  if (numbers.empty()) return Fail(Fault::kConfiguration, eval.list.string() + " lists no gallery.");
  const auto all = AcquireAll(chain, eval.list, paths, eval.common.threads);
  if (!all) return all.error();

  Crowd crowd;
  crowd.persons = std::ssize(numbers);
  crowd.images = all->templates.size();
  crowd.failures = all->failures;
  for (const auto& [person, count] : pictures) crowd.of_one = std::max(crowd.of_one, count);
  for (std::size_t i = 0; i < paths.size(); ++i) {
    const auto found = numbers.find(csv->Cell(i, "person"));
    const auto& face = all->Of(paths[i]);
    if (csv->Cell(i, "role") == "probe") {
      crowd.probes.push_back({face, found == numbers.end() ? 0 : found->second});
      continue;
    }
    ++crowd.pictures;
    if (!face) ++crowd.gallery_failures;
    if (face) crowd.entries.push_back({std::ssize(crowd.entries) + 1, found->second, *face});
  }
  if (crowd.probes.empty()) return Fail(Fault::kConfiguration, eval.list.string() + " lists no probe.");
  return crowd;
}

base::Result<void> Enrol(const Chain& chain, Crowd& crowd) {
  gallery::IndexOptions options;
  options.shape = {chain.analyst->network(), chain.analyst->dimension()};
  auto index = gallery::MemoryIndex::Create(options);
  if (!index) return index.error();
  std::vector<gallery::Change> changes;
  for (const auto& entry : crowd.entries)
    changes.push_back({static_cast<std::uint64_t>(entry.image), entry.image, entry});
  if (const auto applied = (*index)->Apply(changes); !applied) return applied.error();
  crowd.index = std::move(*index);
  return {};
}

// Judges one search: `matches` are those of the probe, the most alike first.
void Judge(const Chain& chain, const std::vector<gallery::Match>& matches, std::int64_t mate,
           Searched& searched) {
  std::set<std::int64_t> seen;
  for (const auto& match : matches) {
    if (!seen.insert(match.collection).second) continue;
    if (seen.size() > kNamed) break;
    const auto score = static_cast<float>(chain.analyst->Score(match.cosine));
    if (mate == 0) return searched.strangers.push_back(score);
    if (match.collection != mate) continue;
    if (seen.size() == 1) ++searched.first;
    return searched.mates.push_back(score);
  }
  if (mate == 0) return searched.strangers.push_back(0);
  ++searched.unnamed;
}

// All probes against the persons of one part of the gallery.
base::Result<void> SearchPart(const Chain& chain, const Crowd& crowd, const std::set<std::int64_t>& persons,
                              Searched& searched) {
  gallery::Question question;
  question.collections.assign(persons.begin(), persons.end());
  question.most = std::min(kMostMatches, kNamed * crowd.of_one);
  for (const auto& probe : crowd.probes) {
    const std::int64_t mate = persons.contains(probe.person) ? probe.person : 0;
    if (!probe.face) {
      ++(mate == 0 ? searched.unusable : searched.unnamed);
      continue;
    }
    question.probes = {&*probe.face, 1};
    const auto found = crowd.index->Search(question);
    if (!found) return found.error();
    Judge(chain, found->front(), mate, searched);
  }
  return {};
}

// The gallery in `parts` parts of about the same size, each searched with all probes. Who is in another part
// is a stranger to this one.
base::Result<Searched> SearchIn(const Chain& chain, const Crowd& crowd, std::int64_t parts) {
  Searched searched;
  for (std::int64_t part = 0; part < parts; ++part) {
    std::set<std::int64_t> persons;
    for (std::int64_t person = 1 + part; person <= crowd.persons; person += parts) persons.insert(person);
    if (const auto done = SearchPart(chain, crowd, persons, searched); !done) return done.error();
  }
  searched.Sort();
  return searched;
}

// Of all comparisons of a probe with somebody else in the gallery, the share at or above each threshold.
std::vector<double> FalseMatchRates(const Chain& chain, const Crowd& crowd) {
  std::vector<std::size_t> matches(kThresholds.size());
  std::size_t all = 0;
  for (const auto& probe : crowd.probes) {
    if (!probe.face) continue;
    for (const auto& entry : crowd.entries) {
      if (entry.collection == probe.person) continue;
      const double score = chain.analyst->Score(gallery::Cosine(*probe.face, entry.face));
      ++all;
      for (std::size_t i = 0; i < kThresholds.size(); ++i) matches[i] += score >= kThresholds[i] ? 1 : 0;
    }
  }
  std::vector<double> rates;
  for (const std::size_t count : matches)
    rates.push_back(static_cast<double>(count) / static_cast<double>(std::max<std::size_t>(1, all)));
  return rates;
}

double Share(std::size_t part, std::size_t whole) {
  return static_cast<double>(part) / static_cast<double>(std::max<std::size_t>(1, whole));
}

json::object AtThreshold(const Searched& searched, double threshold) {
  const auto positives = FalsePositives(searched, threshold), negatives = FalseNegatives(searched, threshold);
  return {{"threshold", threshold},
          {"fpir", Share(positives, searched.non_mated())},
          {"fpir_count", positives},
          {"fpir_interval", JsonOf(Wilson(positives, searched.non_mated()))},
          {"fnir", Share(negatives, searched.mated())},
          {"fnir_count", negatives},
          {"fnir_interval", JsonOf(Wilson(negatives, searched.mated()))}};
}

json::object BySize(const Crowd& crowd, const Searched& searched, std::int64_t parts,
                    const std::vector<double>& rates) {
  json::object size{{"persons", crowd.persons / parts},
                    {"galleries", parts},
                    {"mated", searched.mated()},
                    {"non_mated", searched.non_mated()}};
  json::array at;
  for (std::size_t i = 0; i < kThresholds.size(); ++i) {
    auto figures = AtThreshold(searched, kThresholds[i]);
    figures["fmr"] = rates[i];
    figures["expected_fpir"] =
        ExpectedFpir(rates[i], static_cast<double>(crowd.entries.size()) / static_cast<double>(parts));
    at.push_back(std::move(figures));
  }
  size["at"] = std::move(at);
  return size;
}

json::object Report(const Crowd& crowd, const Searched& whole) {
  json::object report{
      {"images", crowd.images},
      {"gallery",
       {{"persons", crowd.persons}, {"pictures", crowd.pictures}, {"failures", crowd.gallery_failures}}},
      {"mated", whole.mated()},
      {"non_mated", whole.non_mated()},
      {"non_mated_failures", whole.unusable},
      {"rank_1", Share(whole.first, whole.mated())},
      {"rank_1_count", whole.first},
      {"rank_1_interval", JsonOf(Wilson(whole.first, whole.mated()))},
      {"failures_to_acquire", Share(crowd.failures, crowd.images)},
      {"failures_to_acquire_count", crowd.failures}};
  json::object at_fpir;
  for (const auto& [name, rate] : {std::pair{"0.01", 1e-2}, {"0.001", 1e-3}})
    at_fpir[name] = AtThreshold(whole, ThresholdAtFpir(whole, rate));
  report["at_fpir"] = std::move(at_fpir);
  report["at_decision_point"] = AtThreshold(whole, kDecision);
  return report;
}

std::string Interval(const json::value& interval) {
  return "[" + Percent(interval.at(0).to_number<double>(), 3) + ", " +
         Percent(interval.at(1).to_number<double>(), 3) + "]";
}

void Print(const json::object& report) {
  const auto text = [](const json::value& value) { return std::to_string(value.to_number<std::size_t>()); };
  const auto& gallery = report.at("gallery");
  std::cout << text(gallery.at("persons")) << " persons by " << text(gallery.at("pictures"))
            << " pictures in the gallery; " << text(report.at("mated")) << " mated and "
            << text(report.at("non_mated")) << " non-mated searches\n\n";
  Table table({"figure", "value", "95 % interval"});
  table.Add(
      {"rank-1", Percent(report.at("rank_1").to_number<double>()), Interval(report.at("rank_1_interval"))});
  const auto add = [&](const std::string& name, const json::value& figures, const char* key) {
    table.Add({name, Percent(figures.at(key).to_number<double>()),
               Interval(figures.at(std::string(key) + "_interval"))});
  };
  for (const auto& item : report.at("at_fpir").as_object())
    add("FNIR at FPIR " + std::string(item.key()) + " (score " +
            Fixed(item.value().at("threshold").to_number<double>(), 4) + ")",
        item.value(), "fnir");
  add("FPIR at score 0.85", report.at("at_decision_point"), "fpir");
  add("FNIR at score 0.85", report.at("at_decision_point"), "fnir");
  table.Add({"failures to acquire", Percent(report.at("failures_to_acquire").to_number<double>(), 3), ""});
  std::cout << table.Text() << '\n';
  Table sizes({"persons", "score", "FMR", "FPIR", "expected", "FNIR"});
  for (const auto& size : report.at("by_size").as_array()) {
    for (const auto& at : size.at("at").as_array())
      sizes.Add({text(size.at("persons")), Fixed(at.at("threshold").to_number<double>(), 2),
                 Percent(at.at("fmr").to_number<double>(), 5), Percent(at.at("fpir").to_number<double>()),
                 Percent(at.at("expected_fpir").to_number<double>()),
                 Percent(at.at("fnir").to_number<double>())});
  }
  std::cout << sizes.Text();
}

base::Result<json::object> Evaluate(const EvalSearch& eval) {
  const auto chain = OpenChain(eval.common);
  if (!chain) return chain.error();
  auto crowd = Gather(*chain, eval);
  if (!crowd) return crowd.error();
  if (const auto enrolled = Enrol(*chain, *crowd); !enrolled) return enrolled.error();
  const auto rates = FalseMatchRates(*chain, *crowd);
  json::object report;
  json::array sizes;
  for (const std::int64_t parts : {1, 4, 16}) {
    if (parts > crowd->persons) break;
    const auto searched = SearchIn(*chain, *crowd, parts);
    if (!searched) return searched.error();
    if (parts == 1) report = Report(*crowd, *searched);
    sizes.push_back(BySize(*crowd, *searched, parts, rates));
  }
  report["by_size"] = std::move(sizes);
  return report;
}

}  // namespace

int RunEvalSearch(const EvalSearch& eval) {
  const auto report = Evaluate(eval);
  if (!report) return Complain(report.error());
  if (eval.as_json) {
    std::cout << base::WriteJson(*report) << '\n';
  } else {
    Print(*report);
  }
  return kOk;
}

}  // namespace ozma::cli
