"""Webhooks, sent to a real receiver."""
import base64
import hashlib
import hmac
import http.server
import json
import queue
import threading
import time

from harness import Contract, ROOT, check, equal
from oz import Database, OzServer, World, quality, refused

SECRET = "a secret of thirty-two characters"


class Receiver:
    """Listens on a port of its own; answers as `statuses` says, then 204."""

    def __init__(self, *statuses):
        self.calls, statuses = queue.Queue(), list(statuses)
        receiver = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                receiver.calls.put(({name.lower(): value for name, value in self.headers.items()}, body))
                self.send_response(statuses.pop(0) if statuses else 204)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/hook?x=1"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def next(self, patience=30):
        """Headers and body of the next call."""
        return self.calls.get(timeout=patience)

    def silent(self, seconds):
        """Nobody calls for so long."""
        try:
            headers, body = self.calls.get(timeout=seconds)
        except queue.Empty:
            return
        check(False, f"a call that should not be: {headers} {body[:200]}")

    def close(self):
        self.server.shutdown()
        self.server.server_close()


def signed(headers, body):
    """Standard Webhooks: v1,<base64 HMAC-SHA256 of id.timestamp.body>."""
    text = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
    wanted = "v1," + base64.b64encode(hmac.new(SECRET.encode(), text, hashlib.sha256).digest()).decode()
    check(wanted in headers["webhook-signature"].split(), f"signature {headers['webhook-signature']}, expected {wanted}")
    check(abs(int(headers["webhook-timestamp"]) - time.time()) < 60, "timestamp")


def delivered(world):
    someone, receiver = world.user(), Receiver()
    try:
        folder = someone.folder([("a", "person-a-1.jpg")], {"resolution_endpoint": receiver.url, "folder:meta_data": {"n": 1}, "analyses": [quality()]})
        headers, body = receiver.next()
        signed(headers, body)
        equal(headers["content-type"].split(";")[0], "application/json", "type")
        now = someone.get(f"/api/folders/{folder['folder_id']}", with_analyses="true")
        told = json.loads(body)
        equal({key: told[key] for key in told if key not in ("media", "analyses", "time_updated")},
              {key: now[key] for key in now if key not in ("media", "analyses", "time_updated")}, "folder")
        equal([one["media_id"] for one in told["media"]], [one["media_id"] for one in now["media"]], "media")
        equal([(one["analysis_id"], one["resolution"], len(one["results_media"])) for one in told["analyses"]],
              [(one["analysis_id"], one["resolution"], len(one["results_media"])) for one in now["analyses"]], "analyses")
        check(told["media"][0]["original_url"] and told["media"][0]["original_url"].startswith("http"), "links are whole")
        first = told["resolution_state_hash"]
        receiver.silent(1.5)
        someone.analyse(folder["folder_id"], quality())
        headers, body = receiver.next()
        signed(headers, body)
        check(json.loads(body)["resolution_state_hash"] != first, "another group, another hash")
    finally:
        receiver.close()


def retried(world):
    someone, receiver = world.user(), Receiver(500, 302, 200)
    try:
        someone.folder([("a", "person-a-1.jpg")], {"resolution_endpoint": receiver.url, "analyses": [quality()]})
        calls = [receiver.next() for _ in range(3)]
        equal(len({headers["webhook-id"] for headers, _ in calls}), 1, "one message, one id")
        equal(len({json.loads(body)["resolution_state_hash"] for _, body in calls}), 1, "one state")
        for headers, body in calls:
            signed(headers, body)
        receiver.silent(1.5)
    finally:
        receiver.close()


def no_endpoint_no_call(world):
    someone, receiver = world.user(), Receiver()
    try:
        folder = someone.folder([("a", "person-a-1.jpg")], {"resolution_endpoint": receiver.url})
        receiver.silent(0.5)
        path = f"/api/folders/{folder['folder_id']}"
        someone.patch(path, {"resolution_endpoint": None})
        someone.analyse(folder["folder_id"], quality())
        receiver.silent(1)
    finally:
        receiver.close()


def private_addresses_are_left_alone(kind):
    server = OzServer(Database(kind), contract=Contract(ROOT / "api/oz.yaml"))
    receiver = Receiver()
    try:
        world = World(server)
        folder = world.user().folder([("a", "person-a-1.jpg")], {"resolution_endpoint": receiver.url, "analyses": [quality()]})
        equal(folder["resolution_status"], "FINISHED", "the analysis does not care")
        local = receiver.url.replace("127.0.0.1", "localhost")
        world.user().folder([("a", "person-a-1.jpg")], {"resolution_endpoint": local, "analyses": [quality()]})
        receiver.silent(2)
    finally:
        receiver.close()
        server.stop()


def wrong_urls(world):
    someone = world.user()
    for url in ("ftp://a.example/", "https://user:pass@a.example/", "https://", "https://a b.example/", "file:///etc/passwd", "x" * 3000):
        refused(someone.send("/api/folders/", [], {"resolution_endpoint": url}), 400, 4)


def run(suite, kind):
    server = OzServer(Database(kind), contract=Contract(ROOT / "api/oz.yaml"),
                      environment={"OZ_WEBHOOK_SECRET": SECRET, "OZ_WEBHOOK_ALLOW_PRIVATE": "true"})
    try:
        world = World(server)
        for test in (delivered, retried, no_endpoint_no_call, wrong_urls):
            suite.one(f"{kind}.oz_webhooks.{test.__name__}", lambda test=test: (test(world), world.unharmed()))
    finally:
        server.stop()
    suite.one(f"{kind}.oz_webhooks.private_addresses_are_left_alone", lambda: private_addresses_are_left_alone(kind))
