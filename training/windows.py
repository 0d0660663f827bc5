"""The windows around a face that liveness networks look at: the rule `shift` of the program (src/face/crop.hpp)."""

import cv2

SIZE = 80  # side of a window, pixels


def shifted(picture, box, scale, size):
    """A box of `scale` times its size around its centre, made smaller until it fits and moved inside the picture;
    squashed to a square of `size`."""
    x, y, w, h = box
    last_x, last_y = picture.shape[1] - 1, picture.shape[0] - 1
    fitting = min(scale, last_y / h, last_x / w)
    across, down = _inside(x + w / 2, w * fitting, last_x), _inside(y + h / 2, h * fitting, last_y)
    window = picture[int(down[0] + 1e-4):int(down[1] + 1e-4) + 1, int(across[0] + 1e-4):int(across[1] + 1e-4) + 1]
    return cv2.resize(window, (size, size), interpolation=cv2.INTER_LINEAR)


def _inside(centre, length, last):
    start, end = centre - length / 2, centre + length / 2
    if start < 0:
        start, end = 0, length
    if end > last:
        start, end = max(0, last - length), last
    return start, end
