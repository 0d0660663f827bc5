"""The parts of docs/accuracy.md on quality, eyes and smiles, and the curves beside it."""

import accuracy_curves
from accuracy_curves import Chart, deviate_axis, log_axis, plain_axis, power
from accuracy_words import interval, percent

QUALITY = """
## Quality

What the overall quality of a face (size, sharpness, exposure, pose and eyes; best shots are chosen by it) is worth to matching: the
share of genuine pairs that miss once those with the worst pictures are refused. A pair is as good as the worse of its two pictures, a
picture without a usable face is the worst there is, and the threshold stays where it is, at a score of {threshold}.

    ozma eval quality --pairs pairs.csv

![Error versus reject](accuracy/error-versus-reject.svg)

"""

ATTRIBUTES = """
## Eyes and smiles

Open and closed eyes are single eyes cut out of close-up photos; the best shot calls both eyes open from 0.5 up. Smiles and straight faces
are grey faces 64 pixels across. The program never calls a single face smiling: it holds each frame of a film against the same
person at rest ([gestures](gestures.md)), so what counts is how often it would put a smile above a straight face, even of somebody else (*right order*; a coin gets 50 %). A few per cent of the straight faces do grin.

    ozma eval attributes --list attributes.csv

"""

WEAK = """
Closed eyes are the harder half. Smiles tell little in faces this small that fill the picture; on larger ones with some room around them they do ([films](accuracy-films.md)).
"""


def quality_section(report):
    rows = ["| worst refused | genuine pairs left | misses | FNMR | 95 % interval |", "|---|---|---|---|---|"]
    for point in report["curve"]:
        rows.append(f"| {percent(point['rejected'], 0)} | {point['pairs']} | {point['misses']} | {percent(point['fnmr'])} | "
                    f"{interval(point['interval'])} |")
    return QUALITY.format(threshold=report["threshold"]) + "\n".join(rows) + "\n"


def attributes_section(report):
    rows = ["| attribute | split | label | count | no face | errors | error rate | 95 % interval | EER | right order |",
            "|---|---|---|---|---|---|---|---|---|---|"]
    for attribute, splits in report.items():
        for split, figures in splits.items():
            for label, one in figures.items():
                if not isinstance(one, dict):
                    continue
                errors = f"{one['errors']} | {percent(one['error_rate'], 1)} | {interval(one['interval'], 1)}" if "errors" in one else " | | "
                rows.append(f"| {attribute} | {split} | {label} | {one['count']} | {one['non_responses']} | {errors} | "
                            f"{percent(figures['eer'], 1)} | {percent(figures['right_order'], 1)} |")
    return ATTRIBUTES + "\n".join(rows) + "\n" + WEAK


def draw_reject(report):
    curve = report["curve"]
    most = max(point["interval"][1] for point in curve)
    step = next(step for step in (0.005, 0.01, 0.02, 0.05, 0.1, 0.2) if most / step <= 8)
    chart = Chart("Error versus reject", plain_axis("pairs refused, the worst first", 0.5, 0.1),
                  plain_axis("FNMR of the rest", step * -(-most // step), step))
    chart.band([(point["rejected"], *point["interval"]) for point in curve])
    chart.curve("overall quality, 95 % interval", [(point["rejected"], point["fnmr"]) for point in curve])
    first = curve[0]["fnmr"]
    chart.curve("refusing at random", [(0, first), (0.5, first)], dashed=True, colour="#888888")
    ideal = [share / 500 for share in range(251)]
    chart.curve("knowing which miss", [(share, max(0, first - share) / (1 - share)) for share in ideal], dashed=True, colour="#444444")
    return chart.svg()


def draw_matching(report):
    """`report`: of `ozma eval faces --all-pairs`."""
    finest = -next(exponent for exponent in range(9, 0, -1) if report["impostor"] >= 10**exponent)
    chart = Chart("Matching: detection error trade-off", log_axis("false match rate", finest, 0, power),
                  log_axis("false non-match rate", -3, 0, accuracy_curves.percent))
    chart.curve("every pair, one picture each", report["det"])
    point = report["at_decision_point"]
    chart.dot(max(point["fmr"], 10.0**finest), point["fnmr"], "score 0.85")
    return chart.svg()


def draw_attacks(report):
    """`report`: of `ozma eval liveness`, one curve a source."""
    chart = Chart("Presentation attacks: detection error trade-off", deviate_axis("APCER, all species together"), deviate_axis("BPCER"))
    for source, part in report["sources"].items():
        if part.get("det"):
            chart.curve(source, part["det"])
    return chart.svg()


def write_curves(folder, pairs, attacks, quality):
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "det-matching.svg").write_text(draw_matching(pairs))
    (folder / "det-attacks.svg").write_text(draw_attacks(attacks))
    (folder / "error-versus-reject.svg").write_text(draw_reject(quality))
