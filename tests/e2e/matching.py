"""/version and /v1/face/pattern: what works."""
import base64
import json
import subprocess

from harness import ROOT, check, equal, form, sample

PATTERN = "/v1/face/pattern/"
B64 = {"Content-Transfer-Encoding": "base64"}
STREAM = "application/octet-stream"


def extract(server, name, kind="image/jpeg"):
    answer = server.post(PATTERN + "extract", sample(name), kind)
    equal(answer.status, 200, f"extract {name}: {answer.body[:200]!r}")
    return answer.body


def compare(server, a, b):
    answer = server.post_form(PATTERN + "compare", [("bio_feature", a, "a", STREAM), ("bio_template", b, "b", STREAM)])
    equal(answer.status, 200, "status")
    return answer.json


def test_version(server):
    answer = server.get("/version")
    equal(answer.status, 200, "status")
    check(len(answer.json["models"]) >= 3, "the networks are listed")


def test_documentation(server):
    page, description = server.get("/docs/lite"), server.get("/docs/lite.yaml")
    equal((page.type, description.type), ("text/html", "application/yaml"), "types")
    equal(page.body, (ROOT / "docs/api/lite.html").read_bytes(), "page")
    equal(description.body, (ROOT / "api/lite.yaml").read_bytes(), "description")
    subprocess.run([ROOT / "scripts/apidocs.py", "--check"], check=True, timeout=60)  # made from the description


def test_health(server):
    for part in ("pattern", "liveness"):
        answer = server.get(f"/v1/face/{part}/health")
        equal((answer.status, answer.json["status"]), (200, 0), f"{part}: {answer.body!r}")


def test_extract_is_repeatable(server):
    first = extract(server, "person-a-1.jpg")
    check(len(first) > 100, "a template has a body")
    equal(extract(server, "person-a-1.jpg"), first, "second template")
    answer = server.post(PATTERN + "extract", sample("person-a-1.jpg"), "image/jpeg")
    equal(answer.type, STREAM, "Content-Type")
    check("content-transfer-encoding" not in answer.headers, "binary is the default")


def test_extract_from_png(server):
    score = compare(server, extract(server, "person-a-1.png", "image/png"), extract(server, "person-a-1.jpg"))
    equal(score["decision"], "approved", "decision")


def test_content_decides_not_the_label(server):
    extract(server, "person-a-1.png", "image/jpeg")


def test_extract_in_base64(server):
    text = base64.encodebytes(sample("person-a-1.jpg"))  # with line breaks
    answer = server.post(PATTERN + "extract", text, "image/jpeg", B64)
    equal(answer.status, 200, "status")
    equal(answer.headers.get("content-transfer-encoding"), "base64", "Content-Transfer-Encoding")
    equal(base64.b64decode(answer.body, validate=True), extract(server, "person-a-1.jpg"), "template")


def test_one_person_is_approved_two_are_declined(server):
    a1, a2 = extract(server, "person-a-1.jpg"), extract(server, "person-a-2.jpg")
    b = extract(server, "person-b-1.jpg")
    same, other = compare(server, a1, a2), compare(server, a1, b)
    equal(same["decision"], "approved", f"a1 and a2: {same}")
    equal(other["decision"], "declined", f"a1 and b: {other}")
    check(same["score"] >= 0.85 > other["score"], f"scores {same} {other}")
    equal(compare(server, a2, a1), same, "the other way round")
    check(compare(server, a1, a1)["score"] > 0.99, "a template and itself")


def test_compare_in_base64(server):
    a, b = extract(server, "person-a-1.jpg"), extract(server, "person-b-1.jpg")
    parts = [("bio_feature", base64.b64encode(a)), ("bio_template", base64.urlsafe_b64encode(b).rstrip(b"="))]
    answer = server.post_form(PATTERN + "compare", parts, B64)
    equal(answer.json, compare(server, a, b), "answer")


def test_a_part_may_carry_the_encoding(server):
    a, b = extract(server, "person-a-1.jpg"), extract(server, "person-b-1.jpg")
    parts = [("bio_feature", base64.b64encode(a), "a", STREAM, B64), ("bio_template", b, "b", STREAM)]
    equal(server.post_form(PATTERN + "compare", parts).json, compare(server, a, b), "answer")
    parts = [("bio_feature", base64.b64encode(a)), ("bio_template", b, "b", STREAM, {"Content-Transfer-Encoding": "binary"})]
    equal(server.post_form(PATTERN + "compare", parts, B64).json, compare(server, a, b), "answer")


def test_verify_answers_multipart(server):
    a, b = extract(server, "person-a-1.jpg"), extract(server, "person-b-1.jpg")
    answer = server.post_form(PATTERN + "verify", [("sample", sample("person-a-1.jpg"), "a.jpg", "image/jpeg"),
                                                   ("bio_template", b, "b", STREAM)])
    equal((answer.status, answer.type), (200, "multipart/form-data"), "answer")
    parts = answer.parts()
    equal(sorted(parts), ["bio_feature", "score"], "parts")
    equal(json.loads(parts["score"][1]), {"score": compare(server, a, b)["score"]}, "score")
    equal(parts["bio_feature"][1], a, "template")
    equal(parts["bio_feature"][0]["content-type"], STREAM, "Content-Type of the template")


def test_verify_in_base64(server):
    a = extract(server, "person-a-1.jpg")
    answer = server.post_form(PATTERN + "verify", [("sample", base64.b64encode(sample("person-a-1.jpg"))),
                                                   ("bio_template", base64.b64encode(a))], B64)
    headers, data = answer.parts()["bio_feature"]
    equal(headers.get("content-transfer-encoding"), "base64", "encoding of the template")
    equal(base64.b64decode(data, validate=True), a, "template")


def test_extract_and_compare(server):
    def decision(one, two):
        answer = server.post_form(PATTERN + "extract_and_compare", [("sample_1", sample(one), one), ("sample_2", sample(two), two)])
        equal(answer.status, 200, f"{one} and {two}: {answer.body[:200]!r}")
        return answer.json

    equal(decision("person-a-1.jpg", "person-a-2.jpg")["decision"], "approved", "one person")
    equal(decision("person-a-1.jpg", "person-b-1.jpg"),
          compare(server, extract(server, "person-a-1.jpg"), extract(server, "person-b-1.jpg")), "by templates")


def test_samples_of_other_image_types(server):
    for name in ("person-a-1.webp", "person-a-1.bmp", "person-a-1.gif"):
        answer = server.post_form(PATTERN + "extract_and_compare",
                                  [("sample_1", sample("person-a-1.jpg")), ("sample_2", sample(name), name)])
        equal((answer.status, answer.json.get("decision")), (200, "approved"), f"{name}: {answer.body[:200]!r}")


def test_turned_photos(server):
    upright = extract(server, "person-a-1.jpg")
    names = [f"exif-{i}.jpg" for i in range(1, 9)] + [f"rotated-{d}.jpg" for d in (90, 180, 270)]
    for name in names:
        equal(compare(server, upright, extract(server, name))["decision"], "approved", name)


def test_compare_n_keeps_order_and_names(server):
    a, b = extract(server, "person-a-1.jpg"), extract(server, "person-b-1.jpg")
    answer = server.post_form(PATTERN + "compare_n", [
        ("template_1", a, "probe", STREAM), ("templates_n", b, "b.tpl", STREAM), ("templates_n", a, "a \u00e9.tpl", STREAM),
        ("templates_n", b, None, STREAM)])
    results = answer.json["results"]
    equal([one["filename"] for one in results], ["b.tpl", "a \u00e9.tpl", None], "filenames")
    equal([one["decision"] for one in results], ["declined", "approved", "declined"], "decisions")
    equal(results[0]["score"], compare(server, a, b)["score"], "score")


def test_compare_n_of_a_thousand(server):
    a, b = extract(server, "person-a-1.jpg"), extract(server, "person-b-1.jpg")
    parts = [("templates_n", a if i % 7 == 0 else b, f"{i}.tpl", STREAM) for i in range(1000)]
    results = server.post_form(PATTERN + "compare_n", [("template_1", a, "probe", STREAM), *parts]).json["results"]
    equal([one["filename"] for one in results], [f"{i}.tpl" for i in range(1000)], "filenames")
    check(all((one["decision"] == "approved") == (i % 7 == 0) for i, one in enumerate(results)), "decisions")


def test_verify_n(server):
    a, b = extract(server, "person-a-2.jpg"), extract(server, "person-b-1.jpg")
    answer = server.post_form(PATTERN + "verify_n", [("sample_1", sample("person-a-1.jpg"), "a.jpg", "image/jpeg"),
                                                     ("templates_n", a, "a", STREAM), ("templates_n", b, "b", STREAM)])
    equal([(one["filename"], one["decision"]) for one in answer.json["results"]], [("a", "approved"), ("b", "declined")], "results")


def test_extract_and_compare_n(server):
    names = ["person-b-1.jpg", "person-a-2.jpg", "person-a-1.png"]
    answer = server.post_form(PATTERN + "extract_and_compare_n",
                              [("sample_1", sample("person-a-1.jpg"), "a.jpg"), *(("samples_n", sample(n), n) for n in names)])
    equal([(one["filename"], one["decision"]) for one in answer.json["results"]],
          list(zip(names, ["declined", "approved", "approved"])), "results")


def test_ten_files_are_allowed(server):
    parts = [("samples_n", sample("person-a-1.jpg"), f"{i}.jpg") for i in range(9)]
    answer = server.post_form(PATTERN + "extract_and_compare_n", [("sample_1", sample("person-a-2.jpg"), "p.jpg"), *parts])
    equal((answer.status, len(answer.json.get("results", []))), (200, 9), "answer")


def test_parts_from_careless_clients(server):
    """A sample called text, a header spelt with an underscore, an unknown part beside."""
    a = extract(server, "person-a-1.jpg")
    answer = server.post_form(PATTERN + "verify", [
        ("sample", sample("person-a-1.jpg"), "a.txt", "multipart/form-data"),
        ("bio_template", a, "a", None, {"Content_type": "application/octet-stream"}),
        ("note", "of no concern", None, "text/plain")])
    equal(answer.status, 200, f"{answer.body[:200]!r}")


def test_trailing_slashes_and_head(server):
    equal(server.get("/version/").json, server.get("/version").json, "with a slash")
    kind, body = form([("sample_1", sample("person-a-1.jpg")), ("sample_2", sample("person-a-2.jpg"))])
    equal(server.post(PATTERN + "extract_and_compare/", body, kind).status, 200, "status with a slash")
    head = server.call("HEAD", "/version")
    equal((head.status, head.body), (200, b""), "HEAD")
