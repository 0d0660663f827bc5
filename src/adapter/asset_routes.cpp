#include <algorithm>

#include "adapter/assets.hpp"
#include "base/log.hpp"
#include "http/text.hpp"

namespace ozma::adapter {
namespace {

constexpr std::string_view kImmutable = "public, max-age=31536000, immutable";
constexpr std::string_view kAskAgain = "public, no-cache";

// For a page of ours: its own scripts and styles, WebAssembly, the camera's pictures; nothing from elsewhere.
constexpr std::string_view kPagePolicy =
    "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; img-src 'self' data: blob:; "
    "media-src 'self' blob:; font-src 'self'; connect-src 'self'; worker-src 'self' blob:; manifest-src "
    "'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors ";
constexpr std::string_view kFilePolicy = "default-src 'none'; frame-ancestors 'none'";
// A worker runs under the policy it comes with.
constexpr std::string_view kScriptPolicy =
    "default-src 'none'; script-src 'self' blob: 'wasm-unsafe-eval'; connect-src 'self'; worker-src 'self' "
    "blob:; "
    "frame-ancestors 'none'";

bool TakesGzip(const http::Request& request) {
  // "gzip;q=0" is nobody's way of asking for less.
  return http::LowerCase(http::Find(request.headers, "Accept-Encoding")).find("gzip") != std::string::npos;
}

bool Matches(std::string_view header, std::string_view tag) {
  return header == "*" || (!header.empty() && header.find(tag) != std::string_view::npos);
}

http::Response Show(const http::Request& request, const Asset& asset, std::string_view caching) {
  http::Response response;
  response.headers.emplace("ETag", asset.tag);
  response.headers.emplace("Cache-Control", caching);
  response.headers.emplace("Vary", "Accept-Encoding");
  // Pages of other sites load the plugin, isolated ones too.
  response.headers.emplace("Cross-Origin-Resource-Policy", "cross-origin");
  const bool script = asset.type.starts_with("text/javascript");
  response.headers.emplace("Content-Security-Policy", script ? kScriptPolicy : kFilePolicy);
  if (script) response.headers.emplace("Cross-Origin-Embedder-Policy", "require-corp");
  if (Matches(http::Find(request.headers, "If-None-Match"), asset.tag)) {
    response.status = 304;
    response.content_type.clear();
    return response;
  }
  response.content_type = asset.type;
  const bool packed = !asset.gzip.empty() && TakesGzip(request);
  if (packed) response.headers.emplace("Content-Encoding", "gzip");
  response.body = packed ? asset.gzip : asset.bytes;
  return response;
}

http::Response ShowPage(const http::Request& request, const Asset& asset, bool framed) {
  auto response = Show(request, asset, kAskAgain);
  if (!asset.type.starts_with("text/html")) return response;
  response.headers.erase("Content-Security-Policy");
  response.headers.emplace("Content-Security-Policy",
                           std::string(kPagePolicy).append(framed ? "*" : "'none'"));
  response.headers.emplace("Cross-Origin-Opener-Policy", "same-origin");
  response.headers.emplace("Cross-Origin-Embedder-Policy", "require-corp");
  response.headers.emplace("Permissions-Policy", "camera=(self), microphone=(), geolocation=()");
  response.headers.emplace("Referrer-Policy", "same-origin");
  return response;
}

void AddAsset(http::Router& router, const std::shared_ptr<Service>& service, const std::string& path,
              std::shared_ptr<const Asset> asset, std::string_view caching) {
  AddRoute(router, service, "GET", path,
           [asset = std::move(asset), caching](Service&, const http::Request& request) -> Answer {
             return Show(request, *asset, caching);
           });
}

// The script by its old name; the one place where a browser introduces itself.
void AddScript(http::Router& router, const std::shared_ptr<Service>& service, const std::string& path,
               std::shared_ptr<const Asset> asset) {
  AddRoute(
      router, service, "GET", path,
      [asset = std::move(asset)](Service&, const http::Request& request) -> Answer {
        const auto agent = http::CleanText(http::Find(request.headers, "User-Agent"));
        base::Log(base::Level::kInfo, "plugin", {{"id", request.id}, {"user_agent", agent.substr(0, 512)}});
        return Show(request, *asset, kAskAgain);
      });
}

void AddMissing(http::Router& router, const std::shared_ptr<Service>& service, const std::string& path) {
  AddRoute(router, service, "GET", path, [](Service&, const http::Request&) -> Answer {
    return Refuse(Code::kNotFound, "The plugin is not built here; see docs/web-adapter.md.");
  });
}

}  // namespace

void AddAssetRoutes(http::Router& router, const std::shared_ptr<Service>& service, Plugin plugin, Tree demo) {
  const auto script = plugin.files.find(plugin.script);
  if (script == plugin.files.end()) {
    for (const char* path : {"/plugin_liveness.php", "/plugin/ozliveness_main.js"})
      AddMissing(router, service, path);
  } else {
    AddScript(router, service, "/plugin_liveness.php", script->second);
    AddScript(router, service, "/plugin/ozliveness_main.js", script->second);
  }
  for (const auto& [name, asset] : plugin.files) {
    AddAsset(router, service, "/plugin/" + name, asset, kAskAgain);
    const std::string versioned = "/plugin/" + plugin.version + "/";
    AddAsset(router, service, versioned + name, asset, kImmutable);
    constexpr std::string_view kFolder = "assets/";
    if (name.starts_with(kFolder))
      AddAsset(router, service, versioned + name.substr(kFolder.size()), asset, kImmutable);
  }
  for (const auto& [name, asset] : demo) {
    const auto show = [asset = asset](Service& of, const http::Request& request) -> Answer {
      return ShowPage(request, *asset, of.config.iframe_allowed);
    };
    AddRoute(router, service, "GET", "/demo/" + name, show);
    if (name == "index.html") AddRoute(router, service, "GET", "/demo", show);
  }
}

}  // namespace ozma::adapter
