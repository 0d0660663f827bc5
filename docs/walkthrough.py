#!/usr/bin/env python3
"""The guides of docs/walkthrough.md with Python's standard library: log in, liveness, matching, single request, Instant, collections,
metadata.

    OZMA_URL=http://127.0.0.1:8080 OZMA_EMAIL=... OZMA_PASSWORD=... docs/walkthrough.py

Run from the root of the repository, where samples/ is. The user must be allowed to delete folders (ADMIN or CLIENT_ADMIN).
"""
import json
import os
import sys
import time
import urllib.error
import urllib.request
import uuid
from pathlib import Path

URL = os.environ.get("OZMA_URL", "http://127.0.0.1:8080")


class Ozma:
    def __init__(self):
        self.token = ""

    def call(self, method, path, body=None, kind="application/json"):
        """The JSON of the answer; a refusal ends the program with its words."""
        data = body if isinstance(body, bytes) or body is None else json.dumps(body).encode()
        request = urllib.request.Request(URL + path, data, {"X-Forensic-Access-Token": self.token, "Content-Type": kind}, method=method)
        try:
            with urllib.request.urlopen(request, timeout=90) as answer:
                text = answer.read()
        except urllib.error.HTTPError as refusal:
            sys.exit(f"{method} {path} was refused: {refusal.read().decode()}")
        return json.loads(text) if text else None

    def upload(self, path, files, payload):
        """files: part name to file name."""
        boundary = uuid.uuid4().hex
        parts = [f'--{boundary}\r\nContent-Disposition: form-data; name="payload"\r\n\r\n{json.dumps(payload)}\r\n'.encode()]
        for key, file in files.items():
            parts.append(f'--{boundary}\r\nContent-Disposition: form-data; name="{key}"; filename="{Path(file).name}"\r\n\r\n'.encode()
                         + Path(file).read_bytes() + b"\r\n")
        return self.call("POST", path, b"".join(parts) + f"--{boundary}--\r\n".encode(), f"multipart/form-data; boundary={boundary}")

    def wait(self, analysis_id):
        """The analysis once it has ended."""
        for _ in range(120):
            analysis = self.call("GET", f"/api/analyses/{analysis_id}")
            if analysis["state"] != "PROCESSING":
                return analysis
            time.sleep(0.5)
        sys.exit(f"analysis {analysis_id} takes too long")


ozma = Ozma()

# [log-in]
login = ozma.call("POST", "/api/authorize/auth",
                  {"credentials": {"email": os.environ["OZMA_EMAIL"], "password": os.environ["OZMA_PASSWORD"]}})
ozma.token = login["access_token"]
print("logged in as", login["user"]["user_type"])

# [liveness]
folder = ozma.upload("/api/folders/", {"video1": "samples/video.mp4"},
                     {"media:tags": {"video1": ["video_selfie", "video_selfie_blank", "orientation_portrait"]}})
started = ozma.call("POST", f"/api/folders/{folder['folder_id']}/analyses/", {"analyses": [{"type": "quality"}]})
analysis = ozma.wait(started[0]["analysis_id"])
result = analysis["results_media"][0]
print(f"liveness: {analysis['resolution']}, {result['results_data']['confidence_spoofing']}")
best_shot = urllib.request.Request(result["output_images"][0]["original_url"], headers={"X-Forensic-Access-Token": ozma.token})
with urllib.request.urlopen(best_shot, timeout=30) as picture:
    assert picture.headers["Content-Type"] == "image/jpeg"

# [matching]
reference = ozma.upload(f"/api/folders/{folder['folder_id']}/media/", {"reference": "samples/person-a-3.jpg"},
                        {"media:tags": {"reference": ["photo_id", "photo_id_front"]}})
started = ozma.call("POST", f"/api/folders/{folder['folder_id']}/analyses/", {"analyses": [
    {"type": "biometry", "source_media": [folder["media"][0]["media_id"], reference[0]["media_id"]]}]})
analysis = ozma.wait(started[0]["analysis_id"])
print(f"matching: {analysis['resolution']}, {analysis['results_data']['min_confidence']}")

# [single]
both = {"selfie": "samples/person-a-2.jpg", "reference": "samples/person-a-1.jpg"}
single = ozma.upload("/api/folders/", both, {
    "media:tags": {"selfie": ["photo_selfie"], "reference": ["photo_id", "photo_id_front"]},
    "analyses": [{"type": "quality"}, {"type": "biometry"}]})
print("single request:", single["system_resolution"])

# [instant]
instant = ozma.upload("/api/instant/folders/", {"selfie": "samples/person-a-2.jpg"},
                      {"media:tags": {"selfie": ["photo_selfie"]}, "analyses": [{"type": "quality"}]})
print("instant:", instant["system_resolution"])

# [collections]
listed = ozma.call("POST", "/api/collections/", {"alias": "Known fraud"})
persons = f"/api/collections/{listed['collection_id']}/persons/"
person = ozma.upload(persons, {"photo1": "samples/person-a-1.jpg"}, {"person:meta_data": {"case": "17"}})
searched = ozma.upload("/api/folders/", {"selfie": "samples/person-a-2.jpg"}, {
    "analyses": [{"type": "collection", "params": {"collection_id": listed["collection_id"]}}]})
match = searched["analyses"][0]["results_media"][0]["collection_persons"][0]
print(f"on the list: {searched['system_resolution']},", "yes" if match["person_id"] == person["person_id"] else "no")
ozma.call("DELETE", f"/api/folders/{searched['folder_id']}")
ozma.call("DELETE", persons + person["person_id"])
ozma.call("DELETE", f"/api/collections/{listed['collection_id']}")

# [metadata]
ozma.call("PATCH", f"/api/folders/{folder['folder_id']}/meta_data/", {"order": "1234", "shop": {"city": "Bern"}})
found = ozma.call("GET", "/api/folders/?meta_data=order==1234,shop.city==Bern&limit=1")
print("found by metadata:", "yes" if found["items"][0]["folder_id"] == folder["folder_id"] else "no")

# [end]
ozma.call("DELETE", f"/api/folders/{folder['folder_id']}/pi")
for one in (folder, single):
    ozma.call("DELETE", f"/api/folders/{one['folder_id']}")
ozma.call("DELETE", "/api/authorize/auth")
print("deleted, logged out")
