// `ozma eval injection`: traces of injections in films that were injected, and in films that were not.
#include <algorithm>
#include <iostream>

#include "analysis/injection.hpp"
#include "cli/eval.hpp"
#include "cli/statistics.hpp"
#include "cli/table.hpp"

namespace ozma::cli {
namespace {

namespace json = base::json;

struct EvalInjection {
  std::filesystem::path list;  // columns path, label[, source]
  int threads = 0;
  bool allow_unsandboxed = false;
  bool as_json = false;
};

struct Row {
  std::string path, label, source;
  bool read = false;
  media::Traces traces{};
  analysis::Injection injection{};
};

base::Result<std::vector<Row>> LookAtAll(const EvalInjection& eval) {
  const auto csv = Csv::Read(eval.list, {"path", "label"});
  if (!csv) return csv.error();
  const auto films = Pictures::Beside(eval.list);
  if (!films) return films.error();
  media::DecoderOptions options;
  options.workers = eval.threads;
  options.allow_unsandboxed = eval.allow_unsandboxed;
  const auto decoder = media::Decoder::Start(options);
  if (!decoder) return decoder.error();
  std::vector<Row> rows;
  for (std::size_t i = 0; i < csv->size(); ++i)
    rows.push_back({csv->Cell(i, "path"), csv->Cell(i, "label"), csv->Cell(i, "source")});
  const auto look = [&](std::size_t i) -> base::Result<void> {
    const auto bytes = films->Read(rows[i].path);
    if (!bytes) return bytes.error();
    const auto medium = (*decoder)->Decode(*bytes, base::Deadline(std::chrono::minutes(10)));
    if (!medium) return {};
    rows[i].read = true;
    rows[i].traces = medium->traces;
    rows[i].injection = analysis::InjectionOf(medium->traces);
    return {};
  };
  const auto looked = ForEach("injection", rows.size(), eval.threads, look);
  if (!looked) return looked.error();
  return rows;
}

json::object FiguresOf(const std::vector<const Row*>& rows) {
  std::size_t suspected = 0, unread = 0;
  json::object reasons;
  for (const auto& signal : analysis::InjectionRules::BuiltIn().signals) reasons[signal.name] = 0;
  for (const Row* row : rows) {
    if (row->injection.suspected) ++suspected;
    if (!row->read) ++unread;
    for (const auto& reason : row->injection.reasons)
      reasons[reason] = reasons[reason].to_number<std::int64_t>() + 1;
  }
  const double share = rows.empty() ? 0 : static_cast<double>(suspected) / static_cast<double>(rows.size());
  return {{"count", rows.size()},
          {"unread", unread},
          {"suspected", suspected},
          {"share", share},
          {"interval", JsonOf(Wilson(suspected, rows.size()))},
          {"reasons", std::move(reasons)}};
}

json::object Report(const std::vector<Row>& rows) {
  std::map<std::string, std::map<std::string, std::vector<const Row*>>> by_source;
  for (const Row& row : rows) {
    by_source["all"][row.label].push_back(&row);
    if (!row.source.empty()) by_source[row.source][row.label].push_back(&row);
  }
  json::object report;
  for (const auto& [source, labels] : by_source) {
    json::object figures;
    for (const auto& [label, members] : labels) figures[label] = FiguresOf(members);
    report[source] = std::move(figures);
  }
  return report;
}

void Print(const json::object& report) {
  Table table({"source", "label", "films", "suspected", "share and 95 % interval", "signals"});
  for (const auto& [source, labels] : report) {
    for (const auto& [label, one] : labels.as_object()) {
      std::string signals;
      for (const auto& [reason, times] : one.at("reasons").as_object()) {
        if (times.to_number<std::int64_t>() > 0)
          signals += std::string(reason) + " " + json::serialize(times) + "  ";
      }
      const auto percent = [](const json::value& value) { return Percent(value.to_number<double>(), 1); };
      table.Add({std::string(source), std::string(label), json::serialize(one.at("count")),
                 json::serialize(one.at("suspected")),
                 percent(one.at("share")) + "  [" + percent(one.at("interval").at(0)) + ", " +
                     percent(one.at("interval").at(1)) + "]",
                 signals});
    }
  }
  std::cout << table.Text();
}

int RunEvalInjection(const EvalInjection& eval) {
  const auto rows = LookAtAll(eval);
  if (!rows) return Complain(rows.error());
  const json::object report = Report(*rows);
  if (eval.as_json) {
    std::cout << base::WriteJson(report) << '\n';
  } else {
    Print(report);
  }
  return kOk;
}

}  // namespace

void AddEvalInjection(CLI::App& eval, int& exit_code) {
  auto injection = std::make_shared<EvalInjection>();
  auto* command = eval.add_subcommand("injection", "Traces of injections: films suspected, by label");
  command->footer(
      "Films are looked for beside the list, then in every .tar beside it. Runs no network: the traces are "
      "in the\n"
      "file and in how its frames follow each other.");
  command->add_option("--list", injection->list, "CSV with the columns path and label, maybe source")
      ->required()
      ->check(CLI::ExistingFile);
  command->add_option("--threads", injection->threads, "Threads; 0: as many as cores")
      ->check(CLI::NonNegativeNumber);
  command->add_flag("--allow-unsandboxed", injection->allow_unsandboxed,
                    "Go on where the decoder's sandbox cannot be set up");
  command->add_flag("--json", injection->as_json, "Print JSON");
  command->callback([injection, &exit_code] { exit_code = RunEvalInjection(*injection); });
}

}  // namespace ozma::cli
