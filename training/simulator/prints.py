"""What ink on paper does to a picture. All take and give float32 [h,w,3], BGR, 0..1."""

import cv2
import numpy as np

from simulator.shapes import chance, gradient, smooth_noise, spot, uniform

# Screen angles of the four inks in offset printing, degrees (ISO 12647-2 names 15, 75, 0 and 45 for four colours).
ANGLES = (15, 75, 0, 45)


def printed(rng, picture):
    picture = paper_tone(rng, picture)
    kind = rng.random()
    if kind < 0.4:
        picture = halftone(rng, picture)
    elif kind < 0.7:
        picture = inkjet(rng, picture)
    if chance(rng, 0.6):
        picture = curl(rng, picture)
    if chance(rng, 0.25):
        picture = creases(rng, picture)
    if chance(rng, 0.5):
        picture = gloss(rng, picture)
    return picture


def paper_tone(rng, picture):
    """Ink is never black and paper never white; colours shrink towards grey, in a tint of paper and lamp."""
    grey = picture.mean(2, keepdims=True)
    picture = grey + (picture - grey) * uniform(rng, 0.45, 1.05)
    black = uniform(rng, 0.02, 0.22)
    white = uniform(rng, 0.7, 1.0) * (1 + rng.uniform(-0.07, 0.07, 3).astype(np.float32))
    return black + (white - black) * np.power(picture.clip(0, 1), uniform(rng, 0.75, 1.3))


def halftone(rng, picture):
    """Dots of four inks on grids of their own angle; seen from afar they blend back into tones, never quite."""
    height, width = picture.shape[:2]
    period, strength = uniform(rng, 1.6, 5), uniform(rng, 0.15, 0.8)
    x = np.arange(width, dtype=np.float32)[None, :]
    y = np.arange(height, dtype=np.float32)[:, None]
    ink = 1 - picture
    black = ink.min(2) * uniform(rng, 0.3, 0.9)
    plates = [ink[:, :, channel] - black for channel in range(3)] + [black]
    turn = uniform(rng, 0, 90)
    for number, angle in enumerate(ANGLES):
        radians = np.deg2rad(angle + turn)
        u, v = np.cos(radians) * x + np.sin(radians) * y, -np.sin(radians) * x + np.cos(radians) * y
        cell = (np.cos(2 * np.pi * u / period) * np.cos(2 * np.pi * v / period)) * 0.5 + 0.5
        dots = 1 / (1 + np.exp((cell - plates[number]) * uniform(rng, 4, 12)))
        plates[number] = plates[number] * (1 - strength) + dots * strength * (plates[number] > 0.01)
    out = np.stack(plates[:3], 2) + plates[3][:, :, None]
    return cv2.GaussianBlur(1 - out, (0, 0), uniform(rng, 0.3, 0.9))


def inkjet(rng, picture):
    """Droplets as coloured grain, and bands where the head has passed."""
    height, width = picture.shape[:2]
    grain = rng.standard_normal((height, width, 3), dtype=np.float32) * uniform(rng, 0.01, 0.07)
    grain = cv2.GaussianBlur(grain, (0, 0), uniform(rng, 0.4, 1.0))
    period = uniform(rng, 4, 30)
    bands = np.sin(np.arange(height if chance(rng, 0.5) else width, dtype=np.float32) * (2 * np.pi / period))
    bands = bands[:, None] if len(bands) == height else bands[None, :]
    return picture * (1 + uniform(rng, 0, 0.04) * bands[:, :, None]) + grain


def curl(rng, picture):
    """A sheet bent around an axis: one direction is foreshortened, and the bend throws a shade."""
    height, width = picture.shape[:2]
    upright = chance(rng, 0.7)
    length = width if upright else height
    place = np.linspace(-1, 1, length, dtype=np.float32)
    centre, depth = uniform(rng, -0.5, 0.5), uniform(rng, -0.35, 0.35)
    bent = place + depth * (place**2 - 1) * np.sign(place - centre) * 0.5
    source = ((bent + 1) / 2 * (length - 1)).astype(np.float32)
    x, y = np.meshgrid(np.arange(width, dtype=np.float32), np.arange(height, dtype=np.float32))
    if upright:
        x = np.broadcast_to(source[None, :], x.shape).copy()
    else:
        y = np.broadcast_to(source[:, None], y.shape).copy()
    shade = 1 - abs(depth) * 1.2 * (place - centre) * np.sign(depth)
    shade = shade[None, :, None] if upright else shade[:, None, None]
    return cv2.remap(picture, x, y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE) * shade.clip(0.5, 1.3)


def creases(rng, picture):
    """Folds and crumples: facets that catch the light differently, with an edge between them."""
    height, width = picture.shape[:2]
    shade = np.ones((height, width), np.float32)
    for _ in range(int(rng.integers(1, 7))):
        side = gradient(rng, height, width) - uniform(rng, 0.3, 0.7)
        shade += np.tanh(side * uniform(rng, 10, 60)) * uniform(rng, -0.07, 0.07)
        shade += np.exp(-(side * uniform(rng, 40, 120)) ** 2) * uniform(rng, -0.15, 0.2)
    return picture * (shade + (smooth_noise(rng, height, width, height / 6) - 0.5) * 0.1)[:, :, None]


def gloss(rng, picture):
    """A lamp on glossy paper: a broad soft spot that lifts the blacks."""
    light = spot(rng, *picture.shape[:2], 0.15, 0.9) * uniform(rng, 0.05, 0.5)
    return picture + (1 - picture) * light[:, :, None]
