"""Small pieces that the stages share: fields of noise, gradients, blends. Fields are float32, about 0..1."""

import cv2
import numpy as np


def uniform(rng, low, high):
    return float(rng.uniform(low, high))


def chance(rng, probability):
    return rng.random() < probability


def smooth_noise(rng, height, width, cell):
    """Noise that changes over about `cell` pixels, 0..1."""
    rows, columns = max(2, int(height / cell) + 2), max(2, int(width / cell) + 2)
    return cv2.resize(rng.random((rows, columns), dtype=np.float32), (width, height), interpolation=cv2.INTER_CUBIC).clip(0, 1)


def gradient(rng, height, width):
    """A plane that rises from 0 to 1 in a random direction."""
    angle = uniform(rng, 0, 2 * np.pi)
    x = np.linspace(-0.5, 0.5, width, dtype=np.float32)[None, :]
    y = np.linspace(-0.5, 0.5, height, dtype=np.float32)[:, None]
    plane = np.cos(angle) * x + np.sin(angle) * y
    return (plane - plane.min()) / max(1e-6, float(plane.max() - plane.min()))


def spot(rng, height, width, smallest, largest):
    """A soft ellipse of light somewhere, 0..1; its radii are shares of the picture's height."""
    x = np.arange(width, dtype=np.float32)[None, :] - uniform(rng, 0, width)
    y = np.arange(height, dtype=np.float32)[:, None] - uniform(rng, 0, height)
    angle = uniform(rng, 0, np.pi)
    along, across = np.cos(angle) * x + np.sin(angle) * y, -np.sin(angle) * x + np.cos(angle) * y
    a, b = (uniform(rng, smallest, largest) * height for _ in range(2))
    return np.exp(-((along / a) ** 2 + (across / b) ** 2))


def to_bytes(picture):
    """float32 0..1 to uint8."""
    return (np.clip(picture, 0, 1) * 255 + 0.5).astype(np.uint8)


def to_light(picture):
    """uint8 to float32 0..1."""
    return picture.astype(np.float32) * np.float32(1 / 255)
