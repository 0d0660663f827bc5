"""Uploads that must be refused, and leave nothing behind."""
import io
import json
import tarfile

from harness import blank_png, check, equal, form, sample, zip_of
from oz import Client, NOBODY, quality
from oz_refusals import PHOTO, no

MEGABYTE = 1 << 20


def refuses(world, files, payload=None, status=400, code=4):
    """At all three doors."""
    someone = world.user("CLIENT", "a", "uploads")
    own = target(world)
    before = someone.get("/api/folders/")["total_count"], len(world.server.blobs())
    for path in ("/api/folders/", f"/api/folders/{own}/media/"):
        no(someone.send(path, files, payload), status, code)
    no(someone.send("/api/instant/folders/", files, {**payload, "analyses": [quality()]} if isinstance(payload, dict) else
                    {"analyses": [quality()]} if payload is None else payload), status, code)
    equal((someone.get("/api/folders/")["total_count"], len(world.server.blobs())), before, "folders and files")
    equal(someone.get(f"/api/folders/{own}/media/"), [], "media")


def target(world):
    someone = world.user("CLIENT", "a", "uploads")
    if not hasattr(world, "upload_target"):
        world.upload_target = someone.folder()["folder_id"]
    return world.upload_target


def test_no_media(world):
    for data in (b"", b"This is no picture. " * 50, b"<html><body>nor is this</body></html>", b"%PDF-1.4\n" + bytes(500)):
        refuses(world, [("a", "a.jpg", data)])


def test_broken_media(world):
    refuses(world, [("a", "a.jpg", sample("person-a-1.jpg")[:9000])])
    refuses(world, [("a", "a.png", sample("person-a-1.png")[:9000])])
    refuses(world, [("a", "a.mp4", sample("video.mp4")[:4000])])
    refuses(world, [("a", "a.zip", sample("frames.zip")[:4000])])
    refuses(world, [("a", "a.png", blank_png(30000, 30000, rows=1))])


def test_bombs(world):
    refuses(world, [("a", "a.zip", zip_of([(f"{i}.jpg", bytes(64 * MEGABYTE)) for i in range(6)]))])
    refuses(world, [("a", "a.zip", zip_of([("inner.zip", sample("frames.zip"))]))])


def test_archives_that_climb(world):
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as archive:
        link = tarfile.TarInfo("a.jpg")
        link.type, link.linkname = tarfile.SYMTYPE, "/etc/passwd"
        archive.addfile(link)
    refuses(world, [("a", "a.tar", out.getvalue())])


def test_14_too_many_or_too_large(world):
    photo = sample("attack-print.jpg")
    refuses(world, [(f"p{i}", "a.jpg", photo) for i in range(11)], status=413, code=14)
    refuses(world, [("a", "a.jpg", photo + bytes(10 * MEGABYTE))], status=413, code=14)
    refuses(world, PHOTO, json.dumps({"folder:meta_data": {"a": "x" * (1100 << 10)}, "analyses": [quality()]}), status=413, code=14)


def test_14_too_large_in_all(world):
    someone = world.user()
    connection = world.server.connect()
    connection.putrequest("POST", "/api/folders/")
    connection.putheader("Content-Length", str(1 << 40))
    connection.putheader("Content-Type", "multipart/form-data; boundary=x")
    connection.putheader("X-Forensic-Access-Token", someone.token)
    connection.endheaders()
    answer = connection.getresponse()
    equal((answer.status, json.loads(answer.read())["error_code"]), (413, 14), "before a byte of the body was sent")
    connection.close()


def test_payloads(world):
    for payload in ("{", "[", "\xff", '{"folder:meta_data": '):
        refuses(world, PHOTO, payload, code=3)
    for payload in ({"media:tags": []}, {"media:tags": {"a": "x"}}, {"media:tags": {"a": [1]}}, {"media:meta_data": {"a": 1}}):
        refuses(world, PHOTO, payload, code=5)
    for payload in ({"media:tags": {"a": [""]}}, {"media:tags": {"a": ["x" * 1000]}}, {"media:tags": {"a": [str(i) for i in range(1000)]}}):
        refuses(world, PHOTO, payload, code=4)


def test_payload_of_a_folder(world):
    someone = world.user()
    for payload, code in (({"folder:meta_data": []}, 5), ({"folder:meta_data": "x"}, 5), ({"resolution_endpoint": 1}, 5), ({"analyses": {}}, 5),
                          ({"analyses": [{}]}, 3), ({"analyses": [{"type": "magic"}]}, 4), ({"resolution_endpoint": "ftp://a/"}, 4)):
        no(someone.send("/api/folders/", PHOTO, payload), 400, code)


def test_multipart_that_is_none(world):
    someone = world.user()
    for kind, body in (("multipart/form-data; boundary=x", b"no parts at all"), ("multipart/form-data", b"--x--\r\n"),
                       ("multipart/form-data; boundary=x", b"--x\r\nContent-Disposition: form-data\r\n\r\nz\r\n--x--\r\n")):
        answer = someone.call("POST", "/api/folders/", body, {"Content-Type": kind})
        check(answer.status == 400 and answer.json["error_code"] in (3, 5), f"{kind} {body}: {answer.body!r}")


def test_two_payloads(world):
    kind, body = form([("payload", "{}"), ("payload", "{}")])
    no(world.user().call("POST", "/api/folders/", body, {"Content-Type": kind}), 400, 3)


def test_media_of_a_foreign_folder(world):
    folder_id = world.user("CLIENT", "b").folder()["folder_id"]
    no(world.user().send(f"/api/folders/{folder_id}/media/", PHOTO), 404, 10)
    no(world.user().send(f"/api/folders/{NOBODY}/media/", PHOTO), 404, 10)


def test_snapshots(world):
    someone = world.user()
    media = someone.folder([("film", "video.mp4")])["media"][0]
    path = f"/api/media/{media['media_id']}/snapshot/"
    for body, code in (({}, 3), ({"time": None}, 3), ({"time": "1"}, 5), ({"time": -0.1}, 4), ({"time": 1e9}, 4)):
        no(someone.call("POST", path, body), 400, code)


def test_upload_that_stops(world):
    """Half a body and a closed connection: no folder, no file."""
    someone = world.user("CLIENT", "a", "stops")
    files = world.server.blobs()
    kind, body = form([("a", sample("person-a-1.jpg"), "a.jpg")])
    for length in (10, len(body) // 2, len(body) - 3):
        cut = world.server.raw()
        cut.sendall(f"POST /api/folders/ HTTP/1.1\r\nHost: a\r\nX-Forensic-Access-Token: {someone.token}\r\nContent-Type: {kind}\r\n"
                    f"Content-Length: {len(body)}\r\n\r\n".encode() + body[:length])
        cut.close()
    world.unharmed()
    equal((Client(world.server, someone.token).get("/api/folders/")["total_count"], world.server.blobs()), (0, files), "folders and files")
