"""Media: kinds, what is known of them, links, stills, tags."""
import hashlib
import io
import zipfile

from harness import check, equal, sample
from liveness import size_of_jpeg
from oz import quality, refused, tags
from oz_folders import blobs_of, on_disk, path_of, wait_for_previews

VIDEOS = {"video.mp4": "video/mp4", "video.mov": "video/quicktime", "video.webm": "video/webm", "video.ogv": "video/ogg",
          "video.mpg": "video/mpeg", "video.wmv": "video/x-ms-wmv", "video.avi": "video/x-msvideo"}


def fetch(world, url):
    answer = world.server.get(path_of(url))
    equal(answer.status, 200, url)
    return answer


def test_photos(world):
    someone = world.user()
    names = ("person-a-1.jpg", "person-c-1.png", "exif-6.jpg")
    for name, media in zip(names, someone.folder([(name, name) for name in names])["media"]):
        data = sample(name)
        info = media["info"]["original"]
        equal((info["md5"], info["size"]), (hashlib.md5(data).hexdigest(), len(data)), f"info of {name}")
        equal(info["mime-type"], "image/png" if name.endswith("png") else "image/jpeg", f"type of {name}")
        equal(media["image_id"], media["media_id"], "image_id")
        original = fetch(world, media["original_url"])
        equal((original.body, original.type), (data, info["mime-type"]), f"the file {name}")
        thumb = fetch(world, media["thumb_url"])
        equal(thumb.type, "image/jpeg", "type of the thumbnail")
        width, height = size_of_jpeg(thumb.body)
        check(max(width, height) <= 320, f"thumbnail of {width}x{height}")
        check(abs(width / height - info["width"] / info["height"]) < 0.02, f"{name}: thumbnail of {width}x{height}, photo of {info}")


def test_videos(world):
    someone = world.user()
    folder = someone.folder([(name, name) for name in VIDEOS])
    for (name, mime), media in zip(VIDEOS.items(), folder["media"]):
        info = media["info"]["video"]
        equal((info["mime-type"], info["md5"], info["size"]), (mime, hashlib.md5(sample(name)).hexdigest(), len(sample(name))), f"info of {name}")
        check(3 < info["duration"] < 5 and 10 < info["FPS"] < 61 and info["width"] > 100, f"{name}: {info}")
        equal((media["media_type"], media["video_id"]), ("VIDEO_FOLDER", media["media_id"]), name)
        equal(fetch(world, media["video_url"]).body, sample(name), "the video")
        size_of_jpeg(fetch(world, media["thumb_url"]).body)


def test_videos_can_be_played(world):
    """Previews are MP4, whatever was sent."""
    someone = world.user()
    folder = someone.folder([("a", "video.webm"), ("b", "video.avi"), ("c", "video.mp4")])
    wait_for_previews(world)
    for media in someone.get(f"/api/folders/{folder['folder_id']}")["media"]:
        preview = fetch(world, media["preview_url"])
        equal((preview.type, preview.body[4:8]), ("video/mp4", b"ftyp"), f"preview of {media['original_name']}")


def test_archives(world):
    someone = world.user()
    folder = someone.folder([("zip", "frames.zip"), ("gz", "frames.tar.gz")])
    wait_for_previews(world)
    for media in someone.get(f"/api/folders/{folder['folder_id']}")["media"]:
        equal((media["media_type"], media["shots_set_id"]), ("SHOTS_SET_FOLDER", media["media_id"]), "kind")
        video = fetch(world, media["video_url"])
        equal((video.type, video.body[4:8]), ("video/mp4", b"ftyp"), "the video made of the frames")
        equal(fetch(world, media["original_url"]).body, sample(media["original_name"]), "the archive")


def test_adding_media(world):
    someone = world.user()
    folder = someone.folder([("first", "person-a-1.jpg")])
    added = someone.add(folder["folder_id"], [("a", "person-a-2.jpg"), ("b", "video.mp4")], tags(b=["video_selfie"]))
    equal([(one["original_name"], one["tags"]) for one in added], [("person-a-2.jpg", []), ("video.mp4", ["video_selfie"])], "the new media")
    equal([one["media_id"] for one in someone.get(f"/api/folders/{folder['folder_id']}/media/")],
          [one["media_id"] for one in folder["media"] + added], "all media")


def test_tags(world):
    someone = world.user()
    media = someone.folder([("photo", "person-a-1.jpg")], tags(photo=["photo_id_back"]))["media"][0]
    path = f"/api/media/{media['media_id']}"
    equal(someone.patch(path, {"tags": ["photo_selfie", "mine"]})["tags"], ["photo_selfie", "mine"], "replaced")
    equal(someone.get(path)["tags"], ["photo_selfie", "mine"], "read again")
    equal(someone.patch(path, {"tags": []})["tags"], [], "cleared")
    refused(someone.call("PATCH", path, {"tags": "x"}), 400, 5)


def test_deleting_a_medium(world):
    someone, boss = world.user(), world.user("CLIENT_ADMIN")
    folder = someone.folder([("a", "person-a-1.jpg"), ("b", "person-a-2.jpg")], {"analyses": [quality()]})
    first, second = folder["media"]
    keys = blobs_of(world, folder["folder_id"])
    refused(someone.call("DELETE", f"/api/media/{first['media_id']}"), 403, 9)
    boss.delete(f"/api/media/{first['media_id']}")
    refused(someone.call("GET", f"/api/media/{first['media_id']}"), 404, 10)
    refused(world.server.get(path_of(first["original_url"])), 404, 10)
    left = blobs_of(world, folder["folder_id"])
    equal(on_disk(world, keys), left, "files")
    check(len(left) < len(keys), "its files went")
    now = someone.get(f"/api/folders/{folder['folder_id']}")
    equal([one["media_id"] for one in now["media"]], [second["media_id"]], "media")
    equal([one["source_media_id"] for one in now["analyses"][0]["results_media"]], [second["media_id"]], "results")


def test_snapshots(world):
    someone = world.user()
    media = someone.folder([("film", "video.mp4")])["media"][0]
    path = f"/api/media/{media['media_id']}/snapshot/"
    equal(someone.get(path), [], "none at first")
    still = someone.post(path, {"time": 1.5})
    info = media["info"]["video"]
    equal(size_of_jpeg(fetch(world, still["original_url"]).body), (info["width"], info["height"]), "size of the still")
    equal([one["media_id"] for one in someone.get(path)], [still["media_id"]], "listed")
    equal([one["media_id"] for one in someone.get(f"/api/folders/{media['folder_id']}/media/")], [media["media_id"]], "no medium of the folder")
    later = someone.post(path, {"time": 3})
    check(fetch(world, later["original_url"]).body != fetch(world, still["original_url"]).body, "another moment, another still")
    refused(someone.call("POST", path, {"time": 1000}), 400, 4)
    refused(someone.call("POST", path, {"time": -1}), 400, 4)
    refused(someone.call("POST", path, {}), 400, 3)
    photo = someone.folder([("photo", "person-a-1.jpg")])["media"][0]
    refused(someone.call("POST", f"/api/media/{photo['media_id']}/snapshot/", {"time": 0}), 400, 4)


def test_snapshots_go_with_their_video(world):
    someone, boss = world.user(), world.user("CLIENT_ADMIN")
    media = someone.folder([("film", "video.mp4")])["media"][0]
    still = someone.post(f"/api/media/{media['media_id']}/snapshot/", {"time": 1})
    boss.delete(f"/api/media/{media['media_id']}")
    refused(world.server.get(path_of(still["original_url"])), 404, 10)


def test_rotated_media_are_upright(world):
    someone = world.user()
    folder = someone.folder([("a", "video-rotated.mp4"), ("b", "exif-6.jpg")])
    film, photo = folder["media"]
    for media, info in ((film, film["info"]["video"]), (photo, photo["info"]["original"])):
        width, height = size_of_jpeg(fetch(world, media["thumb_url"]).body)
        equal(width < height, info["width"] < info["height"], f"upright, {media['original_name']}")


def test_refused_archives(world):
    someone = world.user()
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("readme.txt", "no frames")
    for name, data in (("empty.zip", out.getvalue()), ("x.rar", b"Rar!\x1a\x07\x01\x00" + bytes(200))):
        refused(someone.send("/api/folders/", [("x", name, data)]), 400, 4)


def test_static_links_cannot_be_guessed(world):
    someone = world.user()
    media = someone.folder([("photo", "person-a-1.jpg")])["media"][0]
    key = media["original_url"].split("/static/")[1]
    check(len(key) >= 32 and media["media_id"] not in key, f"key {key}")
    for path in ("/static/" + key[:-1], "/static/" + "0" * len(key), "/static/..%2f..%2fetc%2fpasswd"):
        equal(world.server.call("GET", path, hold=False).status, 404, path)
    answer = world.server.get("/static/" + key)
    equal(answer.headers.get("x-content-type-options"), "nosniff", "X-Content-Type-Options")


def test_parts_of_a_file(world):
    """Players ask for ranges, browsers whether they have the file already (RFC 9110, 13 and 14)."""
    media = world.user().folder([("film", "video.mp4")])["media"][0]
    path, data = path_of(media["video_url"]), sample("video.mp4")
    whole = world.server.get(path)
    for wanted, begin, end in (("0-99", 0, 100), ("100-", 100, len(data)), ("-50", len(data) - 50, len(data)), (f"0-{len(data) * 2}", 0, len(data))):
        part = world.server.get(path, headers={"Range": f"bytes={wanted}"})
        equal((part.status, part.body), (206, data[begin:end]), wanted)
        equal(part.headers["content-range"], f"bytes {begin}-{end - 1}/{len(data)}", wanted)
    equal(world.server.get(path, headers={"Range": f"bytes={len(data)}-"}).status, 416, "beyond the end")
    for odd in ("bytes=5-2", "lines=1-2", "bytes=0-1,4-5"):
        equal(world.server.get(path, headers={"Range": odd}).body, data, f"{odd}: the whole file")
    equal(world.server.get(path, headers={"If-None-Match": whole.headers["etag"]}).status, 304, "known already")
    equal(world.server.call("HEAD", path).status, 200, "HEAD")
