#!/usr/bin/env python3
"""Measures accuracy with `ozma eval` and writes docs/accuracy.md.

    accuracy.py --pairs FILE --images FILE --attacks FILE --attributes FILE --search FILE [--program build/release/bin/ozma]
    accuracy.py --search FILE          measures 1:N search alone, and puts its section into the page there is
    accuracy.py --attributes FILE      the same for eyes and smiles

The lists are those of `ozma eval`: pairs (a,b,same), images (path,person), attacks (path,label,source), attributes
(path,label,split), search (path,person,role). The curves go beside the page, into docs/accuracy.
"""

import argparse
import json
import re
import subprocess
import sys
from pathlib import Path

import accuracy_quality
import accuracy_search
from accuracy_words import interval, percent

ROOT = Path(__file__).resolve().parent.parent

HEAD = """# Accuracy

Written by `scripts/accuracy.py`; every figure comes from `ozma eval`, which runs the very chain of the server (a test holds
both to the same scores). Intervals are 95 % Wilson score intervals over comparisons or presentations, which takes them
as independent; where one person gives many of them the truth is wider. None of the pictures was used to train anything
here. Settings of the detector, of the five points and of the mirror image were chosen on the set that the scores were fitted on, which is
another; the matching figures below were looked at along the way, some twenty times, so they flatter a little (docs/networks.md).

A picture without a usable face counts against us: its pairs are non-matches, and a medium without a verdict is an error,
be it bona fide or an attack.
"""

MATCHING = """
## Matching

Labelled Faces in the Wild (news photos of public figures, mostly Western), folds 1 to 5 of view 2 in their official order,
as 160x160 centre crops that are not aligned: {images} pictures. LFW holds a few wrong labels and is easy by today's
measure: it shows that the chain is right more than how it fares on your cameras.

    ozma eval faces --pairs pairs.csv

"""

ALL_PAIRS = """
Every pair of the same pictures, {genuine} genuine and {impostor} impostor:

    ozma eval faces --all-pairs images.csv

"""

DET = """
![False matches against false non-matches](accuracy/det-matching.svg)
"""

CALIBRATION = """
A score says how rare such an impostor is, by a map from cosine to score that was fitted on all pairs of another set
(6,402 pictures of some 600 people, 20.5 million impostor pairs, none of them here):

    ozma eval faces --all-pairs training.csv --fit

| score | 0.30 | 0.55 | 0.72 | 0.85 | 0.93 | 0.97 |
|---|---|---|---|---|---|---|
| FMR there | 1e-1 | 1e-2 | 1e-3 | 1e-4 | 1e-5 | 1e-6 |

That set is harder than LFW (selfies, phones, many pictures of one shooting), so at 0.85 LFW sees fewer false matches than
1e-4 and more false non-matches than it would at its own threshold. Scores 0.72 and 0.93 are the suggested edges of an
operator band; the band is off until you set `--operator-low` and `--operator-high`.
"""

LIVENESS = """
## Presentation attacks

{count} frames from three sources: `nuaa` (webcam; prints held and bent), `replay-attack` (prints, phones and tablets before a webcam,
320x240), `celeba-spoof-crops` (tight 200 px crops by many phones). One frame is one medium. Of the three networks that answer, two learnt from
other frames and other people **of the same three sources**, so these figures hold for cameras and attacks like those; how they do on a
source that nothing was learnt from stands on [a page of its own](liveness-sources.md): EERs of 0 to 9.5 %. What the third learnt from is not known; it may have seen
pictures like those of the third source.

    ozma eval liveness --list attacks.csv

"""

DET_ATTACKS = """
![Attacks that pass against faces that are refused](accuracy/det-attacks.svg)
"""

FAILS = """
## What fails

* **Replays and prints in high definition pass.** At the default threshold these networks are no sufficient defence alone against
  somebody who holds a good screen or print before the camera: read the APCER of each source above before you rely on it.
* **Close-ups are refused.** Where the face fills the picture and no background is left (tight crops, some phone selfies) bona
  fide faces are declined too often.
* The threshold does not carry from source to source: the EER of each source above belongs to a different score. Fit yours on
  pictures of your own cameras with `ozma eval liveness`.
* Masks, make-up, injected and generated video are not measured here at all.
* Small faces: no verdict on liveness below 40 px across.
* Demographic differences in error rates are not measured: these sets do not carry the labels.
"""


def evaluate(program, *words):
    done = subprocess.run([program, "eval", *words, "--json"], stdout=subprocess.PIPE, text=True, check=True)
    return json.loads(done.stdout)


def faces(report):
    rows = ["| figure | value | 95 % interval |", "|---|---|---|"]
    if "accuracy" in report:
        rows.append(f"| verification accuracy, ten folds | {percent(report['accuracy'])} | {interval(report['accuracy_interval'])} |")
    rows.append(f"| EER | {percent(report['eer'])} | |")
    for fmr, value in report["fnmr"].items():
        rows.append(f"| FNMR at FMR {fmr} | {percent(value)} | {interval(report['fnmr_intervals'][fmr])} |")
    point = report["at_decision_point"]
    rows.append(f"| FMR at the decision point (score 0.85) | {percent(point['fmr'], 4)} | {interval(point['fmr_interval'], 4)} |")
    rows.append(f"| FNMR at the decision point | {percent(point['fnmr'])} | {interval(point['fnmr_interval'])} |")
    rows.append(f"| failures to acquire | {percent(report['failures_to_acquire'], 3)} | {report['failures_to_acquire_count']} of "
                f"{report['images']} pictures |")
    return "\n".join(rows) + "\n"


def liveness(report):
    rows = ["| source | species | count | errors | error rate | 95 % interval |", "|---|---|---|---|---|---|"]
    for source, part in [("all", report), *report["sources"].items()]:
        for species, tally in part["counts"].items():
            if species == "bonafide":
                rate, bounds, name = part["bpcer"], part["bpcer_interval"], "bona fide (BPCER)"
            else:
                rate, bounds, name = part["apcer"][species], part["apcer_intervals"][species], f"{species} (APCER)"
            rows.append(f"| {source} | {name} | {tally['count']} | {tally['errors']} | {percent(rate, 1)} | {interval(bounds, 1)} |")
    rows += ["", "| source | worst APCER | BPCER | ACER | EER | non-response |", "|---|---|---|---|---|---|"]
    for source, part in [("all", report), *report["sources"].items()]:
        eer = "" if part["eer"] is None else percent(part["eer"], 1)
        rows.append(f"| {source} | {percent(part['apcer_max'], 1)} | {percent(part['bpcer'], 1)} | {percent(part['acer'], 1)} | "
                    f"{eer} | {percent(part['non_response'], 1)} |")
    return "\n".join(rows) + "\n"


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    for name in ("pairs", "images", "attacks", "attributes", "search"):
        parser.add_argument(f"--{name}", type=Path)
    parser.add_argument("--program", type=Path, default=ROOT / "build/release/bin/ozma")
    arguments = parser.parse_args()
    page = ROOT / "docs/accuracy.md"
    lists = (arguments.pairs, arguments.images, arguments.attacks, arguments.search)
    if arguments.attributes and not any(lists):
        section = accuracy_quality.attributes_section(evaluate(arguments.program, "attributes", "--list", arguments.attributes))
        page.write_text(re.sub(r"\n## Eyes and smiles\n.*?(?=\n## )", lambda _: section, page.read_text(), flags=re.S))
        return 0
    lists = (arguments.pairs, arguments.images, arguments.attacks, arguments.attributes)
    if not arguments.search or any(lists) and not all(lists):
        parser.error("--pairs, --images, --attacks and --attributes belong together, with --search")
    search = accuracy_search.section(evaluate(arguments.program, "search", "--list", arguments.search))
    if not any(lists):
        rest = re.sub(r"\n## 1:N search\n.*?(?=\n## )", "", page.read_text(), flags=re.S)
        page.write_text(rest.replace("\n## Presentation attacks\n", search + "\n## Presentation attacks\n"))
        return 0
    pairs = evaluate(arguments.program, "faces", "--pairs", arguments.pairs)
    everything = evaluate(arguments.program, "faces", "--all-pairs", arguments.images)
    attacks = evaluate(arguments.program, "liveness", "--list", arguments.attacks)
    quality = evaluate(arguments.program, "quality", "--pairs", arguments.pairs)
    attributes = evaluate(arguments.program, "attributes", "--list", arguments.attributes)
    networks = subprocess.run([arguments.program, "models", "list"], stdout=subprocess.PIPE, text=True, check=True).stdout
    text = HEAD + "\nNetworks:\n\n" + "".join(f"    {line}".rstrip() + "\n" for line in networks.splitlines())
    text += MATCHING.format(**pairs) + faces(pairs) + ALL_PAIRS.format(**everything) + faces(everything) + DET + CALIBRATION
    text += accuracy_quality.quality_section(quality) + accuracy_quality.attributes_section(attributes) + search
    text += LIVENESS.format(count=sum(tally["count"] for tally in attacks["counts"].values())) + liveness(attacks) + DET_ATTACKS + FAILS
    accuracy_quality.write_curves(ROOT / "docs/accuracy", everything, attacks, quality)
    page.write_text(text)
    return 0


if __name__ == "__main__":
    sys.exit(main())
