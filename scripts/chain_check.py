#!/usr/bin/env python3
"""Holds the program's whole chain against an independent one, picture by picture.

    chain_check.py --networks DIR --program build/release/bin/ozma --list pictures.csv [--count 200]

DIR holds reference networks (names below). For each set of networks the server is started with a catalog of its own;
every picture is sent to `extract` and `liveness/detect`; template and score are compared with what this script
computes with ONNX Runtime and NumPy from the networks' published pre- and post-processing. Nothing of the program's
code is used here, but for its documented template format.

Needs numpy, onnxruntime and opencv-python-headless. Exit status 0: every template agrees to a cosine of 0.999 and
every score to 0.01.
"""

import argparse
import csv
import hashlib
import json
import re
import struct
import subprocess
import sys
import tarfile
import tempfile
import urllib.error
import urllib.request
from pathlib import Path

import cv2
import numpy as np
import onnxruntime

TEMPLATE = np.array([[38.2946, 51.6963], [73.5318, 51.5014], [56.0252, 71.7366], [41.5493, 92.3655], [70.7299, 92.2041]])

# name: file, input tensor, size, colour, mean, scale, outputs
DETECTORS = {
    "rfb": ("detector-rfb320-fr.onnx", "input", (320, 240), "rgb", 127, 128, ["scores", "boxes"]),
    "yunet": ("detector-yunet_n.onnx", "input", (160, 160), "bgr", 0, 1,
              [f"{kind}_{stride}" for kind in ("cls", "obj", "bbox", "kps") for stride in (8, 16, 32)]),
}
RECOGNIZERS = {
    "fr_feature": ("recognizer-fr_feature.onnx", "input", (112, 112), "bgr", 127, 128, ["output"]),
    "mobilefacenet_y1": ("recognizer-mobilefacenet_y1.onnx", "data", (112, 112), "rgb", 0, 1, ["embedding"]),
    "foamliu": ("recognizer-foamliu.onnx", "input0", (112, 112), "rgb", 127.5, 128, ["output0"]),
}
# ... and crop rule, crop scale, index of the bona fide class
LIVENESS = {
    "fr": ("liveness-fr.onnx", "input", (128, 128), "bgr", 0, 1, ["output"], "shift", 2.7, 0),
    "minifas27": ("liveness-minifas27_v2.onnx", "input", (80, 80), "bgr", 0, 1, ["output"], "shift", 2.7, 1),
    "minifas40": ("liveness-minifas40_v1se.onnx", "input", (80, 80), "bgr", 0, 1, ["output"], "shift", 4.0, 1),
    "suri": ("liveness-minifas_v2se_suri.onnx", "input", (128, 128), "rgb", 0, 255, ["output"], "reflect", 1.5, 0),
}
FLIP = {"fr_feature": 0.96, "foamliu": 1.0}  # recognizers that see the mirror image too, at this scale
SETS = [("rfb", "fr_feature", "fr"), ("rfb", "mobilefacenet_y1", "minifas27"), ("rfb", "foamliu", "minifas40"),
        ("rfb", "fr_feature", "suri"), ("yunet", "fr_feature", "fr")]


class Reference:
    """The independent chain."""

    def __init__(self, folder, confirmer, detector, recognizer, liveness):
        options = onnxruntime.SessionOptions()
        options.add_session_config_entry("session.set_denormal_as_zero", "1")
        self.folder, self.options = folder, options
        self.kind = detector
        self.detector = self.load(DETECTORS[detector])
        self.landmarks = onnxruntime.InferenceSession(str(folder / "landmarks68-fr.onnx"), options)
        self.confirmer = cv2.dnn.readNetFromONNX(str(confirmer))
        self.flip = FLIP.get(recognizer)
        self.recognizer, self.recognizer_spec = self.load(RECOGNIZERS[recognizer]), RECOGNIZERS[recognizer]
        self.liveness, self.liveness_spec = self.load(LIVENESS[liveness]), LIVENESS[liveness]

    def load(self, spec):
        return onnxruntime.InferenceSession(str(self.folder / spec[0]), self.options)

    @staticmethod
    def feed(session, spec, picture):
        data = picture[:, :, ::-1] if spec[3] == "rgb" else picture
        data = (data.astype(np.float32) - spec[4]) / spec[5]
        return session.run(spec[6], {session.get_inputs()[0].name: np.ascontiguousarray(data.transpose(2, 0, 1)[None])})

    def faces(self, picture):
        """Boxes (x, y, w, h), best first, and five points where the detector gives them."""
        return self.rfb(picture) if self.kind == "rfb" else self.yunet(picture)

    def rfb(self, picture):
        height, width = picture.shape[:2]
        scores, boxes = self.feed(self.detector, DETECTORS["rfb"], cv2.resize(picture, (320, 240)))
        chosen = scores[0, :, 1] >= 0.65
        boxes = boxes[0][chosen] * [width, height, width, height]
        return [(box, None) for box in suppress(boxes, scores[0, :, 1][chosen], 0.4)]

    def yunet(self, picture):
        if picture.shape[:2] != (160, 160):
            return []
        outputs = dict(zip(DETECTORS["yunet"][6], self.feed(self.detector, DETECTORS["yunet"], picture)))
        boxes, scores, points = [], [], []
        for stride in (8, 16, 32):
            score = np.sqrt(outputs[f"cls_{stride}"][0, :, 0] * outputs[f"obj_{stride}"][0, :, 0])
            for i in np.flatnonzero(score >= 0.6):
                row, column = divmod(int(i), 160 // stride)
                b, k = outputs[f"bbox_{stride}"][0, i], outputs[f"kps_{stride}"][0, i].reshape(5, 2)
                centre, size = (np.array([column, row]) + b[:2]) * stride, np.exp(b[2:]) * stride
                boxes.append([*(centre - size / 2), *(centre + size / 2)])
                scores.append(score[i])
                points.append((k + [column, row]) * stride)
        if not boxes:
            return []
        boxes, scores = np.array(boxes), np.array(scores)
        kept = suppress(boxes, scores, 0.45)
        return [(box, points[int(np.abs(boxes - [box[0], box[1], box[0] + box[2], box[1] + box[3]]).sum(1).argmin())])
                for box in kept]

    def confirmed(self, picture, box):
        """The five points of CenterFace's best face in a square of 1.6 longer sides."""
        side = 1.6 * max(box[2:])
        crop, origin = square(picture, box, side, 96)
        self.confirmer.setInput(cv2.dnn.blobFromImage(crop, swapRB=True))
        heat, size, offset, marks = (out[0] for out in self.confirmer.forward(["537", "538", "539", "540"]))
        row, column = np.unravel_index(heat[0].argmax(), heat[0].shape)
        height, width = np.exp(size[:, row, column]) * 4
        top, left = (np.array([row, column]) + offset[:, row, column] + 0.5) * 4 - [height / 2, width / 2]
        return (marks[:, row, column].reshape(5, 2)[:, ::-1] * [width, height] + [left, top]) * side / 96 + origin

    def five(self, picture, box):
        """The mean of the landmarks' points and the confirmer's."""
        crop, origin = square(picture, box, box[3], 64)
        grey = cv2.cvtColor(crop, cv2.COLOR_BGR2GRAY)
        shape = self.landmarks.run(None, {"input": (grey.astype(np.float32) / 256)[None, None]})[0].reshape(68, 2)
        shape = shape * box[3] + origin
        points = np.array([shape[[37, 38, 40, 41]].mean(0), shape[[43, 44, 46, 47]].mean(0), shape[30],
                           shape[[48, 60]].mean(0), shape[[54, 64]].mean(0)])
        return (points + self.confirmed(picture, box)) / 2

    def embed(self, picture, points):
        target = TEMPLATE
        views = [cv2.warpAffine(picture, umeyama(points, target), (112, 112))]
        if self.flip:
            target = (TEMPLATE - 55.5) * self.flip + 55.5
            views.append(cv2.warpAffine(picture, umeyama(points, target), (112, 112))[:, ::-1])
        embeddings = [self.feed(self.recognizer, self.recognizer_spec, each)[0][0] for each in views]
        embedding = sum(each / np.linalg.norm(each) for each in embeddings)
        return embedding / np.linalg.norm(embedding)

    def attack(self, picture, box):
        spec = self.liveness_spec
        crop = shifted(picture, box, spec[8], spec[2]) if spec[7] == "shift" else reflected(picture, box, spec[8], spec[2])
        logits = self.feed(self.liveness, spec, crop)[0][0].astype(np.float64)
        shares = np.exp(logits - logits.max())
        return 1 - shares[spec[9]] / shares.sum()


def suppress(boxes, scores, limit):
    kept = []
    for i in np.argsort(-scores):
        a = boxes[i]
        overlaps = [iou(a, b) > limit for b in kept]
        if not any(overlaps):
            kept.append(a)
    return [(b[0], b[1], b[2] - b[0], b[3] - b[1]) for b in kept]


def iou(a, b):
    width, height = min(a[2], b[2]) - max(a[0], b[0]), min(a[3], b[3]) - max(a[1], b[1])
    shared = max(0, width) * max(0, height)
    return shared / ((a[2] - a[0]) * (a[3] - a[1]) + (b[2] - b[0]) * (b[3] - b[1]) - shared)


def square(picture, box, side, size):
    """A square of `side` around the middle of the box, `size` pixels across, and the place of its corner."""
    x, y = box[0] + box[2] / 2 - side / 2, box[1] + box[3] / 2 - side / 2
    crop = cut(picture, [round(x), round(y), round(x + side), round(y + side)])
    smooth = cv2.INTER_AREA if min(crop.shape[:2]) > 2 * size else cv2.INTER_LINEAR
    return cv2.resize(crop, (size, size), interpolation=smooth), np.array([x, y])


def cut(picture, window):
    x0, y0, x1, y1 = window
    height, width = picture.shape[:2]
    border = max(0, -x0, -y0, x1 - width, y1 - height)
    padded = cv2.copyMakeBorder(picture, border, border, border, border, cv2.BORDER_CONSTANT)
    return padded[y0 + border:y1 + border, x0 + border:x1 + border]


def umeyama(source, target):
    """Umeyama's singular value form; the program uses a closed form in complex numbers."""
    a, b = source - source.mean(0), target - target.mean(0)
    u, s, vt = np.linalg.svd(b.T @ a / len(a))
    d = np.array([1, np.sign(np.linalg.det(u @ vt))])
    rotation = u @ np.diag(d) @ vt
    scale = (s * d).sum() / a.var(0).sum()
    return np.hstack([scale * rotation, (target.mean(0) - scale * rotation @ source.mean(0))[:, None]])


def shifted(picture, box, scale, size):
    height, width = picture.shape[:2]
    x, y, w, h = box
    scale = min((height - 1) / h, (width - 1) / w, scale)
    left, top = x + w / 2 - w * scale / 2, y + h / 2 - h * scale / 2
    right, bottom = left + w * scale, top + h * scale
    if left < 0:
        left, right = 0, right - left
    if top < 0:
        top, bottom = 0, bottom - top
    if right > width - 1:
        left, right = left - (right - width + 1), width - 1
    if bottom > height - 1:
        top, bottom = top - (bottom - height + 1), height - 1
    x0, y0, x1, y1 = (int(max(place, 0) + 1e-4) for place in (left, top, right, bottom))
    return cv2.resize(picture[y0:y1 + 1, x0:x1 + 1], size)


def reflected(picture, box, scale, size):
    x, y, w, h = box
    side = max(w, h) * scale
    x0, y0 = int(x + w / 2 - side / 2), int(y + h / 2 - side / 2)
    side = int(side)
    border = max(0, -x0, -y0, x0 + side - picture.shape[1], y0 + side - picture.shape[0])
    padded = cv2.copyMakeBorder(picture, border, border, border, border, cv2.BORDER_REFLECT_101)
    return cv2.resize(padded[y0 + border:y0 + border + side, x0 + border:x0 + border + side], size)


def entry(name, role, place, folder, spec, parameters):
    file = folder / spec[0]
    if not (place / spec[0]).exists():
        (place / spec[0]).symlink_to(file.resolve())
    colours = [spec[4]] * 3, [spec[5]] * 3
    return {"name": name, "version": "1", "role": role, "file": spec[0], "licence": "reference",
            "training_data": "reference", "sha256": hashlib.sha256(file.read_bytes()).hexdigest(),
            "input": {"name": spec[1], "width": spec[2][0], "height": spec[2][1], "colour": spec[3],
                      "mean": colours[0], "scale": colours[1]},
            "outputs": spec[6], "parameters": parameters}


def catalog(own, place, folder, detector, recognizer, liveness, dimension):
    """The program's own catalog with the networks under test in it: one look, no windows, no turned crops."""
    held = json.loads(own.read_text())
    kept = [item for item in held["networks"] if item["role"] in ("confirmer", "pose", "eye")]
    for item in kept:
        (place / Path(item["file"]).name).symlink_to(own.parent.resolve() / item["file"])
        item["file"] = Path(item["file"]).name
        item.pop("source", None)
        if item["role"] == "confirmer":
            item["parameters"]["threshold"] = 0.01
    spec = LIVENESS[liveness]
    landmarks = ("landmarks68-fr.onnx", "input", (64, 64), "grey", 0, 256, ["output"])
    last = entry("landmarks", "landmarks", place, folder, landmarks, {"points": 68, "crop": 1.0, "side": "height", "lean": 180})
    last["input"]["mean"], last["input"]["scale"] = [0], [256]
    kept += [last, entry(detector, "detector", place, folder, DETECTORS[detector],
                         {"decode": detector, "threshold": 0.65 if detector == "rfb" else 0.6,
                          "nms": 0.4 if detector == "rfb" else 0.45, "reach": 1, "stretch": 10}),
             entry(recognizer, "recognizer", place, folder, RECOGNIZERS[recognizer],
                   {"dimension": dimension, "template": "arcface112", **({"flip": FLIP[recognizer]} if recognizer in FLIP else {}),
                    "calibration": {"knots": [[-1, 0], [1, 1]], "band": [0.8, 0.9]}}),
             entry(liveness, "liveness", place, folder, spec, {"crop": spec[7], "scale": spec[8], "real": spec[9], "weight": 1.0})]
    return {"format": held["format"], "packages": {}, "networks": kept}


class Server:
    def __init__(self, program, catalog_file, data):
        self.process = subprocess.Popen([program, "serve", "--catalog", catalog_file, "--listen", "127.0.0.1:0",
                                         "--data", data, "--quiet"], stdout=subprocess.PIPE, text=True)
        found = re.search(r"http://[^ ]+", self.process.stdout.readline())
        if not found:
            raise SystemExit("the server did not start")
        self.address = found.group()

    def post(self, path, picture):
        """The body of a 200, or nothing."""
        request = urllib.request.Request(self.address + path, picture, {"Content-Type": "image/png"})
        try:
            return urllib.request.urlopen(request, timeout=60).read()
        except urllib.error.HTTPError:
            return None

    def close(self):
        self.process.terminate()
        self.process.wait(30)


def pictures(listing, count):
    """`count` pictures spread evenly over the list, as BGR."""
    paths = sorted({row["path"] for row in csv.DictReader(listing.open())})
    step = max(1, len(paths) // (3 * count))
    archives = [tarfile.open(tar) for tar in sorted(listing.parent.glob("*.tar"))]
    for path in paths[::step]:
        beside = listing.parent / path
        data = beside.read_bytes() if beside.exists() else next(
            a.extractfile(path).read() for a in archives if path in a.getnames())
        yield path, cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR)


def values_of(template):
    dimension = struct.unpack_from("<H", template, 6)[0]
    values = np.frombuffer(template, np.int8, dimension, 20).astype(np.float64)
    return values / np.linalg.norm(values)


def check(arguments, names, samples):
    confirmer = next(item for item in json.loads(arguments.catalog.read_text())["networks"] if item["role"] == "confirmer")
    reference = Reference(arguments.networks, arguments.catalog.parent / confirmer["file"], *names)
    dimension = reference.recognizer.get_outputs()[0].shape[-1]
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "catalog.json"
        file.write_text(json.dumps(catalog(arguments.catalog, Path(folder), arguments.networks, *names, dimension)))
        server = Server(str(arguments.program), str(file), folder)
        try:
            return compare(server, reference, samples, arguments.count)
        finally:
            server.close()


def compare(server, reference, samples, count):
    cosines, differences, worst = [], [], None
    for path, picture in samples:
        if len(cosines) == count:
            break
        found = reference.faces(picture)
        if len(found) != 1:
            continue
        box, points = found[0]
        points = reference.five(picture, box) if points is None else points
        png = cv2.imencode(".png", picture)[1].tobytes()
        template, answer = server.post("/v1/face/pattern/extract", png), server.post("/v1/face/liveness/detect", png)
        if template is None or answer is None:
            continue
        cosines.append(float(values_of(template) @ reference.embed(picture, points)))
        differences.append(abs(json.loads(answer)["score"] - reference.attack(picture, box)))
        if min(cosines) == cosines[-1]:
            worst = path
    return cosines, differences, worst


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    root = Path(__file__).resolve().parent.parent
    parser.add_argument("--networks", type=Path, required=True)
    parser.add_argument("--program", type=Path, default=root / "build/release/bin/ozma")
    parser.add_argument("--catalog", type=Path, default=root / "models/catalog.json")
    parser.add_argument("--list", type=Path, required=True)
    parser.add_argument("--count", type=int, default=200)
    arguments = parser.parse_args()
    samples = list(pictures(arguments.list, arguments.count))
    print(f"{'detector':9} {'recognizer':17} {'liveness':10} pictures  lowest cosine  largest score difference")
    failed = False
    for names in SETS:
        cosines, differences, worst = check(arguments, names, samples)
        good = len(cosines) == arguments.count and min(cosines) >= 0.999 and max(differences) <= 0.01
        failed |= not good
        print(f"{names[0]:9} {names[1]:17} {names[2]:10} {len(cosines):8}  {min(cosines, default=0):13.5f}  "
              f"{max(differences, default=1):24.5f}  {'' if good else 'FAILED at ' + str(worst)}", flush=True)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
