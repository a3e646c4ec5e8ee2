"""Thin things in soft depth: as near, as wide and as long as they were."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from ldm3d_web.panorama.seam import wrap_pad
from ldm3d_web.panorama.thin import WIDEST_PX, restored

HEIGHT, WIDTH = 128, 256
WALL, POST = 0.25, 2.0  # 1 / metres


def wall() -> np.ndarray:
    return np.full((HEIGHT, WIDTH), WALL, np.float32)


def softened(inverse: np.ndarray) -> np.ndarray:
    return cv2.blur(wrap_pad(inverse, 2), (3, 3), borderType=cv2.BORDER_REPLICATE)[:, 2:-2]


@pytest.mark.parametrize("width", range(1, WIDEST_PX + 1))
@pytest.mark.parametrize("first", [100, 0, WIDTH - 1])  # within the picture, and over the wrap
def test_a_post_is_as_near_and_as_wide_as_it_was(width, first):
    exact = wall()
    exact[20:70, np.arange(first, first + width) % WIDTH] = POST
    value, thin = restored(softened(exact))
    np.testing.assert_array_equal(thin, exact == POST)
    np.testing.assert_allclose(value[thin], POST, rtol=0.08)
    np.testing.assert_allclose(value[25:65][~thin[25:65]], WALL, rtol=1e-3)


def test_a_rail_is_a_post_that_lies():
    exact = wall()
    exact[60:62, 30:90] = POST
    value, thin = restored(softened(exact))
    np.testing.assert_array_equal(thin, exact == POST)
    np.testing.assert_allclose(value[thin], POST, rtol=0.08)


def test_what_lies_behind_a_post_may_change_along_it():
    exact = wall()
    exact[45:] = 0.55  # a table before the wall
    exact[20:70, 100:102] = POST
    value, _ = restored(softened(exact))
    np.testing.assert_allclose(value[20:70, 100:102], POST, rtol=0.08)


def test_what_is_wide_or_short_stays_as_it_is():
    exact = wall()
    exact[20:70, 40 : 41 + WIDEST_PX] = POST
    exact[20:26, 100:102] = POST
    for row in range(40):  # the tip of a roof
        exact[40 + row, 200 - row : 201 + row] = POST
    soft = softened(exact)
    value, thin = restored(soft)
    assert not thin.any()
    np.testing.assert_array_equal(value, soft)
