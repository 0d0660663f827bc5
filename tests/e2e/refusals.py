"""What must be refused, with its code, and leave the server unharmed."""
import base64
import functools
import io
import json
import struct
import tarfile
import zipfile

from harness import blank_png, check, equal, sample, zip_of

PATTERN = "/v1/face/pattern/"
DETECT = "/v1/face/liveness/detect"
STREAM = "application/octet-stream"
MEGABYTE = 1 << 20


def refused(answer, code, status=400):
    equal((answer.status, answer.json.get("code")), (status, code), f"{answer.body[:200]!r}")
    check(len(answer.json["message"]) > 5, "a message")


def refused_everywhere(server, data, kind="image/jpeg", name="a.jpg"):
    """As a sample and as a medium, bare and as a part."""
    refused(server.post(PATTERN + "extract", data, kind), "BPE-002003")
    refused(server.post(DETECT, data, kind), "LDE-002004")
    refused(server.post_form(PATTERN + "extract_and_compare",
                             [("sample_1", sample("person-a-1.jpg"), "b.jpg"), ("sample_2", data, name)]), "BPE-002003")
    refused(server.post_form(DETECT, [("a", data, name)]), "LDE-002004")


def refused_as_medium(server, data):
    refused(server.post_form(DETECT, [("good", sample("person-a-1.jpg")), ("bad", data, "bad")]), "LDE-002004")


@functools.cache
def template(server):
    return server.post(PATTERN + "extract", sample("person-a-1.jpg"), "image/jpeg").body


def test_empty_body(server):
    refused_everywhere(server, b"")
    refused(server.post(PATTERN + "extract", b""), "BPE-002001")  # nor a type
    refused(server.post(PATTERN + "compare", b"", "multipart/form-data; boundary=x"), "BPE-002004")  # no parts
    refused(server.post(DETECT, b"", "multipart/form-data; boundary=x"), "LDE-002004")


def test_text_named_jpg(server):
    refused_everywhere(server, b"This is no picture. " * 50)
    refused_everywhere(server, b"<html><body>nor is this</body></html>")


def test_truncated_media(server):
    for name, kind in (("person-a-1.jpg", "image/jpeg"), ("person-a-1.png", "image/png")):
        whole = sample(name)
        for length in (3, 20, len(whole) // 2):
            refused_everywhere(server, whole[:length], kind, name)
    video = sample("video.mp4")
    for length in (12, 40, len(video) // 2):
        refused_as_medium(server, video[:length])
    refused_as_medium(server, sample("frames.zip")[:5000])
    refused_as_medium(server, sample("frames.tar.gz")[:500])


def test_huge_png(server):
    refused_everywhere(server, blank_png(30000, 30000, rows=1), "image/png", "a.png")
    refused_everywhere(server, blank_png(2**31 - 1, 2**31 - 1, rows=0), "image/png", "a.png")


def test_zip_bombs(server):
    zeros = bytes(64 * MEGABYTE)
    refused_as_medium(server, zip_of([(f"{i}.jpg", zeros) for i in range(6)]))       # 384 MB out of half a megabyte
    refused_as_medium(server, zip_of([(f"{i}.jpg", b"x") for i in range(501)]))      # too many entries
    refused_as_medium(server, zip_of([("inner.zip", sample("frames.zip"))]))         # an archive in an archive
    lying = bytearray(zip_of([("a.jpg", sample("person-a-1.jpg"))]))
    for signature, offset in ((b"PK\x03\x04", 22), (b"PK\x01\x02", 24)):             # sizes that lie
        at = lying.rindex(signature) + offset
        lying[at:at + 4] = struct.pack("<I", 0xFFFFFFF0)
    refused_as_medium(server, bytes(lying))


def test_archives_that_reach_out(server):
    photo = sample("person-a-1.jpg")
    for name in ("../escape.jpg", "a/../../escape.jpg", "/etc/escape.jpg"):
        refused_as_medium(server, zip_of([(name, photo)]))
    link = zipfile.ZipInfo("link.jpg")
    link.create_system, link.external_attr = 3, 0o120777 << 16
    refused_as_medium(server, zip_of([(link, "/etc/passwd")]))
    refused_as_medium(server, zip_of([("a.jpg", photo), (link, "/etc/passwd")]))
    for kind in (tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.CHRTYPE, tarfile.FIFOTYPE):
        out = io.BytesIO()
        with tarfile.open(fileobj=out, mode="w") as archive:
            entry = tarfile.TarInfo("a.jpg")
            entry.type, entry.linkname = kind, "/etc/passwd"
            archive.addfile(entry)
        refused_as_medium(server, out.getvalue())


def test_empty_archive(server):
    refused_as_medium(server, zip_of([]))
    refused_as_medium(server, zip_of([("readme.txt", "no frames here")]))


def test_eleven_files(server):
    photo = sample("person-a-1.jpg")
    refused(server.post_form(DETECT, [(f"m{i}", photo) for i in range(11)]), "LDE-002004")
    refused(server.post_form(PATTERN + "extract_and_compare_n",
                             [("sample_1", photo), *(("samples_n", photo, f"{i}") for i in range(10))]), "BPE-002003")


def test_sixteen_megabytes(server):
    photo = sample("person-a-1.jpg")
    # A valid JPEG, made long by comments (ITU T.81, B.2.4.5).
    comment = b"\xff\xfe\xff\xff" + bytes(65533)
    large = photo[:2] + comment * (16 * MEGABYTE // len(comment)) + photo[2:]
    refused_everywhere(server, large)
    text = base64.b64encode(large)
    refused(server.post(DETECT, text, "image/jpeg", {"Content-Transfer-Encoding": "base64"}), "LDE-002004")
    fits = photo[:2] + comment * 200 + photo[2:]
    equal(server.post(DETECT, fits, "image/jpeg").status, 200, "13 MB")
    equal(server.post(DETECT, base64.encodebytes(fits), "image/jpeg", {"Content-Transfer-Encoding": "base64"}).status, 200,
          "13 MB in base64")


def test_far_too_large(server):
    """Beyond the limit of the server itself: refused before it is read."""
    with server.raw() as raw:
        raw.sendall(f"POST {DETECT} HTTP/1.1\r\nHost: x\r\nContent-Type: image/jpeg\r\nContent-Length: {10**12}\r\n\r\n".encode())
        head = raw.recv(65536)
    check(head.split(b"\r\n")[0].split(b" ")[1] == b"400", f"{head[:100]!r}")
    check(b"LDE-002004" in head, f"{head!r}")


def test_two_faces(server):
    refused(server.post(PATTERN + "extract", sample("two-people.jpg"), "image/jpeg"), "BPE-003003")
    refused(server.post_form(PATTERN + "verify", [("sample", sample("two-people.jpg")), ("bio_template", template(server))]), "BPE-003003")


def test_no_face(server):
    for picture in (sample("no-face.png"), blank_png(640, 480)):
        refused(server.post(PATTERN + "extract", picture, "image/png"), "BPE-003002")
        refused(server.post(DETECT, picture, "image/png"), "LDE-002004")
        refused_as_medium(server, picture)


def test_bad_templates(server):
    good = template(server)
    flipped = bytearray(good)
    flipped[len(good) // 2] ^= 1
    foreign = bytearray(good)
    foreign[8] ^= 0xFF  # the id of another network
    bad = [b"", good[:10], bytes(10), bytes(len(good)), good[:-1], good + b"\0", bytes(flipped), bytes(foreign), sample("person-a-1.jpg")]
    for data in bad:
        for parts in ([("bio_feature", data), ("bio_template", good)], [("bio_feature", good), ("bio_template", data)]):
            refused(server.post_form(PATTERN + "compare", parts), "BPE-002004")
        refused(server.post_form(PATTERN + "verify", [("sample", sample("person-a-1.jpg")), ("bio_template", data)]), "BPE-002004")
        refused(server.post_form(PATTERN + "compare_n", [("template_1", good), ("templates_n", good, "a"), ("templates_n", data, "b")]), "BPE-002004")
        refused(server.post_form(PATTERN + "verify_n", [("sample_1", sample("person-a-1.jpg")), ("templates_n", data, "b")]), "BPE-002004")


def test_broken_multipart(server):
    whole = b'--x\r\nContent-Disposition: form-data; name="a"\r\n\r\ndata\r\n--x--\r\n'
    broken = [whole[:-4], whole[:30], b"no delimiter at all", b"--x\r\n\r\ndata\r\n--x--\r\n",
              b"--x\r\nno colon\r\n\r\ndata\r\n--x--\r\n", whole.replace(b"form-data", b"attachment").replace(b'; name="a"', b"")]
    for body in broken:
        refused(server.post(PATTERN + "compare", body, "multipart/form-data; boundary=x"), "BPE-002001")
        refused(server.post(DETECT, body, "multipart/form-data; boundary=x"), "LDE-002001")
    for kind in ("multipart/form-data", "multipart/form-data; boundary=", "multipart/form-data; boundary=" + "y" * 100):
        refused(server.post(PATTERN + "compare", whole, kind), "BPE-002001")


def test_missing_parts(server):
    good, photo = template(server), sample("person-a-1.jpg")
    cases = {
        "compare": ([("bio_feature", good)], "BPE-002004"), "verify": ([("bio_template", good)], "BPE-002003"),
        "extract_and_compare": ([("sample_1", photo)], "BPE-002003"), "compare_n": ([("template_1", good)], "BPE-002004"),
        "verify_n": ([("templates_n", good)], "BPE-002003"), "extract_and_compare_n": ([("sample_1", photo)], "BPE-002003"),
    }
    for name, (parts, code) in cases.items():
        refused(server.post_form(PATTERN + name, parts), code)
    refused(server.post_form(PATTERN + "verify", [("sample", photo)]), "BPE-002004")
    refused(server.post_form(PATTERN + "compare_n", [("templates_n", good)]), "BPE-002004")
    refused(server.post_form(DETECT, [("payload", "{}")]), "LDE-002004")


def test_repeated_parts(server):
    good, photo = template(server), sample("person-a-1.jpg")
    refused(server.post_form(PATTERN + "compare", [("bio_feature", good)] * 2 + [("bio_template", good)]), "BPE-002001")
    refused(server.post_form(DETECT, [("a", photo), ("a", photo)]), "LDE-002001")
    refused(server.post_form(DETECT, [("a", photo), ("payload", "{}"), ("payload", "{}")]), "LDE-002001")


def test_wrong_part_types(server):
    good, photo = template(server), sample("person-a-1.jpg")
    for kind in ("text/plain", "image/jpeg", "application/json"):
        refused(server.post_form(PATTERN + "compare", [("bio_feature", good, "a", kind), ("bio_template", good)]), "BPE-002005")
        refused(server.post_form(PATTERN + "compare_n", [("template_1", good), ("templates_n", good, "a", kind)]), "BPE-002005")
    refused(server.post_form(DETECT, [("a", photo), ("payload", "{}", None, "image/png")]), "LDE-002005")
    refused(server.post_form(DETECT, [("a", photo, "a", None, {"Content-Transfer-Encoding": "quoted-printable"})]), "LDE-002005")


def test_wrong_content_types(server):
    photo = sample("person-a-1.jpg")
    for kind in ("image/webp", "text/plain", "application/json", "application/x-www-form-urlencoded", "video/mp4", None):
        refused(server.post(PATTERN + "extract", photo, kind), "BPE-002001")
        refused(server.post(DETECT, photo, kind), "LDE-002001")
        refused(server.post(PATTERN + "compare", photo, kind), "BPE-002001")
    refused(server.post(PATTERN + "compare", photo, "image/jpeg"), "BPE-002001")
    refused(server.post_form(PATTERN + "extract", [("a", photo)]), "BPE-002001")
    refused(server.post(PATTERN + "extract", photo, "image/jpeg", {"Content-Transfer-Encoding": "gzip"}), "BPE-002001")


def test_wrong_methods(server):
    for name in ("extract", "compare", "verify", "extract_and_compare", "compare_n", "verify_n", "extract_and_compare_n"):
        for method in ("GET", "PUT", "DELETE", "PATCH"):
            refused(server.call(method, PATTERN + name), "BPE-002002")
    for method in ("GET", "PUT", "DELETE"):
        refused(server.call(method, DETECT), "LDE-002002")
    refused(server.post("/v1/face/pattern/health", b""), "BPE-002002")
    refused(server.post("/v1/face/liveness/health", b""), "LDE-002002")
    refused(server.post("/version", b""), "BPE-002002")


def test_unknown_paths(server):
    for path in ("/", "/v1/face/nothing", "/v2/version", "/v1/face/pattern/extract/more", "/../../etc/passwd", "/%2e%2e/%2e%2e/etc/passwd"):
        equal(server.get(path, hold=False).status, 404, path)


def test_bad_base64(server):
    encoding = {"Content-Transfer-Encoding": "base64"}
    refused(server.post(PATTERN + "extract", sample("person-a-1.jpg"), "image/jpeg", encoding), "BPE-002003")
    refused(server.post(DETECT, b"####", "image/jpeg", encoding), "LDE-002004")
    refused(server.post_form(PATTERN + "compare", [("bio_feature", "!!"), ("bio_template", "??")], encoding), "BPE-002004")


def test_bad_payloads(server):
    photo = sample("person-a-1.jpg")
    quality = {"type": "quality"}
    bad = ["", "{", "[]", "nonsense", json.dumps({"analyses": []}), json.dumps({"analyses": [{"type": "biometry"}]}),
           json.dumps({"analyses": [{}]}), json.dumps({"media:tags": {"a": "video_selfie"}}), json.dumps({"folder:meta_data": 1}),
           json.dumps({"analyses": [{**quality, "params": {"threshold_spoofing": 1.5}}]}),
           json.dumps({"analyses": [{**quality, "params": {"threshold_spoofing": "0.5"}}]}),
           json.dumps({"analyses": [{**quality, "params": {"extract_best_shot": "yes"}}]}),
           '{"a":' * 1000 + "1" + "}" * 1000]
    for payload in bad:
        refused(server.post_form(DETECT, [("a", photo), ("payload", payload)]), "LDE-002001")
    for payload in (json.dumps({"folder:meta_data": {"a": "x" * MEGABYTE}}), json.dumps({"analyses": [quality] * 6})):
        refused(server.post_form(DETECT, [("a", photo), ("payload", payload)]), "LDE-002004")


def test_videos_are_no_samples(server):
    for name in ("video.mp4", "frames.zip"):
        refused(server.post(PATTERN + "extract", sample(name), "image/jpeg"), "BPE-002003")
        refused(server.post(DETECT, sample(name), "image/jpeg"), "LDE-002004")
        refused(server.post_form(PATTERN + "verify", [("sample", sample(name)), ("bio_template", template(server))]), "BPE-002003")
