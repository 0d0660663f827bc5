"""Collections, persons, their photos, and COLLECTION analyses."""
import os
import secrets
import sys
import threading

import oz
from harness import check, equal
from oz import NOBODY, quality, refused, tags
from oz_folders import path_of, wait_for_previews

ONE, TWO, OTHER = "person-a-1.jpg", "person-a-2.jpg", "person-b-1.jpg"


def search(**params):
    return {"type": "collection", "params": params}


def boss_of(world, company=None):
    """A CLIENT_ADMIN, by default of a company that no other test knows."""
    return world.user("CLIENT_ADMIN", company or secrets.token_hex(4))


def collection(boss, alias=None, **more):
    return boss.post("/api/collections/", {"alias": alias or secrets.token_hex(6), **more})["collection_id"]


def persons_of(collection_id):
    return f"/api/collections/{collection_id}/persons/"


def person(boss, collection_id, *photos, payload=None, status=201):
    answer = boss.send(persons_of(collection_id), [(f"p{i}", name) for i, name in enumerate(photos)], payload)
    check(answer.status == status, f"{answer.status}, expected {status}: {answer.body[:300]!r}")
    return answer.json


def found(analysis):
    return [[one["person_id"] for one in result["collection_persons"]] for result in analysis["results_media"]]


def searched(boss, photo, **params):
    folder = boss.folder([("photo", photo)], {"analyses": [search(**params)]})
    return folder["analyses"][0]


def test_collections(world):
    boss = boss_of(world)
    made = boss.post("/api/collections/", {"alias": " Watch list ", "company_id": boss.company, "meta_data": {"why": "fraud"}})
    equal((made["alias"], made["company_id"], made["persons_count"], made["meta_data"]), ("Watch list", boss.company, 0, {"why": "fraud"}), "as made")
    other = boss.post("/api/collections/", {"alias": "Other"})
    refused(boss.call("POST", "/api/collections/", {"alias": "Watch list"}), 400, 13)
    for bad in ("", " ", "x" * 256):
        refused(boss.call("POST", "/api/collections/", {"alias": bad}), 400, 4)
    refused(boss.call("POST", "/api/collections/", {"alias": 1}), 400, 5)
    refused(boss.call("POST", "/api/collections/", {}), 400, 3)
    refused(boss.call("POST", "/api/collections/", {"alias": "x", "company_id": world.company("b")}), 403, 9)
    refused(world.admin.call("POST", "/api/collections/", {"alias": "x", "company_id": NOBODY}), 404, 10)
    equal(world.admin.post("/api/collections/", {"alias": "Watch list", "company_id": world.company("b")})["company_id"], world.company("b"), "another company's")

    path = f"/api/collections/{made['collection_id']}"
    equal(boss.get(path), made, "read again")
    ids = [one["collection_id"] for one in boss.get("/api/collections/")]
    equal(ids, [other["collection_id"], made["collection_id"]], "a bare list, the newest first, of one's company")
    page = boss.get("/api/collections/", limit=1, offset=1)
    equal((page["total_count"], page["limit"], [one["alias"] for one in page["items"]]), (2, 1, ["Watch list"]), "a page")
    equal([one["alias"] for one in boss.get("/api/collections/", search_text="watch")], ["Watch list"], "search_text")
    equal([one["alias"] for one in boss.get("/api/collections/", sorting="alias{asc}")], ["Other", "Watch list"], "sorting")
    stranger = world.user("CLIENT", "b")
    refused(stranger.call("GET", path), 404, 10)
    refused(world.user("CLIENT", "b").call("DELETE", path), 404, 10)
    boss.delete(path)
    refused(boss.call("GET", path), 404, 10)


def metadata(someone, path):
    equal(someone.get(path), {"a": 1}, "as made")
    equal(someone.patch(path, {"b": {"c": 2}, "a": None}), {"b": {"c": 2}}, "merged")
    equal(someone.post(path, {"d": 3}, 200), {"d": 3}, "replaced")
    someone.delete(path)
    equal(someone.get(path), {}, "cleared")


def test_metadata(world):
    boss = boss_of(world)
    collection_id = collection(boss, meta_data={"a": 1})
    someone = person(boss, collection_id, ONE, payload={"person:meta_data": {"a": 1}})
    metadata(boss, f"/api/collections/{collection_id}/meta_data/")
    path = persons_of(collection_id) + someone["person_id"]
    metadata(boss, path + "/meta_data/")
    reader = world.log_in(world.new_user("CLIENT", company_id=boss.company)["email"])
    equal(reader.get(path + "/meta_data/"), {}, "to read")
    refused(reader.call("PATCH", path + "/meta_data/", {"a": 1}), 403, 9)


def test_persons(world):
    boss = boss_of(world)
    wait_for_previews(world)
    collection_id, before = collection(boss), len(world.server.blobs())
    made = person(boss, collection_id, ONE, TWO, payload={"person:meta_data": {"name": "Ann"}, **tags(p0=["photo_selfie"]), "media:meta_data": {"p1": {"x": 1}}})
    equal((made["collection_id"], made["meta_data"], len(made["images"])), (collection_id, {"name": "Ann"}, 2), "as made")
    first, second = made["images"]
    equal((first["tags"], first["original_name"], second["meta_data"]), (["photo_selfie"], ONE, {"x": 1}), "photos")
    equal((first["media_type"], first["person_image_id"], first["image_id"]), ("IMAGE_COLLECTION_PERSON", first["media_id"], first["media_id"]), "ids")
    equal(world.server.get(path_of(first["original_url"])).body, open(f"{oz.ROOT}/samples/{ONE}", "rb").read(), "the photo")
    equal(world.server.get(path_of(first["thumb_url"])).type, "image/jpeg", "its thumbnail")
    other = person(boss, collection_id, OTHER)
    path = persons_of(collection_id)
    page = boss.get(path)
    equal((page["total_count"], [one["person_id"] for one in page["items"]]), (2, [other["person_id"], made["person_id"]]), "the newest first")
    equal(boss.get(path, limit=1, offset=1)["items"], [made], "a page of whole persons")
    equal(boss.get(path + made["person_id"]), made, "one")
    equal(boss.get(f"/api/collections/{collection_id}")["persons_count"], 2, "persons_count")
    refused(boss.call("GET", persons_of(collection(boss)) + made["person_id"]), 404, 10)

    images = path + made["person_id"] + "/images/"
    more = boss.send(images, [("x", "person-a-3.jpg")], tags(x=["new"]))
    equal((more.status, [one["tags"] for one in more.json]), (201, [["new"]]), "more photos")
    third = more.json[0]
    equal(boss.get(images), [first, second, third], "all photos in order")
    equal(boss.get(images + third["media_id"]), third, "one photo")
    refused(boss.call("GET", path + other["person_id"] + "/images/" + third["media_id"]), 404, 10)
    refused(boss.call("DELETE", path + other["person_id"] + "/images/" + third["media_id"]), 404, 10)
    for way in (images + first["media_id"] + "/", f"/api/images/{second['media_id']}", f"/api/media/{third['media_id']}"):
        described = "/images/" not in way or way.startswith(images)
        equal(boss.call("DELETE", way, hold=described).status, 204, way)
        refused(boss.call("DELETE", way, hold=described), 404, 10)
    equal(boss.get(images), [], "the last photo may go, too")
    refused(world.server.get(path_of(first["original_url"])), 404, 10)
    equal(len(world.server.blobs()), before + 2, "files of the other person alone")

    refused(boss.call("DELETE", f"/api/collections/{collection_id}"), 400, 4)
    for one in (made, other):
        boss.delete(path + one["person_id"])
        refused(boss.call("GET", path + one["person_id"]), 404, 10)
    equal(len(world.server.blobs()), before, "files")
    boss.delete(f"/api/collections/{collection_id}")


def test_photos_that_enrol_nobody(world):
    boss = boss_of(world)
    wait_for_previews(world)
    collection_id, before = collection(boss), world.server.blobs()
    for photos, status, code in ((["cat.png"], 400, 202), ([ONE, "cat.png"], 400, 202), (["two-people.jpg"], 400, 202), (["video.mp4"], 400, 4), ([], 400, 3)):
        refused(boss.send(persons_of(collection_id), [(f"p{i}", name) for i, name in enumerate(photos)], {}), status, code)
    refused(boss.send(persons_of(collection_id), [("p", "x.jpg", b"no picture")]), 400, 4)
    refused(boss.send(persons_of(collection_id), [("p", ONE)], {"person:meta_data": []}), 400, 5)
    equal(boss.get(persons_of(collection_id))["total_count"], 0, "persons")
    equal(world.server.blobs(), before, "files")
    made = person(boss, collection_id, ONE)
    refused(boss.send(persons_of(collection_id) + made["person_id"] + "/images/", [("p", "cat.png")]), 400, 202)


def test_who_is_on_the_list(world):
    boss = boss_of(world)
    collection_id, empty = collection(boss), collection(boss)
    ann, bob = person(boss, collection_id, ONE), person(boss, collection_id, OTHER)
    analysis = searched(boss, TWO)
    equal((analysis["type"], analysis["state"], analysis["resolution"]), ("COLLECTION", "FINISHED", "DECLINED"), analysis["error_message"])
    equal(analysis["confs"], {"decision_threshold": 0.85, "decision_count": 10, "collection_ids": None}, "confs")
    named, = analysis["results_media"][0]["collection_persons"]
    equal((named["person_id"], named["collection_id"], named["person_image_id"]), (ann["person_id"], collection_id, ann["images"][0]["person_image_id"]), "whom")
    check(0.85 <= named["confidence"] <= 1, f"confidence {named['confidence']}")
    equal(analysis["results_data"], {"max_confidence": named["confidence"]}, "results_data")
    equal(analysis["results_media"][0]["results_data"], {"max_confidence": named["confidence"]}, "results_data of the medium")
    equal(boss.get(f"/api/analyses/{analysis['analysis_id']}")["results_media"], analysis["results_media"], "read again")

    stranger = searched(boss, "person-c-1.png")
    equal((stranger["resolution"], found(stranger)), ("SUCCESS", [[]]), "a stranger")
    clear = searched(boss, TWO, collection_id=empty)
    equal((clear["resolution"], found(clear), clear["results_data"]), ("SUCCESS", [[]], {"max_confidence": 0}), "not on that list")
    equal(clear["confs"]["collection_ids"], [empty], "confs")
    both = searched(boss, TWO, collection_ids=[empty, collection_id.upper()], decision_threshold=0)
    equal(found(both), [[ann["person_id"], bob["person_id"]]], "everybody is a match at 0, the most alike first")
    equal(found(searched(boss, TWO, decision_threshold=0, decision_count=1)), [[ann["person_id"]]], "the best one")
    at = searched(boss, TWO, decision_threshold=named["confidence"])
    equal(at["resolution"], "DECLINED", "at the threshold is a match")
    folder = boss.folder([("a", TWO), ("b", OTHER), ("back", ONE)], {**tags(back=["photo_id_back"]), "analyses": [search()]})
    equal(found(folder["analyses"][0]), [[ann["person_id"]], [bob["person_id"]]], "each medium but the back of a document")
    only = folder["media"][1]["media_id"]
    chosen, = boss.analyse(folder["folder_id"], {"type": "COLLECTION", "params": {"source_media": [only]}})
    equal(found(chosen), [[bob["person_id"]]], "source_media as old clients send it")


def test_folders_by_analysis(world):
    boss = boss_of(world)
    person(boss, collection(boss), ONE)
    with_search = boss.folder([("a", TWO)], {"analyses": [search()]})["folder_id"]
    boss.folder([("a", TWO)], {"analyses": [quality()]})
    equal([one["folder_id"] for one in boss.get("/api/folders/", **{"analyse.type": "COLLECTION"})["items"]], [with_search], "analyse.type")
    best = {"with_results_media_filter": "true", "results_data.max_confidence.min": "0.85"}
    equal([one["folder_id"] for one in boss.get("/api/folders/", **best)["items"]], [with_search], "results_data.max_confidence")


def test_deletes_wait_for_analyses(world):
    boss = boss_of(world)
    collection_id = collection(boss)
    ann = person(boss, collection_id, ONE)
    analysis = searched(boss, TWO)
    path = persons_of(collection_id) + ann["person_id"]
    refused(boss.call("DELETE", path), 400, 4)
    refused(boss.call("DELETE", f"/api/collections/{collection_id}"), 400, 4)
    boss.delete(f"/api/analyses/{analysis['analysis_id']}")
    boss.delete(path)
    equal(searched(boss, TWO)["resolution"], "SUCCESS", "who was deleted is found no more, from the answer on")
    boss.delete(f"/api/collections/{collection_id}")


def test_changes_are_seen_at_once(world):
    boss = boss_of(world)
    collection_id = collection(boss)
    for _ in range(3):
        ann = person(boss, collection_id, ONE)
        folder = boss.folder([("a", TWO)], {"analyses": [search()]})
        equal(found(folder["analyses"][0]), [[ann["person_id"]]], "who was enrolled is found")
        boss.delete(persons_of(collection_id) + ann["person_id"] + "/images/" + ann["images"][0]["media_id"])
        equal(searched(boss, TWO)["resolution"], "SUCCESS", "without photos nobody is found")


def test_searches_that_cannot_be(world):
    boss = boss_of(world)
    folder = boss.folder([("a", ONE)])
    start = f"/api/folders/{folder['folder_id']}/analyses/"

    def no(status, code, **params):
        refused(boss.call("POST", start, {"analyses": [search(**params)]}), status, code)
    no(400, 4)  # the company has no collection
    collection_id = collection(boss)
    foreign = collection(boss_of(world, "b"))
    no(404, 10, collection_id=NOBODY)
    no(404, 10, collection_id="x")
    no(404, 10, collection_ids=[collection_id, foreign])
    no(400, 5, collection_ids=collection_id)
    no(400, 5, decision_count=1.5)
    no(400, 4, decision_count=0)
    no(400, 4, decision_threshold=2)
    refused(world.admin.call("POST", start, {"analyses": [search(collection_id=foreign)]}), 400, 4)
    refused(boss.send("/api/folders/", [("a", ONE)], {"analyses": [search(collection_id=NOBODY)]}), 404, 10)
    refused(boss.send("/api/instant/folders/", [("a", ONE)], {"analyses": [search()]}), 400, 4)

    for files, more, code, message in (
            ([("a", ONE)], tags(a=["photo_id_back"]), 5, "Invalid/missed tag values to process blacklist check"),
            ([("a", "cat.png")], {}, 202, None)):
        folder = boss.folder(files, {**more, "analyses": [search()]})
        analysis = folder["analyses"][0]
        wanted = message or f"Could not locate face on source media [{folder['media'][0]['media_id']}]"
        equal((analysis["state"], analysis["error_code"], analysis["error_message"]), ("FAILED", code, wanted), "a failed analysis")


def test_who_may_start(world):
    boss = boss_of(world)
    collection(boss)
    user = world.log_in(world.new_user("CLIENT", company_id=boss.company, can_start_analysis_collection=False)["email"])
    refused(user.send("/api/folders/", [("a", ONE)], {"analyses": [search()]}), 403, 9)
    equal(user.folder([("a", ONE)], {"analyses": [quality()]})["resolution_status"], "FINISHED", "others it may start")


def test_threshold_of_the_company(world):
    boss = boss_of(world)
    person(boss, collection(boss), OTHER)
    equal(searched(boss, ONE)["resolution"], "SUCCESS", "by default")
    world.admin.patch(f"/api/companies/{boss.company}", {"settings": {"threshold_collection": 0}})
    analysis = searched(boss, ONE)
    equal((analysis["resolution"], analysis["confs"]["decision_threshold"]), ("DECLINED", 0), "with the company's threshold")
    equal(searched(boss, ONE, decision_threshold=0.85)["resolution"], "SUCCESS", "the request's counts first")


def test_company_with_collections_is_deleted(world):
    boss = boss_of(world)
    wait_for_previews(world)
    before = len(world.server.blobs())
    collection_id = collection(boss)
    person(boss, collection_id, ONE)
    searched(boss, TWO)
    world.admin.delete(f"/api/companies/{boss.company}?force=true")
    refused(world.admin.call("GET", f"/api/collections/{collection_id}"), 404, 10)
    equal(len(world.server.blobs()), before, "files")


def duplicates_are_refused(world):
    boss = boss_of(world)
    collection_id, other = collection(boss), collection(boss)
    ann = person(boss, collection_id, ONE)
    refused(boss.send(persons_of(collection_id), [("a", TWO)]), 400, 13)
    person(boss, other, TWO)
    bob = person(boss, collection_id, OTHER)
    images = persons_of(collection_id) + "{}/images/"
    equal(boss.send(images.format(ann["person_id"]), [("a", TWO)]).status, 201, "another photo of the same person")
    refused(boss.send(images.format(bob["person_id"]), [("a", TWO)]), 400, 13)
    boss.delete(persons_of(collection_id) + ann["person_id"])
    person(boss, collection_id, TWO)

    race, told = collection(boss), []
    threads = [threading.Thread(target=lambda: told.append(boss.send(persons_of(race), [("a", ONE)]).status)) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    equal(sorted(told), [201] + 5 * [400], "of those who enrol the same person at once one does")
    equal(boss.get(persons_of(race))["total_count"], 1, "persons")


def nodes_follow_each_other(world):
    """The API and the worker are two processes, each with an index of its own."""
    server, boss = world.server, boss_of(world)
    collection_id = collection(boss)
    worker = server.worker()
    try:
        for _ in range(3):
            ann = person(boss, collection_id, ONE)
            folder = boss.folder([("a", TWO)], {"analyses": [search()]})
            equal(found(folder["analyses"][0]), [[ann["person_id"]]], "the worker sees who was enrolled")
            boss.delete(f"/api/analyses/{folder['analyses'][0]['analysis_id']}")
            boss.delete(persons_of(collection_id) + ann["person_id"])
            equal(searched(boss, TWO)["resolution"], "SUCCESS", "and who was deleted")
    finally:
        oz.end(worker)


def the_index_survives(world):
    """Killed and started again, with what was there; and as the repair makes it."""
    server, boss = world.server, boss_of(world)
    ann = person(boss, collection(boss), ONE)
    server.kill()
    report = server.command("sync-collections")
    check("1 photos, 0 templates made anew" in report and "the index holds 1 faces" in report, report)
    server.restart()
    equal(found(searched(boss, TWO)), [[ann["person_id"]]], "from the saved index")
    bob = person(boss, collection(boss), OTHER)
    equal(found(searched(boss, OTHER)), [[bob["person_id"]]], "and what came after it")
    server.kill()
    saved, = [file for file in (oz.Path(server.data.name) / "gallery").rglob("*") if file.is_file() and file.name != "lock"]
    whole = bytearray(saved.read_bytes())
    for at in range(0, len(whole), 97):
        whole[at] ^= 0x55
    saved.write_bytes(whole)
    server.restart()
    equal(found(searched(boss, TWO)), [[ann["person_id"]]], "a damaged one is made anew")


def shared_options(kind="pgvector"):
    """Of an index in PostgreSQL that all processes share."""
    address = os.environ.get("OZMA_TEST_PGVECTOR") or sys.exit("OZMA_TEST_PGVECTOR is not set; ./test sets it")
    return "--gallery-index", kind, "--gallery-database", address


def nodes_share_an_index(world):
    """The API and the worker search the same one; it survives both, and is made anew where somebody asks for that."""
    server, boss = world.server, boss_of(world)
    collection_id = collection(boss)
    worker = server.worker(*shared_options())
    try:
        ann = person(boss, collection_id, ONE)
        bob = person(boss, collection_id, OTHER)
        equal(found(searched(boss, TWO)), [[ann["person_id"]]], "the worker sees who was enrolled")
        refused(boss.send(persons_of(collection_id), [("a", TWO)]), 400, 13)
        equal(server.get("/api/healthcheck").json["services"]["o2n"]["status"], 0, "health")
        report = server.command("sync-collections", *shared_options())
        check("the index holds 2 faces" in report, report)
        equal(found(searched(boss, TWO)), [[ann["person_id"]]], "in the index that was made anew meanwhile")
        boss.delete(persons_of(collection_id) + bob["person_id"])
        equal(searched(boss, OTHER)["resolution"], "SUCCESS", "and who was deleted")
    finally:
        oz.end(worker)
    check(not list((oz.Path(server.data.name) / "gallery").rglob("*.ozgs")), "an index was saved")
    worker = server.worker(*shared_options("pgvector-hnsw"))
    try:
        equal(found(searched(boss, TWO)), [[ann["person_id"]]], "the next worker finds by HNSW what is there")
    finally:
        oz.end(worker)


def run(suite, kind):
    """On servers of their own."""
    for test, options, environment in ((duplicates_are_refused, (), {"OZMA_DUPLICATE_PERSONS": "refuse"}),
                                       (nodes_follow_each_other, ("--no-workers",), None), (the_index_survives, (), None),
                                       (nodes_share_an_index, ("--no-workers", *shared_options()), {"OZMA_DUPLICATE_PERSONS": "refuse"})):
        if not oz.words() or any(word in test.__name__ for word in oz.words()):
            suite.one(f"{kind}.collections.{test.__name__}", lambda test=test, options=options, environment=environment:
                      oz.with_world(kind, test, *options, environment=environment))
