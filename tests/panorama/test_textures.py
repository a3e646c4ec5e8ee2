"""Enlarged textures: the same picture, the same place, no new seam."""

from __future__ import annotations

import cv2
import numpy as np

from ldm3d_web.panorama.seam import seam_ratio
from ldm3d_web.panorama.textures import enlarge


def smooth(height: int) -> np.ndarray:
    """A picture with waves in both directions that close over the wrap, (H, 2 H, 3) uint8."""
    v, u = np.meshgrid((np.arange(height) + 0.5) / height, (np.arange(2 * height) + 0.5) / (2 * height), indexing="ij")
    waves = [np.sin(2 * np.pi * (3 * u + k / 3)) * np.sin(np.pi * v) for k in range(3)]
    return np.rint(127.5 + 120 * np.stack(waves, axis=-1)).astype(np.uint8)


def test_it_is_the_picture_at_more_pixels():
    small, large = smooth(32), smooth(128)
    enlarged = enlarge(small, 300)
    assert enlarged.shape == large.shape, "the largest whole factor within 300 is 4"
    assert np.abs(enlarged.astype(int) - large).max() <= 6


def test_its_means_over_a_pixel_are_that_pixel():
    small = cv2.resize(smooth(128), (64, 32), interpolation=cv2.INTER_AREA)
    small[::3, ::5] = 90  # details of one pixel too
    back = cv2.resize(enlarge(small, 128), (64, 32), interpolation=cv2.INTER_AREA)
    assert np.abs(back.astype(int) - small).mean() < 1.0


def test_beside_a_hard_edge_there_is_no_halo():
    picture = np.full((32, 64, 3), 200, np.uint8)
    picture[12:20, 20:40] = 40
    enlarged = enlarge(picture, 256)
    assert 24 <= enlarged.min() and enlarged.max() <= 216


def test_the_wrap_stays_closed():
    assert seam_ratio(enlarge(np.roll(smooth(32), 11, axis=1), 256)) < 1.6


def test_a_turn_before_is_a_turn_after():
    turned = enlarge(np.roll(smooth(16), 5, axis=1), 128)
    np.testing.assert_array_equal(turned, np.roll(enlarge(smooth(16), 128), 4 * 5, axis=1))


def test_wide_pictures_are_left_alone():
    picture = smooth(32)
    assert enlarge(picture, 64) is picture and enlarge(picture, 100) is picture


def test_rows_that_are_all_alike_stay_so_and_change_nothing_for_the_others():
    """A layer's picture is a belt with one colour above and below, which costs no time to enlarge."""
    belt = np.full((128, 256, 3), 127, np.uint8)
    belt[50:70] = smooth(128)[50:70]
    marked = belt.copy()
    marked[[0, -1]] = smooth(128)[[64, 64]]
    enlarged, whole = enlarge(belt, 512), enlarge(marked, 512)
    np.testing.assert_array_equal(enlarged[40:216], whole[40:216])
    assert (enlarged[:80] == 127).all() and (enlarged[160:] == 127).all()
    assert (enlarge(belt[:40], 512) == 127).all()
