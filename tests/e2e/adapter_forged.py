"""Forged, swapped, replayed and oversize requests: refused with their code, logged without what they held; signals that are only noted."""
import json
import secrets

import harness
from adapter import AGENT, BLANK, ORIGIN, Page, check, equal, folder_of, frames_of, refused, sample, sha256

NOBODY = "11111111-1111-4111-8111-111111111111"


def test_wrong_nonce(server):
    page, other = Page(server), Page(server)
    refused(page.send(page.media(nonce=secrets.token_bytes(32))), 403, "wrong_nonce")
    refused(page.send(page.media(nonce=other.nonce)), 403, "wrong_nonce")
    refused(page.send(page.media(change=lambda payload, info, files: info.update(session_id=other.id))), 403, "wrong_nonce")
    unsigned = page.media()
    payload = json.loads(unsigned[0][1])
    payload["additional_info"] = payload["additional_info"].split(".")[0]
    refused(page.send([("payload", json.dumps(payload)), *unsigned[1:]]), 403, "wrong_nonce")
    equal(server.session_files(page.id), ["session.json"], "nothing is stored")


def test_swapped_frames(server):
    page = Page(server)
    frames = frames_of("person-a-1.jpg")
    stranger = frames_of("person-b-1.jpg", 1)[0]

    def other_bytes(payload, info, files):
        files["frame3"] = stranger
    refused(page.send(page.media(frames=frames, change=other_bytes)), 400, "hash_mismatch")

    def other_bytes_and_sum(payload, info, files):
        files["frame3"] = stranger
        payload["frames"][3]["sha256"] = sha256(stranger)
    refused(page.send(page.media(frames=frames, change=other_bytes_and_sum)), 400, "hash_mismatch")

    def other_order(payload, info, files):
        payload["frames"][0]["part"], payload["frames"][1]["part"] = payload["frames"][1]["part"], payload["frames"][0]["part"]
    refused(page.send(page.media(frames=frames, change=other_order)), 400, "hash_mismatch")

    def other_best(payload, info, files):
        info["best"] = sha256(stranger)
    refused(page.send(page.media(frames=frames, change=other_best)), 400, "hash_mismatch")
    refused(page.send(page.media(frames=frames, change=lambda payload, info, files: info.update(action="video_selfie_smile"))), 400, "bad_request")


def test_bad_media(server):
    page = Page(server)
    refused(page.send(page.media(frames=[b"GIF89a" + bytes(200)] * 1)), 400, "bad_request")
    refused(page.send(page.media(frames=[sample("person-a-1.jpg")[:3000]])), 400, "bad_request")
    refused(page.send(page.media(frames=[sample("cat.png")])), 400, "bad_request")
    refused(page.send(page.media(frames=[*frames_of("person-a-1.jpg", 2), *frames_of("attack-print.jpg", 1)])), 400, "bad_request")
    refused(page.send([*page.media(), ("stowaway", b"x", "x.jpg")]), 400, "bad_request")
    refused(page.send(page.media()[:-1]), 400, "bad_request")
    refused(page.send(page.media()[1:]), 400, "bad_request")
    refused(page.send([("payload", "{"), *page.media()[1:]]), 400, "bad_request")
    refused(page.send(page.media(kind="photo", frames=frames_of("person-a-1.jpg", 1))), 400, "bad_request")
    refused(page.post(f"/session/{page.id}/media", {}), 400, "bad_request")
    refused(page.send(page.media("video_selfie_smile")), 400, "action_not_allowed")
    equal(server.session_files(page.id), ["session.json"], "nothing is stored")


def test_oversize(server):
    page = Page(server)
    refused(page.send(page.media(frames=[b"\xff\xd8\xff"] * 101)), 413, "too_large")
    filler = b"\xff\xd8\xff\xfe\xff\xff" + bytes(0xfffd)
    refused(page.send(page.media(frames=[filler * 170])), 413, "too_large")
    # Refused by its header, before a byte of it is read.
    with server.raw() as raw:
        raw.sendall(f"POST /session/{page.id}/media HTTP/1.1\r\nHost: a\r\nContent-Type: multipart/form-data; boundary=b\r\nContent-Length: 99999999\r\n\r\n".encode())
        answer = raw.recv(4096)
    check(answer.startswith(b"HTTP/1.1 413") and b"too_large" in answer, f"{answer!r}")
    refused(page.post("/session", {"action": [BLANK], "meta": {"x": "y" * 20000}}), 400, "bad_request")
    refused(page.post("/session", {"action": [BLANK], "filler": "y" * 70000}), 413, "too_large")


def test_bad_sessions(server):
    page = Page(server)
    for path in (f"/session/{NOBODY}/submit", f"/session/{NOBODY}/media", "/session/..%2f..%2fetc/submit"):
        refused(page.post(path, {}), 404, "unknown_session")
    refused(server.get(f"/session/{NOBODY}/result"), 404, "unknown_session")
    refused(page.post("/session", {"action": ["video_selfie_oneshot"]}), 400, "action_not_allowed")
    refused(page.post("/session", {"action": ["../../x"]}), 400, "action_not_allowed")
    refused(page.post("/session", {"action": [BLANK, BLANK]}), 400, "bad_request")
    refused(page.post("/session", {"action": BLANK}), 400, "bad_request")
    refused(page.post("/session", {"meta": {"a": {"b": 1}}}), 400, "bad_request")
    refused(page.post("/session", []), 400, "bad_request")
    refused(page.submit(status=400), 400, "bad_request")
    equal(page.ask().json["state"], "processing", "an open session has no result")


def test_reused_session(server):
    page = Page(server)
    page.upload()
    page.submit()
    refused(page.submit(status=409), 409, "session_used")
    refused(page.send(page.media()), 409, "session_used")
    page.finished()
    refused(page.submit(status=409), 409, "session_used")


def test_framed(server):
    page = Page(server)
    refused(page.send(page.media(page={"origin": ORIGIN, "framed": True})), 403, "iframe_not_allowed")


def signals_of(server, **more):
    """The reason codes that the API's folder carries after a capture with these facts."""
    page = Page(server)
    page.upload(**more)
    page.submit()
    page.finished()
    return folder_of(server.world, page.event_id)["meta_data"]["injection"]


def test_signals_are_noted(server):
    found = signals_of(server, camera={"label": "OBS Virtual Camera", "devices": ["OBS Virtual Camera"], "settings": {"width": 1280, "height": 1280}, "capabilities": {"a": 1}},
                       webdriver=True, api={"tampered": ["navigator.mediaDevices.getUserMedia"]})
    equal((round(found["weight"], 6), found["signals"], found["suspected"]), (2.4, ["virtual_camera", "tampered_api", "webdriver"], True), "injection")
    check('"injection"' in server.log_text(), "a warning is logged")


def test_replayed_frames_are_noted(server):
    frames = frames_of("person-a-1.jpg")
    equal(signals_of(server, frames=frames)["signals"], [], "the first time")
    equal(signals_of(server, frames=[*frames_of("person-a-1.jpg", 3), frames[5]])["signals"], ["replayed_frames"], "one frame of it again")


def test_one_picture_over_and_over(server):
    picture = frames_of("person-a-1.jpg", 1)
    equal(signals_of(server, frames=picture * 8)["signals"], ["frames_identical"], "signals")


def test_another_lossless_picture(server):
    from adapter_flow import png_of
    equal(signals_of(server, png=png_of(sample("person-b-1.jpg")))["signals"], ["lossless_differs"], "signals")


def test_fuzzed_requests(server):
    """Bytes of a good request changed at random: an answer each time, never a 5xx."""
    page = Page(server)
    kind, body = harness.form(page.media(frames=frames_of("person-a-1.jpg", 2)))
    for _ in range(60):
        spoiled = bytearray(body)
        for _ in range(secrets.randbelow(6) + 1):
            spoiled[secrets.randbelow(min(len(spoiled), 3000))] = secrets.randbelow(256)
        answer = server.post(f"/session/{page.id}/media", bytes(spoiled), kind, {"User-Agent": AGENT})
        check(answer.status < 500, f"status {answer.status}: {answer.body[:200]!r}")


def test_nothing_personal_in_the_log(server):
    marker = "personal" + secrets.token_hex(8)
    page = Page(server, meta={"iin": marker})
    page.send(page.media(nonce=bytes(32)))
    page.send(page.media(upload_id=marker, camera={"label": marker, "devices": [marker]}))
    page.submit()
    page.finished()
    log = server.log_text()
    for secret in (marker, page.id, server.token):
        check(secret not in log, "the log holds what it should not")
    check('"code": "wrong_nonce"' in log or '"code":"wrong_nonce"' in log, "the refusal is logged")
