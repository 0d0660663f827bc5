#!/usr/bin/env python3
"""Measures how fast Ozma is on this machine and writes docs/performance.md.

    scripts/bench.py [--quick] [--only PART,PART... | --update PART,PART... | --rewrite] [--pictures LIST]
                     [--program build/release/bin/ozma]

Parts: program (`ozma bench`), peers (the same jobs by dlib and by human), ready (start to first answer), load (wrk),
single (single requests of the persistent API), list (pages of 10,000 folders), size (of a database of 100,000),
search (of galleries of a million faces and of ten), memory. All of them take about an hour on two cores; nothing else
should run meanwhile. Needs what `scripts/setup dev` installs, and the release build. The figures also go to
build/bench/results.json, beside each other.

--pictures: pictures of faces (a CSV with the columns path and person), from whose templates the galleries of the part
search are made; bench/search/measure.py says more.

--quick measures a second a figure and 500 requests, to see that all of it works: its page is build/bench/performance.md.
--only prints the figures of some parts and writes no page; --update puts them in place of those of the last run, and the
page says when each part was measured; --rewrite measures nothing and writes the page of the last run.
"""

import argparse
import json
import os
import platform
import re
import shutil
import subprocess
import sys
import tempfile
import time
import traceback
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "bench"))

import page  # noqa: E402
from load import load, persistent  # noqa: E402
from load.server import clean_environment, say  # noqa: E402
from peers import peers  # noqa: E402

PICTURE, OTHER = ROOT / "samples/person-a-1.jpg", ROOT / "samples/person-a-2.jpg"
PARTS = ["program", "peers", "ready", "load", "single", "list", "size", "search", "memory"]
SCALES = {  # seconds a figure, seconds a wrk run, requests before and in all, rounds of starting, of pages
    False: {"seconds": 5, "load_seconds": 10, "warm": 1000, "total": 20000, "rounds": 5, "pages": 40, "folders": 100_000,
            "faces": "1000000,10000000"},
    True: {"seconds": 1, "load_seconds": 1, "warm": 100, "total": 500, "rounds": 2, "pages": 5, "folders": 5000, "faces": "50000"},
}
MEMORY_LIMIT = 3600  # seconds for all requests of the memory run


def output(*words):
    try:
        return subprocess.run(words, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=60,
                              env=dict(os.environ, LC_ALL="C")).stdout.strip()
    except (OSError, subprocess.TimeoutExpired):
        return ""


def machine():
    facts = dict(re.findall(r"^([^:\n]+):\s+(.+)$", output("lscpu"), re.M))
    memory = int(re.search(r"MemTotal:\s+(\d+)", Path("/proc/meminfo").read_text())[1]) / 1024 / 1024
    governor = Path("/sys/devices/system/cpu/cpu0/cpufreq/scaling_governor")
    system = dict(re.findall(r'^(\w+)="?([^"\n]*)', Path("/etc/os-release").read_text(), re.M))
    return {
        "processor": facts.get("Model name", platform.machine()), "cores": len(os.sched_getaffinity(0)),
        "threads_per_core": facts.get("Thread(s) per core", "?"), "hypervisor": facts.get("Hypervisor vendor", ""),
        "governor": governor.read_text().strip() if governor.is_file() else "", "memory_gib": memory,
        "system": system.get("PRETTY_NAME", "?"), "kernel": platform.release(), "load": os.getloadavg()[0],
    }


def versions(program):
    commit = output("git", "-C", str(ROOT), "rev-parse", "--short=12", "HEAD")
    compiler = output("g++", "--version").splitlines()
    return {"ozma": output(str(program), "--version"), "commit": commit if re.fullmatch(r"[0-9a-f]+", commit) else "?",
            "networks": output(str(program), "models", "list"), "compiler": compiler[0] if compiler else "?",
            "wrk": output("dpkg-query", "-W", "-f=${Version}", "wrk")}


def measure_program(program, seconds):
    say(f"program: ozma bench, {seconds} s a figure")
    words = [str(program), "bench", "--json", "--seconds", str(seconds), "--picture", str(PICTURE)]
    done = subprocess.run(words, stdout=subprocess.PIPE, text=True, timeout=300 + 200 * seconds, env=clean_environment())
    if done.returncode != 0:
        raise RuntimeError(f"ozma bench failed with {done.returncode}")
    return json.loads(done.stdout)


def measure_search(program, faces, pictures):
    """Figures of bench/search/measure.py, which runs in an environment of its own."""
    say(f"search: galleries of {faces} faces")
    with tempfile.NamedTemporaryFile(suffix=".json") as figures:
        words = [sys.executable, str(ROOT / "bench/search/measure.py"), "--faces", faces, "--json", figures.name,
                 "--program", str(program.parent / "bench_search")]
        subprocess.run(words + (["--pictures", str(pictures)] if pictures else []), stdout=subprocess.DEVNULL, check=True, timeout=7200)
        return json.loads(Path(figures.name).read_text())


def measure(parts, program, scale, pictures):
    """Every part's figures by its name; a part that fails is told and left out."""
    ways = {
        "program": lambda: measure_program(program, scale["seconds"]),
        "peers": lambda: peers.measure_peers(PICTURE, scale["seconds"]),
        "ready": lambda: load.measure_ready(program, scale["rounds"]),
        "load": lambda: load.measure_load(program, PICTURE, OTHER, scale["load_seconds"]),
        "single": lambda: persistent.measure_single(program, PICTURE, scale["load_seconds"]),
        "list": lambda: persistent.measure_list(program, PICTURE, scale["pages"]),
        "size": lambda: persistent.measure_size(program, PICTURE, scale["folders"]),
        "search": lambda: measure_search(program, scale["faces"], pictures),
        "memory": lambda: load.measure_memory(program, PICTURE, OTHER, scale["warm"], scale["total"], MEMORY_LIMIT),
    }
    results = {}
    for part in ways:
        if part not in parts:
            continue
        began = time.monotonic()
        try:
            results[part] = ways[part]()
            say(f"{part}: done in {time.monotonic() - began:.0f} s")
        except Exception as failure:  # the other parts' figures are not to be lost with it
            traceback.print_exc()
            say(f"{part}: FAILED: {failure}")
    return results


def over(last, results):
    """The last run's figures with those of this one over them."""
    if last["quick"] != results["quick"]:
        sys.exit("bench: the last run was of the other kind, quick or full")
    return last | results | {"measured": last["measured"] | results["measured"]}


def write(results, folder):
    """The page; a quick run's stays beside the build. 0 if nothing is missing in it."""
    written = folder / "performance.md" if results["quick"] else ROOT / "docs/performance.md"
    written.write_text(page.write(results))
    say(f"written: {written.relative_to(ROOT)}")
    missing = [part for part in PARTS if part not in results] + results.get("peers", {}).get("missing", [])
    if missing:
        say(f"not measured: {', '.join(missing)}")
    return 1 if missing else 0


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--only", metavar="PART,PART", help=", ".join(PARTS))
    parser.add_argument("--update", metavar="PART,PART")
    parser.add_argument("--rewrite", action="store_true")
    parser.add_argument("--pictures", type=Path, metavar="LIST")
    parser.add_argument("--program", type=Path, default=ROOT / "build/release/bin/ozma")
    arguments = parser.parse_args()
    some = arguments.only or arguments.update
    parts = some.split(",") if some else PARTS
    if unknown := [part for part in parts if part not in PARTS]:
        parser.error(f"there is no part {', '.join(unknown)}")
    folder = ROOT / "build/bench"
    if arguments.rewrite:
        return write(json.loads((folder / "results.json").read_text()), folder)
    for tool in ("wrk", "g++", "ffmpeg", "ffprobe"):
        if shutil.which(tool) is None:
            sys.exit(f"bench: {tool} is missing: run scripts/setup dev")
    for file in (arguments.program, PICTURE, OTHER):
        if not file.is_file():
            sys.exit(f"bench: {file.name} is missing: run ./run --check once, which builds and fetches it")

    results = {"quick": arguments.quick, "date": time.strftime("%Y-%m-%d", time.gmtime()), "scale": SCALES[arguments.quick],
               "machine": machine(), "versions": versions(arguments.program)}
    if results["machine"]["load"] > 0.5:
        say(f"something else runs here (load average {results['machine']['load']:.1f}): the figures will be too low")
    found = measure(parts, arguments.program.resolve(), SCALES[arguments.quick], arguments.pictures)
    when = {"date": results["date"], "commit": results["versions"]["commit"], "load": results["machine"]["load"]}
    results |= found | {"measured": dict.fromkeys(found, when)}
    results["machine"]["load_after"] = os.getloadavg()[0]

    if arguments.only:
        print(json.dumps({part: results.get(part) for part in parts}, indent=1))
        return 0 if all(part in results for part in parts) else 1
    if arguments.update:
        results = over(json.loads((folder / "results.json").read_text()), results)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "results.json").write_text(json.dumps(results, indent=1) + "\n")
    return write(results, folder)


if __name__ == "__main__":
    sys.exit(main())
