"""Prints cut to shape: a face worn before a face, or a head before a room; sometimes with the eyes cut out."""

import cv2
import numpy as np

from simulator.prints import printed
from simulator.scene import backdrop
from simulator.shapes import chance, smooth_noise, uniform


def worn(rng, picture, box, wearer=None):
    """`picture` printed, cut along an outline around the face of `box`, and laid on `wearer`, a picture of the same
    size whose face is in the same place (a made-up room where None). The box does not change."""
    height, width = picture.shape[:2]
    behind = backdrop(rng, height, width) if wearer is None else wearer
    paper = printed(rng, picture)
    mask = outline(rng, box, height, width)
    if chance(rng, 0.4):
        mask *= 1 - eyes(rng, box, height, width)
    mask = cv2.GaussianBlur(mask, (0, 0), uniform(rng, 0.4, 1.2))
    edge = cv2.GaussianBlur(mask, (0, 0), uniform(rng, 1, 5)) * (1 - mask)
    shaded = behind * (1 - edge[:, :, None] * uniform(rng, 0.1, 0.9))
    if chance(rng, 0.5):  # the white rim of a cut that does not follow the face
        rim = cv2.dilate(mask, np.ones((3, 3), np.uint8)) - mask
        shaded = shaded * (1 - rim[:, :, None]) + rim[:, :, None] * uniform(rng, 0.6, 1.0)
    return paper * mask[:, :, None] + shaded * (1 - mask[:, :, None])


def outline(rng, box, height, width):
    """A wobbling oval around the face, 0 or 1."""
    x, y, w, h = box
    angle = np.linspace(0, 2 * np.pi, 60, endpoint=False)
    wobble = 1 + (smooth_noise(rng, 2, 60, 8)[0] - 0.5) * uniform(rng, 0, 0.25)
    grow = uniform(rng, 0.85, 1.25)
    points = np.stack([x + w / 2 + np.cos(angle) * w / 2 * grow * wobble, y + h / 2 + np.sin(angle) * h / 2 * grow * wobble], 1)
    mask = np.zeros((height, width), np.float32)
    cv2.fillPoly(mask, [np.int32(points)], 1.0)
    return mask


def eyes(rng, box, height, width):
    """Holes where the eyes of a face in `box` are, 0 or 1."""
    x, y, w, h = box
    mask = np.zeros((height, width), np.float32)
    for place in (0.3, 0.7):
        centre = (int(x + w * place), int(y + h * uniform(rng, 0.38, 0.44)))
        size = (max(2, int(w * uniform(rng, 0.09, 0.14))), max(1, int(h * uniform(rng, 0.03, 0.06))))
        cv2.ellipse(mask, centre, size, 0, 0, 360, 1.0, -1)
    return mask
