"""What the liveness networks learn from: windows around bona fide faces, recorded attacks and simulated ones.

Every sample goes through the same camera (`simulator.camera`), so that compression, noise and light tell nothing. Half
of them are cut close around the face first, as many senders do, so that the frame's edge tells nothing either.
"""

from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass

import cv2
import numpy as np

from simulator import SPECIES, Face, simulate
from simulator.camera import captured
from simulator.shapes import chance, uniform
from windows import SIZE, shifted



@dataclass(frozen=True)
class Plan:
    """One sample to be made: a recorded picture (`species` empty) or a simulated attack that shows it."""

    pictures: int  # which set
    row: int
    species: str = ""
    other: tuple = ()  # set and row of a second picture, for what is behind
    seed: int = 0


@dataclass
class Samples:
    windows: np.ndarray  # uint8 [n, scales, SIZE, SIZE, 3], BGR
    attack: np.ndarray  # bool [n]
    source: np.ndarray  # str [n]: of the picture, or of the picture that the simulated attack shows
    person: np.ndarray  # str [n]
    simulated: np.ndarray  # bool [n]


def plan(sets, recorded, simulated, seed):
    """Plans over `sets` of Pictures. `recorded` and `simulated`: how many samples of a source, by (source, attack) and
    by source."""
    rng = np.random.default_rng(seed)
    places, plans = {}, []
    for number, pictures in enumerate(sets):
        for index, row in enumerate(pictures.rows):
            places.setdefault((row.source, row.attack), []).append((number, index))
    bona_fide = [place for key, group in places.items() if not key[1] for place in group]
    for key, count in recorded.items():
        plans += [Plan(*places[key][i]) for i in spread(rng, len(places[key]), count)]
    for source, count in simulated.items():
        group = places[(source, False)]
        for number, i in enumerate(spread(rng, len(group), count)):
            other = bona_fide[int(rng.integers(len(bona_fide)))]
            plans.append(Plan(*group[i], SPECIES[number % len(SPECIES)], other))
    return [Plan(p.pictures, p.row, p.species, p.other, seed * 1_000_003 + i) for i, p in enumerate(plans)]


def spread(rng, size, count):
    """`count` indices below `size`, each as often as the others, in random order."""
    return np.concatenate([rng.permutation(size) for _ in range(-(-count // size))] or [np.zeros(0, int)])[:count]


_sets, _scales = None, None


def _start(sets, scales):
    global _sets, _scales
    _sets, _scales = sets, scales
    cv2.setNumThreads(1)


def _make(plan):
    rng = np.random.default_rng(plan.seed)
    row = _sets[plan.pictures].rows[plan.row]
    face = Face(_sets[plan.pictures].read(row), row.box)
    if plan.species:
        other = None
        if plan.other:
            other_row = _sets[plan.other[0]].rows[plan.other[1]]
            other = Face(_sets[plan.other[0]].read(other_row), other_row.box)
        face = simulate(rng, face, plan.species, other)
    face = recaptured(rng, face, bool(plan.species))
    return np.stack([shifted(face.picture, face.box, scale, SIZE) for scale in _scales])


def recaptured(rng, face, has_been):
    """The sample as some sender would have sent it: cut or whole, at some size, mirrored or not, its box found a little
    differently."""
    picture, (x, y, w, h) = face.picture, face.box
    if chance(rng, 0.5):
        picture, (x, y) = close_cut(rng, picture, (x, y, w, h))
    factor = min(1.5, np.exp(uniform(rng, np.log(56), np.log(300))) / w)
    if factor < 0.9:
        picture = cv2.resize(picture, None, fx=factor, fy=factor, interpolation=cv2.INTER_AREA)
        x, y, w, h = x * factor, y * factor, w * factor, h * factor
    if chance(rng, 0.3):
        picture, (x, y, w, h) = turned(rng, picture, (x, y, w, h))
    if not has_been and chance(rng, 0.8):
        picture = captured(rng, picture, gentle=True)
    if chance(rng, 0.5):
        picture, x = picture[:, ::-1], picture.shape[1] - x - w
    grow, shift = np.exp(rng.normal(0, 0.05, 2)), rng.normal(0, 0.03, 2)
    x, y = x + w * (shift[0] + (1 - grow[0]) / 2), y + h * (shift[1] + (1 - grow[1]) / 2)
    return Face(np.ascontiguousarray(picture), (x, y, w * grow[0], h * grow[1]))


def close_cut(rng, picture, box):
    x, y, w, h = box
    reach = rng.uniform(0.0, 0.5, 4)
    left, top = max(0, int(x - w * reach[0])), max(0, int(y - h * reach[1]))
    right = min(picture.shape[1], int(x + w * (1 + reach[2])))
    bottom = min(picture.shape[0], int(y + h * (1 + reach[3])))
    if right - left < 32 or bottom - top < 32:
        return picture, (x, y)
    return picture[top:bottom, left:right], (x - left, y - top)


def turned(rng, picture, box):
    x, y, w, h = box
    centre = (x + w / 2, y + h / 2)
    turn = cv2.getRotationMatrix2D(centre, rng.normal(0, 8), 1)
    size = (picture.shape[1], picture.shape[0])
    return cv2.warpAffine(picture, turn, size, borderMode=cv2.BORDER_REFLECT_101), box


def make(sets, plans, scales, processes, progress):
    windows = np.empty((len(plans), len(scales), SIZE, SIZE, 3), np.uint8)
    with ProcessPoolExecutor(processes, initializer=_start, initargs=(sets, scales)) as pool:
        for i, made in enumerate(pool.map(_make, plans, chunksize=32)):
            windows[i] = made
            progress(i + 1, len(plans))
    rows = [sets[p.pictures].rows[p.row] for p in plans]
    return Samples(windows, np.array([r.attack or bool(p.species) for r, p in zip(rows, plans)]),
                   np.array([r.source for r in rows]), np.array([r.person for r in rows]),
                   np.array([bool(p.species) for p in plans]))
