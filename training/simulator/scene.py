"""How an artefact stands before the camera: its border, its place in a scene, the perspective of a hand."""

import cv2
import numpy as np

from simulator.shapes import chance, gradient, smooth_noise, uniform


def sheet(rng, surface):
    """White margin of a print, sometimes none. Gives the surface and how many pixels were added left and above."""
    return _framed(rng, surface, lambda: np.full(3, uniform(rng, 0.75, 1.0)) * (1 + rng.uniform(-0.05, 0.05, 3)), 0.15)


def device(rng, surface):
    """Bezel of a phone or a tablet, dark or light."""
    return _framed(rng, surface, lambda: np.full(3, uniform(rng, 0.0, 0.15) if chance(rng, 0.8) else uniform(rng, 0.7, 0.95)), 0.12)


def _framed(rng, surface, colour, widest):
    height, width = surface.shape[:2]
    top, bottom, left, right = (int(uniform(rng, 0.01, widest) * max(height, width)) for _ in range(4))
    shade = [float(value) for value in colour()]
    framed = cv2.copyMakeBorder(surface, top, bottom, left, right, cv2.BORDER_CONSTANT, value=shade)
    return framed, left, top


def held(rng, surface, box, behind=None):
    """The surface in perspective before `behind` (float32, any size; made up where None), at the surface's own
    resolution. Gives the picture and where the face's box (x, y, w, h) has gone."""
    height, width = surface.shape[:2]
    scene_height, scene_width = int(height * uniform(rng, 1.0, 1.6)), int(width * uniform(rng, 1.0, 1.6))
    scene = backdrop(rng, scene_height, scene_width) if behind is None else cv2.resize(behind, (scene_width, scene_height))
    corners = np.float32([[0, 0], [width, 0], [width, height], [0, height]])
    middle = corners.mean(0)
    angle = np.deg2rad(rng.normal(0, 5))
    turn = np.float32([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    bent = corners + rng.uniform(-0.06, 0.06, (4, 2)).astype(np.float32) * (width, height)
    room = np.float32([scene_width - width, scene_height - height])
    place = (bent - middle) @ turn.T + middle + room * rng.uniform(0, 1, 2).astype(np.float32)
    homography = cv2.getPerspectiveTransform(corners, place.astype(np.float32))
    size = (scene_width, scene_height)
    warped = cv2.warpPerspective(surface, homography, size, flags=cv2.INTER_LINEAR)
    mask = cv2.warpPerspective(np.ones((height, width), np.float32), homography, size)[:, :, None]
    if chance(rng, 0.6):  # its shadow on what is behind
        shadow = cv2.GaussianBlur(mask[:, :, 0], (0, 0), 0.03 * height)
        reach = int(0.03 * height)
        shadow = np.roll(shadow, (int(rng.integers(-reach, reach + 1)), int(rng.integers(-reach, reach + 1))), (0, 1))
        scene = scene * (1 - shadow[:, :, None] * uniform(rng, 0, 0.5))
    return warped * mask + scene * (1 - mask), moved(box, homography)


def moved(box, homography):
    """The upright rectangle around a box after a homography."""
    x, y, w, h = box
    corners = cv2.perspectiveTransform(np.float32([[[x, y], [x + w, y], [x + w, y + h], [x, y + h]]]), homography)[0]
    low, high = corners.min(0), corners.max(0)
    return float(low[0]), float(low[1]), float(high[0] - low[0]), float(high[1] - low[1])


def backdrop(rng, height, width):
    """A wall, a desk, a room out of focus: smooth colour with some structure."""
    colour = (uniform(rng, 0.1, 0.9) + rng.uniform(-0.12, 0.12, 3)).astype(np.float32)
    picture = np.ones((height, width, 3), np.float32) * colour
    for _ in range(3):
        field = smooth_noise(rng, height, width, height / uniform(rng, 1.5, 12))[:, :, None] - 0.5
        picture += field * (uniform(rng, -0.4, 0.4) + rng.uniform(-0.08, 0.08, 3)).astype(np.float32)
    picture *= 0.6 + 0.8 * gradient(rng, height, width)[:, :, None]
    return cv2.GaussianBlur(picture, (0, 0), uniform(rng, 0.5, 4)).clip(0, 1)
