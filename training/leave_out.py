#!/usr/bin/env python3
"""How liveness fares on a source that nothing was learnt from, and how other networks do there. Writes docs/liveness-sources.md.

    training/leave_out.py --list pad.csv [--list more.csv] --folds DIR --peers PEERS.json [--program build/release/bin/ozma]

--list: lists of `ozma eval liveness` (path, label, source); a source is judged on all its rows of all lists. --folds holds
close-SOURCE.onnx and wide-SOURCE.onnx, made by `training/liveness.py --leave-out SOURCE` with the settings of the networks that
are shipped. --peers is a JSON list of liveness entries as in models/catalog.json (name, file, sha256, input, outputs,
parameters; `saw` lists sources that the network may have learnt from), measured alone and in every combination.

Scores are those of `ozma eval liveness`, kept below --work; several networks answer with the mean of their log-odds, as the program's do.
"""

import argparse
import csv
import hashlib
import itertools
import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from figures import equal_error_rate, percent, share

ROOT = Path(__file__).resolve().parent.parent
SHIPPED = 0.5  # the program's default threshold
FLOOR = 1e-4  # of probabilities, before log-odds

HEAD = """# Sources that nothing was learnt from

Written by `training/leave_out.py`. Networks for presentation attacks know the cameras and screens that they learnt from; what counts
is how they do elsewhere. For each of the three sources there are, the two networks of our own were made once more by the recipe of those that are shipped,
without the pictures and people of that source, and judged on all of it. The third, fr_liveness, comes from a package that
does not say what it learnt from; it may have seen CelebA-Spoof. Networks are marked * where they are known or thought to have learnt from the
source. *Mean* is over the sources; a frame without a face that is found is left out of the EER and counts in the column of its own.

"""


@dataclass(frozen=True)
class Frame:
    label: str
    source: str


def arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--list", type=Path, action="append", required=True)
    parser.add_argument("--folds", type=Path, required=True)
    parser.add_argument("--peers", type=Path)
    parser.add_argument("--program", type=Path, default=ROOT / "build/release/bin/ozma")
    parser.add_argument("--work", type=Path, default=ROOT / "build/training")
    return parser.parse_args()


class Judge:
    """Log-odds of an attack for every frame of the lists, by one network; nan where it gave no answer."""

    def __init__(self, options):
        self.options, self.frames = options, []
        for listing in options.list:
            self.frames += [Frame(row["label"], row["source"]) for row in csv.DictReader(listing.open())]
        self.attack = np.array([frame.label != "bonafide" for frame in self.frames])
        self.source = np.array([frame.source for frame in self.frames])
        self.species = np.array([frame.label for frame in self.frames])
        self.catalog = json.loads((ROOT / "models/catalog.json").read_text())

    def entry(self, name):
        return next(entry for entry in self.catalog["networks"] if entry["name"] == name)

    def scores(self, entry, file=None):
        """By the network of a catalog entry; `file` stands for the entry's own."""
        path = Path(file or ROOT / "models" / entry["file"]).resolve()
        digest = hashlib.sha256(path.read_bytes()).hexdigest()
        others = [{**other, "file": f"shipped/{other['file']}"} for other in self.catalog["networks"] if other["role"] != "liveness"]
        one = {key: value for key, value in entry.items() if key not in ("source", "saw")}
        mark = hashlib.sha256(json.dumps([one["parameters"], one["input"], digest]).encode()).hexdigest()[:16]
        one |= {"file": f"{mark}.onnx", "sha256": digest}
        for name, target in (("shipped", ROOT / "models"), (one["file"], path)):  # files must lie below the catalog's folder
            if not (self.options.work / name).exists():
                (self.options.work / name).symlink_to(target)
        catalog = self.options.work / f"one-{mark}.json"
        catalog.write_text(json.dumps({**self.catalog, "networks": [*others, one]}))
        answers = []
        for listing in self.options.list:
            kept = self.options.work / f"scores-{mark}-{listing.parent.parent.name}-{listing.stem}.csv"
            if not kept.exists():
                subprocess.run([self.options.program, "eval", "liveness", "--catalog", catalog, "--list", listing, "--scores", kept],
                               stdout=subprocess.DEVNULL, check=True)
            answers += [float(row["score"]) if row["score"] else np.nan for row in csv.DictReader(kept.open())]
        odds = np.clip(np.array(answers), FLOOR, 1 - FLOOR)
        return np.log(odds / (1 - odds))


def row(name, judge, by_source, marks=()):
    """One line of the table; `by_source` gives the log-odds that count on a source."""
    cells, rates, silent, asked = [], [], 0, 0
    for source in sorted(set(judge.source)):
        here = judge.source == source
        scores, attack = by_source[source][here], judge.attack[here]
        heard = ~np.isnan(scores)
        silent, asked = silent + int((~heard).sum()), asked + len(scores)
        rates.append(equal_error_rate(scores[heard], attack[heard]))
        cells.append(percent(rates[-1]) + ("*" if source in marks else ""))
    return np.mean(rates), f"| {name} | {' | '.join(cells)} | {percent(np.mean(rates))} | {silent} of {asked} |"


def ours(judge, options):
    """{source: log-odds} by the three networks, two of which have seen nothing of the source."""
    fixed = judge.scores(judge.entry("fr_liveness"))
    found = {}
    for source in sorted(set(judge.source)):
        parts = [judge.scores(judge.entry(f"liveness_{name}"), options.folds / f"{name}-{source}.onnx") for name in ("close", "wide")]
        found[source] = np.mean([fixed, *parts], axis=0)
    return found


def peers(judge, options):
    """Every network of --peers alone, and the best three combinations by their mean."""
    entries = json.loads(options.peers.read_text()) if options.peers else []
    scores = {entry["name"]: judge.scores(entry, options.peers.parent / entry["file"]) for entry in entries}
    saw = {entry["name"]: set(entry.get("saw", ())) for entry in entries}
    alone, together = [], []
    for size in range(1, len(scores) + 1):
        for names in itertools.combinations(scores, size):
            mean = np.mean([scores[name] for name in names], axis=0)
            line = row(" + ".join(names), judge, {source: mean for source in set(judge.source)}, set().union(*(saw[n] for n in names)))
            (alone if size == 1 else together).append(line)
    return [line for _, line in alone], [line for _, line in sorted(together)[:3]]


def at_thresholds(judge, by_source):
    """The worst species at BPCER 5 %, source by source, and both error rates at the one threshold that is shipped."""
    lines = ["| source | worst species at BPCER 5 % | its APCER | worst species at the default threshold | its APCER | BPCER |", "|---|---|---|---|---|---|"]
    for source in sorted(set(judge.source)):
        here = (judge.source == source) & ~np.isnan(by_source[source])
        scores, species = by_source[source][here], judge.species[here]
        real = np.sort(scores[species == "bonafide"])
        strict = real[max(0, int(np.ceil(0.95 * len(real))) - 1)]
        cells = []
        for threshold, passes in ((strict, np.less_equal), (np.log(SHIPPED / (1 - SHIPPED)), np.less)):
            errors = {name: (int(passes(scores[species == name], threshold).sum()), int((species == name).sum()))
                      for name in set(species) - {"bonafide"}}
            worst = max(sorted(errors), key=lambda name: errors[name][0] / errors[name][1])
            cells += [worst, share(*errors[worst])]
        refused = int((real >= np.log(SHIPPED / (1 - SHIPPED))).sum())
        lines.append(f"| {source} | {' | '.join(cells)} | {share(refused, len(real))} |")
    return lines


def main():
    options = arguments()
    options.work.mkdir(parents=True, exist_ok=True)
    judge = Judge(options)
    sources = sorted(set(judge.source))
    counts = ", ".join(f"{source} {int((judge.attack & (judge.source == source)).sum())} attacks and "
                       f"{int((~judge.attack & (judge.source == source)).sum())} bona fide" for source in sources)
    unseen = ours(judge, options)
    start = [f"| EER on | {' | '.join(sources)} | mean | no face found |", "|" + "---|" * (len(sources) + 3)]
    alone, together = peers(judge, options)
    marks = {source for source in sources if "celeba" in source}
    lines = [f"Frames: {counts}.", "", *start, row("**ours, the source left out**", judge, unseen, marks)[1], *alone,
             *(line.replace("| ", "| best: ", 1) for line in together), "", "Ours, the source left out:", "", *at_thresholds(judge, unseen), ""]
    (ROOT / "docs/liveness-sources.md").write_text(HEAD + "\n".join(lines))
    return 0


if __name__ == "__main__":
    sys.exit(main())
