import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from ldm3d_web.panorama.seam import seam_ratio, wrap_pad


def wave(width: int, turns: float) -> np.ndarray:
    return np.tile(np.sin(np.arange(width) / width * turns * 2 * np.pi), (4, 1))


def test_a_periodic_picture_has_no_seam_and_a_cut_one_has():
    # Where the wrap falls on a sine's steepest place its step is pi / 2 of the mean one.
    assert seam_ratio(wave(256, 3)) == pytest.approx(np.pi / 2, rel=0.01)
    assert seam_ratio(wave(256, 3.5) + np.linspace(0, 1, 256)) > 10


def test_uint8_does_not_wrap_around_in_the_measure():
    low_high = np.zeros((2, 4, 3), np.uint8)
    low_high[:, 2:] = 255
    assert seam_ratio(low_high) == pytest.approx(3)
    assert seam_ratio(np.full((2, 4), 7, np.uint8)) == 1


@given(st.integers(0, 30))
def test_the_ratio_is_the_place_of_the_wrap(shift):
    """Rolled by one column more than the seam, the step is inside and the new seam is a plain neighbour."""
    ramp = np.tile(np.arange(32.0), (2, 1))
    assert (seam_ratio(np.roll(ramp, shift, axis=1)) > 5) == (shift % 32 == 0)


def test_one_column_has_no_neighbours():
    with pytest.raises(ValueError):
        seam_ratio(np.zeros((4, 1)))


@settings(max_examples=20)
@given(arrays.arrays(np.float32, (3, 6), elements=st.floats(0, 1, width=32)), st.integers(0, 9))
def test_padding_continues_over_the_wrap(image, columns):
    padded = wrap_pad(image, columns, 2)
    assert padded.shape == (7, 6 + 2 * columns)
    np.testing.assert_array_equal(padded[2:-2], image[:, np.arange(-columns, 6 + columns) % 6])
    np.testing.assert_array_equal(padded[0], padded[2])
