"""/v1/face/liveness: what works."""
import base64
import hashlib
import io
import json

from harness import check, equal, sample

DETECT = "/v1/face/liveness/detect"
PHOTO = "person-a-1.jpg"


def detect(server, media, payload=None, headers=None):
    """media: (key, sample name); the folder."""
    parts = [(key, sample(name), name) for key, name in media]
    if payload is not None:
        parts.append(("payload", json.dumps(payload), None, "application/json"))
    answer = server.post_form(DETECT, parts, headers)
    equal(answer.status, 200, f"{answer.body[:300]!r}")
    return answer.json


def quality(**params):
    return {"analyses": [{"type": "quality", "params": params}]}


def score_of(folder, medium=0):
    return folder["analyses"][0]["results_media"][medium]["results_data"]["confidence_spoofing"]


def size_of_jpeg(data):
    """Width and height by the frame header (ITU T.81, B.2.2)."""
    stream = io.BytesIO(data)
    equal(stream.read(2), b"\xff\xd8", "start of a JPEG")
    while True:
        marker = stream.read(2)
        length = int.from_bytes(stream.read(2), "big")
        if marker[1] in (0xC0, 0xC1, 0xC2):
            segment = stream.read(length - 2)
            return int.from_bytes(segment[3:5], "big"), int.from_bytes(segment[1:3], "big")
        stream.seek(length - 2, 1)


def test_bare_image(server):
    for name, kind in ((PHOTO, "image/jpeg"), ("person-a-1.png", "image/png"), ("attack-print.jpg", "image/jpeg")):
        answer = server.post(DETECT, sample(name), kind)
        equal(answer.status, 200, f"{name}: {answer.body[:200]!r}")
        equal(answer.json["passed"], answer.json["score"] < 0.5, "passed")


def test_bare_image_in_base64(server):
    answer = server.post(DETECT, base64.b64encode(sample(PHOTO)), "image/jpeg", {"Content-Transfer-Encoding": "base64"})
    equal(answer.json, server.post(DETECT, sample(PHOTO), "image/jpeg").json, "answer")


def test_folder_of_one_image(server):
    folder = detect(server, [("photo1", PHOTO)])
    bare = server.post(DETECT, sample(PHOTO), "image/jpeg").json
    equal(score_of(folder), bare["score"], "score")
    wanted = "SUCCESS" if bare["passed"] else "DECLINED"
    analysis = folder["analyses"][0]
    equal((folder["resolution_status"], folder["system_resolution"]), ("FINISHED", wanted), "folder")
    equal((analysis["state"], analysis["resolution_status"], analysis["resolution"]), ("FINISHED", wanted, wanted), "analysis")
    medium = folder["media"][0]
    equal((medium["media_type"], medium["original_name"]), ("IMAGE_FOLDER", PHOTO), "medium")
    equal(medium["image_id"], medium["media_id"], "deprecated twin")
    original = medium["info"]["original"]
    equal(original["md5"], hashlib.md5(sample(PHOTO)).hexdigest(), "md5")
    equal((original["size"], original["mime-type"]), (len(sample(PHOTO)), "image/jpeg"), "size and type")
    equal((original["width"], original["height"]), size_of_jpeg(sample(PHOTO)), "width and height")
    equal(analysis["source_media"], folder["media"], "source_media")
    equal(analysis["results_media"][0]["source_media_id"], medium["media_id"], "source_media_id")
    equal({medium["folder_id"], analysis["folder_id"]}, {folder["folder_id"]}, "folder_id")


def test_best_shot(server):
    folder = detect(server, [("photo1", PHOTO)])
    result = folder["analyses"][0]["results_media"][0]
    shot = result["output_images"][0]
    jpeg = base64.b64decode(shot["image_b64"], validate=True)
    original = shot["info"]["original"]
    equal((original["width"], original["height"]), size_of_jpeg(jpeg), "width and height")
    equal((original["md5"], original["size"]), (hashlib.md5(jpeg).hexdigest(), len(jpeg)), "md5 and size")
    equal(shot["media_association_id"], result["media_association_id"], "association")
    answer = server.post("/v1/face/pattern/extract", jpeg, "image/jpeg")
    equal(answer.status, 200, f"the best shot shows a face: {answer.body[:200]!r}")


def test_best_shot_can_be_declined(server):
    folder = detect(server, [("photo1", PHOTO)], quality(extract_best_shot=False))
    analysis = folder["analyses"][0]
    equal(analysis["results_media"][0]["output_images"], [], "output_images")
    equal(analysis["confs"]["extract_best_shot"], False, "confs")


def test_threshold(server):
    score = score_of(detect(server, [("photo1", PHOTO)]))
    cases = [(1.0, "SUCCESS"), (0.0, "DECLINED"), (score, "DECLINED")] if score < 1 else [(0.0, "DECLINED")]
    for threshold, wanted in cases:
        folder = detect(server, [("photo1", PHOTO)], quality(threshold_spoofing=threshold))
        equal(folder["analyses"][0]["resolution"], wanted, f"at {threshold} with {score}")
        equal(folder["analyses"][0]["confs"]["threshold_spoofing"], threshold, "confs")


def test_tags_and_metadata_are_echoed(server):
    payload = {
        "folder:meta_data": {"order": 7, "nested": {"a": [1, None, "\u00e9"]}}, "resolution_endpoint": "https://example.com/hook",
        "media:tags": {"video1": ["video_selfie", "video_selfie_blank", "orientation_portrait", "ours"], "none": ["x"]},
        "media:meta_data": {"video1": {"additional_info": "camera"}},
        "analyses": [{"type": "Quality", "meta_data": {"run": 1}}], "unknown": {}}
    folder = detect(server, [("video1", PHOTO), ("photo2", "person-a-2.jpg")], payload)
    equal(folder["meta_data"], payload["folder:meta_data"], "metadata of the folder")
    equal(folder["resolution_endpoint"], payload["resolution_endpoint"], "resolution_endpoint")
    equal([m["tags"] for m in folder["media"]], [payload["media:tags"]["video1"], []], "tags")
    equal([m["meta_data"] for m in folder["media"]], [payload["media:meta_data"]["video1"], {}], "metadata of the media")
    equal(folder["analyses"][0]["meta_data"], {"run": 1}, "metadata of the analysis")


def test_the_worst_medium_decides(server):
    media = [("a", PHOTO), ("b", "person-a-2.jpg"), ("c", "attack-screen.jpg")]
    scores = [score_of(detect(server, [one])) for one in media]
    folder = detect(server, media)
    results = folder["analyses"][0]["results_media"]
    equal([r["results_data"]["confidence_spoofing"] for r in results], scores, "scores")
    equal(folder["system_resolution"], "DECLINED" if max(scores) >= 0.5 else "SUCCESS", "resolution")
    # With a threshold between the lowest and the highest score, one medium declines and so does the whole.
    threshold = (min(scores) + max(scores)) / 2
    equal(detect(server, media, quality(threshold_spoofing=threshold))["system_resolution"], "DECLINED", "resolution")


def test_several_analyses(server):
    payload = {"analyses": [{"type": "quality", "params": {"threshold_spoofing": 1}},
                            {"type": "QUALITY", "params": {"threshold_spoofing": 0, "extract_best_shot": False}}]}
    folder = detect(server, [("a", PHOTO)], payload)
    score = score_of(folder)
    equal([a["resolution"] for a in folder["analyses"]], ["SUCCESS" if score < 1 else "DECLINED", "DECLINED"], "resolutions")
    equal([len(a["results_media"][0]["output_images"]) for a in folder["analyses"]], [1, 0], "best shots")
    equal(folder["system_resolution"], "DECLINED", "the worst")


def test_documents_are_skipped(server):
    payload = {"media:tags": {"id": ["photo_id", "photo_id_front"], "selfie": ["photo_selfie"]}}
    folder = detect(server, [("id", "no-face.png"), ("selfie", PHOTO)], payload)
    equal(len(folder["media"]), 2, "media")
    equal([m["original_name"] for m in folder["analyses"][0]["source_media"]], [PHOTO], "source_media")
    equal(len(folder["analyses"][0]["results_media"]), 1, "results_media")


def test_nothing_usable_fails_the_analysis(server):
    folder = detect(server, [("id", "no-face.png")], {"media:tags": {"id": ["photo_id_back"]}})
    analysis = folder["analyses"][0]
    equal((analysis["state"], analysis["error_code"], analysis["error_message"]),
          ("FAILED", 5, "Invalid/missed tag values to process quality check"), "analysis")
    equal((folder["resolution_status"], folder["system_resolution"]), ("FAILED", "FAILED"), "folder")


def test_videos(server):
    mimes = {"mp4": "video/mp4", "mov": "video/quicktime", "webm": "video/webm", "mkv": "video/x-matroska",
             "avi": "video/x-msvideo", "mpg": "video/mpeg", "ogv": "video/ogg", "wmv": "video/x-ms-wmv"}
    for suffix, mime in mimes.items():
        folder = detect(server, [("video1", f"video.{suffix}")], {"media:tags": {"video1": ["video_selfie", "video_selfie_blank"]}})
        medium = folder["media"][0]
        equal((medium["media_type"], medium["video_id"]), ("VIDEO_FOLDER", medium["media_id"]), suffix)
        video = medium["info"]["video"]
        equal((video["mime-type"], video["width"], video["height"]), (mime, 480, 600), suffix)
        check(3.5 < video["duration"] < 4.5, f"duration of {suffix}: {video['duration']}")
        equal(len(folder["analyses"][0]["results_media"][0]["output_images"]), 1, "best shot")


def test_a_video_stored_lying(server):
    video = detect(server, [("v", "video-rotated.mp4")])["media"][0]["info"]["video"]
    equal((video["width"], video["height"]), (480, 600), "width and height after rotation")


def test_archives(server):
    for name, mime in (("frames.zip", "application/zip"), ("frames.tar", "application/x-tar"), ("frames.tar.gz", "application/gzip")):
        medium = detect(server, [("shots", name)])["media"][0]
        equal((medium["media_type"], medium["shots_set_id"]), ("SHOTS_SET_FOLDER", medium["media_id"]), name)
        equal(medium["info"]["original"]["mime-type"], mime, name)


def test_mixed_media_and_a_misleading_type(server):
    answer = server.post_form(DETECT, [("a", sample("video.mp4"), "a.jpg", "image/jpeg"), ("b", sample("person-a-1.png"), "b.mp4", "multipart/form-data")])
    equal([m["media_type"] for m in answer.json["media"]], ["VIDEO_FOLDER", "IMAGE_FOLDER"], "by content")


def test_multipart_in_base64(server):
    parts = [("a", base64.encodebytes(sample(PHOTO)), "a.jpg"), ("payload", base64.b64encode(json.dumps(quality(threshold_spoofing=1)).encode()))]
    folder = server.post_form(DETECT, parts, {"Content-Transfer-Encoding": "base64"}).json
    equal(folder["analyses"][0]["confs"]["threshold_spoofing"], 1, "payload in base64")
    equal(folder["media"][0]["info"]["original"]["size"], len(sample(PHOTO)), "size")
    parts[1] = ("payload", json.dumps(quality(threshold_spoofing=0)))
    folder = server.post_form(DETECT, parts, {"Content-Transfer-Encoding": "base64"}).json
    equal(folder["analyses"][0]["confs"]["threshold_spoofing"], 0, "payload as plain text")


def test_payload_as_a_file(server):
    parts = [("a", sample(PHOTO)), ("payload", json.dumps(quality(threshold_spoofing=0.25)), "payload.json", "application/octet-stream")]
    equal(server.post_form(DETECT, parts).json["analyses"][0]["confs"]["threshold_spoofing"], 0.25, "threshold")


def test_ten_media(server):
    folder = detect(server, [(f"m{i}", PHOTO) for i in range(10)], quality(extract_best_shot=False))
    equal(len(folder["analyses"][0]["results_media"]), 10, "results")
    equal(len({m["media_id"] for m in folder["media"]}), 10, "ids")


def test_poor_light_is_a_verdict_or_says_what_to_change(server):
    for name in ("dark.jpg", "blurred.jpg", "small-face.jpg", "partial-face.jpg"):
        answer = server.post(DETECT, sample(name), "image/jpeg")
        if answer.status == 400:
            equal(answer.json["code"], "LDE-002004", name)
            check(len(answer.json["message"]) > 20, "the message says what to change")
        else:
            equal(answer.status, 200, name)
