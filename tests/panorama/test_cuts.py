import numpy as np
import pytest

from ldm3d_web.panorama.cuts import find_cuts
from tests.panorama.rooms import box_room, open_ground
from tests.panorama.scenes import post_before_wall, room_with_box


def cuts_of(distance_m):
    inverse = (1 / distance_m).astype(np.float32)
    return find_cuts(inverse, np.isfinite(distance_m))


@pytest.mark.parametrize("height", [64, 256, 512])
def test_floors_walls_and_their_creases_are_one_surface(height):
    right, below = cuts_of(box_room(height, 2 * height))
    assert not right.any() and not below[:-1].any() and below[-1].all()


def test_ground_at_a_grazing_angle_is_no_edge_but_the_sky_line_is():
    distance, sky = open_ground(256, 512, hill_m=60.0)
    right, below = cuts_of(np.where(sky, np.inf, distance))
    assert not below[:-1][~sky[:-1] & ~sky[1:]].any()
    assert below[:-1][sky[:-1] != sky[1:]].all() and right[sky].all()


@pytest.mark.parametrize("width", [1, 2, 3])
@pytest.mark.parametrize("first", [100, 255, 0])
def test_a_thin_post_is_cut_all_round_wherever_it_stands(width, first):
    columns = np.arange(first, first + width) % 256
    distance = post_before_wall(columns=columns)
    right, below = cuts_of(distance)
    post = distance < 2
    np.testing.assert_array_equal(right, post != np.roll(post, -1, axis=1))
    np.testing.assert_array_equal(below[:-1], post[:-1] != post[1:])


def test_a_weak_edge_is_followed_from_a_strong_one_and_does_not_begin():
    height, width = 128, 256
    far, wall = np.ones(width), np.full((height, width), 4.0)
    far[:] = np.linspace(1.0, 0.0, width)  # how far a ledge stands out, from much to nothing
    ledge = wall.copy()
    ledge[64:] = 1 / (1 / 4.0 + 0.35 * far)
    _, below = cuts_of(ledge)
    row = below[63]
    assert row[2:150].all() and not row[-20:-2].any()
    weak = wall.copy()
    weak[64:] = 1 / (1 / 4.0 + 0.06)  # a ledge of a pixel and a half all the way: no cut begins there
    assert not cuts_of(weak)[1][:-1].any()


def test_single_wild_pixels_cut_nothing():
    distance = box_room(128, 256)
    distance[np.random.default_rng(0).integers(8, 120, 40), np.random.default_rng(1).integers(0, 256, 40)] = 0.7
    right, below = cuts_of(distance)
    assert right.sum() + below[:-1].sum() < 40


def test_a_far_pixel_between_two_near_things_and_the_sky_belongs_to_neither():
    """It has two edges with them: too few for a cut, and the crown and its trunk hung together with the far hill."""
    distance = np.full((128, 256), np.inf)
    distance[40:60, 90:120] = distance[60:90, 104:107] = 2.0
    distance[60, 103] = 60.0
    right, below = cuts_of(distance)
    assert below[59, 103] and right[60, 103] and not right[60, 104:106].any()


def test_a_side_that_a_pixel_here_and_there_shows_belongs_to_its_thing():
    distance = np.full((128, 256), np.inf)
    distance[40:90, 90:120] = 2.0
    distance[42:88:3, 119] = 4.0
    assert not cuts_of(distance)[0][40:90, 118].any()


def test_the_box_in_the_room_is_cut_along_its_sides_and_joined_to_the_floor():
    distance, box = room_with_box(256)
    right, below = cuts_of(distance)
    side = np.zeros_like(box)
    side[:, :-1] = box[:, :-1] != box[:, 1:]
    level = slice(100, 140)  # rows well above the floor
    np.testing.assert_array_equal(right[level], side[level])
    foot = np.argwhere(box[:-1] & ~box[1:])
    assert not below[foot[:, 0], foot[:, 1]].any()
