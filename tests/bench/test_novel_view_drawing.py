"""`bench.novel_view` in real Chromium: the baseline shows the scene the right way round, and holes are counted."""

import dataclasses
from collections.abc import Iterator

import numpy as np
import pytest

from bench.novel_view import pictures, report
from bench.novel_view.browser import Browser, open_browser
from bench.novel_view.cache import Cache
from bench.novel_view.measure import Result, View, scored
from bench.novel_view.paint import grain
from bench.novel_view.pairs import Pair, pair
from bench.novel_view.pictures import poses
from bench.novel_view.place import Place
from bench.novel_view.score import psnr, score
from bench.novel_view.solids import Plane
from bench.novel_view.sphere import sphere_glb
from ldm3d_web.gltf import container
from ldm3d_web.pack import pack_scene
from tests.bench.test_novel_view_truth import SMALL
from tests.khronos import assert_valid_glb

SIZE = 96


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with open_browser() as browser:
        yield browser


@pytest.fixture(scope="module")
def given() -> Pair:
    return pair(pictures.panorama(SMALL, 1024), "exact")


@pytest.fixture(scope="module")
def glb(given: Pair) -> bytes:
    return sphere_glb(given)


def test_the_sphere_shows_the_scene_from_its_centre(browser, glb):
    assert browser.load(glb) == 262_144
    heads = poses(0.0, 4)
    for pose, drawn in zip(heads, browser.draw(heads, SIZE), strict=True):
        truth = pictures.view(SMALL, pose, SIZE).rgb
        assert psnr(drawn.rgb, truth) > 28
        assert drawn.empty.max() == 0


def test_every_layer_of_a_packed_scene_has_its_own_picture(browser, given):
    packed = pack_scene(given.rgbd, near_m=given.near_m, far_m=given.far_m).web
    document, _ = container.unpack(packed)
    assert len(document["images"]) > 1
    browser.load(packed)
    heads = poses(0.0, 4)
    for pose, drawn in zip(heads, browser.draw(heads, SIZE), strict=True):
        assert psnr(drawn.rgb, pictures.view(SMALL, pose, SIZE).rgb) > 30


def test_right_is_right(browser):
    dark = Plane(np.array([-1.0, 0, 0]), -4.0, grain((0.1, 0.05, 0.05), seed=2, strength=0.03))
    lopsided = Place("lopsided", (*SMALL.solids, dark), SMALL.light)
    browser.load(sphere_glb(pair(pictures.panorama(lopsided, 512), "exact")))
    ahead = pictures.Pose((0.0, 0.0, 0.0), 0, 0)
    (drawn,) = browser.draw([ahead], SIZE)
    truth = pictures.view(lopsided, ahead, SIZE).rgb
    assert psnr(drawn.rgb, truth) > 25
    assert psnr(drawn.rgb[:, ::-1], truth) < 15


def test_a_head_that_moves_sees_the_parallax(browser, glb):
    browser.load(glb)
    pose = poses(0.25, 1)[0]
    still = dataclasses.replace(pose, eye_m=(0.0, 0.0, 0.0))
    moved, unmoved = browser.draw([pose, still], SIZE)
    truth = pictures.view(SMALL, pose, SIZE).rgb
    assert psnr(moved.rgb, truth) > psnr(unmoved.rgb, truth) + 2


def test_a_hole_is_counted_and_shows_the_viewers_background(browser, glb):
    document, binary = container.unpack(glb)
    document["accessors"][2]["count"] //= 2  # the upper half of the sphere alone
    browser.load(container.pack(document, binary))
    pose = pictures.Pose((0.0, 0.0, 0.0), 0, 0)
    (drawn,) = browser.draw([pose], SIZE)
    assert drawn.empty[: SIZE // 2 - 1].max() == 0 and drawn.empty[SIZE // 2 + 1 :].min() == 1
    result = score(drawn, np.zeros((SIZE, SIZE, 3), np.uint8), np.zeros((SIZE, SIZE), bool))
    assert result.holes == pytest.approx(0.5, abs=0.02)
    assert drawn.rgb[-1, 0].tolist() == [0x15, 0x17, 0x1A]


def test_the_baseline_is_a_valid_glb(glb):
    assert_valid_glb(glb)


def test_a_second_run_takes_scores_from_the_cache(browser, glb, tmp_path):
    cache = Cache(tmp_path)
    pose = poses(0.25, 1)[0]
    seen = pictures.view(SMALL, pose, 384)
    views = [View(0.25, pose, seen.rgb, pictures.hidden(SMALL, pose, seen))]
    first = scored(browser, cache, "small", glb, views)
    before = sorted(path.name for path in tmp_path.iterdir())
    assert scored(browser, cache, "small", glb, views) == first
    assert sorted(path.name for path in tmp_path.iterdir()) == before
    result = Result("small", "exact", "sphere", first[0], len(glb), 0.1, (0.25,), tuple(first[1]))
    row = report.as_json([result])
    assert row["means"]["exact"]["sphere"]["psnr_db"] == [pytest.approx(first[1][0].psnr_db, abs=1e-5)]
    report.append_csv(tmp_path / "a.csv", [result], {"width": 1024})
    report.append_csv(tmp_path / "a.csv", [result], {"width": 1024})
    assert len((tmp_path / "a.csv").read_text().splitlines()) == 3
    with pytest.raises(ValueError, match="other columns"):
        report.append_csv(tmp_path / "a.csv", [result], {"scenes": 1})
