#!/usr/bin/env python3
"""Writes tests/nn/reference.json: what ONNX Runtime answers, for every network of models/catalog.json, to an input
that network_test.cpp makes just so as well. Run it again whenever a network of the catalog changes.

Uses the packages that bench/engines/measure.py installs in .deps/engines.
"""

import json
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent.parent / "bench" / "engines"))
import measure  # noqa: E402

KEPT = 64  # values of each output, evenly spread


def picture(width, height, channels):
    """A slanted ramp with a little noise from the generator of Numerical Recipes; bytes in rows, BGR or grey."""
    state, pixels = 1, bytearray()
    for y in range(height):
        for x in range(width):
            for channel in range(channels):
                state = (state * 1664525 + 1013904223) & 0xFFFFFFFF
                pixels.append((3 * x + 5 * y + 40 * channel + (state >> 28)) & 255)
    return bytes(pixels)


def answers(entry):
    import numpy
    import onnxruntime
    onnxruntime.set_default_logger_severity(3)
    _, channels, height, width = measure.shape_of(entry)
    pixels = numpy.frombuffer(picture(width, height, channels), numpy.uint8).reshape(height, width, channels)
    if entry["input"]["colour"] == "rgb":
        pixels = pixels[:, :, ::-1]
    values = (pixels.astype(numpy.float32) - numpy.float32(entry["input"]["mean"])) / numpy.float32(
        entry["input"]["scale"])
    session = onnxruntime.InferenceSession(str(measure.sized_file(entry)), providers=["CPUExecutionProvider"])
    found = session.run(entry["outputs"], {entry["input"]["name"]: values.transpose(2, 0, 1)[None].copy()})
    result = {}
    for name, output in zip(entry["outputs"], found):
        stride = max(1, output.size // KEPT) | 1  # odd: no channel is left out
        result[name] = {"shape": list(output.shape), "stride": stride,
                        "values": [round(float(value), 6) for value in output.ravel()[::stride]]}
    return result


def main():
    reference = {name: {"sha256": entry["sha256"], "outputs": answers(entry)}
                 for name, entry in measure.networks().items()}
    lines = (f"{json.dumps(name)}: {json.dumps(network)}" for name, network in reference.items())
    (HERE / "reference.json").write_text("{\n" + ",\n".join(lines) + "\n}\n")


if __name__ == "__main__":
    measure.inside_venv(__file__)
    main()
