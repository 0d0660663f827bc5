"""`ozma gallery import` and `ozma gallery export`: collections from folders of photos, and back."""
import csv
import json
import os
import subprocess
import tempfile
from pathlib import Path

import oz
from harness import ROOT, SAMPLES, check, equal, program
from oz_collections import boss_of, collection, found, person, persons_of, searched


def gallery(server, *words, status=0, environment=None):
    """`ozma gallery` on the server's data; what it says."""
    command = [program(), "gallery", *map(str, words), "--data", server.data.name, *server.database.options]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, cwd=ROOT, env={**os.environ, **(environment or {})})
    equal(done.returncode, status, f"exit status ({done.stdout} {done.stderr})")
    return done.stdout + done.stderr


def fill(folder, **persons):
    """Folders of samples; a value that is no list is one file."""
    for name, photos in persons.items():
        if isinstance(photos, str):
            (folder / f"{name}{Path(photos).suffix}").write_bytes((SAMPLES / photos).read_bytes())
            continue
        (folder / name).mkdir()
        for photo in photos:
            (folder / name / photo).write_bytes((SAMPLES / photo).read_bytes())


def by_name(boss, collection_id):
    persons = boss.get(persons_of(collection_id), limit=-1)["items"]
    return {one["meta_data"]["name"]: one for one in persons}


def test_folders_are_enrolled_as_the_api_does(world):
    boss = boss_of(world)
    collection_id = collection(boss)
    with tempfile.TemporaryDirectory() as name:
        folder, report = Path(name) / "in", Path(name) / "report.csv"
        folder.mkdir()
        fill(folder, Ann=["person-a-1.jpg", "person-a-3.jpg", "cat.png"], Bob="person-b-1.jpg", Nobody="no-face.png", Both="two-people.jpg")
        (folder / ".hidden").mkdir()
        (folder / "Ann" / "notes.txt").write_text("no picture")
        (folder / "Ann" / "empty.jpg").write_bytes(b"")
        told = gallery(world.server, "import", folder, "--collection", collection_id, "--report", report)
        check("3 photos enrolled, 2 persons made, 0 photos known before, 5 not enrolled" in told, told)
        people = by_name(boss, collection_id)
        equal(sorted(people), ["Ann", "Bob"], "persons")
        equal([image["original_name"] for image in people["Ann"]["images"]], ["person-a-1.jpg", "person-a-3.jpg"], "photos")
        rows = {Path(row["path"]).name: (row["person"], row["reason"]) for row in csv.DictReader(report.open())}
        equal(rows, {"cat.png": ("Ann", "no face"), "empty.jpg": ("Ann", "sample unreadable"), "notes.txt": ("Ann", "sample unreadable"),
                     "Nobody.png": ("Nobody", "no face"), "Both.jpg": ("Both", "more than one face")}, "the report")
        check(all(row["message"].endswith(".") for row in csv.DictReader(report.open())), "a sentence for each")

        # Again: nothing; and then what is new.
        told = gallery(world.server, "import", folder, "--collection", collection_id)
        check("0 photos enrolled, 0 persons made, 3 photos known before, 5 not enrolled" in told and "not enrolled: " in told, told)
        fill(folder, Carl=["person-c-1.png"])
        (folder / "Bob").mkdir()
        (folder / "Bob" / "copy.jpg").write_bytes((SAMPLES / "person-b-1.jpg").read_bytes())
        told = gallery(world.server, "import", folder, "--collection", collection_id)
        check("1 photos enrolled, 1 persons made, 4 photos known before" in told, told)
        equal({name: len(one["images"]) for name, one in by_name(boss, collection_id).items()}, {"Ann": 2, "Bob": 1, "Carl": 1}, "photos")
    equal(found(searched(boss, "person-a-2.jpg", collection_id=collection_id)), [[people["Ann"]["person_id"]]], "who is found")
    audit = world.admin.get("/api/audit/", object_id=people["Ann"]["person_id"])["items"]
    check(any(one["action"] == "create" for one in audit), "the audit log says that she was made")


def test_collections_are_named_or_made(world):
    boss = boss_of(world)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        fill(folder, Ann="person-a-1.jpg")
        company = boss.get(f"/api/companies/{boss.company}")["name"]
        check("no collection with this alias" in gallery(world.server, "import", folder, "--collection", "new", "--company", company, status=1), "no such")
        check("--company" in gallery(world.server, "import", folder, "--collection", "new", status=2), "an alias alone")
        gallery(world.server, "import", folder, "--collection", "new", "--company", company, "--create")
        gallery(world.server, "import", folder, "--collection", "new", "--company", boss.company, "--create")
        made, = boss.get("/api/collections/")
        equal((made["alias"], made["persons_count"]), ("new", 1), "the collection")
        check("no company" in gallery(world.server, "import", folder, "--collection", "new", "--company", "nobody", status=1), "no company")
    gallery(world.server, "import", "/nowhere", "--collection", "new", status=2)


def test_duplicates_are_refused(world):
    boss = boss_of(world)
    collection_id = collection(boss)
    person(boss, collection_id, "person-a-1.jpg")
    with tempfile.TemporaryDirectory() as name:
        folder, report = Path(name) / "in", Path(name) / "report.json"
        folder.mkdir()
        fill(folder, Ann=["person-a-2.jpg"], Bob=["person-b-1.jpg"])
        told = gallery(world.server, "import", folder, "--collection", collection_id, "--report", report, "--duplicate-persons", "refuse")
        check("1 photos enrolled, 1 persons made" in told, told)
        refused, = json.loads(report.read_text())
        equal((refused["person"], refused["reason"]), ("Ann", "already exists"), "who is there by another name")
        told = gallery(world.server, "import", folder, "--collection", collection_id)
        check("1 photos enrolled, 1 persons made" in told, told)


def test_what_is_exported_can_be_imported(world):
    boss = boss_of(world)
    first, second = collection(boss), collection(boss)
    payload = {"person:meta_data": {"case": "7", "name": "Ann"}, **oz.tags(p0=["photo_selfie"])}
    made = person(boss, first, "person-a-1.jpg", "person-a-2.jpg", payload=payload)
    person(boss, first, "person-b-1.jpg", payload={"person:meta_data": {"name": "Bob"}})
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name) / "out"
        told = gallery(world.server, "export", folder, "--collection", first)
        check("2 persons with 3 photos" in told, told)
        equal(folder.stat().st_mode & 0o777, 0o700, "who may look into it")
        photo, = (folder / made["person_id"]).glob(f"{made['images'][0]['media_id']}.*")
        equal(photo.read_bytes(), (SAMPLES / "person-a-1.jpg").read_bytes(), "the photo")
        check("is not empty" in gallery(world.server, "export", folder, "--collection", first, status=2), "over something")
        gallery(world.server, "import", folder, "--collection", second)
    persons = by_name(boss, second)
    equal(sorted(persons), ["Ann", "Bob"], "persons")
    equal(persons["Ann"]["meta_data"], made["meta_data"], "metadata")
    same = lambda one: sorted((image["original_name"], tuple(image["tags"])) for image in one["images"])
    equal(same(persons["Ann"]), same(made), "photos")
    empty = collection(boss)
    with tempfile.TemporaryDirectory() as name:
        check("0 persons" in gallery(world.server, "export", Path(name), "--collection", empty), "an empty one")
