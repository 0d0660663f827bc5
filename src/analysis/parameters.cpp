// The parameters of an analysis: from a request, to `confs`, and back.
#include "analysis/job.hpp"

namespace ozma::analysis {
namespace {

using base::Fail;
using base::Fault;
using base::Result;
namespace json = base::json;

// Null counts as absent: clients send it for what they leave open.
const json::value* Given(const json::object& params, std::string_view key) {
  const json::value* value = params.if_contains(key);
  return value == nullptr || value->is_null() ? nullptr : value;
}

// Whether it was given.
Result<bool> ReadFraction(const json::object& params, std::string_view key, double& to) {
  const json::value* value = Given(params, key);
  if (value == nullptr) return false;
  if (!value->is_number()) {
    return Fail(Fault::kInvalidType, "params." + std::string(key) + " must be a number from 0 to 1.");
  }
  const auto number = value->to_number<double>();
  if (!(number >= 0 && number <= 1)) {
    return Fail(Fault::kInvalidValue, "params." + std::string(key) + " must be from 0 to 1.");
  }
  to = number;
  return true;
}

Result<void> ReadBool(const json::object& params, std::string_view key, bool& to) {
  const json::value* value = Given(params, key);
  if (value == nullptr) return {};
  if (!value->is_bool()) {
    return Fail(Fault::kInvalidType, "params." + std::string(key) + " must be true or false.");
  }
  to = value->get_bool();
  return {};
}

Result<Parameters> ParseQuality(const json::object& params, Parameters parameters) {
  for (const auto& [key, to] : {std::pair{"threshold_spoofing", &parameters.threshold_spoofing},
                                {"threshold_replay", &parameters.threshold_replay},
                                {"threshold_liveness", &parameters.threshold_liveness}}) {
    if (const auto read = ReadFraction(params, key, *to); !read) return read.error();
  }
  if (auto read = ReadBool(params, "extract_best_shot", parameters.extract_best_shot); !read)
    return read.error();
  if (auto read = ReadBool(params, "extract_action_shot", parameters.extract_action_shot); !read)
    return read.error();
  return parameters;
}

// One edge given alone takes the other along, so that it never has to be known what the default is.
Result<Parameters> ParseBiometry(const json::object& params, Parameters parameters) {
  const auto min = ReadFraction(params, "threshold_min", parameters.threshold_min);
  if (!min) return min.error();
  const auto max = ReadFraction(params, "threshold_max", parameters.threshold_max);
  if (!max) return max.error();
  if (parameters.threshold_min <= parameters.threshold_max) return parameters;
  if (*min && *max) {
    return Fail(Fault::kInvalidValue, "params.threshold_min must not be above params.threshold_max.");
  }
  (*min ? parameters.threshold_max : parameters.threshold_min) =
      *min ? parameters.threshold_min : parameters.threshold_max;
  return parameters;
}

bool BoolOf(const json::object& confs, std::string_view key) {
  const json::value* value = confs.if_contains(key);
  return value != nullptr && value->is_bool() && value->get_bool();
}

}  // namespace

Result<Parameters> ParseParameters(Type type, const json::object& params, const Parameters& defaults) {
  return type == Type::kQuality ? ParseQuality(params, defaults) : ParseBiometry(params, defaults);
}

json::object ConfsOf(Type type, const Parameters& parameters) {
  json::object confs;
  if (type == Type::kBiometry) {
    confs["threshold_min"] = parameters.threshold_min;
    confs["threshold_max"] = parameters.threshold_max;
    return confs;
  }
  confs["threshold_spoofing"] = parameters.threshold_spoofing;
  confs["threshold_replay"] = parameters.threshold_replay;
  confs["threshold_liveness"] = parameters.threshold_liveness;
  confs["extract_best_shot"] = parameters.extract_best_shot;
  // What few ask for is shown only where it was asked for: clients compare confs with what they know.
  if (parameters.extract_action_shot) confs["extract_action_shot"] = true;
  if (parameters.legacy_confidences) confs["legacy_confidences"] = true;
  return confs;
}

Parameters OfConfs(Type type, const json::object& confs) {
  auto parameters = ParseParameters(type, confs);
  if (!parameters) return {};
  parameters->legacy_confidences = BoolOf(confs, "legacy_confidences");
  return *parameters;
}

}  // namespace ozma::analysis
