"""Lists of pictures with a label, and the faces that the program finds in them."""

import csv
import subprocess
import tarfile
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

TURNS = {1: cv2.ROTATE_90_CLOCKWISE, 2: cv2.ROTATE_180, 3: cv2.ROTATE_90_COUNTERCLOCKWISE}


@dataclass(frozen=True)
class Row:
    path: str
    label: str  # bonafide or a species of attack
    person: str
    source: str
    turns: int  # quarters clockwise that turn the picture upright
    box: tuple  # x, y, w, h of the largest face, in pixels of the upright picture

    @property
    def attack(self):
        return self.label != "bonafide"


class Pictures:
    """The rows of a CSV file (path, person, source, maybe label) whose face the program finds; the others are counted
    in `faceless`. Pictures lie beside the list or in a .tar beside it."""

    def __init__(self, folder, program, work):
        folder, work = Path(folder), Path(work)
        lists = sorted(path for path in folder.glob("*.csv") if "source" in path.open().readline())
        if len(lists) != 1:
            raise SystemExit(f"{folder} needs one CSV file with the columns path, person and source; it has {len(lists)}.")
        self.folder, self.packed = folder, {}
        for tar in folder.glob("*.tar"):
            with tarfile.open(tar) as archive:
                self.packed.update({member.name: archive.extractfile(member).read() for member in archive if member.isfile()})
        found = work / f"faces-{folder.parent.name}-{folder.name}.csv"
        if not found.exists():
            subprocess.run([program, "detect", "--list", lists[0], "--out", found], check=True)
        boxes = {row["path"]: row for row in csv.DictReader(found.open())}
        self.rows, self.faceless = [], 0
        for row in csv.DictReader(lists[0].open()):
            face = boxes[row["path"]]
            if face["faces"] in ("", "0"):
                self.faceless += 1
                continue
            box = tuple(float(face[name]) for name in ("left", "top", "box_width", "box_height"))
            self.rows.append(Row(row["path"], row.get("label", "bonafide"), row["person"], row["source"],
                                 int(face["turns"]), box))

    def read(self, row):
        """uint8 [h,w,3], BGR, upright."""
        packed = self.packed.get(row.path)
        data = packed if packed is not None else (self.folder / row.path).read_bytes()
        picture = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR)
        return cv2.rotate(picture, TURNS[row.turns]) if row.turns else picture
