#!/usr/bin/env python3
"""Measures 1:N searches on this machine, beside the memory's own speed and beside other libraries.

    bench/search/measure.py [--faces N,N...] [--peers-up-to N] [--templates FILE] [--genuine MEAN,DEVIATION]
                            [--program build/release/bin/bench_search] [--json FILE]

For each size, bench_search makes a gallery and searches it: exactly by one core (beside the time that reading as many
bytes from memory takes, in turns with it) and by all, in batches of eight, and approximately, with the recall. Up to
--peers-up-to faces, Faiss and usearch then search the very same templates with one thread. Prints a Markdown table.

Without --templates, people are random sums of directions with a falling spectrum; with it (32-bit numbers, one
template behind the other), of real templates, and the cosines of strangers spread as theirs do. The packages of the
peers (pinned below) go to .deps/search.
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


def run(faces, options, folder):
    command = [options.program, "--faces", str(faces), "--folder", folder, "--turns", str(options.turns)]
    if options.templates:
        command += ["--templates", options.templates]
    if options.genuine:
        command += ["--genuine", *options.genuine.split(",")]
    with_peers = faces <= options.peers_up_to
    if with_peers:
        command += ["--dump", f"{folder}/gallery"]
    report = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
    report["rows"] = list(ours(report))
    if with_peers:
        report["rows"] += peers(f"{folder}/gallery", report["dimension"], options.turns)
    return report


def page(report):
    gibibytes, seconds = report["snapshot_bytes"] / 2**30, report["open_ms"] / 1000
    lines = [f"\n{report['faces']:,} faces of {report['dimension']} values, {gibibytes:.2f} GiB, kernel {report['kernel']}; "
             f"cosines of strangers {report['impostor']['mean']:.3f} ± {report['impostor']['deviation']:.3f}, of one person "
             f"{report['genuine']['mean']:.2f} ± {report['genuine']['deviation']:.2f}; the snapshot was saved in "
             f"{report['save_seconds']:.1f} s and opened in {seconds:.3f} s.\n",
             "| search, one thread unless said | one probe, ms | of eight at once, ms each | recall@1 |", "|---|---|---|---|"]
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
    parser.add_argument("--templates")
    parser.add_argument("--genuine")
    parser.add_argument("--turns", type=int, default=7)
    parser.add_argument("--program", default=str(ROOT / "build/release/bin/bench_search"))
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    os.environ.update(ONE_THREAD)  # before a library looks
    if options.peers_up_to:
        with_packages()
    reports = []
    for faces in options.faces.split(","):
        with tempfile.TemporaryDirectory(prefix="ozma-bench-") as folder:
            reports.append(run(int(faces), options, folder))
        print(page(reports[-1]), flush=True)
    if options.json:
        options.json.write_text(json.dumps(reports, indent=1))


if __name__ == "__main__":
    main()
