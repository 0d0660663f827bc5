// `ozma eval quality`: what it gains to refuse the pictures that our quality calls worst (the error-versus-
// reject curve of Grother and Tabassi, IEEE PAMI 29(4), 2007).
#include <algorithm>
#include <iostream>

#include "cli/acquire.hpp"
#include "cli/eval.hpp"
#include "cli/statistics.hpp"
#include "cli/table.hpp"

namespace ozma::cli {
namespace {

namespace json = base::json;

struct EvalQuality {
  Common common;
  std::filesystem::path pairs;  // columns a, b, same
  double threshold = 0.85;
  bool as_json = false;
};

// One comparison of a person with themselves.
struct Genuine {
  double quality = 0;  // of the worse of the two pictures
  bool missed = false;
};

base::Result<std::vector<Genuine>> GenuineOf(const Chain& chain, const EvalQuality& eval) {
  const auto csv = Csv::Read(eval.pairs, {"a", "b", "same"});
  if (!csv) return csv.error();
  std::vector<std::pair<std::string, std::string>> pairs;
  std::vector<std::string> paths;
  for (std::size_t i = 0; i < csv->size(); ++i) {
    if (csv->Cell(i, "same") != "1") continue;
    pairs.emplace_back(csv->Cell(i, "a"), csv->Cell(i, "b"));
    paths.insert(paths.end(), {pairs.back().first, pairs.back().second});
  }
  const auto all = AcquireAll(chain, eval.pairs, paths, eval.common.threads, /*with_quality=*/true);
  if (!all) return all.error();
  std::vector<Genuine> genuine;
  for (const auto& [a, b] : pairs) {
    const auto &one = all->Of(a), &other = all->Of(b);
    const bool missed = !one || !other || chain.analyst->Compare(*one, *other).score < eval.threshold;
    genuine.push_back({std::min(all->QualityOf(a), all->QualityOf(b)), missed});
  }
  return genuine;
}

json::object PointOf(const std::vector<Genuine>& ordered, double rejected) {
  const auto from = static_cast<std::size_t>(rejected * static_cast<double>(ordered.size()));
  const std::size_t kept = ordered.size() - from;
  const auto missed =
      static_cast<std::size_t>(std::count_if(ordered.begin() + static_cast<std::ptrdiff_t>(from),
                                             ordered.end(), [](const Genuine& pair) { return pair.missed; }));
  return {{"rejected", rejected},
          {"quality_from", kept > 0 ? json::value(ordered[from].quality) : json::value()},
          {"pairs", kept},
          {"misses", missed},
          {"fnmr", static_cast<double>(missed) / static_cast<double>(std::max<std::size_t>(1, kept))},
          {"interval", JsonOf(Wilson(missed, kept))}};
}

json::object Report(std::vector<Genuine> genuine, double threshold) {
  std::stable_sort(genuine.begin(), genuine.end(),
                   [](const Genuine& a, const Genuine& b) { return a.quality < b.quality; });
  json::array curve;
  for (const double rejected : {0.0, 0.01, 0.02, 0.05, 0.1, 0.15, 0.2, 0.25, 0.3, 0.4, 0.5})
    curve.push_back(PointOf(genuine, rejected));
  return {{"threshold", threshold}, {"genuine", genuine.size()}, {"curve", std::move(curve)}};
}

void Print(const json::object& report) {
  std::cout << report.at("genuine").to_number<std::size_t>() << " genuine pairs, threshold "
            << Fixed(report.at("threshold").to_number<double>(), 2) << "\n\n";
  Table table({"worst refused", "pairs left", "misses", "FNMR", "95 % interval"});
  for (const auto& point : report.at("curve").as_array()) {
    const auto number = [&](const char* key) { return point.at(key).to_number<double>(); };
    table.Add({Percent(number("rejected"), 0), Fixed(number("pairs"), 0), Fixed(number("misses"), 0),
               Percent(number("fnmr")),
               "[" + Percent(point.at("interval").at(0).to_number<double>()) + ", " +
                   Percent(point.at("interval").at(1).to_number<double>()) + "]"});
  }
  std::cout << table.Text();
}

int RunEvalQuality(const EvalQuality& eval) {
  const auto chain = OpenChain(eval.common);
  if (!chain) return Complain(chain.error());
  auto genuine = GenuineOf(*chain, eval);
  if (!genuine) return Complain(genuine.error());
  const json::object report = Report(std::move(*genuine), eval.threshold);
  if (eval.as_json) {
    std::cout << base::WriteJson(report) << '\n';
  } else {
    Print(report);
  }
  return kOk;
}

}  // namespace

void AddEvalQuality(CLI::App& eval, int& exit_code) {
  auto quality = std::make_shared<EvalQuality>();
  auto* command = eval.add_subcommand("quality", "Error versus reject: FNMR without the worst pictures");
  command->footer(
      "A pair is as good as the worse of its pictures. A picture without a usable face is the worst there "
      "is.");
  command
      ->add_option("--pairs", quality->pairs, "CSV with the columns a, b and same; those of one person count")
      ->required()
      ->check(CLI::ExistingFile);
  command->add_option("--threshold", quality->threshold, "Score from which a pair is a match")
      ->check(CLI::Range(0.0, 1.0))
      ->capture_default_str();
  command->add_flag("--json", quality->as_json, "Print JSON");
  AddCommon(*command, quality->common);
  command->callback([quality, &exit_code] { exit_code = RunEvalQuality(*quality); });
}

}  // namespace ozma::cli
