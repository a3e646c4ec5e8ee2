"""The canvas shows what a camera in the room would see: upright, not mirrored, in metres, in its own colours."""

from __future__ import annotations

import pytest

from tests.browser import world
from tests.browser.room import photo, psnr
from tests.browser.site import ROOM

GLB = f"/scenes/{ROOM}/scene.glb"
FOV = 70.0


@pytest.mark.parametrize(
    "pose",
    [
        {},
        {"x": 0.2},
        {"yaw": 140.0},
        {"x": 0.1, "y": 0.15, "z": -0.1, "yaw": -60.0, "pitch": 30.0},
    ],
    ids=["centre", "moved", "turned", "both"],
)
def test_the_canvas_is_the_room_from_there(visit, pose):
    viewer = visit().bare(GLB).ready()
    viewer.page.evaluate("(pose) => { document.getElementById('viewer').pose = pose }", pose)
    seen = viewer.picture()
    place = (pose.get("x", 0), pose.get("y", 0), pose.get("z", 0))
    way = {"yaw": pose.get("yaw", 0), "pitch": pose.get("pitch", 0)}
    truth = photo(320, 200, FOV, place, **way)
    assert psnr(seen, truth) > 28
    assert psnr(seen[:, ::-1], truth) < 15
    if any(place):
        assert psnr(seen, truth) > psnr(seen, photo(320, 200, FOV, **way)) + 3, "the eye did move"


@pytest.mark.parametrize(
    "pose",
    [{"yaw": 90.0}, {"x": 0.2, "yaw": 90.0}, {"x": -0.1, "y": 0.1, "z": 0.2, "yaw": -150.0, "pitch": -5.0}],
    ids=["centre", "moved", "both"],
)
def test_a_world_of_layers_looks_as_rays_traced_through_it(visit, layers, pose):
    viewer = visit().bare(layers).ready()
    viewer.page.evaluate("(pose) => { document.getElementById('viewer').pose = pose }", pose)
    seen = viewer.picture()
    place = (pose.get("x", 0), pose.get("y", 0), pose.get("z", 0))
    truth = world.photo(320, 200, FOV, place, yaw=pose["yaw"], pitch=pose.get("pitch", 0))
    assert psnr(seen, truth) > 28
    assert psnr(seen[:, ::-1], truth) < 15
    assert 1 < viewer.get("viewer.stats().drawCalls") <= 6, "each layer with its own picture"
