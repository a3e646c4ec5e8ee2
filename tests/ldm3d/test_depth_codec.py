"""Depth survives the autoencoder's channels: every 16-bit value, both layouts."""

from __future__ import annotations

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from ldm3d_web.ldm3d.depth_codec import LARGEST, channels_to_depth, depth_to_channels, pack, unpack
from ldm3d_web.ldm3d.depth_curve import LINEAR, Curve, curve_of

EVERY_VALUE = torch.arange(LARGEST + 1, dtype=torch.float64).reshape(1, 1, 256, 256)


def to_16_bits(disparity: torch.Tensor) -> torch.Tensor:
    return (disparity.double() * LARGEST).round()


@pytest.mark.parametrize("channels", [4, 6])
def test_every_16_bit_value_comes_back(channels):
    disparity = (EVERY_VALUE / LARGEST).float()
    stored = depth_to_channels(disparity, channels)
    assert stored.shape == (1, channels - 3, 256, 256)
    assert stored.dtype == torch.float32
    assert stored.min() == -1
    assert stored.max() == 1
    assert torch.equal(to_16_bits(channels_to_depth(stored)), EVERY_VALUE)


@pytest.mark.parametrize("k", [0, 1e-3, 20, 199, 1e4])
def test_every_16_bit_value_comes_back_from_a_curve(k):
    disparity = (EVERY_VALUE / LARGEST).float()
    stored = depth_to_channels(disparity, 4, Curve(k))
    assert stored.min() == -1 and stored.max() == pytest.approx(1) and (stored.flatten().diff() > 0).all()
    assert torch.equal(to_16_bits(channels_to_depth(stored, Curve(k))), EVERY_VALUE)
    assert channels_to_depth(torch.full((1, 1, 1, 1), -1.0), Curve(k)).item() == 0, "sky stays sky"


def test_the_curve_of_far_over_near_is_the_logarithm_of_distance():
    """From 1 to 200 m each doubling of distance is the same step."""
    disparity = torch.tensor([(1 / metres - 1 / 200) / (1 - 1 / 200) for metres in (1.0, 2.0, 4.0, 8.0, 64.0, 128.0)])
    carried = Curve(199).bend(disparity)
    steps = carried.diff().tolist()
    assert steps[0] == pytest.approx(steps[1], rel=1e-5) and steps[0] == pytest.approx(steps[4], rel=1e-4)


def test_a_config_names_its_curve_or_none():
    assert curve_of({}) == curve_of({"depth_curve": None}) == LINEAR
    assert curve_of({"depth_curve": {"log": 199}}) == Curve(199.0)
    nan = float("nan")
    for wrong in ("log", {"root": 2}, {"log": -1}, {"log": "199"}, {"log": nan}, {"log": 1, "x": 2}, 199, True):
        with pytest.raises(ValueError, match="depth_curve"):
            curve_of({"depth_curve": wrong})


@given(high=st.integers(0, 255), low=st.integers(0, 255), red=st.floats(-1, 1))
def test_two_bytes_make_one_number(high, low, red):
    picture = torch.tensor([red, high / 127.5 - 1, low / 127.5 - 1], dtype=torch.float32).reshape(1, 3, 1, 1)
    assert to_16_bits(channels_to_depth(picture)).item() == 256 * high + low


def test_the_number_4660_is_18_and_52():
    disparity = torch.full((1, 1, 1, 1), 4660 / LARGEST)
    red, high, low = ((depth_to_channels(disparity, 6) + 1) * 127.5).flatten().tolist()
    assert (round(red), round(high), round(low)) == (0, 18, 52)
    assert to_16_bits(channels_to_depth(depth_to_channels(disparity, 6))).item() == 18 * 256 + 52


@given(
    values=st.lists(st.floats(0, 1, width=32), min_size=4, max_size=4),
    channels=st.sampled_from([4, 6]),
    colour=st.floats(0, 1, width=32),
)
def test_a_picture_comes_back(values, channels, colour):
    disparity = torch.tensor(values).reshape(1, 1, 2, 2)
    rgb = torch.full((1, 3, 2, 2), colour)
    picture = pack(rgb, disparity, channels)
    assert picture.shape == (1, channels, 2, 2)
    rgb_again, disparity_again = unpack(picture)
    assert torch.allclose(rgb_again, rgb, atol=1e-6)
    tolerance = 1e-6 if channels == 4 else 0.5 / LARGEST + 1e-7
    assert torch.allclose(disparity_again, disparity, rtol=0, atol=tolerance)
    # A second time nothing moves any more, not by one count.
    assert torch.equal(to_16_bits(unpack(pack(rgb_again, disparity_again, channels))[1]), to_16_bits(disparity_again))


@given(value=st.floats(-1e3, 1e3, width=32), channels=st.sampled_from([4, 6]))
def test_whatever_a_network_paints_is_a_disparity(value, channels):
    rgb, disparity = unpack(torch.full((1, channels, 1, 1), value))
    assert 0 <= disparity.item() <= 1
    assert 0 <= rgb.min()
    assert rgb.max() <= 1


@pytest.mark.parametrize("channels", [3, 5, 8])
def test_other_layouts_are_refused(channels):
    with pytest.raises(ValueError, match=r"4 or 6|1 or 3"):
        pack(torch.zeros(1, 3, 2, 2), torch.zeros(1, 1, 2, 2), channels)
    with pytest.raises(ValueError, match="1 or 3"):
        unpack(torch.zeros(1, channels, 2, 2))
