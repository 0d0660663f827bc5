// `ozma eval attributes`: open and closed eyes, smiles and straight faces.
#include <algorithm>
#include <iostream>

#include "analysis/evidence.hpp"
#include "cli/eval.hpp"
#include "cli/statistics.hpp"
#include "cli/table.hpp"
#include "face/gestures.hpp"

namespace ozma::cli {
namespace {

namespace json = base::json;

struct EvalAttributes {
  Common common;
  std::filesystem::path list;  // columns path, label[, split]
  bool as_json = false;
};

// What is measured, the label for which it is high, the one for which it is low, and the edge between them
// where the program draws one.
struct Attribute {
  std::string_view name, high, low;
  std::optional<double> edge;
};
const Attribute kAttributes[] = {{"eyes", "open", "closed", analysis::kEyesOpen},
                                 {"smile", "smile", "neutral", std::nullopt}};

struct Row {
  std::string path, label, split;
  const Attribute* attribute = nullptr;
  std::optional<double> value{};  // nothing: no face
};

base::Result<std::optional<double>> Measured(const Chain& chain, const Row& row, const base::Bytes& bytes) {
  const auto medium = chain.decoder->Decode(bytes, base::Deadline(std::chrono::minutes(10)));
  if (!medium) return std::optional<double>();
  const cv::Mat& picture = medium->frames.front().bgr;
  if (row.attribute->name == "eyes") {
    const auto open = chain.engine->EyeOpen(picture);
    return open ? base::Result<std::optional<double>>(*open) : open.error();
  }
  const auto sighting = chain.engine->Find(picture);
  if (!sighting) return sighting.error();
  if (sighting->faces.empty()) return std::optional<double>();
  const auto shape = chain.engine->ShapeOf(sighting->bgr, sighting->faces.front());
  if (!shape) return shape.error();
  const auto measures = face::MeasuresOf(*shape, sighting->bgr.size());
  return measures ? std::optional(measures->smile) : std::nullopt;
}

base::Result<std::vector<Row>> RowsOf(const std::filesystem::path& list) {
  const auto csv = Csv::Read(list, {"path", "label"});
  if (!csv) return csv.error();
  std::vector<Row> rows;
  for (std::size_t i = 0; i < csv->size(); ++i) {
    Row row{csv->Cell(i, "path"), csv->Cell(i, "label"), csv->Cell(i, "split")};
    for (const Attribute& attribute : kAttributes) {
      if (row.label == attribute.high || row.label == attribute.low) row.attribute = &attribute;
    }
    if (row.attribute == nullptr) {
      return base::Fail(base::Fault::kConfiguration, list.string() + ": the label \"" + row.label +
                                                         "\" is none of open, closed, smile and neutral.");
    }
    rows.push_back(std::move(row));
  }
  return rows;
}

base::Result<std::vector<Row>> MeasureAll(const Chain& chain, const EvalAttributes& eval) {
  auto rows = RowsOf(eval.list);
  if (!rows) return rows;
  const auto pictures = Pictures::Beside(eval.list);
  if (!pictures) return pictures.error();
  const auto measure = [&](std::size_t i) -> base::Result<void> {
    Row& row = (*rows)[i];
    const auto bytes = pictures->Read(row.path);
    if (!bytes) return bytes.error();
    const auto value = Measured(chain, row, *bytes);
    if (!value) return value.error();
    row.value = *value;
    return {};
  };
  const auto measured = ForEach("attributes", rows->size(), eval.common.threads, measure);
  if (!measured) return measured.error();
  return rows;
}

json::object ClassOf(const std::vector<const Row*>& rows, std::string_view label,
                     const Attribute& attribute) {
  std::size_t count = 0, silent = 0, wrong = 0;
  for (const Row* row : rows) {
    if (row->label != label) continue;
    ++count;
    if (!row->value) ++silent;
    if (attribute.edge && (!row->value || (*row->value >= *attribute.edge) != (label == attribute.high)))
      ++wrong;
  }
  json::object figures{{"count", count}, {"non_responses", silent}};
  if (attribute.edge) {
    figures["errors"] = wrong;
    figures["error_rate"] = static_cast<double>(wrong) / static_cast<double>(std::max<std::size_t>(1, count));
    figures["interval"] = JsonOf(Wilson(wrong, count));
  }
  return figures;
}

// Of all pairs of one of either kind, those where the right one is higher; a tie counts half. (The area
// under the ROC curve.)
double RightOrder(const Scores& scores) {
  double right = 0;
  for (const float high : scores.genuine) {
    const auto [from, to] = std::equal_range(scores.impostor.begin(), scores.impostor.end(), high);
    right += static_cast<double>(from - scores.impostor.begin()) + static_cast<double>(to - from) / 2;
  }
  return right / static_cast<double>(scores.genuine.size() * scores.impostor.size());
}

json::object FiguresOf(const std::vector<const Row*>& rows, const Attribute& attribute) {
  Scores scores;
  for (const Row* row : rows) {
    if (row->value)
      (row->label == attribute.high ? scores.genuine : scores.impostor)
          .push_back(static_cast<float>(*row->value));
  }
  std::sort(scores.genuine.begin(), scores.genuine.end());
  std::sort(scores.impostor.begin(), scores.impostor.end());
  json::object figures{{"edge", attribute.edge ? json::value(*attribute.edge) : json::value()},
                       {attribute.high, ClassOf(rows, attribute.high, attribute)},
                       {attribute.low, ClassOf(rows, attribute.low, attribute)},
                       {"eer", nullptr},
                       {"right_order", nullptr}};
  if (scores.genuine.empty() || scores.impostor.empty()) return figures;
  figures["eer"] = EqualErrorRate(scores);
  figures["right_order"] = RightOrder(scores);
  return figures;
}

json::object Report(const std::vector<Row>& rows) {
  json::object report;
  for (const Attribute& attribute : kAttributes) {
    std::map<std::string, std::vector<const Row*>> by_split;
    for (const Row& row : rows) {
      if (row.attribute != &attribute) continue;
      by_split["all"].push_back(&row);
      if (!row.split.empty()) by_split[row.split].push_back(&row);
    }
    json::object splits;
    for (const auto& [split, members] : by_split) splits[split] = FiguresOf(members, attribute);
    if (!splits.empty()) report[attribute.name] = std::move(splits);
  }
  return report;
}

void Print(const json::object& report) {
  Table table(
      {"attribute", "split", "label", "count", "no face", "errors", "error rate", "EER", "right order"});
  const auto percent = [](const json::value& value) {
    return value.is_null() ? std::string() : Percent(value.to_number<double>());
  };
  for (const Attribute& attribute : kAttributes) {
    const auto* splits = report.if_contains(attribute.name);
    if (splits == nullptr) continue;
    for (const auto& [split, figures] : splits->as_object()) {
      for (const auto label : {attribute.high, attribute.low}) {
        const auto& one = figures.at(label).as_object();
        const auto text = [&](const char* key) {
          return one.contains(key) ? json::serialize(one.at(key)) : "";
        };
        table.Add({std::string(attribute.name), std::string(split), std::string(label), text("count"),
                   text("non_responses"), text("errors"),
                   one.contains("error_rate") ? percent(one.at("error_rate")) : "",
                   percent(figures.at("eer")), percent(figures.at("right_order"))});
      }
    }
  }
  std::cout << table.Text();
}

int RunEvalAttributes(const EvalAttributes& eval) {
  const auto chain = OpenChain(eval.common);
  if (!chain) return Complain(chain.error());
  const auto rows = MeasureAll(*chain, eval);
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

void AddEvalAttributes(CLI::App& eval, int& exit_code) {
  auto attributes = std::make_shared<EvalAttributes>();
  auto* command = eval.add_subcommand("attributes", "Open and closed eyes, smiles and straight faces");
  command->footer(
      "open, closed: the picture is one eye, judged at the edge that the best shot uses. smile, neutral: a "
      "face,\n"
      "whose smile is measured; the program only ever holds it against the person's own rest, so there is no "
      "edge.");
  command->add_option("--list", attributes->list, "CSV with the columns path and label, maybe split")
      ->required()
      ->check(CLI::ExistingFile);
  command->add_flag("--json", attributes->as_json, "Print JSON");
  AddCommon(*command, attributes->common);
  command->callback([attributes, &exit_code] { exit_code = RunEvalAttributes(*attributes); });
}

}  // namespace ozma::cli
