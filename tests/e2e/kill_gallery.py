"""Kills of `ozma gallery import` and of the writing of a saved index: what is there afterwards?"""
import json
import os
import random
import re
import subprocess
import tempfile
import time
from pathlib import Path

import oz
import oz_collections
from harness import ROOT, SAMPLES, check, equal, program

PHOTOS = ("person-a-1.jpg", "person-a-2.jpg", "person-b-1.jpg", "person-c-1.png")
IMPORT_POINTS = ("after-blob", "before-commit", "after-commit")
SNAPSHOT_POINTS = ("mid-snapshot", "before-rename", "after-rename")


def start(server, *words, environment=None):
    command = [program(), *words, "--data", server.data.name, *server.database.options]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=ROOT, env={**os.environ, **(environment or {})})


def finish(process, status=0):
    out, error = process.communicate(timeout=300)
    equal(process.returncode, status, f"exit status ({out[-300:]} {error[-300:]})")
    return out


def folders(folder, persons):
    """So many persons of two photos each, and a file without a face."""
    for number in range(persons):
        person = folder / f"person {number}"
        person.mkdir()
        for photo in random.Random(number).sample(PHOTOS, 2):
            (person / photo).symlink_to(SAMPLES / photo)
    (folder / "nobody.png").symlink_to(SAMPLES / "cat.png")


def killed_import(server, words, point, random_source):
    """Starts an import that dies, by itself at a point or from outside. Whether it did."""
    environment = {"OZMA_CRASH_AT": point, "OZMA_CRASH_RATE": "0.3"} if point else None
    process = start(server, *words, environment=environment)
    if point is None:
        try:
            process.wait(random_source.uniform(0.3, 2.5))
        except subprocess.TimeoutExpired:
            process.kill()
    process.communicate(timeout=300)
    check(process.returncode in (0, -9), f"the import ended with {process.returncode}")
    return process.returncode == -9


def counted(server, collection_id, persons):
    """Every person is there once, with its two photos, and nothing else is."""
    rows = server.database.rows("SELECT meta_data, person_id FROM persons")
    names = sorted(json.loads(meta_data)["name"] for meta_data, _ in rows)
    equal(names, sorted(f"person {number}" for number in range(persons)), "persons")
    equal(server.database.number("SELECT persons_count FROM collections"), persons, "persons_count")
    images = server.database.rows("SELECT person_id, original_name, image, original_key, thumb_key FROM person_images")
    equal(len({(person, name) for person, name, *_ in images}), 2 * persons, "photos")
    equal(len(images), 2 * persons, "rows of photos")
    named = {key for *_, original, thumb in images for key in (original, thumb)}
    check(named <= {Path(file).name for file in server.blobs()}, "a photo's file is missing")
    equal(server.database.number("SELECT position FROM gallery_head"), 2 * persons, "the log has no hole and nothing twice")
    return named


def swept(server, named):
    """How many files nobody names; the clean-up removes those alone."""
    orphans = len(server.blobs()) - len(named)
    long_ago = time.time() - 100_000
    for file in server.blobs():
        os.utime(file, (long_ago, long_ago))
    server.command("cleanup", "--older-than", "10000d")
    equal({Path(file).name for file in server.blobs()}, named, "files after the sweep")
    return orphans


def imports(kind, kills, seed, persons=40):
    """An import is killed again and again, and then left alone: everything is there exactly once."""
    began, source = time.monotonic(), random.Random(seed)
    with tempfile.TemporaryDirectory(prefix="ozma-import-") as name:
        folders(Path(name), persons)
        server = oz.OzServer(oz.Database(kind))
        try:
            world = oz.World(server)
            collection_id = oz_collections.collection(oz_collections.boss_of(world), "imported")
            report = Path(server.data.name) / "report.json"
            words = ("gallery", "import", name, "--collection", collection_id, "--report", str(report))
            died = 0
            for turn in range(kills):
                point = IMPORT_POINTS[turn // 2 % len(IMPORT_POINTS)] if turn % 2 == 0 else None
                died += killed_import(server, words, point, source)
            check(died >= (kills + 1) // 2, f"{died} of {kills} imports died")
            finish(start(server, *words))
            refused, = json.loads(report.read_text())
            equal((refused["person"], refused["reason"]), ("nobody", "no face"), "the file without a face")
            orphans = swept(server, counted(server, collection_id, persons))
            told = finish(start(server, *words))
            check(f"0 photos enrolled, 0 persons made, {2 * persons} photos known before" in told, told)
            counted(server, collection_id, persons)
            boss = world.admin
            found = boss.get(oz_collections.persons_of(collection_id), limit=-1)
            equal(found["total_count"], persons, "persons that the running server lists")
            return {"database": kind, "kills": died, "photos": 2 * persons, "orphans": orphans, "seconds": time.monotonic() - began}
        finally:
            server.stop()


def faces_of(told):
    return int(re.search(r"the index holds (\d+) faces", told)[1])


def snapshots(kind):
    """The process that writes the saved index dies at each point; whoever starts next finds everybody."""
    server = oz.OzServer(oz.Database(kind))
    try:
        boss = oz_collections.boss_of(oz.World(server))
        collection_id = oz_collections.collection(boss)
        photos = ("person-a-1.jpg", "person-b-1.jpg", "person-c-1.png")
        people = []
        for photo, point in zip(photos, SNAPSHOT_POINTS):
            people.append((photo, oz_collections.person(boss, collection_id, photo)["person_id"]))
            server.kill()
            finish(start(server, "sync-collections", environment={"OZMA_CRASH_AT": point}), -9)
            server.restart()
            for known, person_id in people:
                equal(oz_collections.found(oz_collections.searched(boss, known)), [[person_id]], f"{known} after a death at {point}")
        server.kill()
        equal(faces_of(finish(start(server, "sync-collections"))), len(people), "faces of the index made anew")
        damage_values(server)
        server.restart()
        for known, person_id in people:
            equal(oz_collections.found(oz_collections.searched(boss, known)), [[person_id]], f"{known} from a damaged index")
        check("index begins anew" in server.log_text(), "the damage was not noticed")
        return {"database": kind, "deaths": len(SNAPSHOT_POINTS)}
    finally:
        server.stop()


def damage_values(server):
    """Flips bits in the first block alone: header and directory stay right, so it shows when the block is read."""
    saved, = (Path(server.data.name) / "gallery").rglob("gallery.ozgs")
    whole = bytearray(saved.read_bytes())
    directory = int.from_bytes(whole[48:56], "little")
    first = int.from_bytes(whole[directory:directory + 8], "little")
    for at in range(first + 256, min(first + 1024, directory), 7):
        whole[at] ^= 0x55
    saved.write_bytes(whole)
