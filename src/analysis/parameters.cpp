// The parameters of an analysis: from a request, to `confs`, and back.
#include <algorithm>
#include <array>

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
  if (auto read = ReadBool(params, "require_gestures", parameters.require_gestures); !read)
    return read.error();
  if (Given(params, "mirrored")) {
    bool mirrored = false;
    if (auto read = ReadBool(params, "mirrored", mirrored); !read) return read.error();
    parameters.mirrored = mirrored ? face::Mirrored::kYes : face::Mirrored::kNo;
  }
  if (const auto* injection = Given(params, "injection")) {
    const auto wanted = InjectionNamed(injection->is_string() ? std::string_view(injection->get_string())
                                                              : std::string_view());
    if (!wanted) return Fail(Fault::kInvalidValue, "params.injection must be ignore, report or decline.");
    parameters.injection = *wanted;
  }
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

constexpr std::size_t kMostCollections = 100;
constexpr int kMostPersons = 100;

Result<void> AddCollection(const json::value& value, std::string_view key, std::vector<std::string>& ids) {
  if (!value.is_string())
    return Fail(Fault::kInvalidType, "params." + std::string(key) + " must be ids of collections, as texts.");
  std::string id(value.get_string());
  if (std::ranges::find(ids, id) != ids.end()) return {};
  if (ids.size() == kMostCollections) {
    return Fail(Fault::kInvalidValue, "params." + std::string(key) + " names more than " +
                                          std::to_string(kMostCollections) + " collections.");
  }
  ids.push_back(std::move(id));
  return {};
}

// `collection_id` is one, `collection_ids` are several; where both are given, all of them.
Result<std::vector<std::string>> ReadCollections(const json::object& params) {
  std::vector<std::string> ids;
  if (const auto* one = Given(params, "collection_id")) {
    if (auto added = AddCollection(*one, "collection_id", ids); !added) return added.error();
  }
  const auto* several = Given(params, "collection_ids");
  if (several == nullptr) return ids;
  if (!several->is_array())
    return Fail(Fault::kInvalidType, "params.collection_ids must be a list of ids of collections.");
  for (const json::value& value : several->get_array()) {
    if (auto added = AddCollection(value, "collection_ids", ids); !added) return added.error();
  }
  return ids;
}

Result<Parameters> ParseCollection(const json::object& params, Parameters parameters) {
  if (const auto read = ReadFraction(params, "decision_threshold", parameters.decision_threshold); !read)
    return read.error();
  if (const auto* count = Given(params, "decision_count")) {
    if (!count->is_int64() && !count->is_uint64())
      return Fail(Fault::kInvalidType, "params.decision_count must be an integer.");
    const bool within = count->is_int64() && count->get_int64() >= 1 && count->get_int64() <= kMostPersons;
    if (!within) return Fail(Fault::kInvalidValue, "params.decision_count must be from 1 to 100.");
    parameters.decision_count = static_cast<int>(count->get_int64());
  }
  auto ids = ReadCollections(params);
  if (!ids) return ids.error();
  parameters.collection_ids = std::move(*ids);
  return parameters;
}

constexpr std::array<std::string_view, 3> kOnInjection = {"ignore", "report", "decline"};

bool BoolOf(const json::object& confs, std::string_view key) {
  const json::value* value = confs.if_contains(key);
  return value != nullptr && value->is_bool() && value->get_bool();
}

}  // namespace

std::optional<OnInjection> InjectionNamed(std::string_view name) {
  const auto found = std::ranges::find(kOnInjection, name);
  if (found == kOnInjection.end()) return std::nullopt;
  return static_cast<OnInjection>(found - kOnInjection.begin());
}

Result<Parameters> ParseParameters(Type type, const json::object& params, const Parameters& defaults) {
  switch (type) {
    case Type::kQuality:
      return ParseQuality(params, defaults);
    case Type::kBiometry:
      return ParseBiometry(params, defaults);
    case Type::kCollection:
      return ParseCollection(params, defaults);
  }
  return defaults;
}

json::object ConfsOf(Type type, const Parameters& parameters) {
  json::object confs;
  if (type == Type::kBiometry) {
    confs["threshold_min"] = parameters.threshold_min;
    confs["threshold_max"] = parameters.threshold_max;
    return confs;
  }
  if (type == Type::kCollection) {
    confs["decision_threshold"] = parameters.decision_threshold;
    confs["decision_count"] = parameters.decision_count;
    const auto& ids = parameters.collection_ids;
    confs["collection_ids"] = ids.empty() ? json::value() : json::array(ids.begin(), ids.end());
    return confs;
  }
  confs["threshold_spoofing"] = parameters.threshold_spoofing;
  confs["threshold_replay"] = parameters.threshold_replay;
  confs["threshold_liveness"] = parameters.threshold_liveness;
  confs["extract_best_shot"] = parameters.extract_best_shot;
  // What few ask for is shown only where it was asked for: clients compare confs with what they know.
  if (parameters.extract_action_shot) confs["extract_action_shot"] = true;
  if (parameters.require_gestures) confs["require_gestures"] = true;
  if (parameters.mirrored != face::Mirrored::kUnknown)
    confs["mirrored"] = parameters.mirrored == face::Mirrored::kYes;
  if (parameters.injection != OnInjection::kReport)
    confs["injection"] = kOnInjection[static_cast<std::size_t>(parameters.injection)];
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
