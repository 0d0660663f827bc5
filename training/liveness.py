#!/usr/bin/env python3
"""Trains one liveness network: how much a face looks like a print, a screen or a mask.

    python3 training/liveness.py --attacks DIR --faces DIR --start NETWORK.onnx --scale 1.4 --out models/NAME.onnx

--attacks holds a CSV file with the columns path, label (bonafide or a species), person and source, --faces one with
path, person and source (bona fide faces, from which more attacks are simulated); the pictures lie beside them or in a
.tar there. --start is the network to go on from: BGR, 0..255, 80x80, classes as logits. With --leave-out SOURCE
nothing of that source is learnt from, nor any of its people, which tells how the recipe fares on cameras it has not
seen. --test (a folder like --attacks; may be given twice) is only measured, for the card.

What takes long is kept below --work and taken up again: faces, samples, lower layers, checkpoints. A run from nothing
takes about 25 minutes on two cores. Needs training/requirements.txt.
"""

import argparse
import hashlib
import os
import sys
from pathlib import Path

import numpy as np
import onnxruntime
import torch

from card import write_card
from figures import table
from fit import attack_logit, blend, fit
from liveness_samples import Samples, make, plan
from onnx_module import Upper
from pictures import Pictures
from windows import SIZE, shifted

SCALES = (1.4, 2.7)  # windows that samples are made with; --scale chooses one
# Samples by source: recorded bona fide, recorded attacks, simulated attacks on its bona fide.
COUNTS = {"replay-attack": (1600, 1900, 1200), "nuaa": (1300, 1300, 1000), "celeba-spoof-crops": (1500, 2200, 1200),
          "celeba-wild": (2200, 0, 2000), "celeba-spoof-live": (0, 0, 0), "glint": (300, 0, 200)}
OTHERS = (1000, 1000, 700)  # of a source that is not listed
SPLIT = "/conv_34/project/conv/Conv_output_0"  # below it nothing is trained: edges and textures carry over


def main():
    options = arguments()
    options.work.mkdir(parents=True, exist_ok=True)
    device = "cuda" if torch.cuda.is_available() else "cpu"
    torch.manual_seed(options.seed)
    torch.set_num_threads(options.threads)

    sets = [Pictures(folder, options.program, options.work) for folder in (options.attacks, options.faces)]
    tests = [Pictures(folder, options.program, options.work) for folder in options.test]
    samples = all_samples(sets, options)
    upper = Upper(options.start, SPLIT)
    features = lower_layers(upper, samples, options)
    chosen = np.flatnonzero(allowed(samples, sets[0], options.leave_out))
    say(f"{len(chosen)} samples to learn from, on {device}")

    before = {name: value.detach().clone() for name, value in upper.weights.items()}
    checkpoint = options.work / f"{options.out.stem}-{options.leave_out or 'all'}-{options.seed}.checkpoint"
    fitted = fit(upper, options.real, features, chosen, samples, options.steps, options.seed, checkpoint, device,
                 lambda done, of, loss, left: progress("steps", done, of, f"loss {loss:.3f}, {left / 60:.0f} min left"))
    weights = blend(before, dict(fitted.weights), options.share)
    upper.save(options.out, weights)
    difference = compare(upper, weights, options)
    say(f"{options.out}: {options.out.stat().st_size} bytes, answers of ONNX Runtime and PyTorch differ by {difference:.1e}")
    write_card(options, samples, chosen, sets, difference, measured(tests, options))


def arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--attacks", type=Path, required=True)
    parser.add_argument("--faces", type=Path, required=True)
    parser.add_argument("--test", type=Path, action="append", default=[])
    parser.add_argument("--start", type=Path, required=True)
    parser.add_argument("--scale", type=float, choices=SCALES, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--leave-out", default="")
    parser.add_argument("--share", type=float, default=0.5, help="how far to go from --start to the fitted weights, 0..1")
    parser.add_argument("--real", type=int, default=1, help="index of the bona fide class")
    parser.add_argument("--steps", type=int, default=120)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--threads", type=int, default=os.cpu_count())
    parser.add_argument("--program", default="build/release/bin/ozma", help="finds the faces, as it will later")
    parser.add_argument("--work", type=Path, default=Path("build/training"))
    return parser.parse_args()


def all_samples(sets, options):
    """The samples of every source, made once for all folds."""
    kept = options.work / f"samples-{options.seed}.npz"
    if not kept.exists():
        recorded, simulated = {}, {}
        for source in sorted({row.source for pictures in sets for row in pictures.rows}):
            real, attacks, made = COUNTS.get(source, OTHERS)
            rows = [row for pictures in sets for row in pictures.rows if row.source == source]
            if any(not row.attack for row in rows):
                recorded[source, False], simulated[source] = real, made
            if any(row.attack for row in rows):
                recorded[source, True] = attacks
        plans = plan(sets, recorded, simulated, options.seed)
        samples = make(sets, plans, SCALES, options.threads, lambda done, of: progress("samples", done, of))
        partial = kept.with_suffix(".partial.npz")
        np.savez(partial, **vars(samples))
        partial.replace(kept)
    return Samples(**np.load(kept))


def lower_layers(upper, samples, options):
    """What the layers that are not trained make of every sample, float16, mapped from a file."""
    kept = options.work / f"lower-{digest(options.start)[:12]}-{options.scale}-{options.seed}.npy"
    if not kept.exists():
        run, windows = upper.lower(options.threads), samples.windows[:, SCALES.index(options.scale)]
        partial = kept.with_suffix(".partial.npy")
        shape = run(windows[:1]).shape[1:]
        out = np.lib.format.open_memmap(partial, "w+", np.float16, (len(windows), *shape))
        for i in range(0, len(windows), 64):
            out[i:i + 64] = run(windows[i:i + 64])
            progress("lower layers", min(i + 64, len(windows)), len(windows))
        out.flush()
        partial.replace(kept)
    return np.load(kept, mmap_mode="r")


def allowed(samples, attacks, leave_out):
    """Which samples a fold may learn from: none of the source left out, none that shows one of its people."""
    if not leave_out:
        return np.ones(len(samples.source), bool)
    people = {number(row.person) for row in attacks.rows if row.source == leave_out}
    return (samples.source != leave_out) & ~np.array([number(person) in people for person in samples.person])


def number(person):
    """People of one collection carry its number under several prefixes; those of others have other ones."""
    prefix, _, rest = person.partition("_")
    return "celeba_" + rest if prefix in ("cs", "celeba") else person


def compare(upper, weights, options):
    """Largest difference between the file, run whole, and PyTorch on the same noise."""
    session = opened(options)
    rng = np.random.default_rng(options.seed)
    upper = upper.to("cpu")
    with torch.no_grad():
        for name, value in weights.items():
            upper.weights[name].copy_(value.half().float())
    worst, lower = 0.0, upper.lower(1)
    for _ in range(8):
        noise = rng.integers(0, 256, (1, SIZE, SIZE, 3), dtype=np.uint8)
        whole = session.run(None, {session.get_inputs()[0].name: noise.transpose(0, 3, 1, 2).astype(np.float32)})[0]
        with torch.no_grad():
            parts = upper(torch.from_numpy(lower(noise)).float()).numpy()
        worst = max(worst, float(np.abs(whole - parts).max()))
    if worst > 0.05:  # the lower layers pass through 16-bit numbers in one of them
        sys.exit(f"{options.out}: ONNX Runtime and PyTorch disagree by {worst}")
    return worst


def measured(tests, options):
    """A table of figures for each test set, by the network alone."""
    session = opened(options)
    name, tables = session.get_inputs()[0].name, {}
    for folder, pictures in zip(options.test, tests):
        scores = []
        for row in pictures.rows:
            window = shifted(pictures.read(row), row.box, options.scale, SIZE)
            output = session.run(None, {name: window.transpose(2, 0, 1)[None].astype(np.float32)})[0]
            scores.append(float(attack_logit(torch.from_numpy(output), options.real)))
        tables[f"{folder.parent.name}/{folder.name}"] = (table(np.array(scores), pictures.rows), pictures.faceless)
    return tables


def opened(options):
    settings = onnxruntime.SessionOptions()
    settings.intra_op_num_threads = options.threads
    return onnxruntime.InferenceSession(str(options.out), settings)


def digest(path):
    return hashlib.sha256(path.read_bytes()).hexdigest()


def progress(what, done, of, more=""):
    if sys.stderr.isatty() or done == of or done % max(1, of // 10) == 0:
        end = "\n" if done == of or not sys.stderr.isatty() else ""
        print(f"\r    {what}: {done} of {of} {more}   ", end=end, file=sys.stderr, flush=True)


def say(text):
    print(text, file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
