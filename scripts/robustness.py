#!/usr/bin/env python3
"""Measures what coarser, smaller, darker and warmer pictures cost, and writes docs/robustness.md.

    scripts/robustness.py --pairs FILE --attacks FILE [--every N] [--program build/release/bin/ozma]

The lists are those of `ozma eval faces --pairs` (a,b,same) and `ozma eval liveness --list` (path,label,source); the pictures
lie beside them or in a .tar there. Of a pair only the probe (b) is changed, the reference stays as it is. --every
takes each N-th row alone. Everything takes about 25 minutes on two cores. Its packages (pinned below) go to .deps/robustness.
"""

import argparse
import csv
import json
import os
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path

from accuracy_words import interval, percent

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".deps" / "robustness"
PACKAGES = ["numpy==2.4.6", "opencv-python-headless==5.0.0.93"]
QUALITY = 95  # of the JPEG that a changed picture is stored as
FULL_WELL = 4000  # electrons of a full pixel: what a phone's small pixels hold
HEAD = """# Robustness

Written by `scripts/robustness.py --every {every}`, with `ozma eval` on the lists of [accuracy](accuracy.md), on pictures that were changed. Matching: {pairs} pairs of
which only the probe is changed (*FTA*: probes and references without a usable face, which count as misses; the decision point is
a score of 0.85). Presentation attacks: {frames} frames at the default threshold; a frame without a verdict is an error. 95 % Wilson intervals.

How the pictures are changed:

* **JPEG**: stored once more at that quality. All other changes are stored at 95.
* **Height**: the whole picture at that many rows, its aspect kept. Where that enlarges it, nothing is gained but pixels.
* **Light**: a quarter or a sixteenth of the light in linear sRGB, with the shot noise of a pixel of {well} electrons; or a lamp of 4000 or 2700 K
  before a camera balanced for daylight. Cameras that adapt do better.
* **Face**: the picture at the size at which its face is that many pixels wide. The faces of the pairs are about 80 pixels wide, so 128 and more are
  enlarged.

"""


def with_packages():
    """Starts this program again in an environment that has PACKAGES, made on the first run."""
    try:
        import cv2  # noqa: F401
        return
    except ImportError:
        pass
    if Path(sys.prefix) == VENV:
        sys.exit(f"robustness.py: {VENV} lacks a package; remove it and start again")
    if not (VENV / "bin/python").exists():
        subprocess.run([sys.executable, "-m", "venv", VENV], check=True)
        subprocess.run([VENV / "bin/pip", "install", "--quiet", "--disable-pip-version-check", *PACKAGES], check=True)
    os.execv(VENV / "bin/python", [str(VENV / "bin/python"), str(Path(__file__).resolve()), *sys.argv[1:]])


# --- changes: (picture BGR uint8, face width in pixels or None) -> picture ----------------------------------------

def to_linear(picture):
    """sRGB (IEC 61966-2-1) to linear light, 0..1."""
    import numpy as np
    value = picture.astype(np.float32) / 255
    return np.where(value <= 0.04045, value / 12.92, ((value + 0.055) / 1.055) ** 2.4)


def from_linear(light):
    import numpy as np
    light = np.clip(light, 0, 1)
    value = np.where(light <= 0.0031308, 12.92 * light, 1.055 * light ** (1 / 2.4) - 0.055)
    return np.rint(255 * value).astype(np.uint8)


def scaled(picture, factor):
    import cv2
    height, width = picture.shape[:2]
    size = (max(1, round(width * factor)), max(1, round(height * factor)))
    return cv2.resize(picture, size, interpolation=cv2.INTER_AREA if factor < 1 else cv2.INTER_CUBIC)


def rows_high(rows):
    return lambda picture, face: scaled(picture, rows / picture.shape[0])


def face_wide(pixels):
    return lambda picture, face: scaled(picture, pixels / face) if face else picture


def dim(share):
    def change(picture, face):
        import numpy as np
        random = np.random.default_rng(picture.size)  # the same picture gets the same noise
        return from_linear(random.poisson(to_linear(picture) * share * FULL_WELL) / FULL_WELL)
    return change


def lamp_gains(kelvin):
    """Linear sRGB of a black body of 2222 to 4000 K against daylight (D65 is 1, 1, 1), the largest being 1. Chromaticity by
    the cubic approximation of B. Kim and others, "Design of advanced color temperature control system for HDTV applications",
    Journal of the Korean Physical Society 41 (2002); the matrix is that of IEC 61966-2-1."""
    x = -0.2661239e9 / kelvin**3 - 0.2343589e6 / kelvin**2 + 0.8776956e3 / kelvin + 0.179910
    y = -0.9549476 * x**3 - 1.37418593 * x**2 + 2.09137015 * x - 0.16748867
    xyz = (x / y, 1, (1 - x - y) / y)
    matrix = ((3.2406, -1.5372, -0.4986), (-0.9689, 1.8758, 0.0415), (0.0557, -0.2040, 1.0570))
    rgb = [sum(part * value for part, value in zip(row, xyz)) for row in matrix]
    return [value / max(rgb) for value in rgb]


def lamp(kelvin):
    def change(picture, face):
        import numpy as np
        red, green, blue = lamp_gains(kelvin)
        return from_linear(to_linear(picture) * np.array([blue, green, red]))
    return change


def same(picture, face):
    return picture


CHANGES = {  # name: (change, JPEG quality; None: the file itself)
    "as they are": (same, None),
    **{f"JPEG {quality}": (same, quality) for quality in (95, 85, 75, 60, 50)},
    **{f"height {rows}": (rows_high(rows), QUALITY) for rows in (480, 720, 1080)},
    "light 1/4": (dim(1 / 4), QUALITY),
    "light 1/16": (dim(1 / 16), QUALITY),
    "lamp 4000 K": (lamp(4000), QUALITY),
    "lamp 2700 K": (lamp(2700), QUALITY),
    **{f"face {pixels} px": (face_wide(pixels), QUALITY) for pixels in (40, 64, 96, 128, 200, 400)},
}


# --- lists ----------------------------------------------------------------------------------------------------

class Pictures:
    """The pictures of a list and the width of the face in each (None where the program finds none)."""

    def __init__(self, program, listing, paths, work):
        self.folder, self.packed = listing.parent, {}
        for tar in listing.parent.glob("*.tar"):
            with tarfile.open(tar) as archive:
                self.packed.update({member.name: archive.extractfile(member).read() for member in archive if member.isfile()})
        names = work / "names.csv"
        write_list(names, ["path"], [[path] for path in paths])
        for path in paths:
            self.place(path, work / path)
        found = work / "faces.csv"
        subprocess.run([program, "detect", "--list", names, "--out", found], check=True)
        self.width = {row["path"]: min(float(row["box_width"]), float(row["box_height"])) if row["box_width"] else None
                      for row in csv.DictReader(found.open())}

    def data(self, path):
        return self.packed[path] if path in self.packed else (self.folder / path).read_bytes()

    def place(self, path, target):
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(self.data(path))

    def change(self, path, target, change, quality):
        import cv2
        import numpy as np
        if quality is None:
            return self.place(path, target)
        target.parent.mkdir(parents=True, exist_ok=True)
        picture = cv2.imdecode(np.frombuffer(self.data(path), np.uint8), cv2.IMREAD_COLOR)
        stored = cv2.imencode(".jpg", change(picture, self.width[path]), [cv2.IMWRITE_JPEG_QUALITY, quality])[1]
        target.write_bytes(stored.tobytes())


def write_list(path, head, rows):
    with path.open("w", newline="") as file:
        csv.writer(file).writerows([head, *rows])


def evaluate(program, *words):
    done = subprocess.run([program, "eval", *words, "--json"], stdout=subprocess.PIPE, text=True, check=True)
    return json.loads(done.stdout)


def matching(program, listing, every):
    rows = list(csv.DictReader(listing.open()))[::every]
    table = ["| probes | FTA | FNMR at FMR 1e-3 | 95 % interval | FNMR at the decision point | 95 % interval | false matches there |",
             "|---|---|---|---|---|---|---|"]
    with tempfile.TemporaryDirectory() as folder:
        work = Path(folder)
        pictures = Pictures(program, listing, sorted({row[side] for row in rows for side in "ab"}), work)
        write_list(work / "pairs.csv", ["a", "b", "same"], [[row["a"], f"probe/{row['b']}", row["same"]] for row in rows])
        for name, (change, quality) in CHANGES.items():
            for path in {row["b"] for row in rows}:
                pictures.change(path, work / "probe" / path, change, quality)
            report = evaluate(program, "faces", "--pairs", work / "pairs.csv")
            point = report["at_decision_point"]
            told = "0.001" in report["fnmr"]  # not with fewer than a thousand impostors
            strict = f"{percent(report['fnmr']['0.001'])} | {interval(report['fnmr_intervals']['0.001'])}" if told else " | "
            table.append(f"| {name} | {report['failures_to_acquire_count']} | {strict} | {percent(point['fnmr'])} | "
                         f"{interval(point['fnmr_interval'])} | {percent(point['fmr'])} |")
            print(table[-1], flush=True)
    return len(rows), table


def attacks(program, listing, every):
    rows = list(csv.DictReader(listing.open()))[::every]
    table = ["| frames | BPCER | 95 % interval | worst APCER | 95 % interval | EER | non-response |", "|---|---|---|---|---|---|---|"]
    with tempfile.TemporaryDirectory() as folder:
        work = Path(folder)
        pictures = Pictures(program, listing, [row["path"] for row in rows], work)
        write_list(work / "frames.csv", ["path", "label", "source"], [[f"frame/{row['path']}", row["label"], row["source"]] for row in rows])
        for name, (change, quality) in CHANGES.items():
            for row in rows:
                pictures.change(row["path"], work / "frame" / row["path"], change, quality)
            report = evaluate(program, "liveness", "--list", work / "frames.csv")
            worst = max(report["apcer"], key=report["apcer"].get)
            table.append(f"| {name} | {percent(report['bpcer'], 1)} | {interval(report['bpcer_interval'], 1)} | "
                         f"{percent(report['apcer'][worst], 1)} ({worst}) | {interval(report['apcer_intervals'][worst], 1)} | "
                         f"{percent(report['eer'], 1)} | {percent(report['non_response'], 1)} |")
            print(table[-1], flush=True)
    return len(rows), table


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--pairs", type=Path, required=True)
    parser.add_argument("--attacks", type=Path, required=True)
    parser.add_argument("--every", type=int, default=1)
    parser.add_argument("--program", type=Path, default=ROOT / "build/release/bin/ozma")
    arguments = parser.parse_args()
    with_packages()
    pairs, matched = matching(arguments.program, arguments.pairs, arguments.every)
    frames, attacked = attacks(arguments.program, arguments.attacks, arguments.every)
    page = [HEAD.format(every=arguments.every, pairs=pairs, frames=frames, well=FULL_WELL), "## Matching", "", *matched, "", "## Presentation attacks", "",
            *attacked, ""]
    (ROOT / "docs/robustness.md").write_text("\n".join(page))
    return 0


if __name__ == "__main__":
    sys.exit(main())
