"""What the adapter serves as it is: script, assets, networks, pages, configuration; headers, CORS, paths that lead out."""
import gzip
import json

from adapter import ORIGIN, Page, check, equal, refused


def test_script(server):
    answer = server.get("/plugin_liveness.php?ver=3", headers={"User-Agent": "Probe/7"})
    equal((answer.status, answer.type, answer.body), (200, "text/javascript", b"globalThis.OzLiveness = {};"), "script")
    equal(answer.headers["cache-control"], "public, no-cache", "asked for again")
    equal(answer.headers["cross-origin-resource-policy"], "cross-origin", "other sites load it")
    check("Probe/7" in server.log_text(), "the user agent is in the log")
    equal(server.get("/plugin/ozliveness_main.js").body, answer.body, "the same by its other name")
    equal(server.get("/plugin/ozliveness.css").type, "text/css", "style sheet")
    again = server.get("/plugin_liveness.php", headers={"If-None-Match": answer.headers["etag"]})
    equal((again.status, again.body), (304, b""), "unchanged")


def test_assets(server):
    for path in ("/plugin/9.9.9/assets/ort.wasm", "/plugin/9.9.9/ort.wasm"):
        answer = server.get(path)
        equal((answer.status, answer.type, len(answer.body)), (200, "application/wasm", 4004), path)
        equal(answer.headers["cache-control"], "public, max-age=31536000, immutable", "caching")
        packed = server.get(path, headers={"Accept-Encoding": "br, gzip"})
        equal((packed.headers["content-encoding"], gzip.decompress(packed.body)), ("gzip", answer.body), "packed")


def test_networks(server):
    networks = server.get("/plugin/9.9.9/networks.json").json
    equal(sorted(networks), ["detector", "landmarks"], "roles")
    for role, about in networks.items():
        file = server.get(f"/plugin/9.9.9/{about['file']}")
        equal((file.status, file.type), (200, "application/octet-stream"), role)
        check(about["input"]["width"] > 0 and about["input"]["colour"] in ("rgb", "bgr", "grey"), f"input {about['input']}")
        equal(len(about["input"]["mean"]), 1 if about["input"]["colour"] == "grey" else 3, "means")


def test_no_path_leads_out(server):
    for path in ("/plugin/secret.txt", "/plugin/9.9.9/secret.txt", "/plugin/9.9.9/../secret.txt", "/plugin/9.9.9/%2e%2e/secret.txt",
                 "/plugin/9.9.9/..%2fsecret.txt", "/demo/../plugin/secret.txt", "/demo/%2e%2e%2fplugin%2fsecret.txt", "/plugin/manifest.json",
                 "/plugin//etc/passwd", "/demo/%2fetc%2fpasswd", "/session_data", "/app_config.json/x"):
        answer = server.get(path)
        check(answer.status in (400, 404), f"{path} answered {answer.status}")
        check(b"nobody" not in answer.body and b"root:" not in answer.body, path)


def test_demo(server):
    for path in ("/demo", "/demo/", "/demo/index.html"):
        answer = server.get(path)
        equal((answer.status, answer.type), (200, "text/html"), path)
        policy = answer.headers["content-security-policy"]
        for word in ("default-src 'none'", "script-src 'self' 'wasm-unsafe-eval'", "frame-ancestors 'none'", "base-uri 'none'"):
            check(word in policy, f"{word} in {policy}")
        check("unsafe-inline" not in policy and "unsafe-eval'" not in policy.replace("wasm-unsafe-eval'", ""), policy)
        equal(answer.headers["cross-origin-embedder-policy"], "require-corp", "isolation")


def test_configuration(server):
    config = server.get("/app_config.json").json
    equal((config["version"], config["architecture"], config["video_required_actions_list"]), ("9.9.9", "normal", ["video_selfie_blank"]), "public part")
    check("api_token" not in json.dumps(config) and "use_for_liveness" not in config, "nothing else")
    log = server.log_text()
    check('"api_token": "***"' in log or '"api_token":"***"' in log, "the configuration is in the log, its secret masked")
    check(server.token not in log, "the token is not")


def test_debug_is_off(server):
    refused(server.get("/debug.php"), 404, "not_found")


def test_license(server):
    license = server.get("/check_license.php").json
    equal((license["valid"], license["expires"], license["origins"], license["error"]), (True, None, [], None), "licence")
    check("Open source" in license["note"], "says so")


def test_no_cors_unless_set(server):
    begun = Page(server)
    check(not [name for name in begun.answer.headers if name.startswith("access-control")], f"headers {begun.answer.headers}")
    preflight = server.call("OPTIONS", "/session", headers={"Origin": ORIGIN, "Access-Control-Request-Method": "POST"})
    check(not [name for name in preflight.headers if name.startswith("access-control")], f"headers {preflight.headers}")
    api = server.call("GET", "/api/version", headers={"Origin": ORIGIN})
    equal(api.headers["access-control-allow-origin"], "*", "the API keeps its own")


def test_headers(server):
    answer = Page(server).answer
    equal(answer.headers["cache-control"], "no-store", "caching")
    equal(answer.headers["x-content-type-options"], "nosniff", "sniffing")
    refused(server.call("PUT", "/session", b"", {}), 405, "method_not_allowed")
