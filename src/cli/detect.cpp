#include <iostream>

#include "cli/pictures.hpp"
#include "cli/program.hpp"
#include "cli/table.hpp"

namespace ozma::cli {
namespace {

struct Detect {
  Common common;
  std::filesystem::path list, out;
};

struct Found {
  std::string path;
  std::string cells;  // what follows the path; empty where the picture could not be decoded
};

std::string CellsOf(const face::Sighting& sighting) {
  std::string cells = ',' + std::to_string(sighting.bgr.cols) + ',' + std::to_string(sighting.bgr.rows) +
                      ',' + std::to_string(sighting.quarter_turns) + ',' +
                      std::to_string(sighting.faces.size());
  if (sighting.faces.empty()) return cells + std::string(14, ',');
  const auto number = [&](float value) { cells += ',' + Fixed(value, 2); };
  const face::Face& face = sighting.faces.front();
  for (const float side : {face.box.x, face.box.y, face.box.width, face.box.height}) number(side);
  for (const cv::Point2f& point : face.points) {
    number(point.x);
    number(point.y);
  }
  return cells;
}

int RunDetect(const Detect& detect) {
  const auto csv = Csv::Read(detect.list, {"path"});
  if (!csv) return Complain(csv.error());
  const auto pictures = Pictures::Beside(detect.list);
  if (!pictures) return Complain(pictures.error());
  const auto chain = OpenChain(detect.common);
  if (!chain) return Complain(chain.error());

  std::vector<Found> rows(csv->size());
  const auto look = [&](std::size_t i) -> base::Result<void> {
    rows[i].path = csv->Cell(i, "path");
    const auto bytes = pictures->Read(rows[i].path);
    if (!bytes) return bytes.error();
    const auto medium = chain->decoder->Decode(*bytes, base::Deadline(std::chrono::minutes(10)));
    if (!medium) return {};
    const auto sighting = chain->engine->Find(medium->frames.front().bgr);
    if (!sighting) return sighting.error();
    rows[i].cells = CellsOf(*sighting);
    return {};
  };
  const auto looked = ForEach("faces", rows.size(), detect.common.threads, look);
  if (!looked) return Complain(looked.error());

  std::string text =
      "path,width,height,turns,faces,left,top,box_width,box_height,x0,y0,x1,y1,x2,y2,x3,y3,x4,y4\n";
  for (const Found& row : rows) {
    text += row.path + (row.cells.empty() ? std::string(18, ',') : row.cells) + '\n';
  }
  if (const auto written = base::WriteFile(detect.out, base::AsBytes(text)); !written) {
    return Complain(written.error());
  }
  return kOk;
}

}  // namespace

void AddDetect(CLI::App& app, int& exit_code) {
  auto detect = std::make_shared<Detect>();
  auto* command = app.add_subcommand("detect", "Where the faces of many pictures lie, as CSV");
  command->footer(
      "Of several faces the largest is written: its box and the five points (eyes, nose, corners of the "
      "mouth), in\n"
      "pixels of the picture turned upright by `turns` quarters clockwise. Of a video, the first frame "
      "counts.\n"
      "A picture without a face has empty cells there, one that cannot be read has empty cells everywhere.");
  command
      ->add_option("--list", detect->list,
                   "CSV with the column path; pictures beside it or in a .tar beside it")
      ->required()
      ->check(CLI::ExistingFile);
  command->add_option("--out", detect->out, "Where to write the CSV")->required();
  AddCommon(*command, detect->common);
  command->callback([detect, &exit_code] { exit_code = RunDetect(*detect); });
}

}  // namespace ozma::cli
