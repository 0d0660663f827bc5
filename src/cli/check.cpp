// `ozma check`: one or two pictures, answered in the terminal.
#include <iostream>
#include <opencv2/imgproc.hpp>

#include "base/json.hpp"
#include "cli/program.hpp"
#include "cli/table.hpp"

namespace ozma::cli {
namespace {

namespace json = base::json;

struct Check {
  Common common;
  std::vector<std::filesystem::path> files;
  std::filesystem::path draw;
  bool as_json = false;
  double threshold = 0.5;
};

struct Seen {
  media::Media medium;
  face::Sighting sighting;
  base::Result<analysis::QualityResult> quality;
  base::Result<gallery::Template> face_template;
};

base::Result<Seen> Look(const Chain& chain, const std::filesystem::path& file, double threshold) {
  const auto bytes = base::ReadFile(file);
  if (!bytes) return bytes.error();
  auto medium = chain.decoder->Decode(*bytes, base::Deadline(std::chrono::minutes(1)));
  if (!medium) return base::Fail(medium.error().fault, file.string() + ": " + medium.error().message);
  auto sighting = chain.engine->Find(medium->frames.front().bgr);
  if (!sighting) return sighting.error();
  auto quality =
      chain.analyst->Quality(*medium, {.threshold_spoofing = threshold, .extract_best_shot = false});
  auto face_template = chain.analyst->Extract(*medium);
  return Seen{std::move(*medium), std::move(*sighting), std::move(quality), std::move(face_template)};
}

json::object JsonOf(const std::filesystem::path& file, const Seen& seen) {
  json::array faces;
  for (const auto& face : seen.sighting.faces) {
    json::array points;
    for (const auto& point : face.points) points.push_back({point.x, point.y});
    faces.push_back({{"box", {face.box.x, face.box.y, face.box.width, face.box.height}},
                     {"confidence", face.confidence},
                     {"points", points}});
  }
  json::object object{{"file", file.string()},
                      {"type", seen.medium.type.mime},
                      {"width", seen.medium.info.width},
                      {"height", seen.medium.info.height},
                      {"quarter_turns", seen.sighting.quarter_turns},
                      {"faces", faces},
                      {"confidence_spoofing", nullptr},
                      {"liveness", nullptr},
                      {"liveness_reasons", nullptr},
                      {"liveness_error", nullptr}};
  if (seen.quality) {
    object["confidence_spoofing"] = seen.quality->confidence_spoofing;
    object["liveness"] = NameOf(seen.quality->resolution);
    object["liveness_reasons"] = seen.quality->verdict.Reasons();
  } else {
    object["liveness_error"] = seen.quality.error().message;
  }
  return object;
}

void Describe(const std::filesystem::path& file, const Seen& seen) {
  const auto& info = seen.medium.info;
  std::cout << file.string() << "  " << seen.medium.type.mime << ", " << info.width << "x" << info.height;
  if (seen.medium.frames.size() > 1) std::cout << ", " << seen.medium.frames.size() << " frames looked at";
  if (seen.sighting.quarter_turns != 0)
    std::cout << ", turned by " << 90 * seen.sighting.quarter_turns << " degrees";
  std::cout << '\n';
  if (!seen.sighting.faces.empty()) {
    Table table({"  face", "left", "top", "width", "height", "confidence"});
    for (int i = 0; const auto& face : seen.sighting.faces) {
      table.Add({"  " + std::to_string(++i), Fixed(face.box.x, 0), Fixed(face.box.y, 0),
                 Fixed(face.box.width, 0), Fixed(face.box.height, 0), Fixed(face.confidence, 3)});
    }
    std::cout << table.Text();
  }
  if (!seen.quality) {
    std::cout << "  liveness    no verdict: " << seen.quality.error().message << '\n';
    return;
  }
  const bool passed = seen.quality->resolution == analysis::Resolution::kSuccess;
  std::cout << "  liveness    " << (passed ? "bona fide" : "ATTACK") << "  (spoofing score "
            << Fixed(seen.quality->confidence_spoofing, 3) << ": " << seen.quality->verdict.Reasons()
            << ")\n";
}

base::Result<void> Draw(const face::Sighting& sighting, const std::filesystem::path& path) {
  cv::Mat picture = sighting.bgr.clone();
  const int thick = std::max(1, std::max(picture.cols, picture.rows) / 400);
  const cv::Scalar green(80, 200, 60), white(255, 255, 255);
  for (const auto& face : sighting.faces) {
    cv::rectangle(picture, face.box, green, thick, cv::LINE_AA);
    for (const auto& point : face.points)
      cv::circle(picture, point, thick + 1, white, cv::FILLED, cv::LINE_AA);
    cv::putText(picture, Fixed(face.confidence, 2), face.box.tl() + cv::Point2f(2, -4.0f),
                cv::FONT_HERSHEY_SIMPLEX, 0.4 * thick, green, thick, cv::LINE_AA);
  }
  const auto png = media::EncodePng(picture);
  if (!png) return png.error();
  return base::WriteFile(path, *png);
}

int RunCheck(const Check& check) {
  const auto chain = OpenChain(check.common);
  if (!chain) return Complain(chain.error());
  std::vector<Seen> seen;
  json::array media;
  for (const auto& file : check.files) {
    auto look = Look(*chain, file, check.threshold);
    if (!look) return Complain(look.error());
    seen.push_back(std::move(*look));
    if (check.as_json) {
      media.push_back(JsonOf(file, seen.back()));
    } else {
      Describe(file, seen.back());
    }
  }
  if (!check.draw.empty()) {
    if (const auto drawn = Draw(seen.front().sighting, check.draw); !drawn) return Complain(drawn.error());
  }

  json::object answer{{"media", std::move(media)}};
  int exit_code = kOk;
  if (seen.size() == 2) {
    const auto *a = &seen[0].face_template, *b = &seen[1].face_template;
    if (!*a) return Complain(a->error());
    if (!*b) return Complain(b->error());
    const auto comparison = chain->analyst->Compare(**a, **b);
    answer["comparison"] =
        json::object{{"score", comparison.score}, {"decision", NameOf(comparison.decision)}};
    if (!check.as_json) {
      const bool same = comparison.decision == gallery::Decision::kApproved;
      std::cout << "similarity    " << (same ? "same person" : "different people") << "  (score "
                << Fixed(comparison.score, 3) << ", " << NameOf(comparison.decision) << ")\n";
    }
    if (comparison.decision != gallery::Decision::kApproved) exit_code = kFailure;
  }
  if (check.as_json) std::cout << base::WriteJson(answer) << '\n';
  return exit_code;
}

}  // namespace

void AddCheck(CLI::App& app, int& exit_code) {
  auto check = std::make_shared<Check>();
  auto* command =
      app.add_subcommand("check", "Faces, liveness and similarity of one or two pictures or videos");
  command->footer(
      "Exit code: 0 done (and, for two pictures, approved); 1 not approved or failed; 2 wrong usage.");
  command->add_option("files", check->files, "One picture or video, or two to compare")
      ->required()
      ->expected(1, 2)
      ->check(CLI::ExistingFile);
  command->add_flag("--json", check->as_json, "Print JSON");
  command->add_option("--draw", check->draw, "Write the first picture with its faces marked, as PNG");
  command->add_option("--threshold", check->threshold, "Spoofing score from which a medium is an attack")
      ->check(CLI::Range(0.0, 1.0))
      ->capture_default_str();
  AddCommon(*command, check->common);
  command->callback([check, &exit_code] { exit_code = RunCheck(*check); });
}

}  // namespace ozma::cli
