#include "cli/eval.hpp"

namespace ozma::cli {

void AddEval(CLI::App& app, int& exit_code) {
  auto* eval = app.add_subcommand("eval", "Accuracy on lists of pictures");
  eval->require_subcommand(1);

  auto faces = std::make_shared<EvalFaces>();
  auto* matching = eval->add_subcommand("faces", "Matching: accuracy, EER, FNMR by FMR, failures to acquire");
  matching->footer(
      "Pictures are looked for beside the list, then in every .tar beside it. Of several faces the most "
      "central\n"
      "counts. A picture without a usable face makes its pairs non-matches.");
  auto* pairs = matching->add_option("--pairs", faces->pairs, "CSV with the columns a, b and same (1 or 0)");
  auto* images =
      matching->add_option("--all-pairs", faces->images, "CSV with the columns path and person: every pair");
  pairs->check(CLI::ExistingFile)->excludes(images);
  images->check(CLI::ExistingFile);
  matching->add_option("--scores", faces->scores, "Write the score of every pair as CSV")->needs(pairs);
  matching
      ->add_option("--templates", faces->templates,
                   "Write the templates, 32-bit numbers one behind the other, and the person of each to "
                   "FILE.people")
      ->needs(images);
  matching->add_flag("--fit", faces->fit, "Print a score calibration fitted to these impostor pairs")
      ->needs(images);
  matching->add_flag("--json", faces->as_json, "Print JSON");
  AddCommon(*matching, faces->common);
  matching->callback([faces, &exit_code] {
    if (faces->pairs.empty() && faces->images.empty()) throw CLI::RequiredError("--pairs or --all-pairs");
    exit_code = RunEvalFaces(*faces);
  });

  auto search = std::make_shared<EvalSearch>();
  auto* finding =
      eval->add_subcommand("search", "1:N search: rank-1, FNIR by FPIR, also of smaller galleries");
  finding->footer(
      "A probe whose person is not in the gallery is a stranger to it: whoever is found by it is a false "
      "positive.\n"
      "A picture without a usable face counts against us: its person is not found.");
  finding->add_option("--list", search->list, "CSV with the columns path, person and role (gallery or probe)")
      ->required()
      ->check(CLI::ExistingFile);
  finding->add_flag("--json", search->as_json, "Print JSON");
  AddCommon(*finding, search->common);
  finding->callback([search, &exit_code] { exit_code = RunEvalSearch(*search); });

  auto attacks = std::make_shared<EvalLiveness>();
  auto* liveness =
      eval->add_subcommand("liveness", "Presentation-attack detection: APCER by species, BPCER, EER");
  liveness->footer("A medium without a verdict counts as an error, be it bona fide or an attack.");
  liveness
      ->add_option("--list", attacks->list,
                   "CSV with the columns path and label (bonafide or a species), maybe source")
      ->required()
      ->check(CLI::ExistingFile);
  liveness->add_option("--threshold", attacks->threshold, "Spoofing score from which a medium is declined")
      ->check(CLI::Range(0.0, 1.0))
      ->capture_default_str();
  liveness->add_option("--scores", attacks->scores, "Write the score of every row as CSV");
  liveness->add_flag("--json", attacks->as_json, "Print JSON");
  AddCommon(*liveness, attacks->common);
  liveness->callback([attacks, &exit_code] { exit_code = RunEvalLiveness(*attacks); });

  AddEvalQuality(*eval, exit_code);
  AddEvalAttributes(*eval, exit_code);
  AddEvalGestures(*eval, exit_code);
  AddEvalInjection(*eval, exit_code);
}

}  // namespace ozma::cli
