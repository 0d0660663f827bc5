#!/usr/bin/env python3
"""Makes short films of gestures out of photos, for `ozma eval gestures`, where there are no films of them.

    gesture_clips.py LIST OUT

LIST is a CSV with the columns rest, shown, gesture and label, maybe source: two photos of one person. The film, an archive of frames whose
names tell their times, shows `rest`, then `shown` (a blink for 160 ms, anything else for 800), then `rest` again. With the label `done`
the second photo shows the gesture (closed eyes, a smile); with `absent` it is one more photo without it. Photos are looked for beside LIST, then in
every .tar beside it. OUT gets the films and list.csv.

Such a film is harder than a real one: the two photos were taken on different days, in other light and pose. It says how well two states of a face are
told apart, and nothing of how people do the gesture.
"""

import csv
import sys
import tarfile
import zipfile
from pathlib import Path

STEP = 80  # ms between frames
REST, SHOWN, BLINK = 720, 800, 160


class Photos:
    """By their paths in LIST: files beside it, or members of a .tar beside it."""

    def __init__(self, folder):
        self.folder = folder
        self.packed = {}
        for path in sorted(folder.glob("*.tar")):
            archive = tarfile.open(path)
            self.packed.update({name: archive for name in archive.getnames()})

    def read(self, path):
        beside = self.folder / path
        return beside.read_bytes() if beside.is_file() else self.packed[path].extractfile(path).read()


def write_film(path, rest, shown, gesture):
    shown_for = BLINK if gesture == "eyes" else SHOWN
    with zipfile.ZipFile(path, "w") as film:
        for index, at in enumerate(range(0, REST + shown_for + REST, STEP)):
            picture = shown if REST <= at < REST + shown_for else rest
            film.writestr(zipfile.ZipInfo(f"{index:04}_{at:05}ms.jpg"), picture)


def main():
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    listed, out = Path(sys.argv[1]), Path(sys.argv[2])
    out.mkdir(parents=True, exist_ok=True)
    photos = Photos(listed.parent)
    with open(listed, newline="") as rows, open(out / "list.csv", "w", newline="") as made:
        writer = csv.writer(made)
        writer.writerow(["path", "gesture", "label", "source"])
        for number, row in enumerate(csv.DictReader(rows)):
            name = f"{row['gesture']}_{row['label']}_{number:03}.zip"
            write_film(out / name, photos.read(row["rest"]), photos.read(row["shown"]), row["gesture"])
            writer.writerow([name, row["gesture"], row["label"], row.get("source") or "photos"])


if __name__ == "__main__":
    main()
