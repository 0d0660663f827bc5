"""Pictures that go wrong in the usual ways: each has its documented outcome, over the Lite API. Made from the samples."""
import base64
import functools
import json
import subprocess

from harness import SAMPLES, check, equal, program, sample, zip_of
from liveness import DETECT, score_of, size_of_jpeg
from refusals import PATTERN, refused

ONE = "person-a-1.jpg"


def drawn(graph, *names):
    """A JPEG that an FFmpeg filter chain makes of samples."""
    inputs = [word for name in names for word in ("-i", str(SAMPLES / name))]
    done = subprocess.run(["ffmpeg", "-nostdin", "-v", "error", *inputs, "-filter_complex", graph, "-frames:v", "1", "-c:v", "mjpeg", "-q:v", "2",
                           "-f", "image2pipe", "-"], capture_output=True, timeout=60)
    equal(done.returncode, 0, f"FFmpeg ({done.stderr.decode()})")
    return done.stdout


@functools.cache
def face_of(name):
    """(box, points) of the only face of a sample."""
    done = subprocess.run([program(), "check", "--json", SAMPLES / name], capture_output=True, text=True, timeout=60)
    face, = json.loads(done.stdout)["media"][0]["faces"]
    return face["box"], face["points"]


def small(side):
    """The sample with a face box of so many pixels across."""
    box, _ = face_of(ONE)
    factor = side / min(box[2:])
    return drawn(f"scale=iw*{factor}:-1:flags=area", ONE)


def cut():
    """The sample's right half of the face and what is beside it, an eye and half of the mouth beyond the edge."""
    _, points = face_of(ONE)
    return drawn(f"crop=iw-{points[2][0]:.0f}:ih:{points[2][0]:.0f}:0", ONE)


SIDEWAYS = {"clockwise": "transpose=clock", "counterclockwise": "transpose=cclock", "upside down": "hflip,vflip"}


def message_of(answer, words):
    message = answer.json["message"]
    check(words in message and len(message) > 20, f"the message says what to change: {message!r}")


def test_wrong_orientation_is_turned(server):
    plain = score_of(server.post_form(DETECT, [("a", sample(ONE))]).json)
    for name, graph in SIDEWAYS.items():
        picture = drawn(graph, ONE)
        folder = server.post_form(DETECT, [("a", picture), ("payload", json.dumps({"media:tags": {"a": ["orientation_landscape"]}}))])
        equal(folder.status, 200, name)
        check(abs(score_of(folder.json) - plain) < 0.2, f"{name}: {score_of(folder.json)} and {plain} upright")
        shot, = folder.json["analyses"][0]["results_media"][0]["output_images"]
        equal(size_of_jpeg(base64.b64decode(shot["image_b64"])), size_of_jpeg(sample(ONE)), f"{name}: the best shot is upright")
        answer = server.post_form(PATTERN + "extract_and_compare", [("sample_1", sample(ONE), ONE), ("sample_2", picture, "b.jpg")])
        equal((answer.status, answer.json["decision"]), (200, "approved"), name)


def test_no_face(server):
    for name in ("cat.png", "no-face.png"):
        answer = server.post(PATTERN + "extract", sample(name), "image/png")
        refused(answer, "BPE-003002")
        message_of(answer, "No face was found")
        answer = server.post(DETECT, sample(name), "image/png")
        refused(answer, "LDE-002004")
        message_of(answer, "No face was found")


def test_several_faces(server):
    answer = server.post(PATTERN + "extract", sample("two-people.jpg"), "image/jpeg")
    refused(answer, "BPE-003003")
    message_of(answer, "2 faces were found, one is needed")
    # Liveness judges the largest.
    equal(server.post(DETECT, sample("two-people.jpg"), "image/jpeg").status, 200, "liveness")


def test_face_cut_by_the_frame(server):
    answer = server.post(DETECT, cut(), "image/jpeg")
    refused(answer, "LDE-002004")
    message_of(answer, "cut off by the edge")


def test_small_faces(server):
    equal(server.post(DETECT, small(46), "image/jpeg").status, 200, "46 px")
    answer = server.post(DETECT, small(34), "image/jpeg")
    refused(answer, "LDE-002004")
    message_of(answer, "40 are needed")
    # Matching takes what it finds.
    equal(server.post(PATTERN + "extract", small(46), "image/jpeg").status, 200, "matching at 46 px")


def test_a_film_that_hardly_shows_the_face(server):
    blank = drawn("drawbox=t=fill:color=gray", ONE)
    frames = [(f"{i:02}.jpg", sample(ONE) if i == 4 else blank) for i in range(11)]
    answer = server.post_form(DETECT, [("film", zip_of(frames))])
    refused(answer, "LDE-002004")
    message_of(answer, "Of 11 frames looked at 1 show a face well enough, 3 are needed.")
