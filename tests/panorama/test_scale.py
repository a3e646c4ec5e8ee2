import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from ldm3d_web.errors import InvalidInput
from ldm3d_web.panorama import guess
from ldm3d_web.panorama.scale import find_range, fit_floor, to_panorama
from ldm3d_web.panorama.sphere import pixel_rays
from ldm3d_web.rgbd import Rgbd
from tests.panorama.rooms import box_room, disparity_of, open_ground, painted, rgbd_of

H, W = 64, 128


@given(arrays.arrays(np.float32, (4, 8), elements=st.floats(0, 1, width=32)), st.floats(0.1, 10), st.floats(1.5, 1000))
def test_given_near_and_far_are_used_exactly(disparity, near, ratio):
    far = near * ratio
    panorama = to_panorama(Rgbd(painted(4, 8), disparity), near_m=near, far_m=far)
    truth = 1 / (disparity.astype(np.float64) * (1 / near - 1 / far) + 1 / far)
    np.testing.assert_allclose(panorama.distance_m, truth, rtol=1e-6)
    assert (panorama.near_m, panorama.far_m) == (near, far)


def floor_heights(panorama, truth_m, eye_m=1.6):
    """Heights at the pixels whose true point lies on the floor."""
    down = pixel_rays(*truth_m.shape)[..., 1]
    on_floor = np.isclose(-down * truth_m, eye_m, rtol=1e-6)
    return (down * panorama.distance_m)[on_floor]


@settings(max_examples=30)
@given(
    st.floats(1.5, 6),
    st.floats(0.8, 3),
    st.floats(0.6, 0.99),
    st.floats(1.02, 1.6),
    st.floats(0, 0.01),
    st.integers(0, 9),
)
def test_floor_of_a_room_comes_to_eye_height_whatever_the_scale_of_the_disparity(
    half, ceiling, nearer, farther, noise, seed
):
    truth = box_room(H, W, half_m=half, ceiling_m=ceiling)
    # Near and far that the function is not told: any affine change of inverse depth with positive ends.
    disparity = disparity_of(truth, nearer * truth.min(), farther * truth.max())
    disparity += np.random.default_rng(seed).normal(0, noise, disparity.shape)
    panorama = to_panorama(Rgbd(painted(H, W), np.clip(disparity, 0, 1).astype(np.float32)))
    assert np.median(floor_heights(panorama, truth)) == pytest.approx(-1.6, rel=0.04)


@pytest.mark.parametrize("eye_height", [0.5, 1.6, 30.0])
def test_floor_is_put_at_the_height_asked_for_and_the_room_grows_with_it(eye_height):
    truth = box_room(H, W)
    panorama = to_panorama(rgbd_of(truth, 1.0, 6.0), eye_height_m=eye_height)
    np.testing.assert_allclose(panorama.distance_m, truth * eye_height / 1.6, rtol=0.01)
    assert panorama.eye_height_m == eye_height


def test_furniture_on_a_third_of_the_floor_does_not_lift_it():
    truth = box_room(H, W)
    clear = truth.copy()
    truth[H // 2 :, : W // 3] *= 0.6
    panorama = to_panorama(rgbd_of(truth, 0.9, 6.0))
    assert np.median(floor_heights(panorama, clear)[-W:]) == pytest.approx(-1.6, rel=0.03)


def test_ground_that_runs_to_the_horizon_has_a_finite_far_end():
    truth, _ = open_ground(H, W, hill_m=1e6)
    panorama = to_panorama(Rgbd(painted(H, W), np.clip(1.6 / truth, 0, 1).astype(np.float32)))
    assert 100 < panorama.far_m < 1e4
    near_floor = truth < 10
    np.testing.assert_allclose(panorama.distance_m[near_floor], truth[near_floor], rtol=0.05)


def test_uneven_ground_is_put_at_eye_height_below_the_feet():
    truth = box_room(H, W)
    bumps = np.repeat(np.random.default_rng(1).uniform(0.5, 1.0, (16, 32)), 4, 0).repeat(4, 1)
    ends = find_range(rgbd_of(truth * bumps, 0.6, 100.0))
    assert ends.source == "ground"
    assert ends.near_m < 1.6 < ends.far_m


@pytest.mark.parametrize("far_below", [0.0, 0.1])
def test_nothing_near_below_leaves_the_scale_assumed(far_below):
    disparity = np.full((H, W), far_below, np.float32)
    disparity[: H // 4] = 1
    assert fit_floor(disparity) is None
    assert find_range(Rgbd(painted(H, W), disparity)).source == "assumed"


def test_a_ball_around_the_eye_is_no_floor():
    disparity = np.full((H, W), 0.8, np.float32) + np.random.default_rng(0).normal(0, 0.01, (H, W)).astype(np.float32)
    assert fit_floor(disparity) is None


def test_auto_eye_height_is_measured_where_the_scale_is_given():
    truth = box_room(H, W, eye_m=2.3)
    ends = find_range(rgbd_of(truth, 1.0, 6.0), near_m=1.0, far_m=6.0, eye_height_m=None)
    assert ends.eye_height_m == pytest.approx(2.3, rel=0.02)
    assert (ends.near_m, ends.far_m) == (1.0, 6.0)


def test_the_guessed_shape_has_its_floor_at_eye_height():
    panorama = to_panorama(Rgbd(painted(H, W), guess.ground_and_dome(H, W)))
    below = pixel_rays(H, W)[..., 1] < -0.5
    np.testing.assert_allclose((pixel_rays(H, W)[..., 1] * panorama.distance_m)[below], -1.6, rtol=0.01)
    assert panorama.distance_m.max() == pytest.approx(guess.DOME_M, rel=0.05)
    assert not panorama.sky.any()


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ({"near_m": 1.0}, "both"),
        ({"near_m": 2.0, "far_m": 1.0}, "smaller"),
        ({"near_m": 1.0, "far_m": 1.0}, "smaller"),
        ({"near_m": -1.0, "far_m": 1.0}, "near"),
        ({"near_m": 1.0, "far_m": float("nan")}, "far"),
        ({"near_m": 1.0, "far_m": float("inf")}, "far"),
        ({"eye_height_m": 0.0}, "eye height"),
    ],
)
def test_impossible_numbers_are_refused_with_a_sentence(options, says):
    with pytest.raises(InvalidInput, match=says):
        to_panorama(rgbd_of(box_room(H, W), 1.0, 6.0), **options)
