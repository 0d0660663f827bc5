#include "adapter/config.hpp"

#include <algorithm>
#include <array>
#include <cstdlib>

#include "adapter/config_table.hpp"
#include "base/bytes.hpp"
#include "http/text.hpp"

namespace ozma::adapter {
namespace {

using base::Fail;
using base::Fault;
namespace json = base::json;

// Known, and of no effect.
struct Gone {
  std::string_view name, why;
};
constexpr std::array<Gone, 4> kGone = {{
    {"lang_allow", "was removed: pages choose the language"},
    {"lang_default", "was removed: pages choose the language"},
    {"use_wasm_container", "belongs to later versions of the interface and has no effect"},
    {"api_use_session_token", "belongs to later versions of the interface and has no effect"},
}};

bool Contains(const std::vector<std::string>& list, std::string_view text) {
  return std::ranges::find(list, text) != list.end();
}

// The keys of one object; `prefix` is "" or "analyses.".
std::vector<std::string_view> NamesUnder(std::string_view prefix) {
  std::vector<std::string_view> names;
  for (const Key& key : Keys()) {
    if (!key.name.starts_with(prefix)) continue;
    const auto rest = key.name.substr(prefix.size());
    const auto name = rest.substr(0, rest.find('.'));
    if (std::ranges::find(names, name) == names.end()) names.push_back(name);
  }
  return names;
}

void Warn(Loaded& loaded, std::string_view prefix, std::string_view name) {
  const std::string full = std::string(prefix).append(name);
  for (const Gone& gone : kGone) {
    if (full != gone.name) continue;
    loaded.warnings.push_back("app_config.json: " + full + " " + std::string(gone.why) + ".");
    return;
  }
  const auto nearest = Nearest(name, NamesUnder(prefix));
  std::string warning = "app_config.json: there is no key " + full;
  if (!nearest.empty()) warning.append("; is ").append(prefix).append(nearest).append(" meant?");
  loaded.warnings.push_back(std::move(warning));
}

base::Result<void> ReadObject(Loaded& loaded, const json::object& object, const std::string& prefix) {
  const auto names = NamesUnder(prefix);
  for (const auto& [name, value] : object) {
    const std::string full = prefix + std::string(name);
    if (std::ranges::find(names, std::string_view(name)) == names.end()) {
      Warn(loaded, prefix, name);
      continue;
    }
    if (value.is_null()) continue;
    const auto key = std::ranges::find(Keys(), std::string_view(full), &Key::name);
    if (key != Keys().end()) {
      if (auto read = key->read(loaded.config, value); !read) return read;
      continue;
    }
    if (!value.is_object())
      return Fail(Fault::kConfiguration, "app_config.json: " + full + " must be an object.");
    if (auto read = ReadObject(loaded, value.get_object(), full + "."); !read) return read;
  }
  return {};
}

base::Result<void> Check(const Config& config) {
  const auto wrong = [](const std::string& message) {
    return Fail(Fault::kConfiguration, "app_config.json: " + message);
  };
  if (config.enable_3d_mask && !config.load_3d_mask)
    return wrong("enable_3d_mask works only with load_3d_mask.");
  for (const auto& action : config.video_required_actions_list)
    if (!IsVideoAction(config, action))
      return wrong("video_required_actions_list names " + action + ", which video_actions_list lacks.");
  for (const auto& source : config.photo_source)
    if (source != "capture" && source != "file") return wrong("photo_source holds capture, file or both.");
  if (!config.api_url.empty() && !config.api_url.starts_with("http://") &&
      !config.api_url.starts_with("https://"))
    return wrong("api_url begins with http:// or https://.");
  for (const std::string* secret : {&config.api_token, &config.master_license_signature})
    if (secret->find_first_of("\r\n") != std::string::npos) return wrong("a secret holds a line end.");
  return {};
}

std::string_view Environment(const char* name) {
  const char* value = std::getenv(name);
  return value ? std::string_view(value) : std::string_view();
}

std::vector<std::string> SplitList(std::string_view text) {
  std::vector<std::string> items;
  while (!text.empty()) {
    const auto end = std::min(text.find_first_of(", "), text.size());
    if (end > 0) items.emplace_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return items;
}

base::Result<void> AddEnvironment(Loaded& loaded) {
  Config& config = loaded.config;
  json::object given;
  for (const char* name : {"architecture", "api_url", "api_token"})
    if (const auto value = Environment(name); !value.empty()) given[name] = value;
  if (auto read = ReadObject(loaded, given, ""); !read) return read;
  config.cors_origins = SplitList(Environment("WA_CORS_ORIGINS"));
  if (const auto methods = Environment("WA_CORS_METHODS"); !methods.empty()) config.cors_methods = methods;
  if (const auto headers = Environment("WA_CORS_HEADERS"); !headers.empty()) config.cors_headers = headers;
  if (const auto file = Environment("WA_SSL_CERT_ADD"); !file.empty()) {
    const auto pem = base::ReadFile(std::filesystem::path(file));
    if (!pem) return Fail(Fault::kConfiguration, "WA_SSL_CERT_ADD: " + pem.error().message + ".");
    config.ssl_cert_add = base::AsText(*pem);
    if (config.ssl_cert_add.find("-----BEGIN CERTIFICATE-----") == std::string::npos)
      return Fail(Fault::kConfiguration, "WA_SSL_CERT_ADD names a file without a PEM certificate.");
  }
  return {};
}

void Put(json::object& object, std::string_view name, json::value value) {
  const auto dot = name.find('.');
  if (dot == std::string_view::npos) {
    object[name] = std::move(value);
    return;
  }
  auto& inner = object[name.substr(0, dot)];
  if (!inner.is_object()) inner.emplace_object();
  Put(inner.get_object(), name.substr(dot + 1), std::move(value));
}

}  // namespace

base::Result<Loaded> ParseConfig(std::string_view text) {
  Loaded loaded;
  const auto read = base::ReadJson(text);
  if (!read || !read->is_object())
    return Fail(Fault::kConfiguration, "app_config.json must be a JSON object" +
                                           (read ? std::string(".") : ": " + read.error().message));
  if (auto done = ReadObject(loaded, read->get_object(), ""); !done) return done.error();
  if (auto checked = Check(loaded.config); !checked) return checked.error();
  return loaded;
}

base::Result<Loaded> LoadConfig(const std::filesystem::path& file) {
  std::string text = "{}";
  if (!file.empty()) {
    const auto bytes = base::ReadFile(file);
    if (!bytes) return Fail(Fault::kConfiguration, bytes.error().message + ".");
    text = base::AsText(*bytes);
  }
  auto loaded = ParseConfig(text);
  if (!loaded) return loaded;
  if (auto added = AddEnvironment(*loaded); !added) return added.error();
  if (auto checked = Check(loaded->config); !checked) return checked.error();
  return loaded;
}

json::object Shown(const Config& config) {
  json::object shown;
  for (const Key& key : Keys()) {
    auto value = key.show(config);
    if (key.seen == Seen::kSecret && value != json::value("")) value = "***";
    Put(shown, key.name, std::move(value));
  }
  shown["cors_origins"] = json::array(config.cors_origins.begin(), config.cors_origins.end());
  shown["ssl_cert_add"] = !config.ssl_cert_add.empty();
  return shown;
}

json::object PublicPart(const Config& config) {
  json::object shown;
  for (const Key& key : Keys()) {
    if (key.seen != Seen::kPublic) continue;
    auto value = key.show(config);
    if (!value.is_null()) Put(shown, key.name, std::move(value));
  }
  return shown;
}

bool IsVideoAction(const Config& config, std::string_view action) {
  return Contains(config.video_actions_list, action);
}

bool IsPhotoAction(const Config& config, std::string_view action) {
  return Contains(config.photo_actions_list, action);
}

}  // namespace ozma::adapter
