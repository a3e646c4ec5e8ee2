import cv2
import numpy as np
import pytest

from ldm3d_web.panorama.sharpen import aligned, noise_px, ramps, sharpened, without_spikes
from ldm3d_web.panorama.sphere import pixel_rays
from tests.panorama.rooms import box_room
from tests.panorama.scenes import post_before_wall, room_with_box


def coloured(mask):
    return np.where(mask[..., None], np.uint8([200, 60, 40]), np.uint8([60, 90, 160]))


def softened(inverse, size):
    return cv2.blur(inverse, (size, size), borderType=cv2.BORDER_REPLICATE)


@pytest.mark.parametrize("size", [3, 5])
def test_a_soft_edge_gets_one_distance_on_each_side_where_the_colours_change(size):
    distance, box = room_with_box(128)
    exact = (1 / distance).astype(np.float32)
    sharp = sharpened(softened(exact, size), coloured(box))
    level = slice(45, 70)  # rows where the box stands before the wall, away from its top and the floor
    before, after = (np.abs(each - exact)[level] / exact[level] for each in (softened(exact, size), sharp))
    assert np.quantile(after, 0.99) < 0.05 < np.quantile(before, 0.99)


def test_what_is_sharp_stays_as_it_is():
    for distance in (box_room(128, 256), room_with_box(128)[0], post_before_wall()):
        inverse = (1 / distance).astype(np.float32)
        assert not ramps(inverse).any()
        assert sharpened(inverse, coloured(distance < 2)) is inverse


def test_slopes_are_no_ramps():
    inverse = np.tile(np.linspace(0.2, 1.5, 256, dtype=np.float32), (128, 1))
    assert not ramps(inverse)[:, 8:-8].any()  # its ends meet over the wrap, and that is a real step


def test_a_soft_post_of_two_pixels_is_still_two_pixels_wide():
    exact = (1 / post_before_wall()).astype(np.float32)
    sharp = sharpened(softened(exact, 3), coloured(exact > 0.5))
    post = sharp[50:80] > 0.4
    assert (post.sum(axis=1) == 2).all() and post[:, 100:102].all()


def test_a_ball_is_round_up_to_its_rim():
    """A surface that falls away towards its edge goes on falling there: its rim is no piece of its front."""
    rays = pixel_rays(256, 512)
    towards, radius = np.array([0.0, 0.0, -1.0]), 0.6  # a ball 1.5 m ahead
    along = 1.5 * rays @ towards
    beside = along**2 - 1.5**2 + radius**2
    ball = beside > 0
    exact = np.where(ball & (along > 0), 1 / (along - np.sqrt(np.maximum(beside, 0))), 0.1).astype(np.float32)
    ball &= along > 0
    sharp = sharpened(softened(exact, 3), coloured(ball))
    rim = ball & (cv2.erode(ball.astype(np.uint8), np.ones((5, 5), np.uint8)) == 0) & (sharp > 0.3)
    assert np.abs(sharp / exact - 1)[rim].mean() < 0.045  # half of what a mean of the front has


def test_low_ramps_are_sharpened_where_depth_has_no_noise_that_looks_like_them():
    """Steps of two and of ten pixels of parallax: the low one is left alone where depth is as uneven as mini is."""
    exact = np.full((128, 256), 0.2, np.float32)
    exact[20:100, 40:80] = 0.2 + 2 * 2 * 2 * np.pi / 256  # of parallax at half a metre
    exact[20:100, 140:180] = 0.2 + 2 * 10 * 2 * np.pi / 256
    soft = softened(exact, 3)
    noise = 1 + 0.006 * np.random.default_rng(0).normal(size=soft.shape).astype(np.float32)

    def untouched(inverse):
        return np.array_equal(sharpened(inverse, coloured(exact > 0.21))[40:80, 36:84], inverse[40:80, 36:84])

    assert not untouched(soft) and untouched(soft * noise)
    assert noise_px(soft) < 0.01 < 0.03 < noise_px(soft * noise)


def test_a_pixel_alone_goes_and_a_line_of_one_pixel_stays():
    inverse = np.full((16, 32), 0.2, np.float32)
    inverse[5, 7] = 2.0
    inverse[:, 31] = 1.0
    calm = without_spikes(inverse)
    assert calm[5, 7] == np.float32(0.2)
    np.testing.assert_array_equal(calm[:, 31], 1.0)


def book_before_a_wall(rows_of_top, height=128):
    """(H, 2H) inverse distances: a wall, before it from row 70 on a top seen at a grazing angle, and below that its
    upright front."""
    rows = np.arange(height)
    below = np.sin(np.pi * ((rows + 0.5) / height - 0.5))
    front = 70 + rows_of_top
    inverse = np.where(rows < 70, 0.25, np.minimum(below, below[front]) / 0.2)
    return np.tile(inverse[:, None], (1, 2 * height)).astype(np.float32)


def test_a_top_seen_at_a_grazing_angle_is_no_ramp_where_depth_is_sharp():
    inverse = book_before_a_wall(4)
    assert ramps(inverse).any()  # pixel by pixel it looks like one
    assert sharpened(inverse, coloured(inverse > 0.5)) is inverse


def test_in_soft_depth_a_long_even_climb_is_no_ramp_either():
    found = ramps(softened(book_before_a_wall(12), 3))
    assert found[69:71].any() and not found[73:80].any()


@pytest.mark.parametrize("turn", [0, 64, 90])
def test_an_edge_beside_the_pictures_is_moved_onto_it(turn):
    """Depth ends two pixels after the colour does; turned, so that one edge lies over the wrap."""
    rgb = np.full((64, 128, 3), 60, np.uint8)
    rgb[20:44, 40:64] = 200
    depth = np.full((64, 128), 0.2, np.float32)
    depth[20:44, 42:66] = 0.6
    right = np.where(rgb[..., 0] > 100, np.float32(0.6), np.float32(0.2))
    moved = aligned(np.roll(depth, turn, axis=1), np.roll(rgb, turn, axis=1))
    wrong = np.abs(np.roll(moved, -turn, axis=1) - right) > 0.1
    assert wrong[24:40].sum() == 0 and wrong.sum() < 20
    flat = np.full((64, 128), 0.3, np.float32)
    np.testing.assert_array_equal(aligned(flat, rgb), flat)


def test_what_is_carried_on_stays_within_the_map():
    """Slopes beside patches at the near end: what was carried on from them left the range of the map, even [0, 1]."""
    random = np.random.default_rng(3)
    slopes = 0.4 * cv2.GaussianBlur(random.random((64, 128), np.float32), (0, 0), 4)
    patches = cv2.resize((random.random((16, 32)) < 0.3).astype(np.uint8), (128, 64), interpolation=cv2.INTER_NEAREST)
    depth = np.where(patches > 0, np.float32(1), slopes)
    moved = aligned(depth, np.repeat(random.integers(0, 256, (64, 128, 1), np.uint8), 3, axis=2))
    assert depth.min() <= moved.min() and moved.max() <= 1
