// `ozma eval`: accuracy on lists of pictures, by the very chain that the server runs.
#pragma once

#include "base/json.hpp"
#include "cli/pictures.hpp"
#include "cli/program.hpp"

namespace ozma::cli {

struct EvalFaces {
  Common common;
  std::filesystem::path pairs;      // columns a, b, same
  std::filesystem::path images;     // columns path, person: every pair
  std::filesystem::path scores;     // where to write the score of every pair of `pairs`
  std::filesystem::path templates;  // where to write the templates of `images`
  bool fit = false;                 // print a calibration fitted to the impostor pairs of `images`
  bool as_json = false;
};
int RunEvalFaces(const EvalFaces& eval);

struct EvalLiveness {
  Common common;
  std::filesystem::path list;    // columns path, label[, source]
  std::filesystem::path scores;  // where to write the score of every row
  double threshold = 0.5;
  bool as_json = false;
};
int RunEvalLiveness(const EvalLiveness& eval);

struct EvalSearch {
  Common common;
  std::filesystem::path list;  // columns path, person, role: gallery or probe
  bool as_json = false;
};
int RunEvalSearch(const EvalSearch& eval);

// Each adds one command to `ozma eval`.
void AddEvalQuality(CLI::App& eval, int& exit_code);
void AddEvalAttributes(CLI::App& eval, int& exit_code);
void AddEvalGestures(CLI::App& eval, int& exit_code);
void AddEvalInjection(CLI::App& eval, int& exit_code);

inline base::json::array JsonOf(std::pair<double, double> interval) {
  return {interval.first, interval.second};
}
inline base::json::array JsonOf(const std::vector<std::pair<double, double>>& curve) {
  base::json::array points;
  for (const auto& point : curve) points.push_back(JsonOf(point));
  return points;
}

}  // namespace ozma::cli
