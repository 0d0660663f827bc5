#!/usr/bin/env python3
"""Measures 1:N searches on this machine, beside the memory's own speed and beside other libraries.

    bench/search/measure.py [--faces N,N...] [--peers-up-to N] [--pictures LIST | --templates FILE]
                            [--program build/release/bin/bench_search] [--json FILE]

For each size, bench_search makes a gallery and searches it: exactly by one core (beside the time that reading as many
bytes from memory takes, in turns with it) and by all, in batches of eight, and approximately, with the recall. Up to
--peers-up-to faces, Faiss and usearch then search the very same templates with one thread. Prints a Markdown table.

With --pictures (a CSV with the columns path and person, the pictures beside it or in a .tar beside it), people are random
sums of the templates that `ozma eval faces` makes of them, and photos of one person are as alike as those of one person
there are: how well both match is shown. --templates takes what `ozma eval faces --templates FILE` wrote before. With
neither, people are random sums of directions with a falling spectrum. The packages of the peers (pinned below) go to
.deps/search.

A million faces take 9 GiB of memory with the peers and ten million 14 GiB without; the snapshot of ten million takes
6 GiB in the folder for temporary files.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
VENV = ROOT / ".deps" / "search"
PACKAGES = ["faiss-cpu==1.15.1", "usearch==2.26.6", "numpy==1.26.4"]
ONE_THREAD = {name: "1" for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")}


def with_packages():
    """Starts this program again in an environment that has PACKAGES, made on the first run."""
    try:
        import faiss  # noqa: F401
        import usearch  # noqa: F401
        return
    except ImportError:
        pass
    if Path(sys.prefix) == VENV:
        sys.exit(f"measure.py: {VENV} lacks a package; remove it and start again")
    if not (VENV / "bin/python").exists():
        print(f"Installing {', '.join(PACKAGES)} in {VENV} ...", file=sys.stderr, flush=True)
        subprocess.run([sys.executable, "-m", "venv", VENV], check=True)
        subprocess.run([VENV / "bin/pip", "install", "--quiet", "--disable-pip-version-check", *PACKAGES], check=True)
    os.execv(VENV / "bin/python", [str(VENV / "bin/python"), str(Path(__file__).resolve()), *sys.argv[1:]])


def median_ms(turns, search):
    search(0)
    times = []
    for turn in range(turns):
        begun = time.perf_counter()
        search(turn)
        times.append(1000 * (time.perf_counter() - begun))
    return sorted(times)[len(times) // 2]


def measured(name, search, probes, exact, turns):
    """Milliseconds of one probe and of one of eight, and how often the first match is the exact one."""
    first = [search(probes[at:at + 8])[0] for at in range(0, len(probes), 8)]
    same = sum(int(a == b) for found, at in zip(first, range(0, len(probes), 8)) for a, b in zip(found, exact[at:at + 8]))
    return {"name": name, "one_ms": median_ms(turns, lambda turn: search(probes[turn % len(probes)][None])),
            "of_eight_ms": median_ms(turns, lambda turn: search(probes[:8])) / 8, "recall_at_1": same / len(probes)}


def peers(gallery_file, dimension, turns):
    """The same templates in other libraries, one thread each."""
    import faiss
    import numpy
    import usearch.index
    faiss.omp_set_num_threads(1)

    def unit(values):
        numbers = values.astype(numpy.float32)
        return numbers / numpy.linalg.norm(numbers, axis=1, keepdims=True)

    rows = numpy.fromfile(gallery_file, numpy.int8).reshape(-1, dimension)
    probe_rows = numpy.fromfile(f"{gallery_file}.probes", numpy.int8).reshape(-1, dimension)
    gallery, probes = unit(rows), unit(probe_rows)

    flat = faiss.IndexFlatIP(dimension)
    flat.add(gallery)
    exact = [int(image) for image in flat.search(probes, 1)[1][:, 0]]

    def first_of(index, parameters=None):
        def search(batch):
            return [[int(image) for image in index.search(batch, 10, params=parameters)[1][:, 0]]]
        return search

    yield measured("Faiss flat, 32-bit floats", first_of(flat), probes, exact, turns)
    quantised = faiss.IndexScalarQuantizer(dimension, faiss.ScalarQuantizer.QT_8bit, faiss.METRIC_INNER_PRODUCT)
    quantised.train(gallery[:50_000])
    quantised.add(gallery)
    yield measured("Faiss flat, 8 bits", first_of(quantised), probes, exact, turns)

    def in_usearch(batch):
        found = usearch.index.search(rows, numpy.rint(batch * 127 / abs(batch).max()).astype(numpy.int8), 10, "cos",
                                     exact=True, threads=1)
        return [[int(image) for image in numpy.atleast_2d(found.keys)[:, 0]]]
    yield measured("usearch exact, 8 bits", in_usearch, probes, exact, turns)

    lists = max(64, int(2 * len(gallery) ** 0.5))
    faiss.omp_set_num_threads(os.cpu_count())  # to train; searches have one
    nearest = faiss.IndexFlatIP(dimension)
    inverted = faiss.IndexIVFPQ(nearest, dimension, lists, 64, 8, faiss.METRIC_INNER_PRODUCT)
    inverted.cp.niter = inverted.pq.cp.niter = 10
    inverted.train(gallery[:max(10_000, 40 * lists)])
    inverted.add(gallery)
    faiss.omp_set_num_threads(1)
    refined = faiss.IndexRefineFlat(inverted, faiss.swig_ptr(gallery))
    refined.k_factor = 20
    for share in (16, 4):
        inverted.nprobe = lists // share
        yield measured(f"Faiss IVF{lists},PQ64, 1 of {share} lists", first_of(refined), probes, exact, turns)


def ours(report):
    exact, approximate = report["exact"], report["approximate"]
    yield {"name": "reading the memory", "one_ms": exact["floor_ms"]}
    yield {"name": "Ozma, exact", **exact, "recall_at_1": 1}
    yield {"name": "Ozma, approximate", **approximate, **report["recall"]}
    yield {"name": "Ozma, exact, all cores", **report["exact_all_cores"], "recall_at_1": 1}
    yield {"name": "Ozma, approximate, all cores", **report["approximate_all_cores"], **report["recall"]}


def templates_of(pictures, program, folder):
    """The templates of a list of pictures, as a file."""
    file = f"{folder}/templates"
    command = [Path(program).parent / "ozma", "eval", "faces", "--all-pairs", pictures, "--templates", file, "--json"]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    return file


SHARES = ("1 %", "10 %", "50 %", "90 %", "99 %", "99.9 %", "99.99 %")


def spread(cosines):
    import numpy
    bounds = numpy.quantile(cosines, [float(share.split()[0]) / 100 for share in SHARES])
    return {"mean": float(cosines.mean()), **{share: float(bound) for share, bound in zip(SHARES, bounds)}}


def real(file, folder):
    """What the real templates are like: dimension, spreads of cosines, and a file of the cosines of one person's photos."""
    import numpy
    people = numpy.array(Path(f"{file}.people").read_text().split("\n")[:-1])
    templates = numpy.fromfile(file, numpy.float32).reshape(len(people), -1)
    unit = templates / numpy.linalg.norm(templates, axis=1, keepdims=True)
    genuine, impostor = [], []
    for at in range(len(people)):
        cosines, same = unit[:at] @ unit[at], people[:at] == people[at]
        genuine.append(cosines[same])
        impostor.append(cosines[~same])
    genuine, impostor = numpy.concatenate(genuine), numpy.concatenate(impostor)
    if not len(genuine):
        sys.exit("measure.py: no two pictures are of one person")
    genuine.astype(numpy.float32).tofile(f"{folder}/genuine")
    return {"dimension": templates.shape[1], "pictures": len(people), "people": len(set(people)), "file": file,
            "genuine_file": f"{folder}/genuine", "genuine": spread(genuine), "impostor": spread(impostor)}


def run(faces, options, models, folder):
    command = [options.program, "--faces", str(faces), "--folder", folder, "--turns", str(options.turns)]
    if models:
        command += ["--templates", models["file"], "--genuine", models["genuine_file"], "--dimension", str(models["dimension"])]
    with_peers = faces <= options.peers_up_to
    if with_peers:
        command += ["--dump", f"{folder}/gallery"]
    report = json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout)
    report["rows"] = list(ours(report))
    if models:
        report["real"] = {key: models[key] for key in ("pictures", "people", "genuine", "impostor")}
    if with_peers:
        report["rows"] += peers(f"{folder}/gallery", report["dimension"], options.turns)
    return report


def match(report):
    """How the cosines of the made-up faces lie beside those of the real ones."""
    models = report["real"]
    lines = [f"\nMade from {models['pictures']:,} pictures of {models['people']:,} people; cosines, and below which so many of them lie:\n",
             f"| | mean | {' | '.join(SHARES)} |", "|---|" + "---|" * (1 + len(SHARES))]
    for name, spreads in (("strangers, real", models["impostor"]), ("strangers, made up", report["impostor"]),
                          ("one person, real", models["genuine"]), ("one person, made up", report["genuine"])):
        lines.append(f"| {name} | {' | '.join(f'{spreads[key]:.3f}' for key in ('mean', *SHARES))} |")
    return lines


def page(report):
    gibibytes, seconds = report["snapshot_bytes"] / 2**30, report["open_ms"] / 1000
    lines = [f"\n{report['faces']:,} faces of {report['dimension']} values, kernel {report['kernel']}: in memory {report['heap_bytes'] / 2**30:.2f} GiB, "
             f"built in {report['fill_seconds']:.1f} s (both indexes are one); the snapshot of {gibibytes:.2f} GiB was saved in "
             f"{report['save_seconds']:.1f} s, opened in {seconds:.3f} s, and its first search took {report['first_search_ms'] / 1000:.2f} s.",
             *(match(report) if "real" in report else ["\nNo pictures were given: people are random sums of directions with a falling spectrum."]),
             "\n| search, one thread unless said | one probe, ms | of eight at once, ms each | recall@1 |", "|---|---|---|---|"]
    for row in report["rows"]:
        cells = [f"{row[key]:.{digits}f}" if key in row else "" for key, digits in
                 (("one_ms", 2), ("of_eight_ms", 2), ("recall_at_1", 3))]
        lines.append(f"| {row['name']} | {' | '.join(cells)} |")
    lines.append(f"\nThe exact search takes {report['exact']['over_floor']:.2f} times what reading its bytes takes.")
    return "\n".join(lines)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--faces", default="1000000,10000000")
    parser.add_argument("--peers-up-to", type=int, default=1_000_000)
    models = parser.add_mutually_exclusive_group()
    models.add_argument("--pictures", metavar="LIST")
    models.add_argument("--templates", metavar="FILE")
    parser.add_argument("--turns", type=int, default=7)
    parser.add_argument("--program", default=str(ROOT / "build/release/bin/bench_search"))
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    os.environ.update(ONE_THREAD)  # before a library looks
    with_packages()
    reports = []
    with tempfile.TemporaryDirectory(prefix="ozma-bench-") as kept:
        file = templates_of(options.pictures, options.program, kept) if options.pictures else options.templates
        known = real(file, kept) if file else None
        for faces in options.faces.split(","):
            with tempfile.TemporaryDirectory(prefix="ozma-bench-") as folder:
                reports.append(run(int(faces), options, known, folder))
            print(page(reports[-1]), flush=True)
    if options.json:
        options.json.write_text(json.dumps(reports, indent=1))


if __name__ == "__main__":
    main()
