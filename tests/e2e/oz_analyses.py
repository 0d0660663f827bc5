"""Analyses: which media they take, what they answer, groups, states and decisions."""
from harness import check, equal
from liveness import size_of_jpeg
from oz import biometry, quality, refused, tags
from oz_folders import path_of

ONE, TWO, OTHER = "person-a-1.jpg", "person-a-2.jpg", "person-b-1.jpg"
SELFIE = ["video_selfie", "video_selfie_blank", "orientation_portrait"]


def started(someone, files, payload=None):
    folder = someone.folder(files, payload)
    return folder["folder_id"], folder["media"]


def sources(analysis):
    return [one["original_name"] for one in analysis["source_media"]]


def test_quality(world):
    someone = world.user()
    folder_id, media = started(someone, [("photo", ONE), ("film", "video.mp4")], tags(photo=["photo_selfie"], film=SELFIE))
    group = someone.post(f"/api/folders/{folder_id}/analyses/", {"analyses": [quality()]})
    equal((group[0]["type"], group[0]["state"], group[0]["resolution"]), ("QUALITY", "PROCESSING", "PROCESSING"), "at first")
    analysis = someone.ended(group[0]["analysis_id"])
    equal(analysis["state"], "FINISHED", "state")
    equal(analysis["analyse_id"], analysis["analysis_id"], "analyse_id")
    equal(analysis["confs"], {**analysis["confs"], "threshold_spoofing": 0.5, "threshold_replay": 0.5, "threshold_liveness": 0.5,
                              "extract_best_shot": True}, "confs")
    equal(analysis["results_data"], None, "results_data")
    results = analysis["results_media"]
    equal([one["source_media_id"] for one in results], [one["media_id"] for one in media], "a result for each")
    equal((results[0]["source_image_id"], results[1]["source_video_id"]), (media[0]["media_id"], media[1]["media_id"]), "deprecated ids")
    worst = max(one["results_data"]["confidence_spoofing"] for one in results)
    equal(analysis["resolution_status"], "DECLINED" if worst >= 0.5 else "SUCCESS", "resolution")
    for result in results:
        shot = result["output_images"][0]
        equal(shot["media_type"], "IMAGE_RESULT_ANALYSIS_SINGLE", "best shot")
        size_of_jpeg(world.server.get(path_of(shot["original_url"])).body)
    times = [analysis[f"time_task_{word}"] for word in ("send_to_broker", "received", "finished")]
    check(times == sorted(times) and times[0] >= analysis["time_created"] - 1, f"times {times}")
    folder = someone.get(f"/api/folders/{folder_id}")
    equal((folder["resolution_status"], folder["system_resolution"]), ("FINISHED", analysis["resolution_status"]), "folder")
    check(folder["resolution_state_hash"], "resolution_state_hash")


def test_attacks_are_declined(world):
    someone = world.user()
    folder = someone.folder([("print", "attack-print.jpg"), ("screen", "attack-screen.jpg")], {"analyses": [quality(params={"threshold_spoofing": 0})]})
    equal(folder["system_resolution"], "DECLINED", "at or above the threshold")
    folder = someone.folder([("photo", ONE)], {"analyses": [quality(params={"threshold_spoofing": 1, "extract_best_shot": False})]})
    equal((folder["system_resolution"], folder["analyses"][0]["results_media"][0]["output_images"]), ("SUCCESS", []), "no best shot")


def test_biometry(world):
    someone = world.user()
    for files, resolution in (([ONE, TWO], "SUCCESS"), ([ONE, OTHER], "DECLINED"), ([ONE, TWO, OTHER], "DECLINED")):
        folder_id, media = started(someone, [(name, name) for name in files])
        analysis, = someone.analyse(folder_id, biometry())
        equal((analysis["state"], analysis["resolution"]), ("FINISHED", resolution), f"{files}: {analysis['results_data']}")
        low, high = (analysis["results_data"][f"{word}_confidence"] for word in ("min", "max"))
        check(0 <= low <= high <= 1 and (low >= 0.85) == (resolution == "SUCCESS"), f"{low} {high}")
        equal(len(analysis["results_media"]), len(media), "results per medium")
        for result in analysis["results_media"]:
            check(low <= result["results_data"]["min_confidence"] <= result["results_data"]["max_confidence"] <= high, "within those of the whole")
        equal(analysis["confs"], {"threshold_min": 0.85, "threshold_max": 0.85}, "confs")


def test_operator_band(world):
    someone = world.user()
    files = [("a", ONE), ("b", OTHER)]
    folder = someone.folder(files, {"analyses": [biometry(params={"threshold_min": 0, "threshold_max": 1})]})
    equal((folder["resolution_status"], folder["system_resolution"]), ("FINISHED", "OPERATOR_REQUIRED"), "between the two")
    folder = someone.folder(files, {"analyses": [biometry(params={"threshold_min": 0, "threshold_max": 0})]})
    equal(folder["system_resolution"], "SUCCESS", "at or above the higher")


def test_operator_decides_on_an_analysis(world):
    someone, operator = world.user(), world.user("CLIENT_OPERATOR")
    folder = someone.folder([("a", ONE), ("b", TWO)], {"analyses": [biometry()]})
    path = f"/api/analyses/{folder['analyses'][0]['analysis_id']}"
    decided = operator.patch(path, {"resolution_operator": "DECLINED"})
    equal((decided["resolution_operator"], decided["resolution"], decided["resolution_status"]), ("DECLINED", "DECLINED", "SUCCESS"), "decision")
    for role in ("CLIENT", "ADMIN"):
        refused(world.user(role).call("PATCH", path, {"resolution_operator": "SUCCESS"}) if role == "ADMIN" else
                someone.call("PATCH", path, {"resolution_operator": "SUCCESS"}), 403, 9)
    refused(operator.call("PATCH", path, {"resolution_operator": "MAYBE"}), 400, 4)
    equal(someone.get(path)["resolution"], "DECLINED", "read again")


def test_media_are_chosen_by_tags(world):
    someone = world.user()
    files = [("front", ONE), ("back", TWO), ("selfie", "person-a-3.jpg"), ("film", "video.mp4"), ("plain", "video.webm")]
    folder_id, media = started(someone, files, tags(front=["photo_id", "photo_id_front"], back=["photo_id", "photo_id_back"],
                                                    selfie=["photo_selfie"], film=SELFIE))
    spoof, match = someone.analyse(folder_id, quality(), biometry())
    equal(sources(spoof), ["person-a-3.jpg", "video.mp4"], "QUALITY leaves out documents and videos without a tag")
    equal(sources(match), [ONE, "person-a-3.jpg", "video.mp4", "video.webm"], "BIOMETRY leaves out the back")
    chosen, = someone.analyse(folder_id, quality(source_media=[media[4]["media_id"], media[4]["media_id"]]))
    equal(sources(chosen), ["video.webm"], "as named, once each")


def failed(analysis, code, message):
    equal((analysis["state"], analysis["resolution"], analysis["error_code"], analysis["error_message"]),
          ("FAILED", "FAILED", code, message), "a failed analysis")


def test_failures_inside_analyses(world):
    someone = world.user()
    folder_id, media = started(someone, [("cat", "cat.png")])
    spoof, match = someone.analyse(folder_id, quality(), biometry())
    failed(spoof, 202, f"Could not locate face on source media [{media[0]['media_id']}]")
    failed(match, 202, "Biometry. Analyse requires at least 2 media objects to process")
    equal(someone.get(f"/api/folders/{folder_id}")["resolution_status"], "FAILED", "folder")
    folder_id, media = started(someone, [("a", ONE), ("cat", "cat.png")])
    match, = someone.analyse(folder_id, biometry())
    failed(match, 202, f"Could not locate face on source media [{media[1]['media_id']}]")
    folder_id, _ = started(someone, [("id", ONE)], tags(id=["photo_id", "photo_id_front"]))
    spoof, = someone.analyse(folder_id, quality())
    failed(spoof, 5, "Invalid/missed tag values to process quality check")
    folder_id, _ = started(someone, [("a", ONE), ("b", TWO)], tags(b=["photo_id_back"]))
    match, = someone.analyse(folder_id, biometry())
    failed(match, 202, "Biometry. Analyse requires at least 2 media objects to process")


def test_groups(world):
    someone = world.user()
    folder_id, _ = started(someone, [("a", ONE), ("b", TWO)])
    first = someone.analyse(folder_id, biometry(), quality(params={"threshold_spoofing": 0}))
    equal([one["type"] for one in first], ["BIOMETRY", "QUALITY"], "in the order asked for")
    equal(len({one["group_id"] for one in first}), 1, "one POST, one group")
    folder = someone.get(f"/api/folders/{folder_id}")
    equal(folder["system_resolution"], "DECLINED", "the worst of the group")
    hash_of_first = folder["resolution_state_hash"]
    second = someone.analyse(folder_id, biometry())
    check(second[0]["group_id"] != first[0]["group_id"], "another group")
    folder = someone.get(f"/api/folders/{folder_id}")
    equal(folder["system_resolution"], "SUCCESS", "the group that ended last")
    check(folder["resolution_state_hash"] != hash_of_first, "another hash")
    equal([one["analysis_id"] for one in someone.get(f"/api/folders/{folder_id}/analyses/")],
          [one["analysis_id"] for one in first + second], "all analyses in order")


def test_failed_beats_declined(world):
    folder = world.user().folder([("a", ONE)], {"analyses": [quality(params={"threshold_spoofing": 0}), biometry()]})
    equal((folder["resolution_status"], folder["system_resolution"]), ("FAILED", "FAILED"), "folder")


def test_single_request(world):
    someone = world.user()
    folder = someone.folder([("film", "video.mp4"), ("photo", TWO)], {**tags(film=SELFIE, photo=["photo_selfie"]), "analyses": [quality(), biometry()]})
    equal((folder["resolution_status"], [one["type"] for one in folder["analyses"]]), ("FINISHED", ["QUALITY", "BIOMETRY"]), "folder")
    again = someone.get(f"/api/folders/{folder['folder_id']}", with_analyses="true")
    equal([one["resolution"] for one in again["analyses"]], [one["resolution"] for one in folder["analyses"]], "read again")
    equal(again["system_resolution"], folder["system_resolution"], "system_resolution")


def test_deleting_an_analysis(world):
    someone, boss = world.user(), world.user("CLIENT_ADMIN")
    folder = someone.folder([("a", ONE)], {"analyses": [quality(params={"threshold_spoofing": 0})]})
    folder_id, analysis = folder["folder_id"], folder["analyses"][0]
    shot = analysis["results_media"][0]["output_images"][0]
    boss.delete(f"/api/analyses/{analysis['analysis_id']}")
    refused(someone.call("GET", f"/api/analyses/{analysis['analysis_id']}"), 404, 10)
    refused(world.server.get(path_of(shot["original_url"])), 404, 10)
    now = someone.get(f"/api/folders/{folder_id}")
    equal((now["analyses"], now["resolution_status"], now["system_resolution"]), ([], "INITIAL", "INITIAL"), "folder")


def test_item_shows_analyses_unless_told(world):
    someone = world.user()
    folder = someone.folder([("a", ONE)], {"analyses": [quality()]})
    path = f"/api/folders/{folder['folder_id']}"
    check("analyses" in someone.get(path), "by default")
    check("analyses" not in someone.get(path, with_analyses="false"), "with_analyses=false")


def test_type_in_any_case(world):
    folder = world.user().folder([("a", ONE)], {"analyses": [{"type": "Quality"}, {"type": "QUALITY"}]})
    equal([one["type"] for one in folder["analyses"]], ["QUALITY", "QUALITY"], "types")


def test_action_shots(world):
    folder = world.user().folder([("film", "video.mp4")], {**tags(film=["video_selfie", "video_selfie_eyes"]), "analyses": [
        quality(params={"extract_best_shot": False, "extract_action_shot": True})]})
    analysis = folder["analyses"][0]
    equal((analysis["state"], analysis["confs"]["extract_action_shot"]), ("FINISHED", True), "analysis")
    for shot in analysis["results_media"][0]["output_images"]:
        check("video_selfie_eyes" in shot["tags"], f"tags {shot['tags']}")


def test_a_gesture_is_reported_and_declines_where_required(world):
    someone = world.user()
    folder = someone.folder([("film", "video.mp4")], {**tags(film=["video_selfie", "video_selfie_left"]), "analyses": [
        quality(params={"threshold_spoofing": 1}),
        quality(params={"threshold_spoofing": 1, "require_gestures": True, "mirrored": False})]})
    lax, strict = folder["analyses"]
    (gesture,) = lax["results_media"][0]["results_data"]["gestures"]
    equal((gesture["gesture"], gesture["done"], isinstance(gesture["reason"], str)), ("left", False, True), "the person looks ahead")
    equal((lax["resolution"], strict["resolution"]), ("SUCCESS", "DECLINED"), "resolutions")
    equal((strict["confs"]["require_gestures"], strict["confs"]["mirrored"]), (True, False), "confs")


def test_a_still_picture_as_a_film_is_suspected(world):
    someone = world.user()
    folder = someone.folder([("film", "video.mp4")], {**tags(film=["video_selfie"]), "analyses": [
        quality(params={"threshold_spoofing": 1, "injection": word}) for word in ("ignore", "report", "decline")]})
    ignored, reported, declined = folder["analyses"]
    check("injection" not in ignored["results_media"][0]["results_data"], "ignored")
    suspicion = reported["results_media"][0]["results_data"].get("injection")
    equal(declined["resolution"], "DECLINED" if suspicion else "SUCCESS", f"suspicion {suspicion}")
    path = f"/api/folders/{folder['folder_id']}/analyses/"
    refused(someone.call("POST", path, {"analyses": [quality(params={"injection": "perhaps"})]}), 400, 4)


def test_old_gestures_are_taken(world):
    someone = world.user()
    folder_id, _ = started(someone, [("film", "video.mp4")], tags(film=["video_selfie", "video_selfie_zoom_in"]))
    equal(someone.analyse(folder_id, quality())[0]["state"], "FINISHED", "state")
