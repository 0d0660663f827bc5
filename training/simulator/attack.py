"""One simulated presentation attack, from a picture of a person to what the camera sees of the artefact."""

from dataclasses import dataclass

import cv2
import numpy as np

from simulator import cutouts, prints, scene, screens
from simulator.camera import captured
from simulator.shapes import chance, to_bytes, to_light, uniform

SPECIES = ("print", "screen", "cutout")

# Faces wider than this are shown smaller first: artefacts are made at the resolution they will be looked at.
LARGEST_FACE = 200


@dataclass
class Face:
    """A picture and where the face lies in it: uint8 [h,w,3] BGR; box x, y, w, h in pixels."""

    picture: np.ndarray
    box: tuple


def simulate(rng, face, species, other=None):
    """An attack of `species` that shows `face`, as a camera sees it. `other`: a Face whose picture serves as what is
    behind a held artefact, or as the person who wears a cut-out."""
    face = context(rng, face)
    light = to_light(face.picture)
    if species == "cutout":
        wearer = aligned(other, face) if other is not None and chance(rng, 0.6) else None
        shown, box = cutouts.worn(rng, light, face.box, wearer), face.box
    else:
        shown, box = presented(rng, light, face.box, species, other)
    return Face(captured(rng, to_bytes(shown)), box)


def presented(rng, light, box, species, other):
    surface = prints.printed(rng, light) if species == "print" else screens.displayed(rng, light)
    if chance(rng, 0.45):  # it fills the camera's view: no border is seen
        return surface, box
    surface, left, top = scene.sheet(rng, surface) if species == "print" else scene.device(rng, surface)
    box = (box[0] + left, box[1] + top, box[2], box[3])
    behind = to_light(other.picture) if other is not None and chance(rng, 0.5) else None
    return scene.held(rng, surface, box, behind)


def context(rng, face):
    """The part of the picture that is shown: the face with more or less around it."""
    height, width = face.picture.shape[:2]
    x, y, w, h = face.box
    reach = uniform(rng, 0.05, 1.2)
    left, right = int(max(0, x - w * reach)), int(min(width, x + w * (1 + reach)))
    top, bottom = int(max(0, y - h * reach)), int(min(height, y + h * (1 + reach)))
    if right - left < 16 or bottom - top < 16:
        left, top, right, bottom = 0, 0, width, height
    picture, box = face.picture[top:bottom, left:right], (x - left, y - top, w, h)
    factor = min(1, LARGEST_FACE / w)
    if factor < 1:
        picture = cv2.resize(picture, None, fx=factor, fy=factor, interpolation=cv2.INTER_AREA)
        box = tuple(value * factor for value in box)
    return Face(picture, box)


def aligned(other, face):
    """`other`, moved and scaled so that its face lies where that of `face` does."""
    height, width = face.picture.shape[:2]
    scale = np.array([face.box[2] / other.box[2], face.box[3] / other.box[3]])
    shift = np.array(face.box[:2]) - np.array(other.box[:2]) * scale
    move = np.float32([[scale[0], 0, shift[0]], [0, scale[1], shift[1]]])
    return to_light(cv2.warpAffine(other.picture, move, (width, height), borderMode=cv2.BORDER_REFLECT))
