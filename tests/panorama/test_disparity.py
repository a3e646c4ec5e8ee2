"""Metres and disparity: one formula, both ways, exact where files keep it."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from ldm3d_web.panorama import disparity

NEAR_M, FAR_M = 1.0, 200.0


@given(arrays.arrays(np.float32, (2, 4), elements=st.floats(NEAR_M, FAR_M, width=32)))
def test_metres_survive_the_way_to_disparity_and_back(distance_m: np.ndarray) -> None:
    relative = disparity.to_disparity(distance_m, NEAR_M, FAR_M)
    np.testing.assert_allclose(disparity.to_distance(relative, NEAR_M, FAR_M), distance_m, rtol=1e-4)


def test_the_ends_of_disparity() -> None:
    distance_m = np.array([[0.1, NEAR_M, FAR_M, 1e6, 5.0]], np.float32)
    sky = np.array([[False, False, False, False, True]])
    np.testing.assert_allclose(disparity.to_disparity(distance_m, NEAR_M, FAR_M, sky), [[1, 1, 0, 0, 0]], atol=1e-6)


def test_sixteen_bits_are_kept_exactly() -> None:
    levels = np.arange(65536, dtype=np.uint16)
    assert (disparity.to_levels(disparity.from_levels(levels)) == levels).all()
