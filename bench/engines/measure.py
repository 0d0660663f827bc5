#!/usr/bin/env python3
"""Measures the engines that could run the catalog's networks, on this machine.

    bench/engines/measure.py [--rounds N] [--seconds S] [--json FILE]

Compares OpenVINO, ONNX Runtime and OpenCV DNN on every file of models/catalog.json: latency with one and with two
threads, throughput with two requests at once of one thread each, and the largest difference from ONNX Runtime's
answers (files made for another input size are first rewritten to the catalog's). Every engine runs in its own process, with the same input and the same loop; engines take turns, round by
round, and the best round counts, so that other work on the machine weighs on none of them alone. Prints the table of
docs/networks.md. Its packages (pinned below) go to .deps/engines; only the standard library is needed to start.
"""

import argparse
import json
import os
import platform
import subprocess
import sys
import threading
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
VENV = ROOT / ".deps" / "engines"
PACKAGES = ["openvino==2026.4.1", "onnxruntime==1.32.0", "opencv-python-headless==4.6.0.66", "numpy==1.26.4", "onnx==1.16.2"]
ENGINES = {"openvino": "OpenVINO 2026.4.1", "onnxruntime": "ONNX Runtime 1.32.0", "opencv": "OpenCV DNN 4.6.0"}
STREAMS = 2


def inside_venv(program, venv=VENV, packages=PACKAGES):
    """Starts `program` again in an environment of these packages, made on the first run."""
    python = venv / "bin" / "python"
    if Path(sys.prefix) == venv:
        return
    stamp = venv / "packages"
    if not stamp.exists() or stamp.read_text() != "\n".join(packages):
        print(f"Installing {', '.join(packages)} in {venv} ...", file=sys.stderr, flush=True)
        subprocess.run([sys.executable, "-m", "venv", "--clear", venv], check=True)
        subprocess.run([python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", *packages], check=True)
        stamp.write_text("\n".join(packages))
    os.execv(python, [str(python), str(Path(program).resolve()), *sys.argv[1:]])


def networks():
    catalog = json.loads((ROOT / "models" / "catalog.json").read_text())
    return {entry["name"]: entry for entry in catalog["networks"]}


def shape_of(entry):
    spec = entry["input"]
    return [1, 1 if spec["colour"] == "grey" else 3, spec["height"], spec["width"]]


def sized_file(entry):
    """The entry's file, its input of the catalog's size: ONNX Runtime takes no other than the file says."""
    import onnx
    model = onnx.load(str(ROOT / "models" / entry["file"]))
    given = onnx.ValueInfoProto()
    given.CopyFrom(next(tensor for tensor in model.graph.input if tensor.name == entry["input"]["name"]))
    dimensions = given.type.tensor_type.shape.dim
    if [dimension.dim_value for dimension in dimensions] == shape_of(entry):
        return ROOT / "models" / entry["file"]
    for dimension, size in zip(dimensions, shape_of(entry)):
        dimension.dim_value = size
    for tensor in model.graph.output:
        for index, dimension in enumerate(tensor.type.tensor_type.shape.dim):
            dimension.dim_param = f"{tensor.name}_{index}"
    del model.graph.value_info[:]
    del model.graph.input[:]  # old files list their weights here too, which keeps ONNX Runtime from folding them
    model.graph.input.append(given)
    file = VENV / f"{entry['name']}.onnx"
    onnx.save(model, str(file))
    return file


def synthetic_input(entry):
    import numpy
    spec = entry["input"]
    pixels = numpy.random.default_rng(1).integers(0, 256, shape_of(entry))
    mean, scale = (numpy.array(spec[key]).reshape(1, -1, 1, 1) for key in ("mean", "scale"))
    return ((pixels - mean) / scale).astype(numpy.float32)


# --- one engine, in its own process: a function that runs once, and one that runs for a while on all streams ----

def open_openvino(file, entry, data, threads, streams):
    import openvino
    core = openvino.Core()
    compiled = core.compile_model(str(file), "CPU", {
        "NUM_STREAMS": streams, "INFERENCE_NUM_THREADS": threads * streams, "ENABLE_CPU_PINNING": False,
        "INFERENCE_PRECISION_HINT": "f32"})

    def runner():
        request = compiled.create_infer_request()

        def run():
            request.start_async({entry["input"]["name"]: data}, share_inputs=True)
            request.wait()
            return [request.get_tensor(name).data for name in entry["outputs"]]
        return run
    return runner


def open_onnxruntime(file, entry, data, threads, _streams):
    import onnxruntime
    onnxruntime.set_default_logger_severity(3)
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    session = onnxruntime.InferenceSession(str(file), options, providers=["CPUExecutionProvider"])
    return lambda: lambda: session.run(entry["outputs"], {entry["input"]["name"]: data})


def open_opencv(file, entry, data, threads, _streams):
    import cv2
    cv2.setNumThreads(threads)

    def runner():
        network = cv2.dnn.readNetFromONNX(str(file))

        def run():
            network.setInput(data, entry["input"]["name"])
            return network.forward(entry["outputs"])
        return run
    return runner


def latency(run, seconds):
    """The shortest run, in milliseconds: what the engine takes when nothing else disturbs it."""
    run()
    best, end = float("inf"), time.perf_counter() + seconds
    while (start := time.perf_counter()) < end:
        run()
        best = min(best, time.perf_counter() - start)
    return best * 1e3


def throughput(runner, seconds):
    """Runs a second of as many callers as streams."""
    counts = [0] * STREAMS
    start = time.perf_counter() + 0.1
    end = start + seconds

    def work(index):
        run = runner()
        run()
        while time.perf_counter() < end:
            run()
            counts[index] += time.perf_counter() > start
    callers = [threading.Thread(target=work, args=(index,)) for index in range(STREAMS)]
    for caller in callers:
        caller.start()
    for caller in callers:
        caller.join()
    return sum(counts) / seconds


def measure_one(engine, name, seconds):
    entry = networks()[name]
    file = sized_file(entry)
    data = synthetic_input(entry)
    opener = {"openvino": open_openvino, "onnxruntime": open_onnxruntime, "opencv": open_opencv}[engine]
    start = time.perf_counter()
    run = opener(file, entry, data, 1, 1)()
    answers = run()
    result = {"ready": (time.perf_counter() - start) * 1e3, "one": latency(run, seconds)}
    result["two"] = latency(opener(file, entry, data, 2, 1)(), seconds)
    result["rate"] = throughput(opener(file, entry, data, 1, STREAMS), seconds)
    result["answers"] = [answer.ravel().tolist() for answer in answers]
    return result


# --- the table ---------------------------------------------------------------------------------------------------

def child(engine, name, seconds):
    done = subprocess.run([sys.executable, __file__, "--one", engine, name, "--seconds", str(seconds)],
                          stdout=subprocess.PIPE, check=True, timeout=300)
    return json.loads(done.stdout)


def collect(rounds, seconds):
    table = {}
    for turn in range(rounds):
        for name in networks():
            for engine in ENGINES:
                print(f"round {turn + 1}/{rounds}: {name} by {engine}", file=sys.stderr, flush=True)
                found = child(engine, name, seconds)
                best = table.setdefault(name, {}).setdefault(engine, found)
                for key in ("ready", "one", "two"):
                    best[key] = min(best[key], found[key])
                best["rate"] = max(best["rate"], found["rate"])
    for row in table.values():
        expected = row["onnxruntime"]["answers"]
        for found in row.values():
            found["difference"] = max(abs(a - b) for ours, theirs in zip(found["answers"], expected)
                                      for a, b in zip(ours, theirs))
    for row in table.values():
        for found in row.values():
            del found["answers"]
    return table


def processor():
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            return line.split(":", 1)[1].strip()
    return platform.machine()


def show(table):
    print(f"{processor()}, {os.cpu_count()} cores, {platform.system()} {platform.release()}, Python "
          f"{platform.python_version()}\n")
    print("| network | engine | 1 thread, ms | 2 threads, ms | 2 at once, runs/s | load, ms | max. difference |")
    print("|---|---|---|---|---|---|---|")
    for name, row in table.items():
        for engine, found in row.items():
            print(f"| {name} | {ENGINES[engine]} | {found['one']:.2f} | {found['two']:.2f} | {found['rate']:.0f} | "
                  f"{found['ready']:.0f} | {found['difference']:.1e} |")
    for engine, title in ENGINES.items():
        one, two = (sum(row[engine][key] for row in table.values()) for key in ("one", "two"))
        rate = 1 / sum(1 / row[engine]["rate"] for row in table.values())
        print(f"| **each once** | {title} | {one:.2f} | {two:.2f} | {rate:.1f} | "
              f"{sum(row[engine]['ready'] for row in table.values()):.0f} | |")


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=float, default=1.0, help="of each figure in each round (default: 1)")
    parser.add_argument("--json", type=Path, help="write the figures there as well")
    parser.add_argument("--one", nargs=2, metavar=("ENGINE", "NETWORK"), help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.one:
        json.dump(measure_one(*options.one, options.seconds), sys.stdout)
        return
    table = collect(options.rounds, options.seconds)
    show(table)
    if options.json:
        options.json.write_text(json.dumps(table, indent=2) + "\n")


if __name__ == "__main__":
    inside_venv(__file__)
    main()
