"""docs/performance.md from the figures of scripts/bench.py."""

import page_api
import page_search
from words import MISSING, duration, number, share, table, verdict

HEAD = """# Performance

Written by `scripts/bench.py`, {runs}{quick}. One machine, one picture: what it shows is where the time
goes and how Ozma stands beside others there, not how fast it will be for you. Run it on yours:

    ./run --check && scripts/setup dev && scripts/bench.py

## The machine

| | |
|---|---|
| processor | {processor}, {cores} logical cores ({threads_per_core} a physical core){virtual} |
| frequency governor | {governor} |
| memory | {memory_gib:.1f} GiB |
| system | {system}, kernel {kernel} |
| load average before the run | {load:.2f} |
| Ozma | {ozma}, commit {commit} |
| engine | {engine} |
| compiler, load | {compiler}; wrk {wrk} |

Networks:

{networks}
"""

PROGRAM = """
## The work itself

    ozma bench --seconds {seconds}

The sample `person-a-1.jpg` ({picture}), one face, the same picture over and over. *Networks alone* is the floor: each network
of the job once, over streams and threads as in the job, on pictures already of the right size, with nothing around them.
*Everything else* is what the job takes beyond that, as a share of it: cutting windows out of the picture, scaling, aligning,
the further runs of a network that the job makes on one picture, choosing, scoring. Decoding stands apart, and in the last column
is counted in. The goal is under 25 %.

"""

LOAD = """
## Under load

    wrk --latency -t1 -c CONNECTIONS -d {seconds}s -s bench/load/request.lua ADDRESS     # ozma serve --components lite

HTTP/1.1 over loopback, connections kept alive, each with one request under way; wrk shares the cores with the server, so a
server by itself does more. A picture is {picture_bytes:.0f} kB of JPEG and is received, decoded and judged for every
request; `compare_n` compares one template with {candidates} others, {compare_bytes:.0f} kB of multipart. The *floor* of the
picture jobs is their networks alone (one thread for one connection, all cores for more), that of `compare` is `/version`, the
emptiest answer there is, and that of `compare_n` a thousand times *read template and compare* from above. Requests/s counts good answers only. Errors are broken connections, time-outs and wrong statuses; 503
with Retry-After is what the server answers when its queue of 128 is full.

"""

MEMORY = """
## Memory

The server and its decoder processes together, pages that they share counted once (PSS from `smaps_rollup`, median of
five readings). The mix: liveness of a picture, extract, compare, extract_and_compare, and a truncated JPEG that must be refused, in
turn over four connections; every answer's status is checked.

"""

READY = """
## From start to ready

Median of {rounds} starts. *Listening*: from the start of the process to the line with the address. *Answering*: to the first
answer of `/v1/face/liveness/health`, which runs the networks on a picture. Cold: an empty data folder, so every network is compiled;
warm: compiled networks are there. The files themselves are in the system's cache both times.

"""

PEERS = """
## Beside others

The same picture ({width}x{height}), already decoded to pixels, one thread, in the same run; milliseconds a picture, mean.
**These programs do not do the same thing**: other networks, other accuracy, other checks. Ozma's detect looks through windows
of the picture for faces from 4 % of it up and confirms what it finds; dlib's frontal detector (HOG) finds upright frontal faces
from 80 pixels up, followed by 5 landmarks and a ResNet-34 on 150x150; human's BlazeFace sees the picture once at
256x256, followed by its mesh of 468 points (for alignment) and faceres, or by antispoof and liveness. dlib has no liveness.

"""

PEERS_AFTER = """
dlib was built with `-O3 -march=native` against Debian's library; its convolutions stand or fall with the BLAS that is
installed, so it was run with Debian's default and with OpenBLAS (one thread). human runs where no native
code may: WebAssembly with SIMD in Node, one thread, its frame-to-frame caches off.
"""

NAMES = {"version": "`/version`", "detect": "`liveness/detect`", "extract": "`pattern/extract`", "compare": "`pattern/compare`",
         "compare_n": "`pattern/compare_n`, 1,000"}
FLOORS = {  # what of `ozma bench`, and how often
    "detect": ("networks of liveness", 1), "extract": ("networks of extract", 1), "compare_n": ("read template and compare", 1000)}


def speeds(results):
    """Of `ozma bench`: row by (job, threads), and all counts of threads."""
    rows = {(row["job"], row["threads"]): row for row in results["program"]["rows"]}
    return rows, sorted({threads for _, threads in rows})


def shares(results):
    """(job, threads) and the share of everything else, without and with decoding."""
    rows, counts = speeds(results)
    found = {}
    for threads in counts:
        for job in ("detect", "extract", "liveness"):
            alone, whole = (rows[name, threads]["milliseconds"] for name in (f"networks of {job}", job))
            found[job, threads] = (whole / alone - 1, (whole + rows["decode", threads]["milliseconds"]) / alone - 1)
    return found


def one_run(results):
    return len({tuple(when.values()) for when in results["measured"].values()}) == 1


def head(results):
    machine = results["machine"]
    words = machine | results["versions"] | {
        "runs": "all in one run on " + results["date"] if one_run(results) else "in several runs, the last on " + results["date"],
        "quick": " (**a quick run: rough figures**)" if results["quick"] else "",
        "virtual": f", virtual ({machine['hypervisor']})" if machine["hypervisor"] else "",
        "governor": machine["governor"] or "not shown by the system",
        "engine": results.get("program", {}).get("engine", "not measured"),
        "networks": "".join(f"    {line}".rstrip() + "\n" for line in results["versions"]["networks"].splitlines()),
    }
    text = HEAD.format(**words)
    if not one_run(results):
        lines = [[part, when["date"], when["commit"], f"{when['load']:.2f}"] for part, when in results["measured"].items()]
        text += "\n" + table(["part", "measured on", "commit", "load average before"], lines)
    elif machine["load"] > 0.5:
        text += (f"\n**Other work ran on the machine** (load average {machine['load']:.1f} before the run): figures here are lower, and "
                 "vary more, than on a quiet one.\n")
    return text


def program(results):
    if "program" not in results:
        return "\n## The work itself\n" + MISSING
    rows, counts = speeds(results)
    beyond = shares(results)
    lines = []
    for threads in counts:
        for job in ("decode", "detect", "extract", "liveness"):
            row = rows[job, threads]
            cells = [job, threads, number(row["per_second"]), number(row["per_second"] / threads), number(row["milliseconds"])]
            if job == "decode":
                lines.append([*cells, "", "", ""])
                continue
            alone = rows[f"networks of {job}", threads]
            lines.append([*cells, number(alone["milliseconds"]), *(share(part) for part in beyond[job, threads])])
    pairs = [[job, threads, number(rows[job, threads]["per_second"]), duration(rows[job, threads]["milliseconds"])]
             for threads in counts for job in ("compare", "read template and compare")]
    picture = results.get("peers", {})
    size = f"{picture['width']}x{picture['height']} pixels" if picture else "a portrait"
    return (PROGRAM.format(seconds=results["scale"]["seconds"], picture=size)
            + table(["job", "threads", "images/s", "a core", "ms an image", "networks alone, ms", "everything else", "with decoding"], lines)
            + "\nComparisons, which no network takes part in:\n\n" + table(["job", "threads", "pairs/s", "a pair"], pairs)
            + "\nWith several threads, *ms an image* is wall time over images, so it falls as cores are added.\n")


def load_floor(results, row):
    """Requests a second that the floor of a job allows; None: it is the floor, or the floor was not measured."""
    if row["job"] in FLOORS:
        if "program" not in results:
            return None
        rows, counts = speeds(results)
        job, times = FLOORS[row["job"]]
        return rows[job, counts[0] if row["connections"] == 1 else counts[-1]]["per_second"] / times
    if row["job"] == "version":
        return None
    return next(other["per_second"] for other in results["load"]["rows"]
                if other["job"] == "version" and other["connections"] == row["connections"])


def load(results):
    if "load" not in results:
        return "\n## Under load\n" + MISSING
    lines = []
    for row in results["load"]["rows"]:
        floor = load_floor(results, row)
        lines.append([NAMES[row["job"]], row["connections"], number(row["per_second"]), number(floor) if floor else "",
                      number(row["p50_ms"]), number(row["p99_ms"]), row["errors"], row["overloaded"]])
    sizes = results["load"]["body_bytes"]
    many = max((row for row in results["load"]["rows"] if row["job"] == "compare_n"), key=lambda row: row["per_second"])
    over = results["load"]["rows"][-1]
    text = LOAD.format(seconds=results["scale"]["load_seconds"], picture_bytes=sizes["detect"] / 1000, candidates="1,000",
                       compare_bytes=sizes["compare_n"] / 1000)
    text += table(["call", "connections", "requests/s", "floor, /s", "p50 ms", "p99 ms", "errors", "503"], lines)
    text += (f"\nAt its best `compare_n` compares {number(many['per_second'] * 1000)} templates a second, reading them from the request "
             f"included. The last row is more than the server takes at once, on purpose: of {over['answers']:,} answers {over['overloaded']:,} were "
             "503, and wrk, unlike a good client, asked again at once; percentiles there mix both kinds of answers.\n")
    return text


def memory(results):
    if "memory" not in results:
        return "\n## Memory\n" + MISSING
    found = results["memory"]
    lines = [[name, *(number(found[key][part]) for part in ("pss", "server_rss", "children_rss")), int(found[key]["children"])]
             for name, key in (("at rest", "rest"), (f"after {found['warm_requests']:,} requests", "warm"),
                               (f"after {found['total_requests']:,} requests", "end"))]
    return (MEMORY + table(["", "together, MiB", "server, RSS", "decoders, RSS", "decoders"], lines)
            + f"\nGrowth from {found['warm_requests']:,} to {found['total_requests']:,} requests: {100 * found['growth']:+.2f} % (goal: under 2 %).\n")


def ready(results):
    if "ready" not in results:
        return "\n## From start to ready\n" + MISSING
    found = results["ready"]
    lines = [[kind, *(f"{found[kind][part]:.2f} s" for part in ("listening", "answering", "slowest"))] for kind in ("cold", "warm")]
    return READY.format(rounds=found["rounds"]) + table(["", "listening", "answering", "answering, slowest"], lines)


def peers(results):
    if not results.get("peers", {}).get("rows"):
        return "\n## Beside others\n" + MISSING
    found = results["peers"]
    lines = []
    if "program" in results:
        rows, _ = speeds(results)
        lines.append(["**Ozma**", *(duration(rows[job, 1]["milliseconds"]) for job in ("detect", "extract", "liveness", "compare"))])
        lines.append(["Ozma's networks alone", *(duration(rows[f"networks of {job}", 1]["milliseconds"])
                                                 for job in ("detect", "extract", "liveness")), ""])
    for row in found["rows"]:
        lines.append([row["name"], *(duration(row["jobs"][job]) if job in row["jobs"] else "–"
                                     for job in ("detect", "extract", "liveness", "compare"))])
    text = PEERS.format(**found) + table(["", "detect", "detect and template", "detect and liveness", "compare two"], lines)
    if found["missing"]:
        text += f"\nNot measured in this run: {', '.join(found['missing'])}.\n"
    return text + PEERS_AFTER


def verdicts(results):
    text = "\n## In plain words\n\n"
    if "program" in results:
        beyond = shares(results)
        for index, kind in ((0, "on decoded pictures"), (1, "with decoding counted in")):
            (job, threads), worst = max(beyond.items(), key=lambda item: item[1][index])
            text += verdict(worst[index] < 0.25, f"{kind}, everything beside the networks takes at most {share(worst[index])} of their time "
                            f"({job}, {threads} thread{'s' if threads > 1 else ''}); the goal is under 25 %.")
        rows, counts = speeds(results)
        if len(counts) > 1:
            gain = min(rows[job, counts[-1]]["per_second"] / rows[job, 1]["per_second"] for job in ("detect", "extract", "liveness"))
            text += verdict(gain > 0.8 * counts[-1], f"{counts[-1]} threads do at least {gain:.2f} times the work of one.")
    if "memory" in results:
        growth = results["memory"]["growth"]
        text += verdict(growth < 0.02, f"memory changes by {100 * growth:+.2f} % from {results['memory']['warm_requests']:,} to "
                        f"{results['memory']['total_requests']:,} requests; the goal is under 2 %.")
    if "ready" in results:
        warm, cold = (results["ready"][kind]["answering"] for kind in ("warm", "cold"))
        text += verdict(warm < 2, f"the first answer comes {warm:.2f} s after the start when networks are compiled (goal: under 2 s), {cold:.2f} s "
                        "the very first time.")
    if "load" in results:
        # Beyond the queue 503 is the right answer; anything else would be an error.
        failed = sum(row["errors"] for row in results["load"]["rows"])
        busy = sum(row["overloaded"] for row in results["load"]["rows"][:-1])
        text += verdict(failed == 0 and busy == 0, f"{failed} errors and {busy} times 503 at up to 64 connections.")
    text += page_api.verdicts(results)
    text += page_search.verdicts(results)
    for row in results.get("peers", {}).get("rows", []) if "program" in results else []:
        rows, _ = speeds(results)
        for job, name in (("detect", "detect"), ("extract", "detect and template"), ("liveness", "detect and liveness")):
            if job in row["jobs"]:
                times = row["jobs"][job] / rows[job, 1]["milliseconds"]
                told = f"{times:.1f} times as fast as" if times >= 1 else f"{1 / times:.1f} times as slow as"
                text += verdict(times >= 1, f"*{name}* is {told} {row['name']}, on one thread.")
    return text


def write(results):
    return "".join(part(results) for part in (head, verdicts, program, load, page_api.single, page_api.lists, page_api.size, page_search.search, memory, ready, peers))
