"""Which corners of the pixel grid a mesh needs: a right-triangulated irregular network.

Squares of CELL pixels are cut into two right triangles; a triangle is halved at the middle of its longest side where
the surface bends or ends, and its neighbour across that side with it, so there are no cracks (Evans, Kirkpatrick,
Townsend, Right-Triangulated Irregular Networks, 2001). A middle's error is how wrong the picture would be without it,
in pixels and for any head in the box; it is at least the error of every finer middle that needs it to be there, so one
threshold gives a closed mesh.

Middles come in two kinds at each size of a square: its centre, and the middles of its four sides.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np

from ldm3d_web.panorama.corners import Corners
from ldm3d_web.panorama.sheet import HEAD_M, left_of, pixel_rad, right_of

CELL = 32  # pixels of the largest square; both sides of a sheet are multiples of it
WIDEST_SHARE = 8  # of half the way round: a triangle that sees more bends its texture, whatever its middles say
UP_LEFT, UP_RIGHT, DOWN_RIGHT, DOWN_LEFT = range(4)


@dataclass(frozen=True)
class _Sides:
    """The straight sides of one kind at one size: from (row - down, column - right) to (row + down, column + right)
    for each middle (row, column) of rows and columns.

    quadrants: in which the middle, the first and the second end of a side are looked at; for each surface beside it.
    """

    rows: range
    columns: range
    down: int
    right: int
    quadrants: tuple[tuple[int, int, int], ...]

    def of(self, image: np.ndarray, end: int = 0) -> np.ndarray:
        """What an image (H + 1, W + 1) has at the middles (0), at the first (-1) or at the second ends (1)."""
        places = zip((self.rows, self.columns), (end * self.down, end * self.right), strict=True)
        return image[tuple(slice(each.start + on, each.stop + on, each.step) for each, on in places)]


def _all_sides(height: int, width: int) -> Iterator[_Sides]:
    """The sides whose middles are corners of a grid of height × width pixels, each middle once."""
    size = 2
    while size <= CELL:
        half = size // 2
        level = (UP_RIGHT, UP_RIGHT, UP_LEFT), (DOWN_RIGHT, DOWN_RIGHT, DOWN_LEFT)
        yield _Sides(range(0, height + 1, size), range(half, width, size), 0, half, level)
        upright = (UP_LEFT, DOWN_LEFT, UP_LEFT), (UP_RIGHT, DOWN_RIGHT, UP_RIGHT)
        yield _Sides(range(half, height, size), range(0, width, size), half, 0, upright)
        for row in (half, half + size):
            for column in (half, half + size):
                falls = row == column
                quadrants = (DOWN_RIGHT, DOWN_RIGHT, UP_LEFT) if falls else (DOWN_RIGHT, DOWN_LEFT, UP_RIGHT)
                rows, columns = range(row, height, 2 * size), range(column, width, 2 * size)
                yield _Sides(rows, columns, half, half if falls else -half, (quadrants,))
        size *= 2


def errors(corners: Corners) -> np.ndarray:
    """(H + 1, W) float32: the error in pixels of leaving each corner out, by itself; infinite where it must stay, 0
    where nothing is drawn."""
    # The first column again behind the last: sides over the wrap are then ordinary sides.
    inverse, torn = (np.concatenate([each, each[:, :1]], axis=1) for each in (corners.inverse[0], corners.torn))
    distance = 1 / inverse
    error, any_torn = np.zeros(corners.torn.shape, np.float32), corners.torn.any()
    for sides in _all_sides(len(error) - 1, corners.width):
        angles = _angles(sides, corners)
        found = _error(sides.of(distance, -1), sides.of(distance, 1), sides.of(inverse), angles[..., None])
        if any_torn:  # there each surface has corners of its own
            at = np.flatnonzero(sides.of(torn) | sides.of(torn, -1) | sides.of(torn, 1))
            row, column = np.divmod(at, found.shape[1])
            own = (_own(corners, sides, each, row, column) for each in sides.quadrants)
            found[row, column] = np.maximum.reduce([_error(*each, angles[:, row]) for each in own])
        sides.of(error)[...] = found
    error /= np.float32(pixel_rad(corners.width))
    error[~corners.some] = 0
    error[corners.forced] = np.inf
    error, drawn = corners.whole(error), corners.whole(corners.some)
    widest = max(corners.height // WIDEST_SHARE, 1)
    error[::widest, ::widest][drawn[::widest, ::widest]] = np.inf
    return error


def agreed(errors: Sequence[np.ndarray], corners: Sequence[Corners]) -> list[np.ndarray]:
    """The errors (H + 1, W) of several sheets, each raised to what finer corners need, and alike where sheets meet.

    Two sheets meet at corners where both end; there one has a vertex when the other has, or a crack would open.
    """
    ends = [np.flatnonzero(each.whole(each.ends)) for each in corners]
    with ThreadPoolExecutor(2) as threads:  # numpy leaves Python alone while it computes
        raised = list(threads.map(_with_needed, errors))
        highest = np.zeros(raised[0].size, np.float32)
        while True:
            for error, end in zip(raised, ends, strict=True):
                highest[end] = np.maximum(highest[end], error.ravel()[end])
            wanting = [end[error.ravel()[end] < highest[end]] for error, end in zip(raised, ends, strict=True)]
            if not any(len(each) for each in wanting):
                return raised
            for error, want in zip(raised, wanting, strict=True):
                error.ravel()[want] = highest[want]
            raised = list(threads.map(lambda error, want: _with_needed(error) if len(want) else error, raised, wanting))


def _angles(sides: _Sides, corners: Corners) -> np.ndarray:
    """(5, R) float32: how the rays to both ends of sides lie to the middle's, by the middle's row.

    Cosine and sine of the angle at the first end, and at the second; and the product of what the two rays have across
    the middle's, more than if all three lay in a plane.
    """
    middle = np.pi * (np.array(sides.rows) + corners.first) / corners.height
    fall, turn = np.pi * sides.down / corners.height, pixel_rad(corners.width) * sides.right

    def cosine(one: np.ndarray, other: np.ndarray, turn: float) -> np.ndarray:
        return np.cos(one) * np.cos(other) + np.sin(one) * np.sin(other) * np.cos(turn)

    first, second = cosine(middle - fall, middle, turn), cosine(middle, middle + fall, turn)
    first_sin, second_sin = (np.sqrt(np.maximum(1 - each**2, 0)) for each in (first, second))
    across = cosine(middle - fall, middle + fall, 2 * turn) - first * second + first_sin * second_sin
    return np.stack([first, first_sin, second, second_sin, np.maximum(across, 0)]).astype(np.float32)


def _own(
    corners: Corners, sides: _Sides, quadrants: tuple[int, int, int], row: np.ndarray, column: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Distances (N,) of both ends and inverse distances (N,) of the middles, numbered by row and column, of some sides,
    on the surface that lies in these quadrants."""
    row, column = row * sides.rows.step + sides.rows.start, column * sides.columns.step + sides.columns.start
    middle, first, second = (
        corners.inverse[quadrant, row + end * sides.down, (column + end * sides.right) % corners.width]
        for quadrant, end in zip(quadrants, (0, -1, 1), strict=True)
    )
    return 1 / first, 1 / second, middle


def _error(first: np.ndarray, second: np.ndarray, true: np.ndarray, angles: np.ndarray) -> np.ndarray:
    """Radians by which the middles of straight sides differ from the surface. first, second: metres, of their ends.
    true: 1 / metres, of the middles.

    The texture at the side's middle lies where the middle of its ends is, not where it belongs: seen from the centre
    that is an angle, and for a head at the rim of its box the parallax differs as well.
    """
    first_cos, first_sin, second_cos, second_sin, bend = angles
    # Twice the middle of both ends, along the corner's ray and across it.
    along = first * first_cos
    along += second * second_cos
    across = first * first_sin
    across -= second * second_sin
    across *= across
    across += first * second * (2 * bend)
    squared = along * along
    squared += across
    parallax = np.abs(2 / np.sqrt(np.maximum(squared, 1e-12)) - true)
    parallax *= np.float32(HEAD_M)
    angle = np.sqrt(across, out=across)
    angle /= np.maximum(along, 1e-6)
    angle += parallax
    return angle


def _with_needed(error: np.ndarray) -> np.ndarray:
    """(H + 1, W): each middle's error raised to that of the finer middles which need it. Both kinds, finest first."""
    error = error.copy()
    size = 2
    while size <= CELL:
        half, quarter = size // 2, size // 4
        level, upright = error[::size, half::size], error[half::size, ::size]
        if size > 2:
            # The middle of a side is a corner of the four squares of half the size around it.
            even, odd = error[quarter::half, quarter::size], error[quarter::half, half + quarter :: size]
            across, beside = np.maximum(even, odd), np.maximum(even, left_of(odd))
            np.maximum(level[:-1], across[::2], out=level[:-1])
            np.maximum(level[1:], across[1::2], out=level[1:])
            np.maximum(upright, np.maximum(beside[::2], beside[1::2]), out=upright)
        # A centre is needed by the middles of its four sides.
        centre = error[half::size, half::size]
        np.maximum(centre, np.maximum(level[:-1], level[1:]), out=centre)
        np.maximum(centre, np.maximum(upright, right_of(upright)), out=centre)
        size *= 2
    return error


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
