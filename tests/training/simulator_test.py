"""The simulator of attacks and the windows of liveness networks, as training uses them."""

import sys
import unittest
from pathlib import Path

import cv2
import numpy as np

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "training"))

from liveness_samples import close_cut, recaptured, spread  # noqa: E402
from simulator import SPECIES, Face, simulate  # noqa: E402
from simulator import camera, cutouts, prints, scene, screens  # noqa: E402
from windows import SIZE, shifted  # noqa: E402

BOX = (96.0, 60.0, 110.0, 140.0)


def portrait():
    """A smooth head before a smooth wall: whatever texture an attack has was added by it."""
    picture = np.full((260, 300, 3), (150, 160, 170), np.uint8)
    cv2.ellipse(picture, (151, 130), (55, 70), 0, 0, 360, (120, 150, 200), -1)
    for x in (130, 172):
        cv2.ellipse(picture, (x, 115), (9, 5), 0, 0, 360, (40, 40, 40), -1)
    cv2.ellipse(picture, (151, 165), (20, 6), 0, 0, 360, (80, 80, 160), -1)
    return Face(cv2.GaussianBlur(picture, (0, 0), 2), BOX)


def light(picture):
    return picture.astype(np.float32) / 255


def texture(picture):
    """Energy of the finest detail."""
    grey = picture.mean(2).astype(np.float32)
    return float(np.abs(grey - cv2.GaussianBlur(grey, (0, 0), 1.5)).mean())


def overlap(a, b):
    width = min(a[0] + a[2], b[0] + b[2]) - max(a[0], b[0])
    height = min(a[1] + a[3], b[1] + b[3]) - max(a[1], b[1])
    shared = max(0, width) * max(0, height)
    return shared / (a[2] * a[3] + b[2] * b[3] - shared)


class Attacks(unittest.TestCase):
    def test_a_seed_makes_the_same_attack_again(self):
        for species in SPECIES:
            first, again = (simulate(np.random.default_rng(5), portrait(), species, portrait()) for _ in range(2))
            self.assertTrue(np.array_equal(first.picture, again.picture), species)
            self.assertEqual(first.box, again.box)
            other = simulate(np.random.default_rng(6), portrait(), species, portrait())
            self.assertFalse(first.picture.shape == other.picture.shape and np.array_equal(first.picture, other.picture))

    def test_attacks_are_pictures_with_the_face_where_the_box_says(self):
        for seed in range(24):
            shown = simulate(np.random.default_rng(seed), portrait(), SPECIES[seed % 3], portrait())
            self.assertEqual(shown.picture.dtype, np.uint8)
            height, width = shown.picture.shape[:2]
            x, y, w, h = shown.box
            self.assertGreater(min(w, h), 20)
            self.assertTrue(0 <= x + w / 2 <= width and 0 <= y + h / 2 <= height, f"seed {seed}")
            self.assertGreater(shown.picture.std(), 2, f"seed {seed}: nothing is seen")

    def test_the_input_is_left_as_it_was(self):
        face, before = portrait(), portrait().picture
        for species in SPECIES:
            simulate(np.random.default_rng(1), face, species)
        self.assertTrue(np.array_equal(face.picture, before))


class Artefacts(unittest.TestCase):
    def test_halftone_adds_texture_and_keeps_the_tone(self):
        plain = light(portrait().picture)
        dotted = np.mean([texture(prints.halftone(np.random.default_rng(i), plain)) for i in range(10)])
        self.assertGreater(dotted, 3 * texture(plain))
        tone = np.mean([prints.halftone(np.random.default_rng(i), plain).mean() for i in range(10)])
        self.assertAlmostEqual(tone, plain.mean(), delta=0.12)

    def test_paper_has_neither_black_nor_full_colour(self):
        bars = np.zeros((8, 8, 3), np.float32)
        bars[:, 4:] = 1
        for seed in range(10):
            printed = prints.paper_tone(np.random.default_rng(seed), bars)
            self.assertGreater(printed.min(), 0.01)

    def test_a_pixel_grid_has_colour_where_the_picture_had_none(self):
        grey = np.full((120, 120, 3), 0.5, np.float32)
        coloured = [np.ptp(screens.pixels(np.random.default_rng(i), grey), axis=2).mean() for i in range(10)]
        self.assertGreater(np.mean(coloured), 0.02)

    def test_moire_is_a_regular_fringe(self):
        fringes = screens.moire(np.random.default_rng(2), np.full((128, 128, 3), 0.5, np.float32))[:, :, 0]
        spectrum = np.abs(np.fft.rfft2(fringes - fringes.mean()))
        self.assertGreater(spectrum.max(), 20 * np.median(spectrum))

    def test_refresh_bands_run_across(self):
        banded = screens.refresh(np.random.default_rng(3), np.full((100, 80, 3), 0.5, np.float32))
        self.assertLess(banded.std(axis=1).max(), 1e-5)
        self.assertGreater(banded.std(axis=0).max(), 0.005)

    def test_glass_only_adds_light(self):
        plain = light(portrait().picture)
        for seed in range(10):
            self.assertGreaterEqual((screens.glass(np.random.default_rng(seed), plain) - plain).min(), -1e-6)

    def test_a_cut_out_changes_the_face_and_leaves_the_corners_to_the_wearer(self):
        plain = light(portrait().picture)
        wearer = np.full_like(plain, 0.25)
        worn = cutouts.worn(np.random.default_rng(4), plain, BOX, wearer)
        self.assertTrue(np.allclose(worn[:20, :20], 0.25, atol=0.02))
        self.assertGreater(abs(worn[130, 151] - wearer[130, 151]).max(), 0.05)


class Presentation(unittest.TestCase):
    def test_a_held_artefact_takes_its_box_along(self):
        marked = np.zeros((260, 300, 3), np.float32)
        x, y, w, h = (int(value) for value in BOX)
        marked[y:y + h, x:x + w] = 1
        for seed in range(20):
            behind = np.zeros((50, 50, 3), np.float32)
            shown, box = scene.held(np.random.default_rng(seed), marked, BOX, behind)
            rows, columns = np.nonzero(shown[:, :, 0] > 0.5)
            seen = (columns.min(), rows.min(), np.ptp(columns) + 1, np.ptp(rows) + 1)
            self.assertGreater(overlap(seen, box), 0.9, f"seed {seed}")

    def test_borders_move_the_surface_by_what_they_say(self):
        plain = light(portrait().picture)
        for frame in (scene.sheet, scene.device):
            framed, left, top = frame(np.random.default_rng(7), plain)
            inside = framed[top:top + plain.shape[0], left:left + plain.shape[1]]
            self.assertTrue(np.array_equal(inside, plain))

    def test_the_camera_keeps_the_size_and_gives_bytes(self):
        for seed in range(20):
            shot = camera.captured(np.random.default_rng(seed), portrait().picture, gentle=seed % 2 == 0)
            self.assertEqual((shot.shape, shot.dtype), (portrait().picture.shape, np.uint8))


class Samples(unittest.TestCase):
    def test_a_recaptured_face_stays_in_its_box(self):
        for seed in range(40):
            face = recaptured(np.random.default_rng(seed), portrait(), has_been=True)
            window = shifted(face.picture, face.box, 1.0, SIZE)
            self.assertEqual(window.shape, (SIZE, SIZE, 3))
            middle, corner = window[30:50, 30:50].mean((0, 1)), portrait().picture[125:135, 145:157].mean((0, 1))
            self.assertLess(np.abs(middle - corner).max(), 40, f"seed {seed}")

    def test_a_close_cut_never_loses_the_face(self):
        for seed in range(40):
            cut, (x, y) = close_cut(np.random.default_rng(seed), portrait().picture, BOX)
            self.assertTrue(x >= -1 and y >= -1 and x + BOX[2] <= cut.shape[1] + 1 and y + BOX[3] <= cut.shape[0] + 1)

    def test_every_picture_is_used_as_often_as_the_others(self):
        counts = np.bincount(spread(np.random.default_rng(0), 7, 24), minlength=7)
        self.assertEqual((len(spread(np.random.default_rng(0), 7, 24)), counts.max() - counts.min()), (24, 1))

    def test_a_window_is_made_smaller_until_it_fits_and_moved_inside(self):
        ramp = np.tile(np.arange(200, dtype=np.uint8)[None, :, None], (100, 1, 3))
        # A box of 20x20 at the left edge, 2.7 times its size: 54 wide, from 0 to 54.
        window = shifted(ramp, (0, 40, 20, 20), 2.7, 54)
        self.assertLessEqual(abs(int(window[0, 0, 0]) - 0), 1)
        self.assertLessEqual(abs(int(window[0, -1, 0]) - 54), 1)
        # 80x80 four times would be 320: as much as 100 rows allow, both ways.
        wide = shifted(ramp, (60, 10, 80, 80), 4.0, 100)
        self.assertLessEqual(abs(int(wide[0, -1, 0]) - int(wide[0, 0, 0]) - 99), 2)


if __name__ == "__main__":
    result = unittest.main(exit=False, verbosity=2).result
    wrong = len(result.failures) + len(result.errors)
    print(f"{result.testsRun - wrong} passed, {wrong} failed")
    sys.exit(1 if wrong or result.testsRun == 0 else 0)
