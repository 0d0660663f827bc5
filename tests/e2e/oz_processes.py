"""Servers set up otherwise: workers apart, short sessions, limits, permissions; and the commands of the program."""
import contextlib
import json
import signal
import subprocess
import time

from harness import Contract, ROOT, check, equal, program
from oz import ADMIN, Client, Database, OzServer, PASSWORD, TOKEN, World, biometry, end, quality, refused
from oz_folders import path_of

PHOTO = [("a", "person-a-1.jpg")]


@contextlib.contextmanager
def world_of(kind, *options, **environment):
    server = OzServer(Database(kind), *options, contract=Contract(ROOT / "api/oz.yaml"), environment=environment)
    try:
        yield World(server)
        server.unharmed()
    finally:
        server.stop()


def workers_apart(kind):
    with world_of(kind, "--no-workers") as world:
        someone, worker = world.user(), world.server.worker()
        try:
            folder = someone.folder(PHOTO, {"analyses": [quality()]})
            equal(folder["resolution_status"], "FINISHED", "a single request")
            began = time.monotonic()
            someone.folder(PHOTO, {"analyses": [quality()]})
            check(time.monotonic() - began < 3, "an idle worker is woken at once")
            other = world.server.worker()
            folders = [someone.folder(PHOTO + [("b", "person-a-2.jpg")])["folder_id"] for _ in range(6)]
            groups = [someone.post(f"/api/folders/{one}/analyses/", {"analyses": [quality(), biometry()]}) for one in folders]
            for group in groups:
                for analysis in group:
                    equal(someone.ended(analysis["analysis_id"])["resolution"], "SUCCESS" if analysis["type"] == "BIOMETRY" else
                          someone.get(f"/api/analyses/{analysis['analysis_id']}")["resolution"], "resolution")
            end(other)
        finally:
            end(worker)


def nobody_works(kind):
    with world_of(kind, "--no-workers", OZ_SINGLE_REQUEST_TIMEOUT="1") as world:
        someone = world.user()
        began = time.monotonic()
        folder = someone.folder(PHOTO, {"analyses": [quality()]})
        check(0.9 < time.monotonic() - began < 5, f"answered after {time.monotonic() - began:.1f} s")
        equal((folder["resolution_status"], folder["system_resolution"], folder["analyses"][0]["state"]), ("PROCESSING",) * 3, "folder")
        worker = world.server.worker()
        equal(someone.ended(folder["analyses"][0]["analysis_id"])["state"], "FINISHED", "once somebody works")
        end(worker)


def stops_well_in_the_middle(kind):
    with world_of(kind) as world:
        someone = world.user()
        folders = [someone.folder([("a", "video.mp4")])["folder_id"] for _ in range(8)]
        for folder_id in folders:
            someone.post(f"/api/folders/{folder_id}/analyses/", {"analyses": [quality(source_media=None)]})
        world.server.process.send_signal(signal.SIGTERM)
        equal(world.server.process.wait(60), 0, "exit status")
        world.server.restart()
        for folder_id in folders:
            for analysis in someone.get(f"/api/folders/{folder_id}/analyses/"):
                check(someone.ended(analysis["analysis_id"])["state"] in ("FINISHED", "FAILED"), "it ends after the restart")


def sessions_expire(kind):
    with world_of(kind, OZ_SESSION_TTL="2") as world:
        idle, busy = world.log_in(ADMIN), world.log_in(ADMIN)
        until = time.monotonic() + 2.6
        while time.monotonic() < until:
            equal(busy.call("GET", "/api/folders/").status, 200, "a session in use goes on")
            time.sleep(0.2)
        refused(idle.call("GET", "/api/folders/"), 401, 8)
        refused(idle.call("POST", "/api/authorize/refresh", {"expire_token": idle.tokens["expire_token"]}), 401, 8)


def logins_are_throttled(kind):
    with world_of(kind, OZ_THROTTLING_RATES="auth=3/m,rps_with_token=5/s,rest_unauthorized=2/m") as world:
        answers = [world.nobody.call("POST", "/api/authorize/auth", {"credentials": {"email": "x@ozma.example", "password": "wrong"}}) for _ in range(5)]
        refused(answers[0], 401, 15)
        refused(answers[-1], 429, 101)
        check(int(answers[-1].headers["retry-after"]) >= 1, "Retry-After")
        busy = [world.admin.call("GET", "/api/folders/") for _ in range(20)]
        refused(busy[-1], 429, 101)
        unknown = [Client(world.server, "junk").call("GET", "/api/folders/") for _ in range(10)]
        check(unknown[-1].status in (401, 429), f"{unknown[-1].status}")


def files_need_a_right(kind):
    with world_of(kind, OZ_USE_PERMISSIONS_FOR_STATIC="true") as world:
        someone = world.user()
        path = path_of(someone.folder(PHOTO)["media"][0]["original_url"])
        refused(world.nobody.call("GET", path), 401, 6)
        equal(someone.call("GET", path).status, 200, "the owner")
        equal(world.user("CLIENT_OPERATOR").call("GET", path).status, 200, "its company's operator")
        refused(world.user("CLIENT", "a", "colleague").call("GET", path), 404, 10)
        refused(world.user("CLIENT_ADMIN", "b").call("GET", path), 404, 10)


def limits_and_policy(kind):
    with world_of(kind, OZ_ATTACHMENT_MAX_COUNT="2", OZ_ATTACHMENT_MAX_SIZE="300000", OZ_PASSWORD_POLICY="min=12,digit") as world:
        someone = world.user()
        equal(len(someone.folder([("a", "person-a-1.jpg"), ("b", "person-a-1.jpg")])["media"]), 2, "as many as allowed")
        refused(someone.send("/api/folders/", [(str(i), "person-a-1.jpg") for i in range(3)]), 413, 14)
        refused(someone.send("/api/folders/", [("a", "a.jpg", bytes(300001))]), 413, 14)
        path = f"/api/users/{someone.id}/change-password/"
        for password in ("short 1", "long enough but plain"):
            refused(someone.call("POST", path, {"old_password": PASSWORD, "new_password": password}), 400, 4)


def commands(kind):
    with world_of(kind) as world:
        server = world.server
        server.command("migrate")
        company = world.company("made by hand")
        server.command("create-company", "--name", "By command")
        check([one for one in world.admin.get("/api/companies/")["items"] if one["name"] == "By command"], "create-company")
        server.command("create-user", "--email", "c@ozma.example", "--password", PASSWORD, "--type", "CLIENT_SERVICE", "--company", company)
        made = world.log_in("c@ozma.example")
        equal((made.user["user_type"], made.company), ("CLIENT_SERVICE", company), "create-user")
        token = json.loads(server.command("issue-service-token", "--user", "c@ozma.example"))["access_token"]
        equal(server.call("GET", "/api/folders/", headers={TOKEN: token}).status, 200, "issue-service-token")
        server.command("change-password", "--email", "c@ozma.example", "--password", "another horse 8")
        refused(made.call("GET", "/api/folders/"), 401, 7)
        folder = world.log_in("c@ozma.example", "another horse 8").folder(PHOTO)
        server.command("delete-user", "--email", "c@ozma.example")
        refused(world.nobody.call("POST", "/api/authorize/auth", {"credentials": {"email": "c@ozma.example", "password": "another horse 8"}}), 401, 15)
        server.command("doctor")
        server.command("cleanup", "--older-than", "0")
        refused(world.admin.call("GET", f"/api/folders/{folder['folder_id']}"), 404, 10)
        equal(server.blobs(), [], "files after the clean-up")
        again = subprocess.run([program(), "create-admin", "--email", ADMIN, "--password", PASSWORD, "--data", server.data.name,
                                *server.database.options], capture_output=True, text=True, timeout=60)
        equal(again.returncode, 1, "a taken email")
        equal(subprocess.run([program(), "create-admin"], capture_output=True, timeout=60).returncode, 2, "wrong usage")


TESTS = (workers_apart, nobody_works, stops_well_in_the_middle, sessions_expire, logins_are_throttled, files_need_a_right,
         limits_and_policy, commands)


def run(suite, kind, words):
    for test in TESTS:
        name = f"{kind}.oz_processes.{test.__name__}"
        if not words or any(word in name for word in words):
            suite.one(name, lambda test=test: test(kind))
