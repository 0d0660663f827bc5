"""From a page's first request to a folder that the API shows: actions, tags, metadata, retries, result modes."""
import base64
import io
import json
import subprocess
import time
import zipfile
from pathlib import Path

import harness
from adapter import AGENT, BLANK, Page, check, equal, folder_of, frames_of, refused, sample
from oz_media import fetch


def png_of(jpeg):
    """The same picture as PNG, by FFmpeg."""
    done = subprocess.run(["ffmpeg", "-v", "error", "-i", "-", "-f", "image2", "-c:v", "png", "-frames:v", "1", "-"], input=jpeg, capture_output=True, timeout=60)
    check(done.returncode == 0 and done.stdout.startswith(b"\x89PNG"), f"ffmpeg: {done.stderr}")
    return done.stdout


def test_selfie(server):
    page = Page(server, meta={"transaction_id": "t-7", "iin": "900101"})
    equal((page.actions, page.limits["max_media"]), ([BLANK], 5), "session")
    frames = frames_of("person-a-1.jpg")
    equal(page.upload(frames=frames, png=png_of(frames[0])).json, {"action": BLANK, "frames": 8}, "upload")
    page.submit()
    told = page.finished()
    equal(told, {"state": "finished", "event_session_id": page.event_id}, "safe")

    folder = folder_of(server.world, page.event_id)
    equal((folder["resolution_status"], folder["system_resolution"]), ("FINISHED", "SUCCESS"), "folder")
    equal({key: folder["meta_data"][key] for key in ("transaction_id", "iin", "event_session_id")},
          {"transaction_id": "t-7", "iin": "900101", "event_session_id": page.event_id}, "metadata of the page")
    equal(folder["meta_data"]["injection"], {"weight": 0.0, "signals": [], "suspected": False}, "no signal")
    by_name = {medium["original_name"]: medium for medium in folder["media"]}
    equal(sorted(by_name), [BLANK + ".zip", BLANK + "_best.png"], "media")
    film = by_name[BLANK + ".zip"]
    equal((film["media_type"], film["tags"]), ("SHOTS_SET_FOLDER", ["video_selfie", BLANK, "orientation_portrait"]), "film")
    with zipfile.ZipFile(io.BytesIO(fetch(server.world, film["original_url"]).body)) as archive:
        equal(archive.namelist()[:3], ["0000_00000ms.jpg", "0001_00100ms.jpg", "0002_00201ms.jpg"], "frames say when they were taken")
    equal((film["meta_data"]["camera"], film["meta_data"]["cameras"], film["meta_data"]["user_agent"]), ("Integrated Camera", ["Integrated Camera"], AGENT), "camera")
    text = film["meta_data"]["additional_info"].split(".")[0]
    equal(json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))["session_id"], page.id, "additional_info as sent")
    analysis, = folder["analyses"]
    equal([one["media_id"] for one in analysis["source_media"]], [film["media_id"]], "the film alone is judged")
    equal(analysis["confs"]["extract_best_shot"], True, "extract_best_shot")
    equal(server.session_files(page.id), ["session.json"], "media are gone once the API has them")


def spoofing_of(folder):
    return [round(one["results_data"]["confidence_spoofing"], 9) for one in folder["analyses"][0]["results_media"]]


def test_verdict_is_the_apis_own(server):
    """A screen that shows a face: the same frames, sent to the API without the adapter, get the same score."""
    page, frames = Page(server), frames_of("attack-screen.jpg")
    page.upload(frames=frames)
    page.submit()
    page.finished()
    archive = harness.zip_of([(f"{i:04}_{100 * i:05}ms.jpg", frame) for i, frame in enumerate(frames)])
    direct = server.client.folder([("film", "film.zip", archive)], {"media:tags": {"film": ["video_selfie", BLANK]}, "analyses": [{"type": "quality"}]})
    equal(spoofing_of(folder_of(server.world, page.event_id)), spoofing_of(direct), "scores")


def test_default_action_and_page_parameters(server):
    page = Page(server, actions=(), params={"extract_best_shot": False})
    equal(page.actions, [BLANK], "video_required_actions_list")
    page.upload()
    page.submit()
    page.finished()
    equal(folder_of(server.world, page.event_id)["analyses"][0]["confs"]["extract_best_shot"], False, "the page's parameter")


def test_best_shot_is_the_medium(server):
    page = Page(server, actions=("video_selfie_best",))
    page.upload("video_selfie_best")
    page.submit()
    page.finished()
    folder = folder_of(server.world, page.event_id)
    medium, = folder["media"]
    equal((medium["media_type"], medium["tags"][:2]), ("IMAGE_FOLDER", ["video_selfie", "video_selfie_best"]), "medium")
    equal(folder["system_resolution"], "SUCCESS", "resolution")


def test_cut_upload_is_retried(server):
    """The connection breaks in the middle; then twice whole, since the page does not know that the first arrived."""
    page = Page(server)
    parts = page.media(upload_id="retry-1")
    kind, body = harness.form(parts)
    cut = server.raw()
    cut.sendall(f"POST /session/{page.id}/media HTTP/1.1\r\nHost: a\r\nUser-Agent: {AGENT}\r\nContent-Type: {kind}\r\nContent-Length: {len(body)}\r\n\r\n".encode() + body[:len(body) // 2])
    cut.close()
    equal(server.session_files(page.id), ["session.json"], "nothing is stored of half an upload")
    first, second = page.send(parts), page.send(parts)
    equal((first.status, second.status, first.json), (201, 201, second.json), "both answers")
    refused(page.send(page.media(upload_id="retry-2")), 409, "media_exists")
    page.submit()
    page.finished()
    equal(len(folder_of(server.world, page.event_id)["media"]), 1, "one medium")
    equal(page.send(parts).status, 201, "even now the answer is the same")
    refused(page.submit(status=409), 409, "session_used")


def test_identity_document_then_selfie(server):
    page = Page(server, actions=("photo_id_front", "photo_id_back", BLANK))
    page.upload("photo_id_front", frames=frames_of("person-a-2.jpg", 1), kind="photo")
    refused(page.submit(status=400), 400, "bad_request")
    page.upload("photo_id_back", frames=[sample("cat.png")], kind="photo")
    page.upload(BLANK)
    page.submit()
    page.finished()
    folder = folder_of(server.world, page.event_id)
    equal({one["original_name"]: one["tags"] for one in folder["media"]},
          {"photo_id_front.jpg": ["photo_id", "photo_id_front"], "photo_id_back.png": ["photo_id", "photo_id_back"],
           BLANK + ".zip": ["video_selfie", BLANK, "orientation_portrait"]}, "tags")


def test_events(server):
    page = Page(server)
    answer = page.post("/event", {"session_id": page.id, "event_session_id": page.event_id, "events": [{"name": "camera_opened", "t_ms": 12.5, "data": {"secret": "S3CRET"}}]})
    equal((answer.status, answer.body), (204, b""), "event")
    check("camera_opened" in server.log_text() and "S3CRET" not in server.log_text(), "the name is logged, the data are not")
    refused(page.post("/event", {"session_id": page.id, "events": [{"name": "x"}] * 101}), 400, "bad_request")
    refused(page.post("/event", {"session_id": page.id, "events": [{"name": "a b\n"}]}), 400, "bad_request")
    refused(page.post("/event", {"session_id": "11111111-1111-4111-8111-111111111111", "events": []}), 404, "unknown_session")


def with_config(server, config, work):
    """The same server and data with other settings, for a while."""
    server.restart({"api_token": server.token, **config})
    try:
        work()
    finally:
        server.restart({"api_token": server.token})


def run_selfie(server, **more):
    page = Page(server, **more)
    page.upload()
    page.submit()
    return page, page.finished()


def result_modes(server):
    def work(mode):
        page, told = run_selfie(server)
        folder = folder_of(server.world, page.event_id)
        equal(told["event_session_id"], page.event_id, "event_session_id")
        quality = told["analyses"]["quality"]
        equal((quality["state"], quality["resolution"]), ("finished", "success"), mode)
        expected = {"status": {"state", "analyses", "event_session_id"}, "folder": {"state", "analyses", "event_session_id", "folder_id"}}
        if mode in expected:
            equal((set(told), set(quality)), (expected[mode], {"state", "resolution"}), f"keys of {mode}")
        if mode != "status":
            equal(told["folder_id"], folder["folder_id"], "folder_id")
        if mode == "full":
            analysis = folder["analyses"][0]
            equal(quality["confidence_spoofing"], max(one["results_data"]["confidence_spoofing"] for one in analysis["results_media"]), "score")
            equal((quality["result_json"]["folder_id"], quality["analysis_id"]), (folder["folder_id"], analysis["analysis_id"]), "ids")
            check(quality["result_json"]["source_media"] and quality["confs"]["threshold_spoofing"] == 0.5, "media and thresholds")
            equal(told["injection"]["suspected"], False, "injection")
    for mode in ("status", "folder", "full"):
        with_config(server, {"result_mode": mode}, lambda mode=mode: work(mode))


def matching(server):
    """BIOMETRY of a selfie and a document; a lossless frame does not stand in for a second face."""
    def work():
        outcomes = {}
        for name, document in (("same", "person-a-2.jpg"), ("other", "person-b-1.jpg"), ("none", None)):
            page = Page(server, actions=(BLANK,) if document is None else ("photo_id_front", BLANK))
            if document:
                page.upload("photo_id_front", frames=frames_of(document, 1), kind="photo")
            frames = frames_of("person-a-1.jpg")
            page.upload(BLANK, frames=frames, png=png_of(frames[0]))
            page.submit()
            outcomes[name] = page.finished()["analyses"]["biometry"]
        equal({name: one["resolution"] for name, one in outcomes.items()}, {"same": "success", "other": "declined", "none": "failed"}, "resolutions")
        check(outcomes["same"]["min_confidence"] > outcomes["other"]["min_confidence"], "scores")
    with_config(server, {"analyses": {"biometry": True}, "result_mode": "full"}, work)


def search(server):
    """A person on a list is found by its selfie."""
    company = server.client.company
    collection = server.world.admin.post("/api/collections/", {"alias": f"list-{time.time()}", "company_id": company})["collection_id"]
    answer = server.world.admin.send(f"/api/collections/{collection}/persons/", [("photo", "person-a-2.jpg")])
    equal(answer.status, 201, f"person {answer.body[:200]!r}")
    def work():
        _, told = run_selfie(server)
        equal(told["analyses"]["collection"]["resolution"], "declined", "found")
    with_config(server, {"analyses": {"quality": False, "collection_ids": [collection]}, "result_mode": "status"}, work)


def film(server):
    def work():
        page, _ = run_selfie(server)
        medium, = folder_of(server.world, page.event_id)["media"]
        equal((medium["original_name"], medium["media_type"]), (BLANK + ".mp4", "VIDEO_FOLDER"), "film")
    with_config(server, {"video_file_format": "mp4"}, work)


def default_actions_rule(server):
    def work():
        equal(Page(server, actions=("video_selfie_left",)).actions, ["photo_id_front", "video_selfie_left"], "actions")
        equal(Page(server, actions=()).actions, ["photo_id_front", BLANK], "actions of a page that asks for none")
    with_config(server, {"actions_default_importance": True, "actions_default": {"photo_back": False}}, work)


def restarts(server):
    """Killed before submit, and after it: media and session are there, and there is one folder."""
    page = Page(server, actions=("photo_id_front", BLANK))
    page.upload("photo_id_front", frames=frames_of("person-a-2.jpg", 1), kind="photo")
    server.restart(kill=True)
    page.upload(BLANK)
    page.submit()
    server.restart(kill=True)
    page.finished()
    equal(len(folder_of(server.world, page.event_id)["media"]), 2, "media")
    equal(page.finished()["state"], "finished", "and again")
    server.restart()
    equal(page.finished()["state"], "finished", "after one more restart")


def folder_made_but_not_noted(server):
    """As after a power cut between the API's work and our note of it: the folder is found, no second one is made."""
    page = Page(server)
    page.upload()
    file = Path(server.data.name) / "session_data" / page.id / "session.json"
    kept = {one.name: one.read_bytes() for one in file.parent.iterdir()}
    page.submit()
    page.finished()
    before = json.loads(kept["session.json"])
    before.update(state="submitted", sent=True, submitted=time.time())
    server.process.kill()
    server.process.wait()
    server.process.stdout.close()
    for name, data in kept.items():
        (file.parent / name).write_bytes(data)
    file.write_text(json.dumps(before))
    server.start(*server.options)
    equal(page.finished()["state"], "finished", "state")
    folder = folder_of(server.world, page.event_id)
    equal((len(folder["media"]), len(folder["analyses"])), (1, 1), "one folder, one analysis")


LAST = [result_modes, matching, search, film, default_actions_rule, restarts, folder_made_but_not_noted]
__all__ = ["LAST", "png_of", "run_selfie", "with_config"]
