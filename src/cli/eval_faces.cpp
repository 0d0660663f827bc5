#include <algorithm>
#include <array>
#include <bit>
#include <iostream>

#include "cli/acquire.hpp"
#include "cli/eval.hpp"
#include "cli/statistics.hpp"
#include "cli/table.hpp"

namespace ozma::cli {
namespace {

namespace json = base::json;

struct Outcome {
  Scores scores;
  std::optional<FoldAccuracy> folds;
  std::size_t images = 0, failures = 0;
};

void Count(Scores& scores, bool same, bool failed, float score) {
  if (failed) {
    ++(same ? scores.genuine_failures : scores.impostor_failures);
  } else {
    (same ? scores.genuine : scores.impostor).push_back(score);
  }
}

base::Result<Outcome> OverPairs(const Chain& chain, const EvalFaces& eval) {
  const auto csv = Csv::Read(eval.pairs, {"a", "b", "same"});
  if (!csv) return csv.error();
  std::vector<std::string> paths;
  paths.reserve(csv->size());
  for (std::size_t i = 0; i < csv->size(); ++i)
    paths.insert(paths.end(), {csv->Cell(i, "a"), csv->Cell(i, "b")});
  const auto all = AcquireAll(chain, eval.pairs, paths, eval.common.threads);
  if (!all) return all.error();

  Outcome outcome{{}, {}, all->templates.size(), all->failures};
  std::vector<Judged> judged;
  std::string rows = "a,b,same,score\n";
  for (std::size_t i = 0; i < csv->size(); ++i) {
    const auto& a = all->Of(paths[2 * i]);
    const auto& b = all->Of(paths[2 * i + 1]);
    const bool same = csv->Cell(i, "same") == "1", failed = !a || !b;
    const double score = failed ? 0 : chain.analyst->Compare(*a, *b).score;
    judged.push_back({static_cast<float>(score), failed, same});
    Count(outcome.scores, same, failed, static_cast<float>(score));
    rows += paths[2 * i] + ',' + paths[2 * i + 1] + (same ? ",1," : ",0,") + (failed ? "" : Fixed(score, 6)) +
            '\n';
  }
  outcome.folds = TenFoldAccuracy(judged);
  if (!eval.scores.empty()) {
    if (const auto written = base::WriteFile(eval.scores, base::AsBytes(rows)); !written)
      return written.error();
  }
  return outcome;
}

// Knots at the cosines whose false match rates are 1e-1 to 1e-6, so that a score says how rare such an
// impostor is.
json::object Fitted(std::vector<float> impostor_cosines, std::size_t failures) {
  std::sort(impostor_cosines.begin(), impostor_cosines.end());
  constexpr std::pair<double, double> kAnchors[] = {{1e-1, 0.3},  {1e-2, 0.55}, {1e-3, 0.72},
                                                    {1e-4, 0.85}, {1e-5, 0.93}, {1e-6, 0.97}};
  json::array knots = {json::array{-1.0, 0.0}};
  json::object calibration;
  for (const auto& [fmr, score] : kAnchors) {
    const double cosine = ThresholdAt(impostor_cosines, failures, fmr);
    knots.push_back(json::array{std::stod(Fixed(cosine, 4)), score});
  }
  knots.push_back(json::array{1.0, 1.0});
  calibration["knots"] = std::move(knots);
  calibration["band"] = json::array{0.72, 0.93};
  return calibration;
}

// What made-up galleries are made from (bench/search).
base::Result<void> WriteTemplates(const Acquired& all, const Csv& csv, const std::filesystem::path& path) {
  base::Bytes numbers;
  std::string people;
  for (std::size_t i = 0; i < csv.size(); ++i) {
    const auto& face = all.Of(csv.Cell(i, "path"));
    if (!face) continue;
    people += csv.Cell(i, "person") + '\n';
    for (const std::int8_t value : face->values()) {
      const auto bytes =
          std::bit_cast<std::array<std::uint8_t, 4>>(static_cast<float>(value) * face->scale());
      numbers.insert(numbers.end(), bytes.begin(), bytes.end());
    }
  }
  if (auto written = base::WriteFile(path, numbers); !written) return written;
  return base::WriteFile(path.string() + ".people", base::AsBytes(people));
}

base::Result<Outcome> OverAllPairs(const Chain& chain, const EvalFaces& eval) {
  const auto csv = Csv::Read(eval.images, {"path", "person"});
  if (!csv) return csv.error();
  std::vector<std::string> paths;
  for (std::size_t i = 0; i < csv->size(); ++i) paths.push_back(csv->Cell(i, "path"));
  const auto all = AcquireAll(chain, eval.images, paths, eval.common.threads);
  if (!all) return all.error();

  if (!eval.templates.empty()) {
    if (const auto written = WriteTemplates(*all, *csv, eval.templates); !written) return written.error();
  }
  Outcome outcome{{}, {}, all->templates.size(), all->failures};
  std::vector<float> impostor_cosines;
  for (std::size_t i = 0; i < paths.size(); ++i) {
    const auto& a = all->Of(paths[i]);
    const auto& person = csv->Cell(i, "person");
    for (std::size_t j = i + 1; j < paths.size(); ++j) {
      const auto& b = all->Of(paths[j]);
      const bool same = person == csv->Cell(j, "person"), failed = !a || !b;
      Count(outcome.scores, same, failed,
            failed ? 0 : static_cast<float>(chain.analyst->Compare(*a, *b).score));
      if (eval.fit && !failed && !same) impostor_cosines.push_back(gallery::Cosine(*a, *b));
    }
  }
  if (eval.fit) {
    std::cout << base::WriteJson(Fitted(std::move(impostor_cosines), outcome.scores.impostor_failures))
              << '\n';
  }
  return outcome;
}

json::object Report(Outcome& outcome) {
  Scores& scores = outcome.scores;
  std::sort(scores.genuine.begin(), scores.genuine.end());
  std::sort(scores.impostor.begin(), scores.impostor.end());
  const std::size_t genuine = scores.genuine.size() + scores.genuine_failures;
  const std::size_t impostor = scores.impostor.size() + scores.impostor_failures;

  json::object report{{"pairs", genuine + impostor},
                      {"genuine", genuine},
                      {"impostor", impostor},
                      {"images", outcome.images}};
  if (outcome.folds) {
    report["accuracy"] = outcome.folds->accuracy;
    report["accuracy_interval"] = JsonOf(Wilson(outcome.folds->right, outcome.folds->count));
  }
  report["eer"] = EqualErrorRate(scores);
  json::object fnmr, intervals, thresholds;
  for (const auto& [name, rate] :
       {std::pair{"0.01", 1e-2}, {"0.001", 1e-3}, {"0.0001", 1e-4}, {"0.00001", 1e-5}, {"0.000001", 1e-6}}) {
    if (rate * static_cast<double>(impostor) < 1) break;  // finer than these pairs can tell
    const double threshold = ThresholdAt(scores.impostor, scores.impostor_failures, rate);
    const double missed = NonMatchRate(scores.genuine, scores.genuine_failures, threshold);
    fnmr[name] = missed;
    intervals[name] =
        JsonOf(Wilson(static_cast<std::size_t>(std::lround(missed * static_cast<double>(genuine))), genuine));
    thresholds[name] = threshold;
  }
  report["fnmr"] = std::move(fnmr);
  report["fnmr_intervals"] = std::move(intervals);
  report["thresholds"] = std::move(thresholds);
  report["det"] = JsonOf(ErrorTradeOff(scores));
  report["failures_to_acquire"] = static_cast<double>(outcome.failures) / static_cast<double>(outcome.images);
  report["failures_to_acquire_count"] = outcome.failures;

  constexpr float kDecision = 0.85f;
  const auto matches = static_cast<std::size_t>(
      scores.impostor.end() - std::lower_bound(scores.impostor.begin(), scores.impostor.end(), kDecision));
  const auto misses =
      static_cast<std::size_t>(std::lower_bound(scores.genuine.begin(), scores.genuine.end(), kDecision) -
                               scores.genuine.begin()) +
      scores.genuine_failures;
  report["at_decision_point"] = {
      {"threshold", 0.85},
      {"fmr", static_cast<double>(matches) / static_cast<double>(std::max<std::size_t>(1, impostor))},
      {"fmr_interval", JsonOf(Wilson(matches, impostor))},
      {"fnmr", static_cast<double>(misses) / static_cast<double>(std::max<std::size_t>(1, genuine))},
      {"fnmr_interval", JsonOf(Wilson(misses, genuine))}};
  return report;
}

std::string Interval(const json::value& interval) {
  return "[" + Percent(interval.at(0).to_number<double>(), 3) + ", " +
         Percent(interval.at(1).to_number<double>(), 3) + "]";
}

void Print(const json::object& report) {
  const auto number = [&](const char* key) { return report.at(key).to_number<double>(); };
  std::cout << report.at("images").to_number<std::size_t>() << " images, "
            << report.at("genuine").to_number<std::size_t>() << " genuine and "
            << report.at("impostor").to_number<std::size_t>() << " impostor pairs\n\n";
  Table table({"figure", "value", "95 % interval"});
  if (report.contains("accuracy")) {
    table.Add({"accuracy, ten folds", Percent(number("accuracy")), Interval(report.at("accuracy_interval"))});
  }
  table.Add({"EER", Percent(number("eer")), ""});
  for (const auto& item : report.at("fnmr").as_object()) {
    table.Add({"FNMR at FMR " + std::string(item.key()), Percent(item.value().to_number<double>()),
               Interval(report.at("fnmr_intervals").at(item.key()))});
  }
  const auto& point = report.at("at_decision_point");
  table.Add({"FMR at score 0.85", Percent(point.at("fmr").to_number<double>(), 4),
             Interval(point.at("fmr_interval"))});
  table.Add({"FNMR at score 0.85", Percent(point.at("fnmr").to_number<double>()),
             Interval(point.at("fnmr_interval"))});
  table.Add({"failures to acquire", Percent(number("failures_to_acquire"), 3), ""});
  std::cout << table.Text();
}

}  // namespace

int RunEvalFaces(const EvalFaces& eval) {
  const auto chain = OpenChain(eval.common);
  if (!chain) return Complain(chain.error());
  auto outcome = eval.pairs.empty() ? OverAllPairs(*chain, eval) : OverPairs(*chain, eval);
  if (!outcome) return Complain(outcome.error());
  const json::object report = Report(*outcome);
  if (eval.as_json) {
    std::cout << base::WriteJson(report) << '\n';
  } else {
    Print(report);
  }
  return kOk;
}

}  // namespace ozma::cli
