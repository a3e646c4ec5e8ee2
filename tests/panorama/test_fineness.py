"""Depth's own fineness, and the grid that comes of it."""

import numpy as np
import pytest

from ldm3d_web.panorama import grid
from ldm3d_web.panorama.fineness import own_rows, resized
from ldm3d_web.rgbd import Rgbd
from tests.panorama.rooms import box_room, disparity_of


def with_posts(rows: int) -> np.ndarray:
    """A room with posts of a few pixels all round."""
    disparity = disparity_of(box_room(rows, 2 * rows), 1.0, 6.0)
    for column in range(5, 2 * rows - 8, rows // 8):
        disparity[rows // 3 : 2 * rows // 3, column : column + 3 + column % 4] = 0.9
    return disparity


def test_enlarged_depth_is_as_coarse_as_it_was():
    fine, coarse = with_posts(1024), with_posts(512)
    assert own_rows(fine) == 1024
    assert own_rows(resized(coarse, 1024)) == 512
    assert own_rows(resized(coarse, 2048)) == 512
    assert own_rows(coarse) == 512


@pytest.mark.parametrize("rows", [64, 96, 128, 16])
def test_resizing_knows_the_wrap(rows):
    depth = disparity_of(box_room(32, 64), 1.0, 6.0) + np.linspace(0, 0.1, 32)[:, None].astype(np.float32)
    depth[8:20, 60:] = depth[8:20, :7] = 0.9
    depth = np.clip(depth, 0, 1)
    whole = resized(depth, rows)
    assert whole.shape == (rows, 2 * rows)
    turned = resized(np.roll(depth, 32, axis=1), rows)
    np.testing.assert_allclose(np.roll(turned, rows, axis=1), whole, atol=1e-6)
    assert abs(float(whole.mean() - depth.mean())) < 0.005


@pytest.mark.parametrize(
    ("picture", "depth", "rows"),
    [
        (2048, 512, 512),  # a photograph and what a network saw of it
        (512, 512, 512),
        (512, 1024, 512),  # finer than the picture shows nothing
        (512, 64, 128),  # coarse: the edges follow the picture
        (64, 64, 64),
        (4096, 4096, 1024),  # never more
    ],
)
def test_the_grid_fits_the_depth(picture, depth, rows):
    random = np.random.default_rng(0)
    disparity = random.random((min(depth, 256),) * 2, np.float32).repeat(2, axis=1)
    disparity = np.tile(disparity, (depth // len(disparity),) * 2)
    rgb = np.broadcast_to(np.uint8(0), (picture, 2 * picture, 3))
    assert grid.rows_for(Rgbd(rgb, disparity)) == rows
    assert grid.rows_for(Rgbd(rgb, disparity), 128) == min(rows, 128)
