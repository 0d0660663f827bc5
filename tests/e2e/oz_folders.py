"""Folders: making them, changing them, wiping and deleting them."""
import json

from harness import check, equal, sample
from oz import Client, biometry, quality, refused, tags


def counts(world, folder_id):
    """How many rows of the database speak of the folder."""
    found = {}
    for table in ("folders", "media", "analyses", "folder_metadata", "folder_search"):
        found[table] = world.database.number(f"SELECT count(*) FROM {table} WHERE folder_id = '{folder_id}'")
    found["result_media"] = world.database.number(
        f"SELECT count(*) FROM result_media JOIN analyses USING (analysis_id) WHERE folder_id = '{folder_id}'")
    return found


def blobs_of(world, folder_id):
    """The names of the folder's files."""
    rows = world.database.rows(f"SELECT original_key, thumb_key, preview_key FROM media WHERE folder_id = '{folder_id}'")
    return {key for row in rows for key in row if key}


def on_disk(world, keys):
    files = "\n".join(world.server.blobs())
    return {key for key in keys if key in files}


def links_of(folder):
    media = [*folder["media"], *(image for analysis in folder["analyses"] for result in analysis["results_media"] for image in result["output_images"])]
    return [one[name] for one in media for name in ("original_url", "thumb_url", "video_url", "preview_url") if one.get(name)]


def path_of(url):
    return "/static/" + url.split("/static/")[1]


def test_empty_folder(world):
    someone = world.user()
    for body, kind in ((None, None), (b"", "application/x-www-form-urlencoded"), (b"{}", "application/json"),
                       (b"------x--\r\n", "multipart/form-data; boundary=----x")):
        answer = world.server.call("POST", "/api/folders", body, {"X-Forensic-Access-Token": someone.token, **({"Content-Type": kind} if kind else {})})
        equal(answer.status, 201, f"status with {kind}: {answer.body[:200]!r}")
        folder = answer.json
        equal((folder["media"], folder["user_id"], folder["company_id"]), ([], someone.id, someone.company), "folder")
        equal((folder["resolution_status"], folder["system_resolution"]), ("INITIAL", "INITIAL"), "status")


def test_folder_with_media(world):
    someone = world.user()
    payload = {"folder:meta_data": {"order": {"number": "7", "lines": [1]}}, **tags(selfie=["photo_selfie", "vip"], nobody=["x"]),
               "media:meta_data": {"selfie": {"additional_info": "Firefox"}, "nobody": {"a": 1}}, "unknown": True}
    folder = someone.folder([("selfie", "person-a-1.jpg"), ("film", "video.mp4")], payload)
    equal(folder["meta_data"], {"order": {"number": "7", "lines": [1]}}, "meta_data")
    equal(folder["technical_meta_data"], {}, "technical_meta_data")
    selfie, film = folder["media"]
    equal((selfie["tags"], selfie["meta_data"], film["tags"]), (["photo_selfie", "vip"], {"additional_info": "Firefox"}, []), "of the media")
    equal((selfie["media_type"], film["media_type"]), ("IMAGE_FOLDER", "VIDEO_FOLDER"), "types")
    equal((selfie["original_name"], film["original_name"]), ("person-a-1.jpg", "video.mp4"), "names")
    equal(folder["resolution_status"], "INITIAL", "an upload starts nothing")
    again = someone.get(f"/api/folders/{folder['folder_id']}")
    equal(again["analyses"], [], "analyses")
    equal([one["media_id"] for one in again["media"]], [selfie["media_id"], film["media_id"]], "media in the order sent")


def test_media_without_payload(world):
    folder = world.user().folder([("media", "person-a-1.jpg")])
    equal([one["tags"] for one in folder["media"]], [[]], "tags")


def test_payload_as_a_file_part(world):
    folder = world.user().folder([("photo", "person-a-1.jpg"), ("payload", "payload.json", json.dumps(tags(photo=["photo_selfie"])).encode())])
    equal([one["tags"] for one in folder["media"]], [["photo_selfie"]], "tags")


def test_metadata(world):
    someone = world.user()
    path = f"/api/folders/{someone.folder(payload={'folder:meta_data': {'a': '1', 'b': {'c': 2}}})['folder_id']}/meta_data/"
    equal(someone.get(path), {"a": "1", "b": {"c": 2}}, "GET")
    equal(someone.patch(path, {"a": None, "b": {"d": 3}, "e": "ä"}), {"b": {"c": 2, "d": 3}, "e": "ä"}, "PATCH merges")
    equal(someone.post(path, {"z": 1}, 200), {"z": 1}, "POST replaces")
    someone.delete(path)
    equal(someone.get(path), {}, "DELETE clears")


def test_metadata_of_media_and_analyses(world):
    someone, operator = world.user(), world.user("CLIENT_OPERATOR")
    folder = someone.folder([("photo", "person-a-1.jpg")], {"analyses": [quality(meta_data={"why": "test"})]})
    equal(folder["analyses"][0]["meta_data"], {"why": "test"}, "of the analysis")
    for kind, object_id in (("media", folder["media"][0]["media_id"]), ("analyses", folder["analyses"][0]["analysis_id"])):
        path = f"/api/{kind}/{object_id}/meta_data/"
        equal(operator.patch(path, {"k": "v"})["k"], "v", f"PATCH {kind}")
        equal(operator.post(path, {"n": 1}, 200), {"n": 1}, f"POST {kind}")
        operator.delete(path)
        equal(someone.get(path), {}, f"DELETE {kind}")


def test_new_owner(world):
    boss, old, new = world.user("CLIENT_ADMIN"), world.user("CLIENT", "a", "old"), world.user("CLIENT", "a", "new")
    path = f"/api/folders/{old.folder()['folder_id']}"
    equal(boss.patch(path, {"user_id": new.id})["user_id"], new.id, "owner")
    refused(old.call("GET", path), 404, 10)
    equal(new.get(path)["user_id"], new.id, "to the new owner")
    stranger = world.user("CLIENT", "b")
    check(boss.call("PATCH", path, {"user_id": stranger.id}).status in (400, 404), "no owner in another company")
    equal(new.get(path)["user_id"], new.id, "owner after the refusal")


def test_operator_decides_on_a_folder(world):
    someone, operator = world.user(), world.user("CLIENT_OPERATOR")
    path = f"/api/folders/{someone.folder()['folder_id']}"
    folder = operator.patch(path, {"operator_status": "DECLINED", "operator_comment": "Another person."})
    equal((folder["operator_status"], folder["operator_comment"]), ("DECLINED", "Another person."), "decision")
    equal(folder["resolution_author_id"], operator.id, "author")
    check(abs(folder["resolution_time"] - folder["time_updated"]) < 5, "time")
    equal(operator.patch(path, {"resolution_suggest": "SUCCESS"})["operator_status"], "SUCCESS", "by the old name")
    refused(operator.call("PATCH", path, {"operator_status": "MAYBE"}), 400, 4)
    refused(someone.call("PATCH", path, {"operator_status": "SUCCESS"}), 403, 9)


def test_archive_and_endpoint(world):
    someone = world.user()
    path = f"/api/folders/{someone.folder()['folder_id']}"
    equal(someone.patch(path, {"is_archive": True})["is_archive"], True, "is_archive")
    equal(someone.patch(path, {"resolution_endpoint": "hooks.example/x"})["resolution_endpoint"], "https://hooks.example/x", "endpoint")
    equal(someone.get(path)["is_archive"], True, "is_archive read again")


def filled(world, someone):
    folder = someone.folder([("film", "video.mp4"), ("photo", "person-a-1.jpg"), ("set", "frames.zip")],
                            {"folder:meta_data": {"secret": "pearl"}, **tags(film=["video_selfie", "video_selfie_blank"]),
                             "media:meta_data": {"film": {"secret": "pearl"}},
                             "analyses": [quality(meta_data={"secret": "pearl"}), biometry()]})
    equal(folder["resolution_status"], "FINISHED", "status")
    wait_for_previews(world)
    return someone.get(f"/api/folders/{folder['folder_id']}")


def wait_for_previews(world, patience=30):
    import time
    until = time.monotonic() + patience
    while world.database.number("SELECT count(*) FROM jobs WHERE kind LIKE '%preview%'"):
        check(time.monotonic() < until, "previews were not made in time")
        time.sleep(0.1)


def test_clearing(world):
    for word, status in (("pi", "DELETE"), ("delete_pi", "POST")):
        someone = world.user()
        folder = filled(world, someone)
        keys, links = blobs_of(world, folder["folder_id"]), links_of(folder)
        equal(on_disk(world, keys), keys, "files before")
        check(len(links) >= 8, f"{len(links)} links")
        for link in links:
            equal(world.server.get(path_of(link)).status, 200, link)
        path = f"/api/folders/{folder['folder_id']}"
        equal(someone.call(status, f"{path}/{word}").status, 204, "status")
        cleared = someone.get(path)
        equal((cleared["is_cleared"], cleared["system_resolution"]), (True, folder["system_resolution"]), "folder")
        check("pearl" not in json.dumps(cleared) and "video.mp4" not in json.dumps(cleared), "personal data are left in the answer")
        equal(links_of(cleared), [], "links")
        equal(on_disk(world, keys), set(), "files after")
        for link in links:
            refused(world.server.get(path_of(link)), 404, 10)
        rows = json.dumps(world.database.rows(f"SELECT * FROM media WHERE folder_id = '{folder['folder_id']}'")
                          + world.database.rows(f"SELECT * FROM analyses WHERE folder_id = '{folder['folder_id']}'")
                          + world.database.rows(f"SELECT * FROM folder_search WHERE folder_id = '{folder['folder_id']}'"))
        check("pearl" not in rows and "video.mp4" not in rows, "personal data are left in the database")
        refused(someone.send(f"{path}/media/", [("photo", "person-a-1.jpg")]), 400, 4)
        equal(someone.get(path)["media"] != [], True, "its media are still listed")


def test_deletion(world):
    someone, boss = world.user(), world.user("CLIENT_ADMIN")
    folder = filled(world, someone)
    keys = blobs_of(world, folder["folder_id"])
    check(all(counts(world, folder["folder_id"]).values()), f"rows before: {counts(world, folder['folder_id'])}")
    boss.delete(f"/api/folders/{folder['folder_id']}")
    equal(set(counts(world, folder["folder_id"]).values()), {0}, f"rows after: {counts(world, folder['folder_id'])}")
    equal(on_disk(world, keys), set(), "files after")
    refused(someone.call("GET", f"/api/folders/{folder['folder_id']}"), 404, 10)
    for link in links_of(folder):
        refused(world.server.get(path_of(link)), 404, 10)
    for analysis in folder["analyses"]:
        refused(someone.call("GET", f"/api/analyses/{analysis['analysis_id']}"), 404, 10)
    dump = json.dumps(world.database.dump()["jobs"])
    check(all(one["media_id"] not in dump for one in folder["media"]), "a job is left")


def test_refused_upload_leaves_nothing(world):
    someone = world.user("CLIENT", "a", "clean")
    files = world.server.blobs()
    for bad in (sample("person-a-1.jpg")[:5000], b"no picture", b""):
        refused(someone.send("/api/folders/", [("good", "person-a-1.jpg"), ("bad", "bad.jpg", bad)]), 400, 4)
    refused(someone.send("/api/folders/", [("good", "person-a-1.jpg")], "{"), 400, 3)
    equal(someone.get("/api/folders/")["total_count"], 0, "folders")
    equal(world.server.blobs(), files, "files")


def test_trailing_slashes(world):
    someone = world.user()
    folder_id = someone.folder()["folder_id"]
    for path in ("/api/folders", "/api/folders/", "/api/folders/?", f"/api/folders/{folder_id}", f"/api/folders/{folder_id}/",
                 f"/api/folders/{folder_id}/analyses", f"/api/folders/{folder_id}/analyses/", f"/api/folders/{folder_id}/media"):
        equal(someone.call("GET", path).status, 200, path)
    equal(Client(world.server, someone.token).call("GET", f"/api/folders/{folder_id.upper()}").status in (200, 404), True, "an id in capitals")
