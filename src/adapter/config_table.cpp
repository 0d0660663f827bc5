#include "adapter/config_table.hpp"

#include <algorithm>
#include <initializer_list>

namespace ozma::adapter {
namespace {

using base::Fail;
using base::Fault;
namespace json = base::json;

base::Error Wrong(std::string_view name, std::string_view expected) {
  return Fail(Fault::kConfiguration,
              "app_config.json: " + std::string(name) + " must be " + std::string(expected) + ".");
}

json::value Show(bool value) {
  return value;
}
json::value Show(int value) {
  return value;
}
json::value Show(double value) {
  return value;
}
json::value Show(const std::string& value) {
  return json::value(value);
}
json::value Show(const std::optional<bool>& value) {
  return value ? json::value(*value) : json::value();
}
json::value Show(const std::vector<std::string>& value) {
  return json::array(value.begin(), value.end());
}
template <class T>
json::value Show(const std::map<std::string, T>& value) {
  json::object shown;
  for (const auto& [name, of] : value) shown[name] = of;
  return shown;
}

// `field` gives the member of a Config.
template <class Field>
Key Row(std::string_view name, Seen seen, Field field,
        std::function<base::Result<void>(Config&, const json::value&)> read) {
  return {name, seen, std::move(read), [field](const Config& config) {
            // The accessor is written once, for a Config that may change.
            return Show(field(const_cast<Config&>(config)));  // NOLINT(cppcoreguidelines-pro-type-const-cast)
          }};
}

template <class Field>
Key Flag(std::string_view name, Field field, Seen seen = Seen::kServer) {
  return Row(name, seen, field, [=](Config& config, const json::value& value) -> base::Result<void> {
    if (!value.is_bool()) return Wrong(name, "true or false");
    field(config) = value.get_bool();
    return {};
  });
}

template <class Field>
Key Text(std::string_view name, Field field, Seen seen = Seen::kServer) {
  return Row(name, seen, field, [=](Config& config, const json::value& value) -> base::Result<void> {
    if (!value.is_string()) return Wrong(name, "a text");
    field(config) = std::string(value.get_string());
    return {};
  });
}

template <class Field>
Key Word(std::string_view name, std::initializer_list<std::string_view> allowed, Field field,
         Seen seen = Seen::kServer) {
  std::vector<std::string_view> words(allowed);
  return Row(name, seen, field, [=](Config& config, const json::value& value) -> base::Result<void> {
    if (value.is_string() && std::ranges::find(words, std::string_view(value.get_string())) != words.end()) {
      field(config) = std::string(value.get_string());
      return {};
    }
    std::string list;
    for (const auto word : words) list.append(list.empty() ? "" : ", ").append(word);
    return Wrong(name, "one of " + list);
  });
}

template <class Field>
Key Number(std::string_view name, double low, double high, Field field, Seen seen = Seen::kServer) {
  return Row(name, seen, field, [=](Config& config, const json::value& value) -> base::Result<void> {
    using Type = std::remove_cvref_t<decltype(field(config))>;
    const double number = value.is_number() ? value.to_number<double>() : NAN;
    const bool whole = std::is_floating_point_v<Type> || number == std::floor(number);
    if (!(number >= low && number <= high) || !whole)
      return Wrong(name, std::string(std::is_integral_v<Type> ? "a whole number" : "a number") + " from " +
                             base::WriteJson(low) + " to " + base::WriteJson(high));
    field(config) = static_cast<Type>(number);
    return {};
  });
}

template <class Field>
Key List(std::string_view name, Field field, Seen seen = Seen::kServer) {
  return Row(name, seen, field, [=](Config& config, const json::value& value) -> base::Result<void> {
    if (!value.is_array()) return Wrong(name, "a list of texts");
    std::vector<std::string> texts;
    for (const auto& one : value.get_array()) {
      if (!one.is_string() || one.get_string().empty()) return Wrong(name, "a list of texts");
      texts.emplace_back(one.get_string());
    }
    field(config) = std::move(texts);
    return {};
  });
}

base::Result<void> ReadMaybe(Config& config, const json::value& value) {
  if (!value.is_bool()) return Wrong("use_for_liveness", "true, false or absent");
  config.use_for_liveness = value.get_bool();
  return {};
}

base::Result<void> ReadFunctions(Config& config, const json::value& value) {
  if (!value.is_object()) return Wrong("trusted_functions", "an object of SHA-256 sums by name");
  for (const auto& [name, sum] : value.get_object()) {
    if (!sum.is_string()) return Wrong("trusted_functions", "an object of SHA-256 sums by name");
    config.trusted_functions[std::string(name)] = std::string(sum.get_string());
  }
  return {};
}

base::Result<void> ReadWeights(Config& config, const json::value& value) {
  if (!value.is_object()) return Wrong("injection_weights", "an object of numbers from 0 to 100");
  for (const auto& [name, weight] : value.get_object()) {
    const double number = weight.is_number() ? weight.to_number<double>() : NAN;
    if (!(number >= 0 && number <= 100))
      return Wrong("injection_weights", "an object of numbers from 0 to 100");
    config.injection_weights[std::string(name)] = number;
  }
  return {};
}

#define OZMA_FIELD(member) [](Config& config) -> auto& { return config.member; }

std::vector<Key> MakeKeys() {
  constexpr Seen kPublic = Seen::kPublic;
  return {
      Word("architecture", {"normal", "lite", "capture"}, OZMA_FIELD(architecture), kPublic),
      Word("preinit", {"off", "script", "full"}, OZMA_FIELD(preinit), kPublic),
      Flag("debug", OZMA_FIELD(debug), kPublic),
      Text("api_url", OZMA_FIELD(api_url)),
      Text("api_token", OZMA_FIELD(api_token), Seen::kSecret),
      Word("api_use_token", {"config", "client"}, OZMA_FIELD(api_use_token), kPublic),
      List("video_actions_list", OZMA_FIELD(video_actions_list), kPublic),
      List("photo_actions_list", OZMA_FIELD(photo_actions_list), kPublic),
      List("video_required_actions_list", OZMA_FIELD(video_required_actions_list), kPublic),
      List("photo_source", OZMA_FIELD(photo_source), kPublic),
      Flag("actions_default_importance", OZMA_FIELD(actions_default_importance)),
      Number("actions_default.video_count", 0, 5, OZMA_FIELD(actions_default.video_count)),
      Flag("actions_default.photo_front", OZMA_FIELD(actions_default.photo_front)),
      Flag("actions_default.photo_back", OZMA_FIELD(actions_default.photo_back)),
      Flag("analyses.quality", OZMA_FIELD(analyses.quality)),
      Flag("analyses.biometry", OZMA_FIELD(analyses.biometry)),
      Flag("analyses.documents", OZMA_FIELD(analyses.documents)),
      List("analyses.collection_ids", OZMA_FIELD(analyses.collection_ids)),
      Flag("extract_best_shot", OZMA_FIELD(extract_best_shot), kPublic),
      Flag("extract_action_shot", OZMA_FIELD(extract_action_shot), kPublic),
      Flag("save_lossless_frame", OZMA_FIELD(save_lossless_frame), kPublic),
      Word("result_mode", {"safe", "status", "folder", "full"}, OZMA_FIELD(result_mode)),
      Number("results_polling_interval", 100, 60'000, OZMA_FIELD(results_polling_interval), kPublic),
      Word("video_file_format", {"zip", "mp4"}, OZMA_FIELD(video_file_format), kPublic),
      Flag("load_3d_mask", OZMA_FIELD(load_3d_mask), kPublic),
      Flag("enable_3d_mask", OZMA_FIELD(enable_3d_mask), kPublic),
      Flag("iframe_allowed", OZMA_FIELD(iframe_allowed), kPublic),
      Row("use_for_liveness", kPublic, OZMA_FIELD(use_for_liveness), ReadMaybe),
      Flag("disable_adapter_errors_on_screen", OZMA_FIELD(disable_adapter_errors_on_screen), kPublic),
      Flag("delete_old_sessions", OZMA_FIELD(delete_old_sessions)),
      Number("delete_old_sessions_offset_minutes", 1, 525'600,
             OZMA_FIELD(delete_old_sessions_offset_minutes)),
      Text("master_license_signature", OZMA_FIELD(master_license_signature), Seen::kSecret),
      Text("license_public_key", OZMA_FIELD(license_public_key)),
      Word("devtools_action", {"ignore", "warn", "stop"}, OZMA_FIELD(devtools_action), kPublic),
      Row("trusted_functions", kPublic, OZMA_FIELD(trusted_functions), ReadFunctions),
      Text("assets_base_url", OZMA_FIELD(assets_base_url), kPublic),
      Word("injection_action", {"ignore", "warn", "stop"}, OZMA_FIELD(injection_action)),
      Number("injection_threshold", 0.01, 1000, OZMA_FIELD(injection_threshold)),
      Row("injection_weights", Seen::kServer, OZMA_FIELD(injection_weights), ReadWeights),
      Number("session_lifetime", 30, 86'400, OZMA_FIELD(session_lifetime)),
      Number("max_sessions", 1, 100'000, OZMA_FIELD(max_sessions)),
      Number("max_session_megabytes", 1, 1e6, OZMA_FIELD(max_session_megabytes)),
      Number("max_media", 1, 5, OZMA_FIELD(max_media)),
      Number("max_frames", 1, 300, OZMA_FIELD(max_frames)),
      Number("max_video_megabytes", 0.1, 100, OZMA_FIELD(max_video_megabytes)),
      Number("max_upload_megabytes", 0.1, 200, OZMA_FIELD(max_upload_megabytes)),
      Number("api_connections", 1, 256, OZMA_FIELD(api_connections)),
      Number("api_timeout", 1, 600, OZMA_FIELD(api_timeout)),
      Number("api_deadline", 5, 86'400, OZMA_FIELD(api_deadline)),
  };
}

#undef OZMA_FIELD

// Levenshtein's distance, a swap of two neighbours counting as one change (optimal string alignment).
std::size_t Distance(std::string_view a, std::string_view b) {
  std::vector<std::vector<std::size_t>> cost(a.size() + 1, std::vector<std::size_t>(b.size() + 1));
  for (std::size_t i = 0; i <= a.size(); ++i) {
    for (std::size_t j = 0; j <= b.size(); ++j) {
      if (i == 0 || j == 0) {
        cost[i][j] = i + j;
        continue;
      }
      const std::size_t changed = cost[i - 1][j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
      cost[i][j] = std::min({changed, cost[i - 1][j] + 1, cost[i][j - 1] + 1});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
        cost[i][j] = std::min(cost[i][j], cost[i - 2][j - 2] + 1);
    }
  }
  return cost[a.size()][b.size()];
}

}  // namespace

std::span<const Key> Keys() {
  static const std::vector<Key> keys = MakeKeys();
  return keys;
}

std::string_view Nearest(std::string_view name, std::span<const std::string_view> names) {
  constexpr std::size_t kLongest = 64;
  if (name.size() > kLongest) return {};
  std::string_view nearest;
  std::size_t least = std::max<std::size_t>(2, name.size() / 3) + 1;
  for (const auto one : names) {
    const std::size_t distance = Distance(name, one);
    if (distance >= least) continue;
    least = distance;
    nearest = one;
  }
  return nearest;
}

}  // namespace ozma::adapter
