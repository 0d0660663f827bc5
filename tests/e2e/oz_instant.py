"""The Instant API: full answers, and no trace of what was sent."""
import base64
import json
import secrets
import tempfile
import time
from pathlib import Path

import harness
from harness import Contract, Server, check, equal, sample, zip_of
from liveness import size_of_jpeg
from oz import Client, TOKEN, biometry, quality, refused, tags
from watch import Watch, holding

PATH = "/api/instant/folders/"
SELFIE = ["video_selfie", "video_selfie_blank"]


def instant(world, files, payload):
    answer = world.user().send(PATH, files, payload)
    equal(answer.status, 200, f"{answer.body[:300]!r}")
    return answer.json


def test_answer(world):
    payload = {"folder:meta_data": {"order": 7}, **tags(film=SELFIE, photo=["photo_selfie"]),
               "media:meta_data": {"photo": {"camera": "front"}}, "analyses": [quality(meta_data={"why": 1}), biometry()]}
    folder = instant(world, [("film", "video.mp4"), ("photo", "person-a-2.jpg")], payload)
    equal((folder["meta_data"], folder["resolution_status"]), ({"order": 7}, "FINISHED"), "folder")
    film, photo = folder["media"]
    equal((film["tags"], photo["meta_data"], film["video_id"]), (SELFIE, {"camera": "front"}, film["media_id"]), "media")
    spoof, match = folder["analyses"]
    equal((spoof["type"], match["type"], spoof["meta_data"]), ("QUALITY", "BIOMETRY", {"why": 1}), "analyses")
    equal([one["source_media_id"] for one in spoof["results_media"]], [film["media_id"], photo["media_id"]], "results")
    size_of_jpeg(base64.b64decode(spoof["results_media"][0]["output_images"][0]["image_b64"], validate=True))
    order = ["FAILED", "DECLINED", "OPERATOR_REQUIRED", "SUCCESS"]
    equal(folder["system_resolution"], min((one["resolution"] for one in (spoof, match)), key=order.index), "the worst of them")


def rounded(value):
    """Numbers to 12 digits: on its way through the database a number may lose its last bit."""
    if isinstance(value, dict):
        return {key: rounded(each) for key, each in value.items()}
    if isinstance(value, list):
        return [rounded(each) for each in value]
    return round(value, 12) if isinstance(value, float) else value


def test_scores_as_stored(world):
    """The same files get the same scores, stored or not."""
    files, payload = [("a", "person-a-1.jpg"), ("b", "person-b-1.jpg")], {"analyses": [quality(), biometry()]}
    kept, passing = world.user().folder(files, payload), instant(world, files, payload)
    for one, other in zip(kept["analyses"], passing["analyses"]):
        equal(rounded([each["results_data"] for each in one["results_media"]]),
              rounded([each["results_data"] for each in other["results_media"]]), one["type"])
        equal((one["resolution"], rounded(one["results_data"])), (other["resolution"], rounded(other["results_data"])), one["type"])


def test_failures_inside(world):
    folder = instant(world, [("cat", "cat.png")], {"analyses": [quality(), biometry()]})
    spoof, match = folder["analyses"]
    equal((spoof["error_code"], spoof["error_message"]), (202, f"Could not locate face on source media [{folder['media'][0]['media_id']}]"), "quality")
    equal((match["error_code"], match["error_message"]), (202, "Biometry. Analyse requires at least 2 media objects to process"), "biometry")
    equal(folder["resolution_status"], "FAILED", "folder")


def refusals(world, client):
    photo = [("a", "person-a-1.jpg")]
    refused(client.send(PATH, photo), 400, 3)
    refused(client.send(PATH, photo, {"analyses": []}), 400, 3)
    refused(client.send(PATH, [], {"analyses": [quality()]}), 400, 3)
    refused(client.send(PATH, photo, "{"), 400, 3)
    refused(client.send(PATH, photo, {"analyses": [{"type": "collection"}]}), 400, 4)
    refused(client.send(PATH, photo, {"analyses": [quality(params={"threshold_spoofing": 2})]}), 400, 4)
    refused(client.send(PATH, [*photo, ("b", "b.jpg", sample("person-a-1.jpg")[:9000])], {"analyses": [quality()]}), 400, 4)
    refused(client.send(PATH, [("a", "bomb.zip", zip_of([(f"{i}.jpg", b"x") for i in range(501)]))], {"analyses": [quality()]}), 400, 4)


def test_refusals_with_accounts(world):
    refusals(world, world.user())
    refused(world.nobody.send(PATH, [("a", "person-a-1.jpg")], {"analyses": [quality()]}), 401, 6)
    switched_off = world.log_in(world.new_user(can_start_analysis_quality=False)["email"])
    refused(switched_off.send(PATH, [("a", "person-a-1.jpg")], {"analyses": [quality()]}), 403, 9)


def marked(marker):
    """A photo that carries the marker in a comment (ITU T.81, B.2.4.5)."""
    photo = sample("person-a-1.jpg")
    return photo[:2] + b"\xff\xfe" + (len(marker) + 2).to_bytes(2, "big") + marker + photo[2:]


def work(world, client, marker):
    """All kinds of media, in success and in failure; each with the marker in bytes, names and metadata."""
    word = marker.decode()
    archive = zip_of([(f"{i}.jpg", marked(marker)) for i in range(3)])
    files = [("photo", word + ".jpg", marked(marker)), ("set", word + ".zip", archive), ("film", word + ".mp4", sample("video.mp4"))]
    payload = {"folder:meta_data": {word: word}, **tags(photo=[word], film=SELFIE), "analyses": [quality(meta_data={word: 1}), biometry()]}
    answer = client.send(PATH, files, payload)
    equal((answer.status, answer.json["resolution_status"]), (200, "FINISHED"), "success")
    refused(client.send(PATH, [("photo", word + ".jpg", marked(marker)[:5000])], payload), 400, 4)
    refused(client.send(PATH, files, {**payload, "analyses": [quality(params={"threshold_spoofing": word})]}), 400, 5)
    cut = world.server.raw()
    kind, body = harness.form([("photo", marked(marker), word + ".jpg")])
    cut.sendall(f"POST {PATH} HTTP/1.1\r\nHost: a\r\n{TOKEN}: {client.token or ''}\r\nContent-Type: {kind}\r\nContent-Length: {len(body)}\r\n\r\n".encode() + body[:len(body) // 2])
    cut.close()


def no_trace(world, client, folders):
    work(world, client, b"warm-up")
    marker, since = secrets.token_hex(12).encode(), time.time() - 1
    watch = Watch(*folders)
    work(world, client, marker)
    world.unharmed()
    equal(watch.seen(), [], "files that changed")
    equal(holding(marker, since, "/tmp", "/var/tmp", "/dev/shm", world.server.data.name), [], "files that hold what was sent")
    check(marker.decode() not in world.server.log_text(), "the log holds what was sent")


def test_no_trace_beside_a_database(world):
    someone, blobs = world.user(), world.server.blobs()
    before = world.database.dump()
    no_trace(world, someone, [Path(world.server.data.name) / "blobs"])
    equal(world.server.blobs(), blobs, "files")
    after = world.database.dump()
    # That somebody called prolongs a session, and says nothing of what was sent.
    equal([table for table in before if before[table] != after[table] and table != "sessions"], [], "tables that changed")
    equal(len(after["sessions"]), len(before["sessions"]), "sessions")


class Stateless(Server):
    """Instant alone: no database is configured, and none is made."""

    COMPONENTS, PROBE = "api", "/api/version"


def test_no_trace_without_a_database(world):
    temporary = tempfile.TemporaryDirectory(prefix="ozma-e2e-tmp-")
    server = Stateless("--quiet", contract=Contract(harness.ROOT / "api/oz.yaml"),
                       environment={"OZ_APP_COMPONENTS": "stateless", "TMPDIR": temporary.name})
    server.log_text = lambda: (server.log.seek(0), server.log.read().decode(errors="replace"))[1]
    try:
        alone = type("Alone", (), {"server": server, "unharmed": server.unharmed, "nobody": Client(server)})()
        no_trace(alone, alone.nobody, [server.data.name, temporary.name])
        check(not [file for file in Path(server.data.name).rglob("*") if file.is_file() and b"SQLite" in file.read_bytes()[:16]], "no database")
        for path in ("/api/folders/", "/api/users/", "/api/authorize/auth"):
            equal(server.call("GET", path, headers={TOKEN: "x"}, hold=False).status, 404, path)
        equal(server.get("/api/healthcheck").json["status"], 0, "health")
        refusals(alone, alone.nobody)
    finally:
        server.stop()
        temporary.cleanup()
