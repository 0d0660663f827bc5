// `ozma eval gestures`: gestures in films that hold them, and in films that do not.
#include <algorithm>
#include <iostream>

#include "analysis/action.hpp"
#include "cli/eval.hpp"
#include "cli/statistics.hpp"
#include "cli/table.hpp"

namespace ozma::cli {
namespace {

namespace json = base::json;

struct EvalGestures {
  Common common;
  std::filesystem::path list;  // columns path, gesture, label[, source, from, to]
  std::filesystem::path outcomes;
  bool mirrored = false;
  bool as_json = false;
};

struct Row {
  std::string path, source;
  face::Gesture gesture = face::Gesture::kBlank;
  bool wanted = false;      // the film shows the gesture
  double from = 0, to = 0;  // seconds of the film that count; `to` 0: to its end
  face::GestureFinding finding{};
  std::optional<std::int64_t> shot{};  // milliseconds, of the frame that shows it best
};

base::Result<std::vector<Row>> RowsOf(const std::filesystem::path& list) {
  const auto csv = Csv::Read(list, {"path", "gesture", "label"});
  if (!csv) return csv.error();
  std::vector<Row> rows;
  for (std::size_t i = 0; i < csv->size(); ++i) {
    const std::string name = csv->Cell(i, "gesture"), label = csv->Cell(i, "label");
    const auto gesture = face::GestureNamed(name);
    if (!gesture || (label != "done" && label != "absent")) {
      return base::Fail(base::Fault::kConfiguration,
                        list.string() + ": line " + std::to_string(i + 2) +
                            " names no gesture, or a label other than done and absent.");
    }
    const auto seconds = [&](const char* column) { return std::atof(csv->Cell(i, column).c_str()); };
    rows.push_back({csv->Cell(i, "path"), csv->Cell(i, "source"), *gesture, label == "done", seconds("from"),
                    seconds("to")});
  }
  return rows;
}

base::Result<void> JudgeRow(const Chain& chain, const EvalGestures& eval, const base::Bytes& bytes,
                            Row& row) {
  const auto pace = analysis::PaceFor(std::vector{"video_selfie_" + std::string(face::NameOf(row.gesture))});
  auto medium = chain.decoder->Decode(bytes, base::Deadline(std::chrono::minutes(10)), pace);
  if (!medium) return {};  // counts as a film in which nothing is seen
  std::erase_if(medium->frames, [&](const media::Frame& frame) {
    return frame.seconds < row.from || (row.to > 0 && frame.seconds > row.to);
  });
  const auto gathered = analysis::Gather(*chain.engine, *medium);
  if (!gathered) return gathered.error();
  const auto moments = analysis::MomentsOf(*chain.engine, gathered->seen);
  if (!moments) return moments.error();
  row.finding =
      face::Judge(row.gesture, *moments, eval.mirrored ? face::Mirrored::kYes : face::Mirrored::kNo);
  if (row.finding.shot) row.shot = (*moments)[*row.finding.shot].at;
  return {};
}

base::Result<std::vector<Row>> JudgeAll(const Chain& chain, const EvalGestures& eval) {
  auto rows = RowsOf(eval.list);
  if (!rows) return rows;
  const auto films = Pictures::Beside(eval.list);
  if (!films) return films.error();
  const auto judge = [&](std::size_t i) -> base::Result<void> {
    const auto bytes = films->Read((*rows)[i].path);
    if (!bytes) return bytes.error();
    return JudgeRow(chain, eval, *bytes, (*rows)[i]);
  };
  const auto judged = ForEach("gestures", rows->size(), eval.common.threads, judge);
  if (!judged) return judged.error();
  return rows;
}

json::object ClassOf(const std::vector<const Row*>& rows, bool wanted) {
  std::size_t count = 0, wrong = 0;
  json::object reasons;
  for (const Row* row : rows) {
    if (row->wanted != wanted) continue;
    ++count;
    if (row->finding.done() != wanted) ++wrong;
    if (!row->finding.miss) continue;
    auto& times = reasons[face::NameOf(*row->finding.miss)];
    times = times.is_int64() ? times.get_int64() + 1 : 1;
  }
  return {{"count", count},
          {"errors", wrong},
          {"error_rate", static_cast<double>(wrong) / static_cast<double>(std::max<std::size_t>(1, count))},
          {"interval", JsonOf(Wilson(wrong, count))},
          {"reasons", std::move(reasons)}};
}

json::object Report(const std::vector<Row>& rows) {
  json::object report;
  for (std::size_t i = 0; i < face::kGestures; ++i) {
    std::map<std::string, std::vector<const Row*>> by_source;
    for (const Row& row : rows) {
      if (static_cast<std::size_t>(row.gesture) != i) continue;
      by_source["all"].push_back(&row);
      if (!row.source.empty()) by_source[row.source].push_back(&row);
    }
    json::object sources;
    for (const auto& [source, members] : by_source)
      sources[source] = {{"done", ClassOf(members, true)}, {"absent", ClassOf(members, false)}};
    if (!sources.empty()) report[face::NameOf(static_cast<face::Gesture>(i))] = std::move(sources);
  }
  return report;
}

void Print(const json::object& report) {
  Table table({"gesture", "source", "label", "films", "errors", "error rate and 95 % interval"});
  for (const auto& [gesture, sources] : report) {
    for (const auto& [source, classes] : sources.as_object()) {
      for (const auto& [label, one] : classes.as_object()) {
        if (one.at("count").to_number<std::size_t>() == 0) continue;
        const auto percent = [](const json::value& value) { return Percent(value.to_number<double>(), 1); };
        table.Add({std::string(gesture), std::string(source), std::string(label),
                   json::serialize(one.at("count")), json::serialize(one.at("errors")),
                   percent(one.at("error_rate")) + "  [" + percent(one.at("interval").at(0)) + ", " +
                       percent(one.at("interval").at(1)) + "]"});
      }
    }
  }
  std::cout << table.Text();
}

base::Result<void> WriteOutcomes(const std::vector<Row>& rows, const std::filesystem::path& path) {
  std::string text = "path,gesture,label,source,from,to,done,reason,shot_ms\n";
  for (const Row& row : rows) {
    text += row.path + ',' + std::string(face::NameOf(row.gesture)) + ',' + (row.wanted ? "done" : "absent") +
            ',' + row.source + ',' + Fixed(row.from, 2) + ',' + Fixed(row.to, 2) + ',' +
            (row.finding.done() ? "1," : "0,") +
            (row.finding.miss ? std::string(face::NameOf(*row.finding.miss)) : "") + ',' +
            (row.shot ? std::to_string(*row.shot) : "") + '\n';
  }
  return base::WriteFile(path, base::AsBytes(text));
}

int RunEvalGestures(const EvalGestures& eval) {
  const auto chain = OpenChain(eval.common);
  if (!chain) return Complain(chain.error());
  const auto rows = JudgeAll(*chain, eval);
  if (!rows) return Complain(rows.error());
  if (!eval.outcomes.empty()) {
    if (const auto written = WriteOutcomes(*rows, eval.outcomes); !written) return Complain(written.error());
  }
  const json::object report = Report(*rows);
  if (eval.as_json) {
    std::cout << base::WriteJson(report) << '\n';
  } else {
    Print(report);
  }
  return kOk;
}

}  // namespace

void AddEvalGestures(CLI::App& eval, int& exit_code) {
  auto gestures = std::make_shared<EvalGestures>();
  auto* command =
      eval.add_subcommand("gestures", "Gestures: missed in films that show them, seen in films that do not");
  command->footer(
      "Films are looked for beside the list, then in every .tar beside it. A film that cannot be read shows "
      "no "
      "gesture.\n"
      "Left is the person's own left.");
  command
      ->add_option(
          "--list", gestures->list,
          "CSV with the columns path, gesture (left, right, high, down, smile, eyes, scan) and label (done "
          "or absent), maybe source, and from and to in seconds: the part of the film that counts")
      ->required()
      ->check(CLI::ExistingFile);
  command->add_option("--outcomes", gestures->outcomes, "Write what came of every row as CSV");
  command->add_flag("--mirrored", gestures->mirrored, "The films are mirrored, as a preview is");
  command->add_flag("--json", gestures->as_json, "Print JSON");
  AddCommon(*command, gestures->common);
  command->callback([gestures, &exit_code] { exit_code = RunEvalGestures(*gestures); });
}

}  // namespace ozma::cli
