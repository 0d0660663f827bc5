#!/usr/bin/env python3
"""Measures gestures and traces of injections with `ozma eval` and writes docs/accuracy-films.md.

    accuracy_films.py --gestures FILE --photos FILE --injection FILE [--program build/release/bin/ozma]

--gestures is a list of `ozma eval gestures` of real films, --photos one of films that scripts/gesture_clips.py made of photos, --injection one of
scripts/injections.py.
"""

import argparse
import json
import subprocess
from pathlib import Path

from accuracy_words import interval, percent

ROOT = Path(__file__).resolve().parent.parent

HEAD = """# Accuracy on films

Written by `scripts/accuracy_films.py`; every figure comes from `ozma eval`, by the very code of the server. Intervals are 95 % Wilson score intervals
over films, which takes them as independent; several films of one person make the truth wider.

## Gestures

What a gesture is: [gestures.md](gestures.md). A *miss* is a film that shows the gesture, in which it was not found; a *false alarm* a film that does not show it, in which
it was. Labels were given by eye.

### Films of people who turn their heads

Selfie films of seven people (one of them replayed from a phone), who look ahead, turn to either side, and raise or lower their heads, cut by time into
parts with a gesture and parts without it; and two of the NUAA set without any. The levers of turn and tilt were *fitted on* three of the people. The *others* gave no number, but their films were in view while
measures and edges were chosen, so nobody here is wholly unseen. They are few: read the intervals.

    ozma eval gestures --list films.csv

"""

PHOTOS = """
### Films made of photos

There are no films of smiles and blinks to hand that could be used. `scripts/gesture_clips.py` makes some out of two photos of one person, from face crops of 128 and 160 px of some 120 public
figures: at rest, then the second photo (a smile, closed eyes, or one more at rest), then the first again. Two photos of different days differ in light, pose and expression, so this is harder than a film, and it
says nothing of how people blink and smile before a camera. The edges of both gestures come from other pictures (SMILE crops, LFW); how far a head may lean in
the meantime (`ahead`), and against what tilt is measured, was settled on those *fitted on*. The *others* are LFW pictures that were labelled after that. For blinks there are none:
their figures are of the pictures that the definition was settled on. Photos with closed eyes were searched for with the eye network, which plays no part in the gesture.

    scripts/gesture_clips.py pairs.csv made && ozma eval gestures --list made/list.csv

"""

NO_DATA = """
### What is not measured

* **Real blinks and smiles on film.** No film that could be used holds one that was asked for. Films without them are above, parts in which nobody blinked.
* **Down** stands on three people, **scan** on no film made for it.
* Phones held low or high, spectacles that mirror, veils, beards, dark rooms, children: not in these films.
* Agreement of browser and server on the same films: both run `tests/face/gestures_cases.json`; the networks below them are the same, the detectors' code is not.
"""

INJECTION = """
## Traces of injections

What the signals are: [injection.md](injection.md). From ten short films (six selfies, a replay from a phone, two NUAA shootings, a broadcast) `scripts/injections.py` makes injections with FFmpeg; *genuine* is
the film encoded once more in the same way. `suspected` is a confidence of 0.5 or more. The edges of the signals
were set wide of what the films *fitted on* and the *others* gave, with both in view: the figures say that the signals work, not how rare false alarms are elsewhere.

    scripts/injections.py films.csv made && ozma eval injection --list made/list.csv

"""

READING = """
* **still, loop, retimed**: frozen pictures, films that begin anew and films of fewer frames a second blown up to more are found by how their frames follow each other. The broadcast
  is called retimed, since a sixth of its frames repeat the one before, as after a change of frame rate.
* **virtual_camera** finds what names itself, as here. Whoever injects on purpose will not leave the name in; it catches the careless.
* **rescaled, denoised, smooth_face** are not found: no signal of theirs is in use. Noise (Immerkaer's estimate in flat blocks), the period of the second derivative that a resampling
  grid leaves (Gallagher, 2005) and the noise of the face against that of the background were measured once on these films, apart from the command above. After H.264 at 480 lines nothing told them apart: noise in
  flat parts 0.03 to 0.40 grey levels genuine and 0.03 to 0.34 denoised; face over background 0.8 to 62 genuine and 0.8 to 53 with a smoothed
  face; the spectral peak over its median 5 to 17 genuine, 3 to 13 rescaled. On such media they would be noise themselves, so they are left out.
* Genuine films of the very cameras and browsers that will send them are not in this set: every film here went through FFmpeg before, and all name it (`library`, which
  alone raises no suspicion). How often phones and browsers repeat frames by themselves, in the dark above all, is not known.
* Deepfakes that are rendered live and sent through a driver that names itself as a camera leave none of these traces.
"""


def evaluate(program, kind, listed):
    done = subprocess.run([program, "eval", kind, "--list", str(listed), "--json"], stdout=subprocess.PIPE, text=True, check=True)
    return json.loads(done.stdout)


def share(one):
    return f"{percent(one['error_rate'], 1)} | {interval(one['interval'], 1)}" if one["count"] else " | "


def reasons(one):
    return ", ".join(f"{name} {times}" for name, times in sorted(one["reasons"].items(), key=lambda item: -item[1]))


def gestures(report):
    rows = ["| gesture | films | shown | missed | miss rate | 95 % interval | why missed | not shown | false alarms | rate | 95 % interval |",
            "|---|---|---|---|---|---|---|---|---|---|---|"]
    for gesture, sources in report.items():
        for source, part in sources.items():
            if source == "all" and len(sources) == 2:
                continue
            done, absent = part["done"], part["absent"]
            rows.append(f"| {gesture} | {source} | {done['count']} | {done['errors']} | {share(done)} | {reasons(done)} | "
                        f"{absent['count']} | {absent['errors']} | {share(absent)} |")
    return "\n".join(rows) + "\n"


def injection(report):
    rows = ["| films | kind | count | suspected | share | 95 % interval | signals |", "|---|---|---|---|---|---|---|"]
    for source, labels in report.items():
        for label, one in sorted(labels.items(), key=lambda item: item[0] != "genuine"):
            seen = ", ".join(f"{name} {times}" for name, times in one["reasons"].items() if times and name != "library")
            rows.append(f"| {source} | {label} | {one['count']} | {one['suspected']} | {percent(one['share'], 0)} | "
                        f"{interval(one['interval'], 0)} | {seen} |")
    return "\n".join(rows) + "\n"


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    for name in ("gestures", "photos", "injection"):
        parser.add_argument(f"--{name}", type=Path, required=True)
    parser.add_argument("--program", type=Path, default=ROOT / "build/release/bin/ozma")
    arguments = parser.parse_args()
    films = evaluate(arguments.program, "gestures", arguments.gestures)
    photos = evaluate(arguments.program, "gestures", arguments.photos)
    injected = evaluate(arguments.program, "injection", arguments.injection)
    page = HEAD + gestures(films) + PHOTOS + gestures(photos) + NO_DATA + INJECTION + injection(injected) + READING
    (ROOT / "docs/accuracy-films.md").write_text(page)


if __name__ == "__main__":
    main()
