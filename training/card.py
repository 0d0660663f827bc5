"""The model card that a training run leaves beside its network."""

import collections
import hashlib

import onnx
from onnx import numpy_helper

LICENCES = {
    "replay-attack": "Idiap Replay-Attack, research licence",
    "nuaa": "NUAA Imposter Database, for research",
    "celeba-spoof-crops": "CelebA-Spoof, non-commercial research",
    "celeba-spoof-live": "CelebA-Spoof, non-commercial research",
    "celeba-wild": "CelebA, non-commercial research",
    "glint": "Glint360K, non-commercial research",
}


def write_card(options, samples, chosen, sets, difference, tables):
    model = onnx.load(str(options.out))
    weights = sum(numpy_helper.to_array(tensor).size for tensor in model.graph.initializer)
    kinds = collections.Counter(node.op_type for node in model.graph.node if node.op_type != "Cast")
    people = collections.defaultdict(set)
    for i in chosen:
        people[samples.source[i]].add(samples.person[i])
    groups = collections.Counter((str(samples.source[i]), bool(samples.attack[i]), bool(samples.simulated[i])) for i in chosen)
    lines = [f"# {options.out.stem}", "",
             "Whether a face is a presentation attack: one frame, one window around the face. Written by `training/liveness.py`.", "",
             f"* Input: 80x80, BGR, 0..255; window of {options.scale} times the face's box, made smaller until it fits (crop rule `shift`).",
             f"* Output: logits of three classes; {options.real} is *bona fide*, the others are attacks.",
             f"* {weights} weights, stored as 16-bit numbers; {options.out.stat().st_size} bytes; operations: "
             + ", ".join(f"{count} {kind}" for kind, count in sorted(kinds.items())) + ".",
             f"* Started from `{options.start.name}`, SHA-256 `{hashlib.sha256(options.start.read_bytes()).hexdigest()}`: a MiniFASNet of",
             "  minivision's Silent-Face-Anti-Spoofing (Apache-2.0; trained on pictures that minivision does not publish). Its lower layers",
             f"  are kept; the upper ones went {100 * options.share:.0f} % of the way to what {options.steps} steps of 128 samples made of them (seed {options.seed}).",
             f"* ONNX Runtime and PyTorch differ by at most {difference:.1e} on noise.",
             *([f"* Learnt without the source `{options.leave_out}`."] if options.leave_out else []), "",
             "## What it learnt from", "",
             "Windows after simulated cameras: light, lens, noise, size, JPEG. Simulated attacks: prints, screens and cut-outs made by",
             "`training/simulator` from bona fide pictures.", "",
             "| source | people | bona fide | attacks | simulated attacks | licence of the pictures |", "|---|---|---|---|---|---|"]
    for source in sorted(people):
        lines.append(f"| {source} | {len(people[source])} | {groups[source, False, False]} | {groups[source, True, False]} | "
                     f"{groups[source, True, True]} | {LICENCES.get(source, 'not stated')} |")
    lines += ["", f"Of {sum(len(s.rows) + s.faceless for s in sets)} pictures, {sum(s.faceless for s in sets)} had no face that was found and were left out.", "",
              "**Licence situation.** The network's file is under Apache-2.0, as its start and this project are. The pictures are licensed",
              "for research, several for non-commercial research only, and are not distributed here; whether a network learnt from such pictures",
              "may be used commercially is not settled and differs between countries. Who needs certainty trains on pictures of their own:",
              "the recipe is the same command.", ""]
    for name, (table, faceless) in tables.items():
        lines += [f"## Figures: {name}", "", f"This network alone, threshold 0.5; {faceless} pictures without a face left out.", "", table, ""]
    options.out.with_suffix(".md").write_text("\n".join(lines))
