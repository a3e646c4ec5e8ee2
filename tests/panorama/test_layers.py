from dataclasses import replace

import cv2
import numpy as np
import pytest

from ldm3d_web.panorama import layers
from ldm3d_web.panorama.peel import FARTHEST_PX, MARGIN_PX, peel
from ldm3d_web.panorama.sheet import BLOCK_PX, parallax
from ldm3d_web.panorama.sphere import pixel_rays
from tests.panorama.rooms import box_room, open_ground, painted
from tests.panorama.scenes import layers_of, on_grid, post_before_wall, room_with_box


def test_a_room_is_one_layer_and_one_with_things_in_it_has_more():
    assert list(layers_of(box_room(64, 128))) == ["surface"]
    assert set(layers_of(room_with_box()[0])) >= {"backdrop", "hidden", "surface"}
    truth, sky = open_ground(64, 128)
    assert list(layers_of(np.where(sky, np.inf, truth))) == ["sky", "surface"]


def test_near_and_far_lie_in_different_layers_and_each_pixel_that_is_seen_in_one():
    distance, box = room_with_box(256)
    layers = layers_of(distance)
    surface, hidden = layers["surface"].sheet, layers["hidden"].sheet
    assert surface.drawn[100:140][box[100:140]].all()
    beside = np.zeros_like(box)
    beside[:, :-1] = box[:, 1:] & ~box[:, :-1]
    level = np.zeros_like(box)
    level[100:140] = True
    assert not surface.drawn[beside & level].any() and hidden.drawn[beside & level].all()
    drawn = sum(
        (layer.sheet.drawn & ~layer.sheet.hidden).astype(int) for layer in layers.values() if layer.name != "backdrop"
    )
    assert (drawn == 1).all()


def test_what_is_hidden_goes_on_as_the_plane_that_it_is():
    distance, box = room_with_box(256)
    truth = box_room(256, 512)
    sheet = layers_of(distance)["hidden"].sheet
    wall = sheet.hidden & box
    wall[:100], wall[140:] = False, False
    assert wall.sum() > 400
    error = np.abs(1 / sheet.inverse[wall] / truth[wall] - 1)
    assert np.quantile(error, 0.8) < 0.03 and error.max() < 0.1


def test_two_surfaces_that_meet_behind_something_meet_in_a_line():
    """A rail all round, before the line where a floor meets a wall: mixed, they were a slope behind it."""
    rays = pixel_rays(256, 512)
    level = np.hypot(rays[..., 0], rays[..., 2])
    with np.errstate(divide="ignore"):
        truth = np.minimum(6.0 / level, np.where(rays[..., 1] < 0, 1.6 / -rays[..., 1], np.inf))
    truth = np.minimum(truth, 40.0)
    steepness = np.degrees(np.arcsin(rays[..., 1]))
    hidden = layers_of(np.where((steepness < -5) & (steepness > -25), 1.0, truth))["hidden"].sheet
    wall = hidden.hidden & (truth * level > 5.99)
    assert wall.sum() > 5000 and np.quantile(np.abs(truth * hidden.inverse - 1)[wall], 0.95) < 0.01


def test_what_is_hidden_stays_behind_what_is_seen():
    for distance in (room_with_box()[0], post_before_wall(), np.random.default_rng(0).uniform(1, 20, (64, 128))):
        panorama = on_grid(distance)
        for layer in layers_of(distance).values():
            hidden = layer.sheet.hidden
            assert (layer.sheet.inverse[hidden] < 1 / panorama.distance_m[hidden]).all()


def test_no_more_is_filled_than_a_head_can_see():
    distance, box = room_with_box(256, box_m=1.5)
    sheet = layers_of(distance)["hidden"].sheet
    step = parallax(1 / distance[150, 256] - 1 / 3.0, 512)
    assert 4 < step < FARTHEST_PX
    row = np.flatnonzero(sheet.hidden[150] & box[150])
    edge = np.flatnonzero(box[150])
    inside = np.minimum(row - edge[0], edge[-1] - row)
    assert inside.max() <= step + MARGIN_PX + BLOCK_PX
    assert inside.max() >= min(step, (edge[-1] - edge[0]) / 2) - 1


def test_what_touches_its_background_keeps_its_pixels():
    """A box is torn from the wall but not from the floor on which it stands: from there it was taken along with the
    wall's rim, and parts of it stood in the next sheet as things of their own."""
    distance, box = room_with_box(256)
    behind = peel(layers.seen(on_grid(distance)), pixel_rays(*box.shape).astype(np.float32)).behind
    assert behind is not None
    taken = behind.drawn & ~behind.hidden
    assert (taken & ~box).any() and not (taken & box).any()


def test_a_thin_neighbour_is_not_carried_on_behind_a_foreground():
    """A near post, one just behind it on the left, and the wall: behind the near post there is wall."""
    distance = post_before_wall(columns=slice(100, 106))
    distance[32:96, 97:100] = 2.0
    hidden = layers_of(distance)["hidden"].sheet
    behind = hidden.hidden[50:80, 101:105]
    assert behind.any()
    np.testing.assert_allclose(1 / hidden.inverse[50:80, 101:105][behind], 6.0, rtol=0.1)


def test_each_picture_holds_its_own_colours_only():
    distance = post_before_wall(columns=slice(100, 108))
    post = distance < 2
    rgb = np.where(post[..., None], np.uint8([220, 30, 30]), np.uint8([30, 30, 220]))
    layers = layers_of(distance, rgb)
    around = np.s_[45:85, 96:112]
    red = layers["surface"].rgb[around]
    assert (red[post[around]] == [220, 30, 30]).all()
    blue = layers["hidden"].rgb[around]
    assert (np.abs(blue.astype(int) - [30, 30, 220]).max(axis=-1) < 3).all()


def test_edge_pixels_are_taken_apart_and_the_edge_lies_between_them():
    """The post covers 0.3 of the pixel right of it, by its colour: its edge moves there by 0.3 pixels."""
    distance = post_before_wall(columns=slice(100, 108))
    red, blue = np.array([220.0, 30, 30]), np.array([30.0, 30, 220])
    rgb = np.where((distance < 2)[..., None], red, blue)
    rgb[32:96, 108] = 0.3 * red + 0.7 * blue
    layers = layers_of(distance, np.rint(rgb).astype(np.uint8))
    shift = layers["surface"].shift
    np.testing.assert_allclose(shift[45:85, 108, 0], 0.3, atol=0.03)
    np.testing.assert_allclose(shift[45:85, 100, 0], 0.0, atol=0.03)
    mixed = layers["hidden"].rgb[45:85, 108].astype(int)
    assert np.abs(mixed - blue).max() < 6


def test_an_edge_is_as_fine_as_the_picture_and_not_as_the_grid():
    """Of a pixel of depth two columns of the picture are seen: one is the post's, the other has the wall's stripes."""
    distance = post_before_wall(columns=slice(100, 108))
    panorama = on_grid(distance)
    rgb = np.zeros((256, 512, 3))
    rgb[:], rgb[:, :, 1] = [30, 0, 220], np.where(np.arange(512) % 2, 120, 20)
    rgb[64:192, 200:217] = [220, 30, 30]
    rgb = rgb.astype(np.uint8)
    panorama = replace(panorama, rgb=cv2.resize(rgb, (256, 128), interpolation=cv2.INTER_AREA))
    parts = {each.name: each for each in layers.split(panorama, rgb, layers.seen(panorama))}
    rows = slice(90, 170)
    assert np.abs(parts["surface"].rgb[rows, 200:216].astype(int) - rgb[rows, 200:216]).max() < 6
    assert np.abs(parts["hidden"].rgb[rows, 217].astype(int) - rgb[rows, 217]).max() < 6
    assert np.abs(parts["hidden"].rgb[rows, 216].astype(int) - [30, 70, 220]).max() < 40


def test_an_edge_before_the_sky_is_a_mixture_with_the_sky():
    """It was taken for a mixture with the colours that the layer behind carries on, a green wall's from far away."""
    ground, sky = open_ground(128, 256)
    distance = np.where(sky, np.inf, ground)
    rgb = np.where(sky[..., None], [30.0, 30, 220], [90.0, 90, 90])
    distance[30:80, 140:200], rgb[30:80, 140:200] = 6.0, [30, 220, 30]
    distance[30:80, 160:166], rgb[30:80, 160:166] = 1.5, [220, 30, 30]
    distance[30:80, 100:108], rgb[30:80, 100:108] = 1.5, [220, 30, 30]
    rgb[30:60, 107] = 0.7 * rgb[40, 106] + 0.3 * rgb[40, 108]
    layers = layers_of(distance, np.rint(rgb).astype(np.uint8))
    np.testing.assert_allclose(layers["surface"].shift[40:55, 108, 0], -0.3, atol=0.03)
    assert np.abs(layers["surface"].rgb[40:55, 107].astype(int) - [220, 30, 30]).max() < 6


@pytest.mark.parametrize("turn", [32, 96, 160])
def test_the_wrap_is_nothing_special(turn):
    distance, _ = room_with_box()
    rgb = painted(*distance.shape)
    still, turned = layers_of(distance, rgb), layers_of(np.roll(distance, turn, 1), np.roll(rgb, turn, 1))
    assert list(still) == list(turned)
    for name, layer in still.items():
        np.testing.assert_array_equal(np.roll(layer.sheet.drawn, turn, 1), turned[name].sheet.drawn)
        np.testing.assert_allclose(np.roll(layer.sheet.inverse, turn, 1), turned[name].sheet.inverse, rtol=1e-2)


def test_a_sheet_without_cuts_has_nothing_behind_it():
    panorama = on_grid(box_room(64, 128))
    layer = layers_of(box_room(64, 128))["surface"]
    assert peel(layer.sheet, pixel_rays(*panorama.sky.shape).astype(np.float32)).behind is None


def test_only_rows_that_a_fill_can_reach_are_looked_at_and_that_changes_nothing():
    distance = np.full((1024, 2048), 6.0)
    distance[500:520, 300:340] = 1.5
    taller = distance.copy()
    taller[40:50, 900:940] = 1.5
    rays = pixel_rays(1024, 2048).astype(np.float32)
    small, large = (peel(layers.seen(on_grid(each)), rays) for each in (distance, taller))
    level = slice(260, 760)
    assert small.behind.hidden[level].sum() >= 800 and large.behind.hidden[:100].sum() >= 400
    for name in ("inverse", "present", "drawn", "cut_right", "cut_below", "hidden"):
        np.testing.assert_array_equal(getattr(small.stays, name)[level], getattr(large.stays, name)[level])
        np.testing.assert_array_equal(getattr(small.behind, name)[level], getattr(large.behind, name)[level])
    np.testing.assert_array_equal(small.source[level], large.source[level])
    np.testing.assert_array_equal(small.ending[level], large.ending[level])


def test_a_soft_edge_of_colour_is_left_as_it_is():
    """A small model paints edges ten pixels wide: taken apart they would be a line that its picture has not."""
    distance = post_before_wall(columns=slice(100, 124))
    sharp = np.where((distance < 2)[..., None], [220.0, 30, 30], [30.0, 30, 220])
    soft = cv2.GaussianBlur(sharp, (0, 0), 4)
    rgb = np.rint(soft).astype(np.uint8)
    layers = layers_of(distance, rgb)
    for columns in (slice(98, 103), slice(121, 126)):
        for name in ("surface", "hidden"):
            np.testing.assert_array_equal(layers[name].rgb[50:80, columns], rgb[50:80, columns])
    assert np.abs(layers["surface"].shift[50:80]).max() < 0.05
