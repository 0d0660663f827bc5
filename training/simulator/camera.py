"""The camera that sees a face or an artefact: light, lens, sensor, compression. The same for bona fide and attack, so
that nothing of it tells them apart. uint8 [h,w,3], BGR, in and out."""

import cv2
import numpy as np

from simulator.shapes import chance, gradient, to_bytes, to_light, uniform


def captured(rng, picture, gentle=False):
    """One shot. `gentle`: only what any good phone does."""
    light = to_light(picture)
    light = lamp(rng, light, 0.5 if gentle else 1)
    if chance(rng, 0.3 if gentle else 0.5):
        light = lens(rng, light)
    if chance(rng, 0.5):
        light = light + rng.standard_normal(light.shape, dtype=np.float32) * uniform(rng, 0, 0.02 if gentle else 0.04)
    if chance(rng, 0.2):
        light = sharpened(rng, light)
    return compressed(rng, to_bytes(light), 60 if gentle else 35)


def lamp(rng, light, strength):
    """Brightness, contrast, white balance, and light from one side."""
    light = np.power(light.clip(0, 1), np.exp(rng.normal(0, 0.25 * strength)))
    balance = np.exp(rng.normal(0, 0.06 * strength, 3)).astype(np.float32)
    light = light * balance * np.exp(rng.normal(0, 0.15 * strength))
    if chance(rng, 0.3):
        side = gradient(rng, *light.shape[:2])[:, :, None]
        light = light * (1 + (side - 0.5) * uniform(rng, 0, 0.8 * strength))
    grey = light.mean(2, keepdims=True)
    return grey + (light - grey) * uniform(rng, 1 - 0.4 * strength, 1 + 0.3 * strength)


def lens(rng, light):
    """Out of focus, or moved."""
    if chance(rng, 0.7):
        return cv2.GaussianBlur(light, (0, 0), uniform(rng, 0.3, 1.6) * light.shape[0] / 240 + 0.1)
    length = max(2, int(uniform(rng, 2, 7) * light.shape[0] / 240))
    kernel = np.zeros((length, length), np.float32)
    kernel[length // 2] = 1 / length
    turn = cv2.getRotationMatrix2D((length / 2 - 0.5, length / 2 - 0.5), uniform(rng, 0, 180), 1)
    kernel = cv2.warpAffine(kernel, turn, (length, length))
    return cv2.filter2D(light, -1, kernel / max(1e-6, float(kernel.sum())), borderType=cv2.BORDER_REFLECT)


def sharpened(rng, light):
    return light + (light - cv2.GaussianBlur(light, (0, 0), 1.2)) * uniform(rng, 0.2, 1.2)


def compressed(rng, picture, worst=35):
    """JPEG, sometimes twice, sometimes at another size in between: what messengers do."""
    for _ in range(1 + chance(rng, 0.3)):
        if chance(rng, 0.3):
            factor = uniform(rng, 0.6, 1.5)
            height, width = picture.shape[:2]
            size = (max(48, int(width * factor)), max(48, int(height * factor)))
            picture = cv2.resize(picture, size, interpolation=cv2.INTER_AREA if factor < 1 else cv2.INTER_LINEAR)
            picture = cv2.resize(picture, (width, height), interpolation=cv2.INTER_LINEAR)
        quality = [cv2.IMWRITE_JPEG_QUALITY, int(uniform(rng, worst, 97))]
        picture = cv2.imdecode(cv2.imencode(".jpg", picture, quality)[1], cv2.IMREAD_COLOR)
    return picture
