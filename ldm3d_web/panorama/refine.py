"""Which corners of the pixel grid a mesh needs: a right-triangulated irregular network.

Squares of CELL pixels are cut into two right triangles; a triangle is halved at the middle of its longest side where
the surface bends or ends, and its neighbour across that side with it, so there are no cracks (Evans, Kirkpatrick,
Townsend, Right-Triangulated Irregular Networks, 2001). A middle's error is how wrong the picture would be without it,
in pixels and for any head in the box; it is at least the error of every finer middle that needs it to be there, so one
threshold gives a closed mesh.

Middles come in two kinds at each size of a square: its centre, and the middles of its four sides.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

import numpy as np

from ldm3d_web.panorama.corners import Corners
from ldm3d_web.panorama.sheet import HEAD_M, pixel_rad
from ldm3d_web.panorama.sphere import grid_rays

CELL = 32  # pixels of the largest square; both sides of a sheet are multiples of it
WIDEST_SHARE = 8  # of half the way round: a triangle that sees more bends its texture, whatever its middles say
UP_LEFT, UP_RIGHT, DOWN_RIGHT, DOWN_LEFT = range(4)


@lru_cache(maxsize=1)
def corner_rays(height: int, width: int) -> np.ndarray:
    """(H + 1, W + 1, 3) float32, unit: the corners of all pixels, the last column over the wrap again."""
    v, u = np.arange(height + 1) / height, np.arange(width + 1) / width
    rays = grid_rays(u, v).astype(np.float32)
    rays[:, -1] = rays[:, 0]
    rays.flags.writeable = False
    return rays


def errors(corners: Corners) -> np.ndarray:
    """(H + 1, W) float32: the error in pixels of leaving each corner out, by itself; infinite where it must stay, 0
    where nothing is drawn."""
    _, rows, width = corners.inverse.shape
    rays = corner_rays(corners.height, width)[corners.first : corners.first + rows]
    # The first column again behind the last: sides over the wrap are then ordinary sides.
    inverse = np.concatenate([corners.inverse, corners.inverse[:, :, :1]], axis=2)
    error = np.zeros((rows, width + 1), np.float32)
    size = 2
    while size <= CELL:
        _centre_errors(error, inverse, rays, size)
        _side_errors(error, inverse, rays, size)
        size *= 2
    error[:, 0] = error[:, -1] = np.maximum(error[:, 0], error[:, -1])
    drawn = np.asarray(corners.drawn.any(axis=0))
    error = np.where(drawn, error[:, :-1], 0)
    error[corners.forced] = np.inf
    error, drawn = corners.whole(error), corners.shows
    widest = max(corners.height // WIDEST_SHARE, 1)
    error[::widest, ::widest][drawn[::widest, ::widest]] = np.inf
    return error


def agreed(errors: Sequence[np.ndarray], corners: Sequence[Corners]) -> list[np.ndarray]:
    """The errors (H + 1, W) of several sheets, each raised to what finer corners need, and alike where sheets meet.

    Two sheets meet at corners where both end; there one has a vertex when the other has, or a crack would open.
    """
    ends = [each.ends for each in corners]
    raised = [_with_needed(error) for error in errors]
    while True:
        highest = np.maximum.reduce([np.where(end, error, 0) for end, error in zip(ends, raised, strict=True)])
        wanting = [end & (error < highest) for end, error in zip(ends, raised, strict=True)]
        if not any(each.any() for each in wanting):
            return raised
        raised = [
            _with_needed(np.where(want, highest, error)) if want.any() else error
            for want, error in zip(wanting, raised, strict=True)
        ]


def _centre_errors(error: np.ndarray, inverse: np.ndarray, rays: np.ndarray, size: int) -> None:
    half = size // 2
    rows, columns = (error.shape[0] - 1) // size, (error.shape[1] - 1) // size
    for row in (0, 1):
        for column in (0, 1):
            if row >= rows or column >= columns:
                continue
            top = slice(row * size, (rows - 1) * size + 1, 2 * size)
            bottom = slice(top.start + size, top.stop + size, 2 * size)
            left = slice(column * size, (columns - 1) * size + 1, 2 * size)
            right = slice(left.start + size, left.stop + size, 2 * size)
            middle = (
                slice(top.start + half, top.stop + half, 2 * size),
                slice(left.start + half, left.stop + half, 2 * size),
            )
            if row == column:
                ends = ((top, left), DOWN_RIGHT), ((bottom, right), UP_LEFT)
            else:
                ends = ((top, right), DOWN_LEFT), ((bottom, left), UP_RIGHT)
            error[middle] = _error(inverse, rays, (middle, DOWN_RIGHT), *ends)


def _side_errors(error: np.ndarray, inverse: np.ndarray, rays: np.ndarray, size: int) -> None:
    half = size // 2
    every, between = slice(0, None, size), slice(half, None, size)
    first, second = slice(0, -1, size), slice(size, None, size)
    level = (every, between)
    error[level] = np.maximum(
        _error(inverse, rays, (level, UP_RIGHT), ((every, first), UP_RIGHT), ((every, second), UP_LEFT)),
        _error(inverse, rays, (level, DOWN_RIGHT), ((every, first), DOWN_RIGHT), ((every, second), DOWN_LEFT)),
    )
    upright = (between, every)
    error[upright] = np.maximum(
        _error(inverse, rays, (upright, UP_LEFT), ((first, every), DOWN_LEFT), ((second, every), UP_LEFT)),
        _error(inverse, rays, (upright, UP_RIGHT), ((first, every), DOWN_RIGHT), ((second, every), UP_RIGHT)),
    )


def _error(inverse: np.ndarray, rays: np.ndarray, middle, first, second) -> np.ndarray:
    """Pixels by which the middle of a straight side differs from the surface.

    The texture at the side's middle lies where the middle of its ends is, not where it belongs: seen from the centre
    that is an angle, and for a head at the rim of its box the parallax differs as well.
    """

    def end(where) -> np.ndarray:
        (row, column), quadrant = where
        return rays[row, column] / inverse[quadrant][row, column][..., None]

    (row, column), quadrant = middle
    ray, true = rays[row, column], inverse[quadrant][row, column]
    straight = (end(first) + end(second)) / 2
    along = np.einsum("ijk,ijk->ij", straight, ray)
    squared = np.einsum("ijk,ijk->ij", straight, straight)
    beside = np.sqrt(np.maximum(squared - along**2, 0))
    angle = beside / np.maximum(along, 1e-6)
    parallax = HEAD_M * np.abs(1 / np.sqrt(np.maximum(squared, 1e-12)) - true)
    return (angle + parallax) / np.float32(pixel_rad(inverse.shape[2] - 1))


def _with_needed(error: np.ndarray) -> np.ndarray:
    """(H + 1, W): each middle's error raised to that of the finer middles which need it. Both kinds, finest first."""
    error = np.concatenate([error, error[:, :1]], axis=1)
    size = 2
    while size <= CELL:
        half, quarter = size // 2, size // 4
        every, between = slice(0, None, size), slice(half, None, size)
        if size > 2:
            # The middle of a side is a corner of the four squares of half the size around it.
            small = np.pad(error[quarter::half, quarter::half], ((1, 1), (0, 0)), constant_values=0)
            small = np.concatenate([small[:, -1:], small, small[:, :1]], axis=1)
            around = np.maximum(small[:-1], small[1:])
            around = np.maximum(around[:, :-1], around[:, 1:])
            error[every, between] = np.maximum(error[every, between], around[0::2, 1::2])
            error[between, every] = np.maximum(error[between, every], around[1::2, 0::2])
        # A centre is needed by the middles of its four sides.
        level, upright = error[every, between], error[between, every]
        needed = np.maximum(np.maximum(level[:-1], level[1:]), np.maximum(upright[:, :-1], upright[:, 1:]))
        error[between, between] = np.maximum(error[between, between], needed)
        size *= 2
    return error[:, :-1]


def triangles(kept: np.ndarray) -> np.ndarray:
    """(T, 3, 2) int32: rows and columns of the corners of all triangles, for kept (H + 1, W) bool.

    Counter-clockwise on the picture with y downwards reversed, that is as seen from the eye: the right angle last, the
    ends of the longest side before it. Columns run to W, which is the wrap. kept must hold what its middles need.
    """
    height, width = kept.shape[0] - 1, kept.shape[1]
    kept = np.concatenate([kept, kept[:, :1]], axis=1)
    current = _coarsest(height, width)
    done = []
    while len(current):
        middle = (current[:, 0] + current[:, 1]) // 2
        # Sides of one pixel have no middle on the grid.
        whole = ((current[:, 0] + current[:, 1]) % 2 == 0).all(axis=1)
        split = whole & kept[middle[:, 0], middle[:, 1]]
        done.append(current[~split])
        a, b, c = (current[split, corner] for corner in range(3))
        m = middle[split]
        current = np.concatenate([np.stack([c, a, m], axis=1), np.stack([b, c, m], axis=1)])
    return np.concatenate(done)


def _coarsest(height: int, width: int) -> np.ndarray:
    """Two triangles for each square of CELL pixels, their longest sides alternating as the halving goes on."""
    rows, columns = np.meshgrid(np.arange(0, height, CELL), np.arange(0, width, CELL), indexing="ij")
    top, left = rows.ravel(), columns.ravel()
    a, b = np.stack([top, left], 1), np.stack([top, left + CELL], 1)
    c, d = np.stack([top + CELL, left + CELL], 1), np.stack([top + CELL, left], 1)
    even = ((top + left) // CELL % 2 == 0)[:, None, None]
    first = np.where(even, np.stack([a, c, b], 1), np.stack([d, b, a], 1))
    second = np.where(even, np.stack([c, a, d], 1), np.stack([b, d, c], 1))
    return np.concatenate([first, second]).astype(np.int32)
