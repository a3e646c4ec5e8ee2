"""The grid that a surface is looked at on: the depth's own pixels where they suit, else a size near them.

A photograph may have 8192 columns and its depth map 1024: there is no more shape in it than those show, and on larger
grids its edges are ramps and its noise is cut to shreds. So the grid is the depth's, never finer than the picture, and
the picture lies on it twice: small, to tell where edges run, and in full size as the texture. The mesh halves squares
of `refine.CELL` pixels, so both sides of a grid are multiples of it.
"""

from __future__ import annotations

import cv2
import numpy as np

from ldm3d_web.panorama import fineness, scale
from ldm3d_web.panorama.disparity import to_disparity, to_distance
from ldm3d_web.panorama.refine import CELL
from ldm3d_web.panorama.sharpen import aligned, sharpened, without_spikes
from ldm3d_web.panorama.sheet import parallax
from ldm3d_web.rgbd import Panorama, Rgbd

MOST_ROWS = 1024
COARSE_ROWS = 256  # coarser depth is looked at on twice its pixels: its edges then follow the picture's
ENLARGED = 1.5  # times its size: from there on depth's pixels would be seen as steps
EVEN_PX = 2.0  # of parallax: what an average may move; more is an edge


def rows_for(rgbd: Rgbd, most: int | None = None) -> int:
    """Rows of the grid for a picture and its depth, at most so many."""
    depth = fineness.own_rows(rgbd.disparity)
    rows = min(max(depth, min(2 * depth, COARSE_ROWS)), rgbd.rgb.shape[0])
    return int(np.clip(round(rows / CELL), 1, min(most or MOST_ROWS, MOST_ROWS) // CELL)) * CELL


def coarser(rows: int) -> int | None:
    """Rows of the next coarser grid, None where there is none."""
    return max(rows // 2 // CELL, 1) * CELL if rows > CELL else None


def on_grid(rgbd: Rgbd, ends: scale.Range, rows: int) -> Panorama:
    """The panorama in metres on a grid of rows × 2 rows, its depth freed of wild pixels and its edges made sharp.

    Only then is the sky looked for: a soft edge of depth would leave a fringe between a tree and the sky.
    """
    size = (2 * rows, rows)
    rgb, disparity = rgbd.rgb, rgbd.disparity
    if rgb.shape[0] != rows:
        rgb = cv2.resize(rgb, size, interpolation=cv2.INTER_AREA if rows < rgb.shape[0] else cv2.INTER_LINEAR)
    if rows > ENLARGED * disparity.shape[0]:
        disparity = fineness.resized(disparity, rows)
    elif disparity.shape[0] != rows:
        # Depth is taken, not mixed: a mean of the two sides of an edge is on neither.
        disparity = cv2.resize(disparity, size, interpolation=cv2.INTER_NEAREST_EXACT)
    if rgbd.noisy:
        disparity = aligned(disparity, rgb)
    inverse = sharpened(without_spikes(1 / to_distance(disparity, ends.near_m, ends.far_m)), rgb)
    inverse = _even_poles(inverse)
    return scale.in_range(Rgbd(rgb, to_disparity(1 / inverse, ends.near_m, ends.far_m)), ends)


def _even_poles(inverse: np.ndarray) -> np.ndarray:
    """Rows near the poles averaged along themselves over what one pixel of the equator covers, but for edges.

    They show each point many times over, and a model gives it a different depth each time: a crown of spikes.
    """
    height, width = inverse.shape
    even = inverse.copy()
    for row in range(height):
        stretch = 1 / np.sin(np.pi * (row + 0.5) / height)
        if stretch < 3:
            continue
        window = min(int(stretch) | 1, width // 2 * 2 - 1)
        half = window // 2
        sums = np.cumsum(np.pad(inverse[row].astype(np.float64), (half + 1, half), mode="wrap"))
        even[row] = (sums[window:] - sums[:-window]) / window
    moved = parallax(np.abs(even - inverse), width)
    return np.where(moved < EVEN_PX, even, inverse)
