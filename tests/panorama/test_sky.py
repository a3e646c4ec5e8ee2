import numpy as np
import pytest

from ldm3d_web.panorama.scale import to_panorama
from ldm3d_web.panorama.sky import find_sky
from tests.panorama.rooms import box_room, disparity_of, open_ground, rgbd_of

H, W = 128, 256


@pytest.mark.parametrize("noise", [0.0, 0.004, 0.008])
def test_sky_over_a_hill_is_found_up_to_its_edge(noise):
    truth, sky = open_ground(H, W, hill_m=12.0)
    disparity = disparity_of(truth, 1.0, 200.0) + np.random.default_rng(0).normal(0, noise, (H, W))
    found = find_sky(np.clip(disparity, 0, 1).astype(np.float32), 1.0, 200.0)
    # Within a pixel of the horizon: a row or two of 128.
    assert (found != sky).mean() < 1.5 / H


def test_a_level_above_zero_is_still_the_far_end():
    truth, sky = open_ground(H, W, hill_m=12.0)
    found = find_sky(np.clip(disparity_of(truth, 1.0, 200.0), 0.03, 1).astype(np.float32), 1.0, 200.0)
    assert (found != sky).mean() < 1.5 / H


def test_a_room_has_no_sky_even_when_its_scale_is_wrong():
    room = box_room(H, W)
    assert not to_panorama(rgbd_of(room, 1.0, room.max())).sky.any()
    assert not find_sky(disparity_of(room, 1.0, room.max()), 0.5, 200.0).any()


def test_a_high_ceiling_is_not_sky():
    hall = box_room(H, W, half_m=9.0, ceiling_m=12.0)
    assert not to_panorama(rgbd_of(hall, 1.0, 200.0), near_m=1.0, far_m=200.0).sky.any()


def test_a_far_pit_below_the_horizon_is_not_sky():
    disparity = np.full((H, W), 0.5, np.float32)
    disparity[3 * H // 4 :] = 0
    assert not find_sky(disparity, 1.0, 200.0).any()


@pytest.mark.parametrize("end", [W, W - 3])
def test_a_patch_is_one_over_the_wrap(end):
    """A strip at the left end, too small to be sky alone, belongs to the sky at the right end if that reaches it."""
    disparity = np.full((H, W), 0.5, np.float32)
    disparity[10:60, end - 60 : end] = 0
    disparity[42:58, :2] = 0
    found = find_sky(disparity, 1.0, 200.0)
    assert found[12:58, end - 58 : end - 2].all()
    assert found[44:56, :2].all() == (end == W)


def test_a_bird_is_not_left_floating():
    truth, _ = open_ground(H, W, hill_m=12.0)
    disparity = disparity_of(truth, 1.0, 200.0)
    disparity[20:22, 100:102] = 0.3
    assert find_sky(disparity, 1.0, 200.0)[18:24, 98:104].all()


def test_ground_that_runs_into_the_sky_is_ground_up_to_the_horizon():
    truth, _ = open_ground(H, W, hill_m=1e6, hill_deg=0.0)
    found = find_sky(disparity_of(truth, 1.0, 200.0), 1.0, 200.0)
    np.testing.assert_array_equal(found, np.repeat(np.arange(H) < H // 2, W).reshape(H, W))
