"""A browser's requests to the Web Adapter, made by hand, and the API's view of what came of them."""
import base64
import hashlib
import hmac
import json
import secrets
import subprocess
import tempfile
import time
from pathlib import Path

import harness
from harness import ROOT, Server, check, equal, program, sample
from oz import ADMIN, PASSWORD, Client, Database, World

AGENT = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Safari/537.36"
ORIGIN = "https://shop.example"
BLANK = "video_selfie_blank"


def base64url(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def sha256(data):
    return hashlib.sha256(data).hexdigest()


def frames_of(name, count=8):
    """`count` different JPEGs of one sample: each carries a comment of its own (ITU T.81, B.2.4.5), as no two frames of a camera are alike."""
    picture = sample(name)
    frames = []
    for _ in range(count):
        mark = secrets.token_bytes(8)
        frames.append(picture[:2] + b"\xff\xfe" + (len(mark) + 2).to_bytes(2, "big") + mark + picture[2:])
    return frames


def web_folder():
    """A folder like the one that the plugin's build makes, with a script that does nothing."""
    folder = tempfile.TemporaryDirectory(prefix="ozma-web-")
    root = Path(folder.name) / "plugin"
    (root / "assets").mkdir(parents=True)
    (root / "ozliveness.js").write_text("globalThis.OzLiveness = {};")
    (root / "ozliveness.css").write_text("/* styles live in the script */")
    (root / "assets/ort.wasm").write_bytes(b"\0asm" + bytes(4000))
    (root / "secret.txt").write_text("nobody may read this")
    (root / "manifest.json").write_text(json.dumps({"version": "9.9.9", "script": "ozliveness.js", "assets": ["assets/ort.wasm"]}))
    (root.parent / "demo").mkdir()
    (root.parent / "demo/index.html").write_text("<!doctype html><title>demo</title>")
    return folder


class WebServer(Server):
    """`ozma serve` with the adapter, over a data folder with this app_config.json."""

    PROBE = "/check_license.php"

    def __init__(self, components, config, database=None, options=(), environment=None):
        self.COMPONENTS = components
        self.data = tempfile.TemporaryDirectory(prefix="ozma-e2e-")
        self.web = web_folder()
        self.database, self.contract = database, None
        self.log = tempfile.TemporaryFile()
        self.options = ("--web", self.web.name + "/plugin", *options)
        self.environment = environment
        if database:
            database.folder = self.data.name
            self.options += tuple(database.options)
            self.command("create-admin", "--email", ADMIN, "--password", PASSWORD)
        self.configure(config)
        self.start(*self.options, environment=environment)

    def configure(self, config):
        (Path(self.data.name) / "app_config.json").write_text(json.dumps(config))

    def command(self, *words):
        command = [program(), *words, "--data", self.data.name, *(self.database.options if self.database else ())]
        done = subprocess.run(command, capture_output=True, text=True, timeout=60, cwd=ROOT)
        check(done.returncode == 0, f"ozma {words[0]} ended with {done.returncode}: {done.stdout} {done.stderr}")
        return done.stdout

    def service_token(self):
        """Of a CLIENT_SERVICE user of a new company."""
        name = secrets.token_hex(4)
        self.command("create-company", "--name", name)
        email = f"{name}@ozma.example"
        self.command("create-user", "--email", email, "--type", "CLIENT_SERVICE", "--company", name, "--password", PASSWORD)
        return json.loads(self.command("issue-service-token", "--user", email))["access_token"]

    def restart(self, config=None, kill=False):
        """Ends the process, by SIGKILL or well, and starts it anew."""
        if kill:
            self.process.kill()
            self.process.wait()
        else:
            self.process.terminate()
            equal(self.process.wait(60), 0, "exit status")
        self.process.stdout.close()
        if config is not None:
            self.configure(config)
        self.start(*self.options, environment=self.environment)

    def log_text(self):
        self.log.seek(0)
        return self.log.read().decode(errors="replace")

    def session_files(self, session_id):
        return sorted(file.name for file in (Path(self.data.name) / "session_data" / session_id).iterdir())

    def stop(self):
        try:
            return super().stop()
        finally:
            self.web.cleanup()
            if self.database:
                self.database.drop()


def stack(config=None, kind="sqlite"):
    """API, workers and adapter in one process, with a service token; (server, admin's World)."""
    server = WebServer("api,adapter", {}, Database(kind))
    token = server.service_token()
    server.restart({"api_token": token, **(config or {})})
    return server, World(server), token


def refused(answer, status, code):
    equal((answer.status, answer.json["error"]["code"]), (status, code), f"status and code of {answer.body[:300]!r}")
    check(len(answer.json["error"]["message"]) > 10, "a message")


class Page:
    """One capture session as the plugin makes it."""

    def __init__(self, server, actions=(BLANK,), status=201, **more):
        self.server = server
        self.answer = self.post("/session", {"action": list(actions), "meta": {"transaction_id": "t-1"}, "params": {}, "lang": "en",
                                             "origin": ORIGIN, **more})
        equal(self.answer.status, status, f"status of {self.answer.body[:200]!r}")
        if status == 201:
            begun = self.answer.json
            self.id, self.event_id = begun["session_id"], begun["event_session_id"]
            self.actions, self.limits = begun["actions"], begun["limits"]
            self.nonce = base64.urlsafe_b64decode(begun["nonce"] + "=")

    def post(self, path, body):
        return self.server.call("POST", path, json.dumps(body), {"Content-Type": "application/json", "User-Agent": AGENT, "Origin": ORIGIN})

    def info(self, action, hashes, best, **more):
        count = len(hashes)
        return {"v": 1, "session_id": self.id, "action": action, "frames": hashes, "best": best,
                "camera": {"label": "Integrated Camera", "devices": ["Integrated Camera"], "settings": {"width": 1280, "height": 1280, "frameRate": 30},
                           "capabilities": {"frameRate": {"max": 30}}},
                "timing": {"frame_intervals_ms": [100 + i % 3 for i in range(count - 1)], "raf_ms": 16.7},
                "api": {"tampered": []}, "devtools": False, "webdriver": False, "page": {"origin": ORIGIN, "framed": False},
                "user_agent": AGENT, **more}

    def seal(self, info, nonce=None):
        text = base64url(json.dumps(info).encode())
        return text + "." + base64url(hmac.new(nonce or self.nonce, text.encode(), hashlib.sha256).digest())

    def media(self, action=BLANK, frames=None, upload_id=None, png=None, kind="video", change=lambda payload, info, files: None, nonce=None, **more):
        """The parts of a media request; `change` may spoil payload, info and files before they are sealed."""
        frames = frames or frames_of("person-a-1.jpg")
        times = [sum(100 + i % 3 for i in range(n)) for n in range(len(frames))]
        hashes = [sha256(frame) for frame in frames]
        files = {f"frame{i}": frame for i, frame in enumerate(frames)}
        payload = {"upload_id": upload_id or secrets.token_hex(8), "action": action, "kind": kind,
                   "frames": [{"part": f"frame{i}", "sha256": hashes[i], "t_ms": times[i]} for i in range(len(frames))]}
        if kind == "video":
            payload["best"] = {"part": "frame0", "sha256": hashes[0]}
        if png is not None:
            files["png"] = png
            payload["best_png"] = {"part": "png", "sha256": sha256(png)}
        info = self.info(action, hashes, hashes[0], **more)
        change(payload, info, files)
        payload["additional_info"] = self.seal(info, nonce)
        return [("payload", json.dumps(payload)), *((name, data, name + ".jpg", "image/jpeg") for name, data in files.items())]

    def send(self, parts):
        return self.server.post_form(f"/session/{self.id}/media", parts, {"User-Agent": AGENT, "Origin": ORIGIN})

    def upload(self, *arguments, status=201, **more):
        answer = self.send(self.media(*arguments, **more))
        equal(answer.status, status, f"status of {answer.body[:300]!r}")
        return answer

    def submit(self, status=202):
        answer = self.post(f"/session/{self.id}/submit", {})
        equal(answer.status, status, f"status of {answer.body[:300]!r}")
        return answer

    def ask(self):
        return self.server.get(f"/session/{self.id}/result")

    def result(self, patience=90):
        """The answer once it is no longer processing, asked for as the plugin does."""
        until = time.monotonic() + patience
        while time.monotonic() < until:
            answer = self.ask()
            if answer.status != 200 or answer.json["state"] == "finished":
                return answer
            time.sleep(0.1)
        raise harness.Failed(f"no result within {patience} s")

    def finished(self):
        answer = self.result()
        equal(answer.status, 200, f"status of {answer.body[:300]!r}")
        return answer.json


def folders_of(world, event_id):
    return world.admin.get("/api/folders/", meta_data=f"event_session_id=={event_id}")["items"]


def folder_of(world, event_id):
    """The one folder of a session, as the API tells it, with its analyses."""
    found = folders_of(world, event_id)
    equal(len(found), 1, "folders of the session")
    return world.admin.get(f"/api/folders/{found[0]['folder_id']}")


__all__ = ["AGENT", "BLANK", "Client", "ORIGIN", "Page", "WebServer", "check", "equal", "folder_of", "folders_of", "frames_of", "refused",
           "sample", "sha256", "stack"]
