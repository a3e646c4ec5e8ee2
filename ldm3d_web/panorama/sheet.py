"""A sheet: one surface over the panorama's pixels, torn where two neighbours do not belong together.

Depth is kept as inverse distance, 1 / metres along the ray: a plane's is linear in the ray's direction
(1/r = m · d), the disparity formula is linear in it, and it measures what a moving head sees. A head that moves by
HEAD_M sees a point shift by up to HEAD_M / r radians; `parallax` says that in pixels, and every threshold of the
geometry is such a number of pixels.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, fields

import numpy as np

Neighbour = Callable[[np.ndarray], np.ndarray]  # an image with each pixel's neighbour on one side

HEAD_M = 0.5  # how far a head is expected to move from the centre
BLOCK_PX = 4  # sheets end at a cut, or else at blocks of that size, where large triangles can meet


@dataclass(frozen=True)
class Sheet:
    """inverse: (H, W) float32, 1 / metres, > 0 everywhere; means nothing where not present.

    present: (H, W) bool, where there is a surface. drawn: (H, W) bool within present, what of it this sheet shows; the
    rest is shown by another sheet, and counts as a neighbour so that the two meet exactly.
    cut_right: (H, W) bool, torn between a pixel and its right neighbour, over the wrap too; cut_below: (H, W) bool,
    torn between a pixel and the one below, True in the last row. Both are True beside what is not present.
    hidden: (H, W) bool within drawn, what cannot be seen from the centre and was filled in.
    """

    inverse: np.ndarray
    present: np.ndarray
    drawn: np.ndarray
    cut_right: np.ndarray
    cut_below: np.ndarray
    hidden: np.ndarray

    @property
    def seen(self) -> np.ndarray:
        """(H, W) bool: where the picture shows this sheet or what it goes on in."""
        return self.present & ~self.hidden

    @property
    def edges(self) -> int:
        """How many pairs of neighbours within it are torn apart."""
        across = self.cut_right & self.present & right_of(self.present)
        down = self.cut_below[:-1] & self.present[:-1] & self.present[1:]
        return int(across.sum() + down.sum())

    def rows(self, rows: slice) -> Sheet:
        """Some of its rows."""
        return Sheet(**{field.name: getattr(self, field.name)[rows] for field in fields(self)})

    @property
    def height(self) -> int:
        return self.inverse.shape[0]

    @property
    def width(self) -> int:
        return self.inverse.shape[1]


def pixel_rad(width: int) -> float:
    """How wide one pixel of the equator is, radians."""
    return 2 * np.pi / width


def parallax(inverse: np.ndarray, width: int) -> np.ndarray:
    """Inverse distance in pixels of parallax at the rim of the head box."""
    return inverse * np.float32(HEAD_M / pixel_rad(width))


def right_of(image: np.ndarray) -> np.ndarray:
    """(H, W, ...): each pixel's right neighbour, over the wrap."""
    return np.roll(image, -1, axis=1)


def left_of(image: np.ndarray) -> np.ndarray:
    """(H, W, ...): each pixel's left neighbour, over the wrap."""
    return np.roll(image, 1, axis=1)


def below(image: np.ndarray) -> np.ndarray:
    """(H, W, ...): each pixel's lower neighbour; the last row is repeated."""
    return np.concatenate([image[1:], image[-1:]])


def above(image: np.ndarray) -> np.ndarray:
    """(H, W, ...): each pixel's upper neighbour; the first row is repeated."""
    return np.concatenate([image[:1], image[:-1]])


def places(mask: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Rows and columns (N,) of what is True in (H, W) bool. As `np.nonzero`, but several times as quick."""
    row, column = np.divmod(np.flatnonzero(mask), mask.shape[1])
    return row, column


def tears(sheet: Sheet) -> Iterator[tuple[np.ndarray, np.ndarray, np.ndarray]]:
    """The cuts of a sheet between two pixels of which it draws at least one, those to the right and those downwards.

    Each as (N,) numbers of the pixels before the cuts, (N,) of those behind, and (N,) the inverse distance of the
    latter less that of the former; where nothing is present it is 0. No number stands twice in the same place.
    """
    width = sheet.width
    inverse, present = sheet.inverse.ravel(), sheet.present.ravel()
    for cut, following in ((sheet.cut_right, right_of), (sheet.cut_below, below)):
        torn = cut & (sheet.drawn | following(sheet.drawn))
        if following is below:
            torn[-1] = False  # a pole has nothing beyond it
        before = np.flatnonzero(torn)
        after = before + width if following is below else before - before % width + (before + 1) % width
        yield before, after, inverse[after] * present[after] - inverse[before] * present[before]


def near_side(sheet: Sheet) -> np.ndarray:
    """(H, W) bool: the drawn pixels beside a cut that something farther, or the sky, lies behind."""
    near = np.zeros(sheet.inverse.size, bool)
    for before, after, step in tears(sheet):
        near[before[step < 0]] = True
        near[after[step > 0]] = True
    return near.reshape(sheet.inverse.shape) & sheet.drawn


def beside(present: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """cut_right and cut_below of what is torn only where it ends."""
    cut_right = ~(present & right_of(present))
    cut_below = ~(present & below(present))
    cut_below[-1] = True
    return cut_right, cut_below
