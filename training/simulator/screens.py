"""What a display does to a picture, and the glass before it. All take and give float32 [h,w,3], BGR, 0..1."""

import cv2
import numpy as np

from simulator.shapes import chance, smooth_noise, spot, uniform


def displayed(rng, picture):
    picture = panel(rng, picture)
    kind = rng.random()
    if kind < 0.45:
        picture = pixels(rng, picture)
    elif kind < 0.75:
        picture = moire(rng, picture)
    if chance(rng, 0.4):
        picture = refresh(rng, picture)
    if chance(rng, 0.7):
        picture = glass(rng, picture)
    return picture


def panel(rng, picture):
    """Gamma, gamut, white point and backlight of the display, as a camera sees them."""
    mixing = np.eye(3, dtype=np.float32) + rng.uniform(-0.06, 0.06, (3, 3)).astype(np.float32)
    mixing /= mixing.sum(1, keepdims=True)
    picture = np.power(picture.clip(0, 1), uniform(rng, 0.7, 1.5)) @ mixing.T
    white = 1 + np.array([uniform(rng, -0.05, 0.2), uniform(rng, -0.05, 0.06), uniform(rng, -0.14, 0.06)], np.float32)
    lift = uniform(rng, 0, 0.1)
    return lift + picture * white * uniform(rng, 0.75, 1.25) * (1 - lift)


def pixels(rng, picture):
    """The picture on a raster of red, green and blue stripes, sampled again by a sensor that does not line up with it:
    where the two pitches nearly agree, the beat between them is moire, as in front of a real screen."""
    height, width = picture.shape[:2]
    across = int(uniform(rng, 0.5, 1.4) * width)
    shown = cv2.resize(picture, (across, max(8, across * height // width)), interpolation=cv2.INTER_AREA)
    fine = cv2.resize(shown, None, fx=3, fy=3, interpolation=cv2.INTER_NEAREST)
    strength, gap = uniform(rng, 0.1, 0.6), uniform(rng, 0, 0.3)
    mask = np.full((3, 3, 3), 1 - strength, np.float32)
    for stripe in range(3):
        mask[:, stripe, 2 - stripe] = 1 + 2 * strength
    mask[2] *= 1 - gap
    rows, columns = shown.shape[:2]
    fine *= np.tile(mask, (rows, columns, 1))
    angle, zoom = uniform(rng, -6, 6), uniform(rng, 1.0, 1.04)
    centre = (fine.shape[1] / 2, fine.shape[0] / 2)
    turn = cv2.getRotationMatrix2D(centre, angle, zoom)
    fine = cv2.warpAffine(fine, turn, (fine.shape[1], fine.shape[0]), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REFLECT)
    fine = cv2.GaussianBlur(fine, (0, 0), uniform(rng, 0.6, 1.4))
    back = cv2.getRotationMatrix2D((width / 2, height / 2), -angle, 1)
    seen = cv2.resize(fine, (width, height), interpolation=cv2.INTER_LINEAR)
    return cv2.warpAffine(seen, back, (width, height), borderMode=cv2.BORDER_REFLECT)


def moire(rng, picture):
    """Coloured fringes: the beat of two gratings, bent as a lens bends them."""
    height, width = picture.shape[:2]
    x, y = np.meshgrid(np.arange(width, dtype=np.float32), np.arange(height, dtype=np.float32))
    bend = smooth_noise(rng, height, width, height / 2) * uniform(rng, 0, 20)
    angle, period = uniform(rng, 0, np.pi), uniform(rng, 2.2, 24)
    phase = (np.cos(angle) * x + np.sin(angle) * y + bend) * (2 * np.pi / period)
    shift = uniform(rng, 0.3, 2.2)
    fringes = np.stack([np.sin(phase + channel * shift) for channel in range(3)], 2)
    return picture * (1 + fringes * uniform(rng, 0.02, 0.16))


def refresh(rng, picture):
    """Bands of a display that is redrawn while the shutter is open."""
    height = picture.shape[0]
    rows = np.arange(height, dtype=np.float32) / height
    wave = np.sin(2 * np.pi * (rows * uniform(rng, 0.7, 8) + uniform(rng, 0, 1)))
    sharp = np.tanh(wave * uniform(rng, 0.8, 4))
    return picture * (1 + uniform(rng, 0.02, 0.14) * sharp)[:, None, None]


def glass(rng, picture):
    """Reflections of lamps and windows, fingerprints, and a veil over everything."""
    height, width = picture.shape[:2]
    light = np.zeros((height, width), np.float32)
    for _ in range(int(rng.integers(1, 4))):
        light += spot(rng, height, width, 0.04, 0.6) * uniform(rng, 0.05, 0.5)
    if chance(rng, 0.4):
        light += window(rng, height, width) * uniform(rng, 0.05, 0.3)
    light += smooth_noise(rng, height, width, height / uniform(rng, 2, 12)) * uniform(rng, 0, 0.08)
    return picture + (1 - picture) * light[:, :, None].clip(0, 0.95)


def window(rng, height, width):
    """A bright quadrilateral with soft edges."""
    centre = np.array([uniform(rng, 0, width), uniform(rng, 0, height)])
    reach = np.array([uniform(rng, 0.1, 0.5) * width, uniform(rng, 0.1, 0.5) * height])
    corners = np.array([[-1, -1], [1, -1], [1, 1], [-1, 1]]) + rng.uniform(-0.3, 0.3, (4, 2))
    canvas = np.zeros((height, width), np.float32)
    cv2.fillConvexPoly(canvas, np.int32(centre + corners * reach / 2), 1.0)
    return cv2.GaussianBlur(canvas, (0, 0), uniform(rng, 0.5, 6))
