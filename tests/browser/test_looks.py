"""Each way to look shows what it says: compared with the room's own truth."""

from __future__ import annotations

import numpy as np
import pytest

from ldm3d_web.panorama.sphere import pixel_rays
from tests.browser import room
from tests.browser.site import ROOM

GLB = f"/scenes/{ROOM}/scene.glb"
FOV = 70.0


@pytest.fixture
def viewer(visit):
    return visit().bare(GLB).ready()


def show(viewer, **view) -> np.ndarray:
    viewer.page.evaluate("(view) => { document.getElementById('viewer').view = view }", view)
    viewer.rest()
    return viewer.picture()


RAMP = [(196, 34, 26), (242, 142, 44), (222, 212, 70), (70, 194, 122), (35, 152, 190), (44, 82, 178), (24, 22, 66)]


def test_depth_is_coloured_by_distance(viewer):
    rays = pixel_rays(256, 512)
    distance = room.cast(rays, np.zeros(3))[1].ravel()
    weight = np.sqrt(1 - rays[..., 1] ** 2).ravel()
    order = np.argsort(distance)
    share = np.cumsum(weight[order]) / weight.sum()
    near, far = (distance[order][np.searchsorted(share, q)] for q in (0.01, 0.99))
    for yaw, wall in ((0, 2.6), (90, 2.8), (180, 2.0), (-90, 2.2)):
        seen = show(viewer, look="depth", pose={"yaw": yaw})[100, 160].astype(int)
        at = np.log(wall / near) / np.log(far / near) * 6
        assert np.abs(seen - [np.interp(at, range(7), channel) for channel in zip(*RAMP, strict=True)]).max() < 10


def test_the_flat_map_is_the_panorama(visit):
    viewer = visit(400, 200).bare(GLB).ready()
    seen = show(viewer, look="flat")
    truth = room.panorama(200)[0].rgb
    assert room.psnr(seen, truth) > 26
    assert room.psnr(seen[:, ::-1], truth) < 18
    turned = show(viewer, look="flat", pose={"yaw": 90})
    assert room.psnr(turned, np.roll(truth, -100, axis=1)) > 26
    mouse = viewer.page.mouse
    mouse.move(200, 100)
    mouse.down()
    mouse.move(100, 100, steps=4)
    mouse.up()
    assert viewer.get("viewer.pose.yaw") == pytest.approx(180 - 360, abs=2) or viewer.get("viewer.pose.yaw") > 178


def test_no_strength_is_a_sphere_and_more_is_more(viewer):
    flat_at_home = show(viewer, depthStrength=0, pose={"x": 0})
    assert room.psnr(flat_at_home, room.photo(320, 200, FOV)) > 28, "from the middle strength changes nothing"
    assert room.psnr(show(viewer, depthStrength=1.5, pose={"x": 0}), flat_at_home) > 28
    true = show(viewer, depthStrength=1, pose={"x": 0.3})
    assert room.psnr(true, room.photo(320, 200, FOV, (0.3, 0, 0))) > 28
    assert room.psnr(show(viewer, depthStrength=0, pose={"x": 0.3}), room.photo(320, 200, FOV, (0.3, 0, 0))) < 25


def test_the_wireframe_has_lines_over_a_dim_picture(viewer):
    picture = show(viewer, look="picture").astype(int)
    lines = show(viewer, look="wireframe").astype(int)
    assert lines.mean() < picture.mean() * 0.8
    assert lines.max() > 120 and np.abs(np.diff(lines.sum(axis=-1), axis=1)).mean() > 20
    assert room.psnr(show(viewer, look="picture"), picture) > 50, "and nothing of it stays"


def test_from_outside_one_looks_in(viewer):
    seen = show(viewer, look="outside")
    ground = np.array([0x15, 0x17, 0x1A])
    rim = np.concatenate([seen[0], seen[-1], seen[:, 0], seen[:, -1]]).astype(int)
    assert np.abs(rim - ground).max() < 12, "the whole room is in the frame"
    assert (np.abs(seen[60:140, 110:210].astype(int) - ground).max(axis=-1) > 30).mean() > 0.9
    assert viewer.get("viewer.pose.pitch") == -30
    mouse = viewer.page.mouse
    mouse.move(160, 100)
    mouse.down()
    mouse.move(220, 100, steps=3)
    mouse.up()
    assert viewer.get("viewer.pose.yaw") > 30
    show(viewer, look="picture")
    assert viewer.get("[viewer.pose.yaw, viewer.pose.pitch, viewer.fov]") == [0, 0, FOV], "back to where one was"


def test_side_by_side_shows_each_eye_its_picture(visit):
    viewer = visit(800, 400).bare(GLB).ready()
    seen = show(viewer, stereo="side-by-side", pose={"z": 0.4}, fov=30)
    # Both views meet at the room's mean distance: as if each eye turned a little inwards.
    inwards = np.degrees(np.arctan(0.0315 / 2.1))
    truths = {side: room.photo(400, 400, 30, (side * 0.0315, 0, 0.4), -side * inwards) for side in (-1, 1)}
    for half, side in ((seen[:, :400], -1), (seen[:, 400:], 1)):
        assert room.psnr(half, truths[side]) > 24
        assert room.psnr(half, truths[side]) > room.psnr(half, truths[-side]) + 2, "the eyes are not swapped"


def test_an_anaglyph_is_red_for_the_left_eye(viewer):
    seen = show(viewer, stereo="anaglyph").astype(int)
    picture = show(viewer, stereo="off").astype(int)
    assert seen.shape == picture.shape
    assert np.abs(seen - picture).mean() > 2
    # A closed right eye (a red filter) sees the left picture: its edges are where the left eye has them.
    moved = show(viewer, pose={"x": -0.0315}).astype(int)
    grey = moved @ np.array([0.2126, 0.7152, 0.0722])
    assert np.corrcoef(seen[..., 0].ravel(), grey.ravel())[0, 1] > 0.8
    frames = viewer.get("viewer.stats().frames")
    viewer.get("await new Promise((go) => setTimeout(go, 400))")
    assert viewer.get("viewer.stats().frames") == frames, "idle in every mode"
