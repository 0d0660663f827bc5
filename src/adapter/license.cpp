#include "adapter/license.hpp"

#include <algorithm>
#include <ctime>

#include "adapter/fields.hpp"
#include "adapter/seal.hpp"
#include "base/ids.hpp"
#include "http/text.hpp"

namespace ozma::adapter {
namespace {

// "https://a.example:8443" -> "a.example"; "[::1]" keeps its brackets.
std::string HostOf(std::string_view origin) {
  if (const auto scheme = origin.find("://"); scheme != std::string_view::npos)
    origin.remove_prefix(scheme + 3);
  origin = origin.substr(0, origin.find('/'));
  const auto colon = origin.rfind(':');
  const auto bracket = origin.rfind(']');
  if (colon != std::string_view::npos && (bracket == std::string_view::npos || colon > bracket))
    origin = origin.substr(0, colon);
  return http::LowerCase(origin);
}

bool IsLocal(std::string_view host) {
  return host == "localhost" || host.ends_with(".localhost") || host == "127.0.0.1" || host == "[::1]";
}

bool IsWithin(std::string_view host, std::string_view domain) {
  if (host == domain) return true;
  return host.size() > domain.size() && host.ends_with(domain) &&
         host[host.size() - domain.size() - 1] == '.';
}

std::string DateOf(double seconds) {
  const auto time = static_cast<std::time_t>(seconds);
  std::tm parts{};
  gmtime_r(&time, &parts);
  char text[32];
  return {text, std::strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", &parts)};
}

struct Signed {
  base::Bytes payload, key;
};

base::Bytes Decoded(std::string_view base64) {
  auto bytes = base::DecodeBase64(base64);
  return bytes ? std::move(*bytes) : base::Bytes();
}

// Empty where the file is not of the form, or its signature not by the key.
std::optional<Signed> Open(std::string_view text, const Config& config) {
  const auto object = ObjectOf(text, 1u << 20);
  if (!object) return {};
  const auto field = [&](std::string_view name) -> base::Bytes {
    const auto value = TextIn(*object, name, 1u << 20);
    if (!value) return {};
    return Decoded(value->value_or(""));
  };
  Signed opened{field("payload_b64"), field("enc_public_key")};
  if (!config.license_public_key.empty()) opened.key = Decoded(config.license_public_key);
  if (!IsSignedBy(opened.key, field("signature"), opened.payload)) return {};
  return opened;
}

}  // namespace

License License::Load(const std::filesystem::path& file, const Config& config) {
  if (file.empty()) return {};
  const auto bytes = base::ReadFile(file);
  if (bytes) return Parse(base::AsText(*bytes), file.filename().string(), config);
  License license;
  license.present_ = true;
  license.error_ = "License error. License at (" + file.filename().string() + ") not found";
  return license;
}

License License::Parse(std::string_view text, const std::string& name, const Config& config) {
  License license;
  license.present_ = true;
  license.error_ = "License error. Cannot parse license from (" + name + "), invalid format";
  const auto opened = Open(text, config);
  if (!opened) return license;
  const auto payload = ObjectOf(base::AsText(opened->payload), 1u << 20);
  if (!payload) return license;
  const auto id = TextIn(*payload, "id", 256);
  const auto kind = TextIn(*payload, "kind", 64);
  const auto expires = NumberIn(*payload, "expires");
  const auto origins = TextsIn(*payload, "origins", 10'000, 256);
  if (!id || !kind || !expires || !origins) return license;

  license.error_.clear();
  license.expires_ = *expires;
  for (const auto& origin : *origins) license.origins_.push_back(HostOf(origin));
  // A signature that does not hold leaves the ordinary check of the origins.
  const auto master = base::DecodeBase64(config.master_license_signature);
  license.any_origin_ = *kind == "web_master" && master && id->has_value() &&
                        IsSignedBy(opened->key, *master, base::AsBytes(**id));
  return license;
}

std::optional<std::string> License::Refuses(std::string_view origin) const {
  if (!present_) return {};
  if (!error_.empty()) return error_;
  const double now = base::UnixSeconds();
  if (expires_ && now > *expires_)
    return "License error. Current date " + DateOf(now) + " is later than license expiration date " +
           DateOf(*expires_);
  const std::string host = HostOf(origin);
  if (any_origin_ || IsLocal(host)) return {};
  if (std::ranges::any_of(origins_, [&](const std::string& domain) { return IsWithin(host, domain); }))
    return {};
  std::string list;
  for (const auto& domain : origins_) list.append(list.empty() ? "" : ", ").append(domain);
  return "License error. Bundle " + (host.empty() ? "unknown" : host) +
         " is not in the list allowed by license (" + list + ")";
}

base::json::object License::Shown() const {
  const auto refusal = Refuses("localhost");
  base::json::object shown;
  shown["valid"] = !refusal;
  shown["expires"] = expires_ ? json::value(*expires_) : json::value();
  shown["origins"] = json::array(origins_.begin(), origins_.end());
  shown["error"] = refusal ? json::value(*refusal) : json::value();
  if (!present_) shown["note"] = "Open source: no licence is configured, and none is needed.";
  return shown;
}

}  // namespace ozma::adapter
