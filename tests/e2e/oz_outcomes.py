"""Pictures that go wrong in the usual ways: each has its documented outcome inside an analysis. Made from the samples."""
import outcomes
from harness import check, equal, sample, zip_of
from oz import biometry, quality, tags
from outcomes import ONE

SELFIE = ["video_selfie", "video_selfie_blank", "orientation_portrait"]


def analysed(world, name, data, *analyses):
    """The analyses of a folder with the sample upright beside that medium, and the medium's id."""
    someone = world.user()
    folder = someone.folder([("good", ONE), ("medium", name, data)], tags(good=["photo_selfie"], medium=["photo_selfie"]))
    medium = next(one["media_id"] for one in folder["media"] if one["original_name"] == name)
    return someone.analyse(folder["folder_id"], *analyses), medium


def failed(analysis, code, message):
    equal((analysis["state"], analysis["resolution"], analysis["error_code"]), ("FAILED", "FAILED", code), "outcome")
    equal(analysis["error_message"], message, "message")


def insufficient(analysis, medium, words):
    failed(analysis, 202, analysis["error_message"])
    message = analysis["error_message"]
    check(words in message and f"[{medium}]" in message, f"the message says what to change, and of which medium: {message!r}")


def test_wrong_orientation_is_turned(world):
    for graph in outcomes.SIDEWAYS.values():
        (live, same), _ = analysed(world, "sideways.jpg", outcomes.drawn(graph, ONE), quality(), biometry())
        equal(live["state"], "FINISHED", "quality")
        scores = [one["results_data"]["confidence_spoofing"] for one in live["results_media"]]
        check(abs(scores[0] - scores[1]) < 0.2, f"{scores}: as upright")
        equal((same["state"], same["resolution"]), ("FINISHED", "SUCCESS"), "biometry")


def test_no_face(world):
    for analysis in (quality(), biometry()):
        (ended,), medium = analysed(world, "cat.png", sample("cat.png"), analysis)
        failed(ended, 202, f"Could not locate face on source media [{medium}]")


def test_several_faces(world):
    (live, same), _ = analysed(world, "two.jpg", sample("two-people.jpg"), quality(), biometry())
    equal((live["state"], same["state"]), ("FINISHED", "FINISHED"), "the largest counts")


def test_face_cut_by_the_frame(world):
    (ended,), medium = analysed(world, "cut.jpg", outcomes.cut(), quality())
    insufficient(ended, medium, "cut off by the edge")


def test_small_faces(world):
    (ended,), _ = analysed(world, "small.jpg", outcomes.small(46), quality())
    equal(ended["state"], "FINISHED", "46 px")
    (ended,), medium = analysed(world, "tiny.jpg", outcomes.small(34), quality())
    insufficient(ended, medium, "40 are needed")


def test_a_film_that_hardly_shows_the_face(world):
    blank = outcomes.drawn("drawbox=t=fill:color=gray", ONE)
    someone = world.user()
    film = zip_of([(f"{i:02}.jpg", sample(ONE) if i == 4 else blank) for i in range(11)])
    folder = someone.folder([("film", "film.zip", film)], tags(film=SELFIE))
    ended, = someone.analyse(folder["folder_id"], quality())
    insufficient(ended, folder["media"][0]["media_id"], "Of 11 frames looked at 1 show a face well enough, 3 are needed.")
