"""The truths of `bench.novel_view`: where rays meet solids, what a view shows, what the centre cannot see."""

import cv2
import numpy as np
import pytest

from bench.novel_view import pictures
from bench.novel_view.paint import FOOTPRINT_RAD, Paint, grain, lines
from bench.novel_view.pairs import SCALE_ERROR, pair
from bench.novel_view.pictures import Pose, poses
from bench.novel_view.place import Light, Place
from bench.novel_view.places import PLACES
from bench.novel_view.score import psnr, ssim
from bench.novel_view.solids import Ball, Convex, Plane, Round, box
from bench.novel_view.worlds import WORLDS, world_scene
from ldm3d_web.panorama.disparity import to_distance
from ldm3d_web.panorama.seam import wrap_pad
from ldm3d_web.panorama.sphere import pixel_rays, rays_to_uv

STONE = grain((0.6, 0.5, 0.4), seed=1, strength=0.06, fine_m=0.3)
SOLIDS = [
    Plane(np.array([0.0, 1, 0]), -1.6, STONE),
    box((1.5, -0.8, -3.0), (0.8, 1.6, 0.5), STONE, 30),
    box((-3.0, 0.5, 1.0), (2.0, 3.0, 1.5), STONE, -20, roof=1.0),
    Round(0.0, 3.0, -1.6, 0.4, 0.5, 0.2, STONE),
    Round(-1.0, -4.0, -1.6, 2.0, 0.04, 0.04, STONE),
    Ball((2.0, 0.3, 2.0), (0.6, 0.4, 0.8), STONE),
]
SMALL = Place("small", tuple(SOLIDS), Light())
EYE = np.array([0.2, -0.1, 0.15])


def off_surface_m(solid: object, points: np.ndarray) -> np.ndarray:
    """How far points lie from the surface of a solid, by its definition rather than by its intersection."""
    if isinstance(solid, Plane):
        return np.abs(points @ solid.normal - solid.offset)
    if isinstance(solid, Convex):
        return np.abs((points @ solid.planes[:, :3].T - solid.planes[:, 3]).max(axis=1))
    if isinstance(solid, Ball):
        return np.abs(np.linalg.norm((points - solid.centre) / np.array(solid.radii_m), axis=1) - 1)
    assert isinstance(solid, Round)
    y = points[:, 1]
    radius = solid.low_m + (solid.high_m - solid.low_m) * (y - solid.bottom) / (solid.top - solid.bottom)
    side = np.hypot(points[:, 0] - solid.x, points[:, 2] - solid.z) - radius
    return np.abs(np.max([side, y - solid.top, solid.bottom - y], axis=0))


@pytest.mark.parametrize("number", range(len(SOLIDS)))
def test_distance_times_ray_lies_on_the_surface(number):
    solid = SOLIDS[number]
    rays = pixel_rays(256, 512).reshape(-1, 3)
    at = solid.meet(EYE, rays)
    met = np.isfinite(at)
    assert met.sum() > 50
    points = EYE + rays[met] * at[met, None]
    near = at[met] < 100
    assert off_surface_m(solid, points)[near].max() < 1e-6
    normals = solid.normals(points)
    np.testing.assert_allclose(np.linalg.norm(normals, axis=1), 1, atol=1e-9)
    assert ((normals * rays[met]).sum(axis=1) < 1e-6).all(), "a surface that is seen faces the eye"


def test_culling_by_cones_loses_nothing():
    rays = np.random.default_rng(0).normal(size=(5000, 3))
    rays /= np.linalg.norm(rays, axis=1, keepdims=True)
    slow = np.min([solid.meet(EYE, rays) for solid in SOLIDS], axis=0)
    by_azimuth = rays[np.argsort(np.arctan2(rays[:, 0], rays[:, 2]))]
    seen = SMALL.cast(EYE, by_azimuth)
    expected = slow[np.argsort(np.arctan2(rays[:, 0], rays[:, 2]))]
    np.testing.assert_array_equal(seen.distance_m, np.where(expected < 200, expected, np.inf))


@pytest.mark.parametrize("name", ["world-room", "world-forest"])
def test_a_world_is_the_same_seen_from_a_point_on_the_way(name):
    scene = world_scene(name)
    ray = pixel_rays(16, 32)[9:10, 4]
    away = scene.cast(np.zeros(3), ray)
    nearer = scene.cast(ray[0] * 0.4, ray)
    assert nearer.distance_m[0] == pytest.approx(away.distance_m[0] - 0.4, abs=1e-3)


def resampled(rgb: np.ndarray, pose: Pose, size: int) -> np.ndarray:
    """A view from the centre, looked up in a panorama; four times as fine, then averaged."""
    fine = 4 * size
    y, x = np.mgrid[:fine, :fine] + 0.5
    right, up, back = pose.axes
    rays = ((2 * x / fine - 1)[..., None] * right + (1 - 2 * y / fine)[..., None] * up) - back
    u, v = rays_to_uv(rays)
    height, width = rgb.shape[:2]
    wide = wrap_pad(rgb.astype(np.float32), 1)
    at = ((u * width + 0.5).astype(np.float32), (v * height - 0.5).astype(np.float32))
    picture = cv2.remap(wide, *at, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    return cv2.resize(picture, (size, size), interpolation=cv2.INTER_AREA)


def test_a_view_from_the_centre_is_a_piece_of_the_panorama():
    panorama = pictures.panorama(SMALL, 1024)
    for pose in poses(0.0, 4):
        truth = pictures.view(SMALL, pose, 128).rgb
        picture = resampled(panorama.rgb, pose, 128)
        assert psnr(picture, truth) > 30
        assert psnr(picture[:, ::-1], truth) < 25


def test_nothing_is_hidden_from_the_centre_itself_and_something_from_aside():
    at_centre, aside = poses(0.0, 1)[0], poses(0.5, 1)[0]
    assert not pictures.hidden(SMALL, at_centre, pictures.view(SMALL, at_centre, 96)).any()
    seen = pictures.view(SMALL, aside, 96)
    hidden = pictures.hidden(SMALL, aside, seen)
    assert 0.002 < hidden.mean() < 0.2
    assert hidden[seen.sky].any(), "sky behind a roof comes into sight"


def test_heads_are_as_far_away_as_they_say():
    for offset in (0.0, 0.06, 0.5):
        away = [np.linalg.norm(pose.eye_m) for pose in poses(offset)]
        np.testing.assert_allclose(away, offset, atol=1e-12)
    directions = np.array([pose.eye_m for pose in poses(1.0)])
    assert (directions @ directions.T - np.eye(8)).max() < 0.98, "eight directions, no two within ten degrees"


@pytest.mark.parametrize("name", PLACES)
def test_no_place_reaches_into_the_box_of_the_head(name):
    rays = pixel_rays(64, 128).reshape(-1, 3)
    assert PLACES[name]().cast(np.zeros(3), rays).distance_m.min() > 0.55


def test_there_are_worlds_too():
    assert len(WORLDS) == 3 and not WORLDS.keys() & PLACES.keys()


def test_a_paint_is_damped_where_a_sample_covers_many_waves():
    paint = Paint(
        (0.5, 0.5, 0.5), np.array([[20.0, 0, 0]]), np.zeros(1), np.full((1, 3), 0.3), (lines((1, 0, 0), 0.1, 0.02),)
    )
    x = np.linspace(0, 3, 400)
    points = np.stack([x, np.zeros_like(x), np.zeros_like(x)], axis=1)
    normals, rays = (np.tile(v, (400, 1)) for v in ([0.0, 0, 1], [0.0, 0, -1]))
    near = paint.colour(points, normals, rays, np.ones(400))
    far = paint.colour(points, normals, rays, np.full(400, 0.5 / FOOTPRINT_RAD))
    assert near.std() > 0.1 and far.std() < 0.01
    assert near.mean() == pytest.approx(far.mean(), abs=0.01), "far away it has its mean colour"


def test_soft_depth_differs_at_edges_and_by_a_slow_scale():
    picture = pictures.panorama(SMALL, 256)
    exact, soft = pair(picture, "exact"), pair(picture, "soft")
    known = ~picture.sky
    distance = to_distance(exact.rgbd.disparity, exact.near_m, exact.far_m)
    np.testing.assert_allclose(1 / distance[known], 1 / picture.distance_m[known], atol=2e-5)
    there = to_distance(soft.rgbd.disparity, soft.near_m, soft.far_m)
    near = known & (picture.distance_m < 5)
    off = np.abs(distance / there - 1)[near]
    assert np.median(off) < SCALE_ERROR
    assert 0.01 < (off > 1.5 * SCALE_ERROR).mean() < 0.25, "edges are ramps, and only edges"
    assert (soft.rgbd.rgb == exact.rgbd.rgb).all()


def test_ssim_is_one_for_the_same_and_less_for_the_blurred():
    picture = pictures.view(SMALL, poses(0.0, 1)[0], 96).rgb
    assert ssim(picture, picture) == pytest.approx(1, abs=1e-5)
    assert 0.2 < ssim(cv2.GaussianBlur(picture, (0, 0), 2), picture) < 0.98
