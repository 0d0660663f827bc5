#include <algorithm>
#include <iostream>
#include <limits>

#include "cli/eval.hpp"
#include "cli/statistics.hpp"
#include "cli/table.hpp"

namespace ozma::cli {
namespace {

namespace json = base::json;

struct Row {
  std::string path, label, source;
  std::optional<double> score;  // nothing: a non-response
  bool bona_fide() const { return label == "bonafide"; }
};

base::Result<std::vector<Row>> ScoreAll(const Chain& chain, const EvalLiveness& eval) {
  const auto csv = Csv::Read(eval.list, {"path", "label"});
  if (!csv) return csv.error();
  const auto pictures = Pictures::Beside(eval.list);
  if (!pictures) return pictures.error();
  std::vector<Row> rows;
  for (std::size_t i = 0; i < csv->size(); ++i) {
    rows.push_back({csv->Cell(i, "path"), csv->Cell(i, "label"), csv->Cell(i, "source"), {}});
  }
  const auto score = [&](std::size_t i) -> base::Result<void> {
    const auto bytes = pictures->Read(rows[i].path);
    if (!bytes) return bytes.error();
    const auto medium = chain.decoder->Decode(*bytes, base::Deadline(std::chrono::minutes(10)));
    if (!medium) return {};
    const auto quality =
        chain.analyst->Quality(*medium, {.threshold_spoofing = eval.threshold, .extract_best_shot = false});
    if (quality) rows[i].score = quality->confidence_spoofing;
    if (!quality && quality.error().fault == base::Fault::kEngine) return quality.error();
    return {};
  };
  const auto scored = ForEach("liveness", rows.size(), eval.common.threads, score);
  if (!scored) return scored.error();
  return rows;
}

double Share(std::size_t part, std::size_t whole) {
  return whole == 0 ? 0 : static_cast<double>(part) / static_cast<double>(whole);
}

// Bona fide as genuine, 1 - score as likeness to bona fide; a non-response is the worst score for its class.
Scores ScoresOf(const std::vector<const Row*>& rows) {
  Scores scores;
  for (const Row* row : rows) {
    const float worst = row->bona_fide() ? -1.0f : 2.0f;
    const float likeness = row->score ? static_cast<float>(1 - *row->score) : worst;
    (row->bona_fide() ? scores.genuine : scores.impostor).push_back(likeness);
  }
  std::sort(scores.genuine.begin(), scores.genuine.end());
  std::sort(scores.impostor.begin(), scores.impostor.end());
  return scores;
}

json::object Report(const std::vector<const Row*>& rows, double threshold) {
  struct Tally {
    std::size_t count = 0, wrong = 0, silent = 0;
  };
  std::map<std::string, Tally> species;
  Tally bona_fide;
  std::size_t silent = 0;
  for (const Row* row : rows) {
    Tally& tally = row->bona_fide() ? bona_fide : species[row->label];
    const bool declined = row->score && *row->score >= threshold;
    ++tally.count;
    if (!row->score || declined == row->bona_fide()) ++tally.wrong;
    if (!row->score) ++tally.silent, ++silent;
  }
  json::object apcer, apcer_intervals, counts;
  double apcer_max = 0;
  for (const auto& [name, tally] : species) {
    apcer[name] = Share(tally.wrong, tally.count);
    apcer_intervals[name] = JsonOf(Wilson(tally.wrong, tally.count));
    counts[name] = {{"count", tally.count}, {"errors", tally.wrong}, {"non_responses", tally.silent}};
    apcer_max = std::max(apcer_max, Share(tally.wrong, tally.count));
  }
  counts["bonafide"] = {
      {"count", bona_fide.count}, {"errors", bona_fide.wrong}, {"non_responses", bona_fide.silent}};
  const double bpcer = Share(bona_fide.wrong, bona_fide.count);
  json::object report{{"threshold", threshold},
                      {"apcer", std::move(apcer)},
                      {"apcer_intervals", std::move(apcer_intervals)},
                      {"apcer_max", apcer_max},
                      {"bpcer", bpcer},
                      {"bpcer_interval", JsonOf(Wilson(bona_fide.wrong, bona_fide.count))},
                      {"acer", (apcer_max + bpcer) / 2},
                      {"eer", nullptr},
                      {"non_response", Share(silent, rows.size())},
                      {"counts", std::move(counts)}};
  if (bona_fide.count == 0 || species.empty()) return report;
  const Scores scores = ScoresOf(rows);
  report["eer"] = EqualErrorRate(scores);
  report["det"] = JsonOf(ErrorTradeOff(scores));
  return report;
}

std::string Rate(const json::object& report, const char* rates, const char* intervals,
                 const std::string& name) {
  const auto& interval = report.at(intervals).at(name);
  return Percent(report.at(rates).at(name).to_number<double>()) + "  [" +
         Percent(interval.at(0).to_number<double>()) + ", " + Percent(interval.at(1).to_number<double>()) +
         "]";
}

void Print(const std::string& title, const json::object& report) {
  const auto percent = [&](const char* key) { return Percent(report.at(key).to_number<double>()); };
  const auto count = [&](const std::string& name) {
    return std::to_string(report.at("counts").at(name).at("count").to_number<std::size_t>());
  };
  std::cout << title << '\n';
  Table table({"  figure", "count", "value and 95 % interval"});
  for (const auto& item : report.at("apcer").as_object()) {
    const std::string name(item.key());
    table.Add({"  APCER " + name, count(name), Rate(report, "apcer", "apcer_intervals", name)});
  }
  const auto& interval = report.at("bpcer_interval");
  table.Add({"  BPCER", count("bonafide"),
             percent("bpcer") + "  [" + Percent(interval.at(0).to_number<double>()) + ", " +
                 Percent(interval.at(1).to_number<double>()) + "]"});
  table.Add({"  ACER (worst species)", "", percent("acer")});
  if (!report.at("eer").is_null()) table.Add({"  EER", "", percent("eer")});
  table.Add({"  non-response", "", percent("non_response")});
  std::cout << table.Text() << '\n';
}

base::Result<void> WriteScores(const std::vector<Row>& rows, const std::filesystem::path& path) {
  std::string text = "path,label,source,score\n";
  for (const Row& row : rows) {
    text +=
        row.path + ',' + row.label + ',' + row.source + ',' + (row.score ? Fixed(*row.score, 6) : "") + '\n';
  }
  return base::WriteFile(path, base::AsBytes(text));
}

}  // namespace

int RunEvalLiveness(const EvalLiveness& eval) {
  const auto chain = OpenChain(eval.common);
  if (!chain) return Complain(chain.error());
  const auto rows = ScoreAll(*chain, eval);
  if (!rows) return Complain(rows.error());
  if (!eval.scores.empty()) {
    if (const auto written = WriteScores(*rows, eval.scores); !written) return Complain(written.error());
  }
  std::vector<const Row*> all;
  std::map<std::string, std::vector<const Row*>> by_source;
  for (const Row& row : *rows) {
    all.push_back(&row);
    if (!row.source.empty()) by_source[row.source].push_back(&row);
  }
  json::object report = Report(all, eval.threshold), sources;
  for (const auto& [source, members] : by_source) sources[source] = Report(members, eval.threshold);
  report["sources"] = sources;
  if (eval.as_json) {
    std::cout << base::WriteJson(report) << '\n';
    return kOk;
  }
  Print("All " + std::to_string(rows->size()) + " media, threshold " + Fixed(eval.threshold, 2), report);
  for (const auto& source : sources) Print("Source " + std::string(source.key()), source.value().as_object());
  return kOk;
}

}  // namespace ozma::cli
