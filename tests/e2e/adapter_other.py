"""The adapter in its other forms: alone before an API elsewhere, lite, instant, capture, with CORS, a licence, tokens of pages, limits, an API that is away."""
import base64
import http.server
import json
import subprocess
import tempfile
import threading
from pathlib import Path

from adapter import BLANK, ORIGIN, Page, WebServer, check, equal, folder_of, frames_of, refused, sample, stack
from adapter_flow import run_selfie
from harness import Server


def over(server, work):
    try:
        work(server)
        server.unharmed()
    except Exception:
        print(server.log_text()[-3000:], flush=True)
        raise
    finally:
        equal(server.stop(), 0, "exit status")


def alone(kind="sqlite"):
    """`--components adapter` beside an API in another process."""
    api, world, token = stack({}, kind)

    def work(server):
        page, told = run_selfie(server)
        equal(told["state"], "finished", "state")
        equal(folder_of(world, page.event_id)["system_resolution"], "SUCCESS", "folder in the API")
        equal(server.get("/api/version").status, 404, "no API here")
    try:
        over(WebServer("adapter", {"api_url": api.url + "/api/", "api_token": token}), work)
    finally:
        api.stop()


def lite():
    """Media go to /v1/face/liveness/detect of a Lite server."""
    def work(server):
        page, told = run_selfie(server)
        equal(told["analyses"]["quality"]["resolution"], "success", "resolution")
        check(told["folder_id"] and told["event_session_id"] == page.event_id, "ids")
        check("image_b64" not in json.dumps(told), "no pictures")
        check(0 <= told["analyses"]["quality"]["confidence_spoofing"] < 0.5, "score")
        cat = Page(server)
        cat.upload(frames=[jpeg_of(sample("cat.png"))])
        cat.submit()
        refused(cat.result(), 400, "bad_request")
    over(WebServer("lite,adapter", {"architecture": "lite", "result_mode": "full"}), work)


def jpeg_of(picture):
    done = subprocess.run(["ffmpeg", "-v", "error", "-i", "-", "-f", "image2", "-c:v", "mjpeg", "-frames:v", "1", "-"], input=picture, capture_output=True, timeout=60)
    check(done.returncode == 0, f"ffmpeg: {done.stderr}")
    return done.stdout


def instant():
    """The same to /api/instant/folders/, where api_url ends in /api."""
    api = WebServer("api,adapter", {"architecture": "lite"}, environment={"OZ_APP_COMPONENTS": "stateless"})

    def work(server):
        _, told = run_selfie(server)
        equal(told["analyses"]["quality"]["resolution"], "success", "resolution")
    try:
        over(WebServer("adapter", {"architecture": "lite", "api_url": api.url + "/api", "result_mode": "status"}), work)
    finally:
        api.stop()


def capture():
    def work(server):
        equal(server.get("/app_config.json").json["architecture"], "capture", "architecture")
        equal(server.get("/plugin_liveness.php").status, 200, "script")
        page = Page(server, status=404)
        refused(page.answer, 404, "not_found")
        refused(server.get("/session/x/result"), 404, "not_found")
    over(WebServer("adapter", {"architecture": "capture"}), work)


def cors_and_debug():
    def work(server):
        begun = Page(server).answer
        equal((begun.headers["access-control-allow-origin"], begun.headers["vary"]), (ORIGIN, "Origin"), "allowed")
        asked = {"Access-Control-Request-Method": "POST"}
        preflight = server.call("OPTIONS", "/session", headers={"Origin": ORIGIN, **asked})
        equal((preflight.status, preflight.headers["access-control-allow-methods"], preflight.headers["access-control-allow-headers"]),
              (204, "GET, POST, OPTIONS", "Content-Type, X-Own"), "preflight")
        other = server.call("OPTIONS", "/session", headers={"Origin": "https://evil.example", **asked})
        check(not [name for name in other.headers if name.startswith("access-control")], f"headers {other.headers}")
        shown = server.get("/debug.php").json
        equal((shown["config"]["api_token"], shown["config"]["cors_origins"]), ("***", [ORIGIN]), "debug.php")
        check("S3CRET" not in json.dumps(shown), "the secret is not shown")
        equal(server.get("/demo/").headers["content-security-policy"].split("frame-ancestors ")[1], "*", "frames allowed")
        check("is preinit meant?" in server.log_text(), "an unknown key is warned of")
    over(WebServer("adapter", {"debug": True, "iframe_allowed": True, "prenit": "full", "api_token": "S3CRET", "api_url": "http://127.0.0.1:9"},
                   environment={"WA_CORS_ORIGINS": ORIGIN, "WA_CORS_HEADERS": "Content-Type, X-Own"}), work)


def injection_stops():
    def work(server):
        page = Page(server)
        page.upload(webdriver=True, camera={"label": "ManyCam Virtual Webcam", "devices": [], "settings": {"width": 1280, "height": 1280}, "capabilities": {"a": 1}})
        refused(page.submit(status=403), 403, "injection_suspected")
        refused(page.ask(), 403, "injection_suspected")
        refused(page.submit(status=409), 409, "session_used")
        equal(server.session_files(page.id), ["session.json"], "the media are gone")
        tools = Page(server)
        tools.upload(devtools=True)
        refused(tools.submit(status=403), 403, "injection_suspected")
        weightless = Page(server)
        weightless.upload(api={"tampered": ["x"]})
        equal(weightless.submit().status, 202, "a weight of nought")
    over(WebServer("lite,adapter", {"architecture": "lite", "injection_action": "stop", "devtools_action": "stop", "injection_weights": {"tampered_api": 0}}), work)


def tokens_of_pages():
    """api_use_token client: each page brings its own, and the API knows whose folder it is."""
    server, world, token = stack({"api_use_token": "client", "api_token": ""})

    def work(_):
        refused(Page(server, status=401).answer, 401, "token_required")
        page, _ = run_selfie(server, token=token)
        owner, = (user["user_id"] for user in world.admin.get("/api/users/")["items"] if user["user_type"] == "CLIENT_SERVICE")
        equal(folder_of(world, page.event_id)["user_id"], owner, "owner")
        kept = (Path(server.data.name) / "session_data" / page.id / "session.json").read_text()
        check(token not in kept, "the token is forgotten at the end")
        wrong = Page(server, token="no such token")
        wrong.upload()
        wrong.submit()
        refused(wrong.result(), 401, "token_required")
    over(server, work)


def openssl(*words, data=None):
    done = subprocess.run(["openssl", *words], input=data, capture_output=True, timeout=60)
    check(done.returncode == 0, f"openssl {words[0]}: {done.stderr}")
    return done.stdout


def licence():
    folder = tempfile.TemporaryDirectory(prefix="ozma-licence-")
    key, text, file = (Path(folder.name) / name for name in ("key.pem", "payload", "license.json"))
    openssl("genpkey", "-algorithm", "ed25519", "-out", str(key))
    text.write_text(json.dumps({"id": "1", "kind": "web", "origins": ["shop.example"], "expires": 4e9}))
    fields = {"payload_b64": text.read_bytes(), "signature": openssl("pkeyutl", "-sign", "-rawin", "-inkey", str(key), "-in", str(text)),
              "enc_public_key": openssl("pkey", "-in", str(key), "-pubout", "-outform", "DER")[-32:]}
    file.write_text(json.dumps({name: base64.b64encode(data).decode() for name, data in fields.items()}))

    def work(server):
        shown = server.get("/check_license.php").json
        equal((shown["valid"], shown["origins"], shown["expires"], shown["error"]), (True, ["shop.example"], 4e9, None), "licence")
        equal(Page(server).answer.status, 201, "its own site")
        answer = server.post("/session", "{}", "application/json", {"Origin": "https://other.example"})
        refused(answer, 403, "license_error")
    over(WebServer("adapter", {"api_url": "http://127.0.0.1:9"}, options=("--adapter-license", str(file))), work)
    folder.cleanup()


def limits():
    def work(server):
        Page(server), Page(server)
        third = Page(server, status=429).answer
        refused(third, 429, "too_many")
        check(int(third.headers["retry-after"]) > 0, "Retry-After")
    over(WebServer("adapter", {"max_sessions": 2, "api_url": "http://127.0.0.1:9"}), work)

    def full(server):
        page = Page(server, actions=(BLANK, "video_selfie_smile"))
        page.upload(BLANK, frames=frames_of("person-a-1.jpg", 4))
        answer = page.send(page.media("video_selfie_smile", frames=frames_of("person-a-1.jpg", 12)))
        refused(answer, 503, "overloaded")
        check(int(answer.headers["retry-after"]) > 0, "Retry-After")
    over(WebServer("adapter", {"max_session_megabytes": 2, "api_url": "http://127.0.0.1:9"}), full)


class Moody(http.server.BaseHTTPRequestHandler):
    """Between adapter and API: fails as often as `failures` says, then passes everything on."""
    target, failures, seen = None, [], []

    def pass_on(self):
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self.seen.append(f"{self.command} {self.path.split('?')[0]}")
        if self.failures:
            kind = self.failures.pop(0)
            if kind == "pass":
                return self.answer(body)
            if kind == "after":
                self.target.call(self.command, self.path, body, dict(self.headers), hold=False)
            if kind == "refuse":
                self.send_response(503)
                self.send_header("Content-Length", "0")
                self.end_headers()
            self.close_connection = True
            return None
        return self.answer(body)

    def answer(self, body):
        answer = self.target.call(self.command, self.path, body, dict(self.headers), hold=False)
        self.send_response(answer.status)
        self.send_header("Content-Type", answer.headers.get("content-type", ""))
        self.send_header("Content-Length", str(len(answer.body)))
        self.end_headers()
        self.wfile.write(answer.body)

    do_GET = do_POST = pass_on

    def log_message(self, *_):
        pass


def api_that_fails_at_first():
    """Overloaded, then cut before its answer, though the folder was made: tried again, and still one folder and one analysis."""
    api, world, token = stack({})
    Moody.target, Moody.failures, Moody.seen = api, ["refuse", "pass", "after"], []
    between = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Moody)
    threading.Thread(target=between.serve_forever, daemon=True).start()

    def work(server):
        page, told = run_selfie(server)
        equal(told["state"], "finished", "state")
        folder = folder_of(world, page.event_id)
        equal((len(folder["media"]), len(folder["analyses"])), (1, 1), "media and analyses")
        equal(Moody.seen[:4], ["POST /api/folders/", "GET /api/folders/"] * 2, "looked before it was made again, and found")
    try:
        over(WebServer("adapter", {"api_url": f"http://127.0.0.1:{between.server_port}", "api_token": token}), work)
    finally:
        between.shutdown()
        api.stop()


def api_that_is_away():
    """Nobody listens: the page gets service_unavailable at the deadline; a stop meanwhile is quick, and work goes on after it."""
    def work(server):
        page = Page(server)
        page.upload()
        page.submit()
        server.restart()
        refused(page.result(), 502, "service_unavailable")
        equal(server.session_files(page.id), ["session.json"], "the media are gone")
    over(WebServer("adapter", {"api_url": "http://127.0.0.1:9", "api_deadline": 5}), work)


def certificate_of_the_api():
    """An API with a certificate of its own making is trusted by WA_SSL_CERT_ADD alone."""
    folder = tempfile.TemporaryDirectory(prefix="ozma-tls-")
    key, certificate = (str(Path(folder.name) / name) for name in ("key.pem", "certificate.pem"))
    openssl("req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", key, "-out", certificate, "-days", "2", "-subj", "/CN=127.0.0.1",
            "-addext", "subjectAltName=IP:127.0.0.1")
    api = Server("--quiet", "--tls-certificate", certificate, "--tls-key", key)
    config = {"architecture": "lite", "api_url": api.url, "api_deadline": 5}

    def trusted(server):
        equal(run_selfie(server)[1]["state"], "finished", "state")

    def unknown(server):
        page = Page(server)
        page.upload()
        page.submit()
        refused(page.result(), 502, "service_unavailable")
    try:
        over(WebServer("adapter", config, environment={"WA_SSL_CERT_ADD": certificate}), trusted)
        over(WebServer("adapter", config), unknown)
    finally:
        equal(api.stop(), 0, "exit status")
        folder.cleanup()


def expiry():
    """A session that is not submitted in time is over."""
    server = WebServer("adapter", {"api_url": "http://127.0.0.1:9"})

    def work(_):
        page = Page(server)
        file = Path(server.data.name) / "session_data" / page.id / "session.json"
        kept = json.loads(file.read_text())
        server.process.kill()
        server.process.wait()
        server.process.stdout.close()
        file.write_text(json.dumps({**kept, "created": kept["created"] - 1801}))
        server.start(*server.options)
        refused(page.send(page.media()), 410, "session_expired")
        refused(page.submit(status=410), 410, "session_expired")
        refused(page.ask(), 410, "session_expired")
        server.process.kill()
        server.process.wait()
        server.process.stdout.close()
        file.write_text(json.dumps({**kept, "created": kept["created"] - 7300}))
        server.start(*server.options)
        refused(page.ask(), 404, "unknown_session")
        check(not file.parent.exists(), "purged")
    over(server, work)


ALL = [alone, lite, instant, capture, cors_and_debug, injection_stops, tokens_of_pages, licence, limits, api_that_fails_at_first, api_that_is_away, certificate_of_the_api, expiry]
