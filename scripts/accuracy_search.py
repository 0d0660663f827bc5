"""The section of docs/accuracy.md about 1:N search, from what `ozma eval search --json` says."""

import math

from accuracy_words import interval, percent

ANCHORS = {0.72: 1e-3, 0.85: 1e-4, 0.93: 1e-5, 0.97: 1e-6}  # what a score means: the false match rate of one comparison

HEAD = """
## 1:N search

The same pictures as an open set: {persons} people by {pictures} pictures are the gallery, {mated} probes show these people in other
pictures, and {non_mated} show people who are not in it. The search is that of COLLECTION analyses, exact at this size; who is not among the
10 persons it names is not found.

    ozma eval search --list search.csv

"""

GROWTH = """
A picture without a usable face counts against us: its person is not found, and a probe of a stranger without one is left out
of the FPIR. {non_mated} searches of strangers cannot tell an FPIR of 0.1 % from none: the threshold there is the lowest that none of them reaches.

**What a threshold means as the gallery grows.** A score says how rare such an impostor is in *one* comparison, whatever it is
searched in: 0.85 is a false match in 10,000 comparisons of the set that it was fitted on. That meaning does not change with
the gallery; what changes is how many comparisons a search makes. A stranger who is compared with *N* faces is taken for one of
them with a probability of 1 - (1 - FMR)^*N*, near *N* times FMR. Measured on these pictures, the gallery whole and in 4 and 16 parts
that are searched with all probes (who is in another part is a stranger then); *expected* is computed from the false match rate of all
single comparisons at that score (in brackets in the head):

"""

RULE = """
False matches come in clusters and fall on fewer searches than independent ones would, so the expectation errs on the careful
side; where it is a fraction of one search, the measured figure says little, and a wrong label of the set shows. The price is paid in misses, which
depend on the score alone, hardly on the gallery.

**What to set.** Decide how many searches of strangers may name somebody (FPIR), divide it by the number of photos
that a search looks at, and take the score of that false match rate: `decision_threshold` of an analysis, of the company, or of the
server (`--collection-threshold`). By the fitted rates:

"""

FURTHER = """
Beyond 0.97 scores go on to 1 without a fitted rate: a gallery of more than some 10,000 photos wants either a list of candidates
that a person looks through (`decision_count`), or collections that are searched on their own, or the FPIR measured on pictures of
your own cameras by `ozma eval search`, as the false match rate of yours is what counts: at 0.85 it is {fmr} here.
"""


def figures(report):
    point = report["at_decision_point"]
    rows = ["| figure | value | 95 % interval |", "|---|---|---|",
            f"| rank-1: the right person is named first | {percent(report['rank_1'])} | {interval(report['rank_1_interval'])} |"]
    for fpir, at in report["at_fpir"].items():
        rows.append(f"| FNIR at FPIR {percent(float(fpir), 1)} (score {at['threshold']:.3f}) | {percent(at['fnir'])} | {interval(at['fnir_interval'])} |")
    rows += [f"| FPIR at the decision point (score 0.85) | {percent(point['fpir'])} | {interval(point['fpir_interval'])} |",
             f"| FNIR at the decision point | {percent(point['fnir'])} | {interval(point['fnir_interval'])} |",
             f"| failures to acquire | {percent(report['failures_to_acquire'], 3)} | {report['failures_to_acquire_count']} of {report['images']} pictures |"]
    return "\n".join(rows) + "\n"


def by_size(report):
    at = report["by_size"][0]["at"]
    head = [f"FPIR at {one['threshold']:.2f} (FMR {one['fmr']:.1e})" for one in at]
    rows = [f"| persons | {' | '.join(head)} | FNIR at 0.85 |", "|---" * (len(at) + 2) + "|"]
    for size in reversed(report["by_size"]):
        cells = [f"{percent(one['fpir'])}, expected {percent(one['expected_fpir'])}" for one in size["at"]]
        miss = next(one["fnir"] for one in size["at"] if one["threshold"] == 0.85)
        rows.append(f"| {size['persons']} | {' | '.join(cells)} | {percent(miss)} |")
    return "\n".join(rows) + "\n"


def expected():
    rows = ["| photos searched | " + " | ".join(f"expected FPIR at {score:.2f}" for score in ANCHORS) + " |", "|---" * (len(ANCHORS) + 1) + "|"]
    for size in (10, 100, 1000, 10_000, 100_000):
        cells = [percent(-math.expm1(size * math.log1p(-fmr)), 2 if size * fmr < 0.1 else 0) for fmr in ANCHORS.values()]
        rows.append(f"| {size:,} | {' | '.join(cells)} |")
    return "\n".join(rows) + "\n"


def section(report):
    fmr = next(one["fmr"] for one in report["by_size"][0]["at"] if one["threshold"] == 0.85)
    counts = {"mated": report["mated"], "non_mated": report["non_mated"], **report["gallery"]}
    return (HEAD.format(**counts) + figures(report) + GROWTH.format(**counts) + by_size(report) + RULE + expected() +
            FURTHER.format(fmr=f"{fmr:.1e}"))
