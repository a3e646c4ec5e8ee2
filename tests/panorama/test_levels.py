"""Few levels of depth: told from many, and made smooth where they are steps of a slope."""

import numpy as np
import pytest

from ldm3d_web.panorama.disparity import from_levels, to_levels
from ldm3d_web.panorama.levels import step_of, without_steps
from tests.panorama.rooms import box_room, disparity_of

ROOM = disparity_of(box_room(128, 256), 1.0, 6.0)


def rounded(disparity: np.ndarray, steps: int) -> np.ndarray:
    """As a 16-bit file has it that was made from one of `steps` levels."""
    return from_levels(to_levels(np.rint(disparity * steps) / steps))


@pytest.mark.parametrize("steps", [100, 255, 1023, 4095])
def test_levels_are_found_whatever_their_number(steps):
    found = step_of(rounded(ROOM, steps))
    assert found is not None and found == pytest.approx(1 / steps)


@pytest.mark.parametrize(
    "disparity",
    [
        from_levels(to_levels(disparity_of(box_room(512, 1024), 1.0, 6.0))),
        np.random.default_rng(0).random((16, 32)).astype(np.float32),
        np.where(np.indices((64, 128))[1] % 2, 0.25, 0.75).astype(np.float32),
        np.linspace(0, 1, 20, dtype=np.float32).repeat(10)[:, None].repeat(400, axis=1),  # a stair of twenty steps
    ],
    ids=["16 bits", "noise", "two values", "a stair"],
)
def test_what_has_no_levels_is_left_alone(disparity):
    assert step_of(disparity) is None


def test_a_slope_is_smooth_again_and_an_edge_is_where_it_was():
    slope = np.tile(np.linspace(0.1, 0.2, 128, dtype=np.float32)[:, None], (1, 256))
    slope[40:80, 250:] = slope[40:80, :6] = 0.7  # over the wrap
    coarse = rounded(slope, 255)
    smooth = without_steps(coarse, 0.5 / 255)
    assert np.abs(smooth - coarse).max() <= 0.5 / 255 + 1e-6
    error = np.abs(smooth - slope)[:, 30:220]
    assert error.mean() < 0.5 * np.abs(coarse - slope)[:, 30:220].mean()
    assert (smooth[40:80, 250:] > 0.69).all() and (smooth[40:80, 240:250] < 0.21).all()
    np.testing.assert_allclose(smooth[50, 0], smooth[50, -1], atol=1e-3)
