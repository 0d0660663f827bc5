#!/usr/bin/env python3
"""Turns the catalog's networks into 8-bit ones and measures what that gains on this machine.

    training/quantise.py --list pictures.csv --out DIR [--only NAME ...] [--count 200] [--rounds 60]

The list has a column `path`; the pictures lie beside it or in a `.tar` beside it. `ozma check` finds the faces in
`--count` of them, and every network sees them as it does in the program: that sets the range of each activation.
Weights become 8-bit integers channel by channel, of 7 bits so that no processor's dot product saturates;
activations tensor by tensor; what surrounds the convolutions stays in floating point. DIR then holds NAME.onnx, and
NAME.json, a catalog with that one network in 8 bits:

    ozma eval faces --catalog DIR/NAME.json --pairs pairs.csv

Prints a table of milliseconds on one thread. Its packages (pinned below) go to .deps/quantise.
"""

import argparse
import csv
import hashlib
import json
import subprocess
import sys
import tarfile
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "bench" / "engines"))
import measure  # noqa: E402

VENV = ROOT / ".deps" / "quantise"
PACKAGES = ["openvino==2026.4.1", "onnxruntime==1.32.0", "opencv-python-headless==5.0.0.93", "numpy==2.4.6", "onnx==1.23.2",
            "ml_dtypes==0.6.0"]
TEMPLATE = [[38.2946, 51.6963], [73.5318, 51.5014], [56.0252, 71.7366], [41.5493, 92.3655], [70.7299, 92.2041]]
CONVOLUTIONS = ["Conv", "ConvTranspose", "Gemm", "MatMul"]


# --- what the networks see -------------------------------------------------------------------------------------

def faces(program, listing, count):
    """(picture, box, points) of up to `count` pictures with one face, spread evenly over the list."""
    import cv2
    paths = [row["path"] for row in csv.DictReader(listing.open())]
    paths = paths[::max(1, len(paths) // count)][:count]
    archives = [tarfile.open(tar) for tar in sorted(listing.parent.glob("*.tar"))]
    held = {name: archive for archive in archives for name in archive.getnames()}
    with tempfile.TemporaryDirectory() as folder:
        files = []
        for number, path in enumerate(paths):
            beside = listing.parent / path
            data = beside.read_bytes() if beside.exists() else held[path].extractfile(path).read()
            files.append(Path(folder) / f"{number}{Path(path).suffix}")
            files[-1].write_bytes(data)
        for pair in zip(files[::2], files[1::2]):  # `check` takes two pictures at most
            done = subprocess.run([program, "check", "--json", *pair], stdout=subprocess.PIPE, check=False, timeout=60)
            for medium in json.loads(done.stdout)["media"]:
                if len(medium.get("faces") or []) == 1 and medium["quarter_turns"] == 0:
                    face = medium["faces"][0]
                    yield cv2.imread(medium["file"]), face["box"], face["points"]


def window(picture, centre, width, height, size):
    """A part of the picture, black beyond its edges, squashed to `size`."""
    import cv2
    import numpy
    scale = numpy.array([size[0] / width, size[1] / height])
    shift = numpy.array(size) / 2 - scale * centre
    smooth = cv2.INTER_AREA if min(scale) < 0.5 else cv2.INTER_LINEAR
    return cv2.warpAffine(picture, numpy.array([[scale[0], 0, shift[0]], [0, scale[1], shift[1]]]), size, flags=smooth)


def aligned(picture, points, size):
    import cv2
    import numpy
    transform, _ = cv2.estimateAffinePartial2D(numpy.float32(points), numpy.float32(TEMPLATE), method=cv2.LMEDS)
    return cv2.warpAffine(picture, transform, size)


def view(entry, picture, box, points):
    """The pixels, BGR, that the network of this role is given for this face."""
    parameters, size = entry["parameters"], (entry["input"]["width"], entry["input"]["height"])
    x, y, w, h = box
    middle, side = (x + w / 2, y + h / 2), max(w, h)
    if entry["role"] == "detector":
        height, width = picture.shape[:2]
        reach = max(width / size[0], height / size[1])
        return window(picture, (width / 2, height / 2), reach * size[0], reach * size[1], size)
    if entry["role"] == "recognizer":
        return aligned(picture, points, size)
    if entry["role"] == "pose":
        return window(picture, middle, w * parameters["crop"], h * parameters["crop"], size)
    if entry["role"] == "liveness":
        return window(picture, middle, side * parameters["scale"], side * parameters["scale"], size)
    if entry["role"] == "eye":
        across = 0.4 * parameters["crop"] * (points[1][0] - points[0][0])
        return window(picture, points[0], across, across, size)
    return window(picture, middle, side * parameters["crop"], side * parameters["crop"], size)


def tensor(entry, pixels):
    import cv2
    import numpy
    spec = entry["input"]
    if spec["colour"] == "grey":
        pixels = cv2.cvtColor(pixels, cv2.COLOR_BGR2GRAY)[:, :, None]
    if spec["colour"] == "rgb":
        pixels = pixels[:, :, ::-1]
    values = (pixels.astype(numpy.float32) - numpy.float32(spec["mean"])) / numpy.float32(spec["scale"])
    return numpy.ascontiguousarray(values.transpose(2, 0, 1)[None])


# --- 8 bits ----------------------------------------------------------------------------------------------------

def quantise(entry, tensors, file):
    import onnx
    import onnxruntime
    from onnx import version_converter
    from onnxruntime import quantization
    onnxruntime.set_default_logger_severity(3)

    class Reader(quantization.CalibrationDataReader):
        def __init__(self):
            self.left = iter(tensors)

        def get_next(self):
            given = next(self.left, None)
            return None if given is None else {entry["input"]["name"]: given}

    model = onnx.load(str(measure.sized_file(entry)))
    del model.graph.value_info[:]
    weights = {weight.name for weight in model.graph.initializer}
    inputs = [given for given in model.graph.input if given.name not in weights]
    del model.graph.input[:]
    model.graph.input.extend(inputs)
    if model.opset_import[0].version < 13:  # the first to know of scales for each channel
        model = version_converter.convert_version(model, 13)
    with tempfile.TemporaryDirectory() as folder:
        plain, ready = f"{folder}/plain.onnx", f"{folder}/ready.onnx"
        onnx.save(model, plain)
        quantization.shape_inference.quant_pre_process(plain, ready, skip_symbolic_shape=True)
        quantization.quantize_static(
            ready, str(file), Reader(), quant_format=quantization.QuantFormat.QDQ, per_channel=True, reduce_range=True,
            activation_type=quantization.QuantType.QUInt8, weight_type=quantization.QuantType.QInt8,
            op_types_to_quantize=CONVOLUTIONS, extra_options={"OpTypesToExcludeOutputQuantization": CONVOLUTIONS})


def write_catalog(entry, file):
    """The project's catalog with this one network in 8 bits, every file named from the root of the file system."""
    catalog = json.loads((ROOT / "models" / "catalog.json").read_text())
    links = file.parent / "cache"
    if not links.exists():
        links.symlink_to(ROOT / "models" / "cache")
    for other in catalog["networks"]:
        if other["name"] == entry["name"]:
            other.pop("source", None)
            other |= {"file": file.name, "sha256": hashlib.sha256(file.read_bytes()).hexdigest(),
                      "version": entry["version"] + "-int8"}
    (file.with_suffix(".json")).write_text(json.dumps(catalog, indent=2))


# --- speed -----------------------------------------------------------------------------------------------------

def compiled(file, shape):
    import openvino
    core = openvino.Core()
    model = core.read_model(str(file))
    model.reshape({model.inputs[0].any_name: shape})
    settings = {"NUM_STREAMS": 1, "INFERENCE_NUM_THREADS": 1, "INFERENCE_PRECISION_HINT": "f32", "ENABLE_CPU_PINNING": False}
    return core.compile_model(model, "CPU", settings).create_infer_request()


def best(requests, given, rounds):
    """Milliseconds of each request, the best of its rounds; they take turns."""
    times = [float("inf")] * len(requests)
    for _ in range(rounds):
        for index, request in enumerate(requests):
            begin = time.perf_counter()
            request.infer([given])
            times[index] = min(times[index], time.perf_counter() - begin)
    return [1000 * each for each in times]


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--list", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--only", nargs="+", default=[], metavar="NAME")
    parser.add_argument("--count", type=int, default=200)
    parser.add_argument("--rounds", type=int, default=60)
    parser.add_argument("--program", default=str(ROOT / "build/release/bin/ozma"))
    options = parser.parse_args()
    options.out.mkdir(parents=True, exist_ok=True)
    seen = list(faces(options.program, options.list.resolve(), options.count))
    print(f"{len(seen)} pictures with one face each", file=sys.stderr, flush=True)
    print("| network | 32-bit, ms | 8-bit, ms | times as fast |\n|---|---|---|---|")
    for name, entry in measure.networks().items():
        if options.only and name not in options.only:
            continue
        tensors = [tensor(entry, view(entry, *each)) for each in seen]
        file = options.out.resolve() / f"{name}.onnx"
        quantise(entry, tensors, file)
        write_catalog(entry, file)
        shape = measure.shape_of(entry)
        plain, small = best([compiled(ROOT / "models" / entry["file"], shape), compiled(file, shape)], tensors[0],
                            options.rounds)
        print(f"| {name} | {plain:.2f} | {small:.2f} | {plain / small:.2f} |", flush=True)


if __name__ == "__main__":
    measure.inside_venv(__file__, VENV, PACKAGES)
    main()
