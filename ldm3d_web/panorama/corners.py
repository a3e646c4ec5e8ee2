"""Inverse distances at the corners of a sheet's pixels: one value for each part of the surface that meets there.

Corner (i, j) lies above and left of pixel (i, j); i runs from 0, the upper pole, to H, the lower one, and j over the
wrap. The four pixels around it are its quadrants, in the order up-left, up-right, down-right, down-left. Those that
hang together share one value, so the surface is closed there; on the two sides of a cut the values differ.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from ldm3d_web.panorama.seam import wrap_pad
from ldm3d_web.panorama.sheet import BLOCK_PX, Sheet, left_of, near_side, places

QUADRANTS = 4
BAND_PX = 64  # twice `refine.CELL`: the pattern of a mesh's triangles repeats after that many
NEIGHBOURS_PX = 3  # rows beyond what is drawn from which its corners' values come
LIMB_PX = 4  # along an edge, how far a pixel speaks for others
FARTHEST_BACK = 0.5  # of a corner's inverse distance
# A pixel's centre as seen from its corner, (x, y) in pixels, by quadrant.
OFFSETS = np.array([(-0.5, -0.5), (0.5, -0.5), (0.5, 0.5), (-0.5, 0.5)])


def _parts() -> np.ndarray:
    """(16, 4): for each set of joined neighbours (bit q: quadrants q and q + 1) the lowest quadrant of each part."""
    table = np.zeros((16, QUADRANTS), np.int8)
    for joined in range(16):
        part = list(range(QUADRANTS))
        for _ in range(QUADRANTS):
            for q in range(QUADRANTS):
                if joined >> q & 1:
                    part[q] = part[(q + 1) % QUADRANTS] = min(part[q], part[(q + 1) % QUADRANTS])
        table[joined] = part
    return table


PARTS = _parts()
WHOLE = (PARTS == 0).all(axis=1)


@dataclass(frozen=True)
class Corners:
    """The corners in a band of rows that holds all that is drawn: most sheets are a belt around the horizon.

    inverse: (4, h + 1, W) float32, by quadrant, 1 / metres. joined: (h + 1, W) uint8, bit q: quadrants q and q + 1 hang
    together. drawn: (h, W) bool, the sheet's pixels. some: (h + 1, W) bool, corners at which something is drawn. ends:
    (h + 1, W) bool, those of them at which not all is. torn: (h + 1, W) bool, those at which not all hangs together.
    forced: (h + 1, W) bool, where a mesh must have a vertex: the surface ends or is torn there. limb: (h, W) float32,
    by pixel, 1 / metres, how far back a sheet is seen to go where it turns away at its own edge, infinite elsewhere.
    first: the band's first row. height: H, of the sheet.
    """

    inverse: np.ndarray
    joined: np.ndarray
    drawn: np.ndarray
    some: np.ndarray
    ends: np.ndarray
    torn: np.ndarray
    forced: np.ndarray
    limb: np.ndarray
    first: int
    height: int

    @property
    def width(self) -> int:
        return self.drawn.shape[1]

    def part(self, row: np.ndarray, column: np.ndarray, quadrant: np.ndarray | int) -> np.ndarray:
        """(...) int8: the lowest quadrant that hangs together with each one at corners of the band."""
        return PARTS[self.joined[row, column], quadrant]

    def back(self, row: np.ndarray, column: np.ndarray, quadrant: np.ndarray) -> np.ndarray:
        """(N,) 1 / metres: how far back the surface goes behind corners (N,) of the band, seen from their quadrants.

        As far as the corner itself where it does not turn away, and no more than twice as far where it does.
        """
        inverse, part = self.inverse[quadrant, row, column], self.part(row, column, quadrant)
        back = np.full(inverse.shape, np.inf, np.float32)
        for other in range(QUADRANTS):
            pixel = _pixel(row, column, other, self.drawn.shape)
            joined = (self.part(row, column, other) == part) & self.drawn[pixel]
            back = np.where(joined, np.minimum(back, self.limb[pixel]), back)
        return np.clip(back, FARTHEST_BACK * inverse, inverse)

    def whole(self, band: np.ndarray) -> np.ndarray:
        """(h + 1, W) of the band as (H + 1, W), with zeros above and below."""
        rows = np.zeros((self.height + 1, band.shape[1]), band.dtype)
        rows[self.first : self.first + len(band)] = band
        return rows


def find_corners(sheet: Sheet) -> Corners:
    """The corners of a sheet. A pole is one point, with one value for all of its corners."""
    full_height = sheet.height
    first, last = _band(sheet.drawn)
    sheet = sheet.rows(slice(first, last))
    poles = [row for row, is_pole in ((0, first == 0), (-1, last == full_height)) if is_pole]
    # Bit q: quadrant q hangs together with the next one, clockwise: top, right, bottom, left.
    upper, lower = _rows(left_of(~sheet.cut_right).view(np.uint8))
    right = np.concatenate([~sheet.cut_below[-1:], ~sheet.cut_below]).view(np.uint8)
    joined = upper | right << 1 | lower << 2 | left_of(right) << 3
    joined[poles] = 15
    upper, lower = _rows(sheet.inverse)
    mean = upper + lower
    mean = (mean + left_of(mean)) / 4
    upper, lower = _rows(sheet.drawn)
    some, every = upper | lower, upper & lower
    some, every = some | left_of(some), every & left_of(every)
    torn = some & ~WHOLE[joined]
    inverse = np.repeat(mean[None], QUADRANTS, axis=0)
    row, column = places(torn)
    inverse[:, row, column] = _torn(sheet, joined[row, column], row, column)
    forced = torn | some & ~every
    row, column = places(forced)
    forced[row, column] = ~_along_block(sheet.drawn, joined[row, column], row, column)
    for pole in poles:
        inverse[:, pole] = _one_point(sheet, pole)
        # The pixels above a pole are the ones below it.
        forced[pole] = some[pole] & ~sheet.drawn[pole].all()
    return Corners(inverse, joined, sheet.drawn, some, some & ~every, torn, forced, _limb(sheet), first, full_height)


def _limb(sheet: Sheet) -> np.ndarray:
    """(H, W) float32: the least inverse distance of a sheet's near edge within LIMB_PX along it, infinite elsewhere.

    Of a side that is seen at a grazing angle, a pixel here and there shows how far back it goes.
    """
    height, width = sheet.inverse.shape
    edge = near_side(sheet)
    limb = np.full(height * width, np.inf, np.float32)
    limb[edge.ravel()] = sheet.inverse[edge]
    around = wrap_pad(edge.astype(np.uint8), LIMB_PX)
    around = cv2.dilate(around, np.ones((2 * LIMB_PX + 1,) * 2, np.uint8))[:, LIMB_PX:-LIMB_PX]
    at = np.flatnonzero(around)
    row, column = np.divmod(at, width)
    cut_right, cut_below = sheet.cut_right.ravel(), sheet.cut_below.ravel()
    left, right = at - column + (column - 1) % width, at - column + (column + 1) % width
    up, down = np.maximum(at - width, column), np.minimum(at + width, height * width - 1)
    # Neighbours beyond a cut or a pole are the pixel itself.
    beside = [
        np.where(cut_right[at], at, right),
        np.where(cut_right[left], at, left),
        np.where(cut_below[at], at, down),
        np.where(cut_below[up] | (row == 0), at, up),
    ]
    for _ in range(LIMB_PX):
        limb[at] = np.minimum.reduce([limb[place] for place in beside] + [limb[at]])
    limb[~edge.ravel()] = np.inf
    return limb.reshape(height, width)


def _band(drawn: np.ndarray) -> tuple[int, int]:
    """The first row, and the one after the last, of a band that holds what is drawn and the neighbours it needs.

    It begins at a multiple of BAND_PX, where the squares of a mesh do.
    """
    rows = np.flatnonzero(drawn.any(axis=1))
    if len(rows) == 0:
        return 0, min(BAND_PX, len(drawn))
    first = max(int(rows[0]) - NEIGHBOURS_PX, 0) // BAND_PX * BAND_PX
    return first, min(-(-(int(rows[-1]) + 1 + NEIGHBOURS_PX) // BAND_PX) * BAND_PX, len(drawn))


def _along_block(drawn: np.ndarray, joined: np.ndarray, row: np.ndarray, column: np.ndarray) -> np.ndarray:
    """(N,) bool: corners half way along a block's side at which a sheet ends; triangles may be longer there."""
    on_row, on_column = row % BLOCK_PX == 0, column % BLOCK_PX == 0
    shown = [drawn[_pixel(row, column, quadrant, drawn.shape)] for quadrant in range(QUADRANTS)]

    def ends(q: int, r: int) -> np.ndarray:
        """Only quadrants q and r are drawn, and they hang together."""
        one, other = (each for each in range(QUADRANTS) if each not in (q, r))
        return shown[q] & shown[r] & (PARTS[joined, q] == PARTS[joined, r]) & ~shown[one] & ~shown[other]

    level = (ends(0, 1) | ends(2, 3)) & on_row & ~on_column
    upright = (ends(1, 2) | ends(0, 3)) & on_column & ~on_row
    return level | upright


def _rows(image: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """(H, W) → twice (H + 1, W): the pixels above and below each line of corners. Beyond a pole they are repeated."""
    tall = np.concatenate([image[:1], image, image[-1:]])
    return tall[:-1], tall[1:]


def _pixel(row: np.ndarray, column: np.ndarray, quadrant: int, shape: tuple[int, ...]) -> tuple[np.ndarray, np.ndarray]:
    """Row and column (N,) of the pixel in one quadrant of each corner, of a picture of this shape."""
    x, y = OFFSETS[quadrant]
    return np.clip(row + int(y > 0) - 1, 0, shape[0] - 1), (column + int(x > 0) - 1) % shape[1]


def _slope(sheet: Sheet, row: np.ndarray, column: np.ndarray, axis: int) -> np.ndarray:
    """(N,) how 1 / r grows per pixel downwards (0) or to the right (1), from the neighbours that hang together with
    each pixel."""
    joined = ~(sheet.cut_below, sheet.cut_right)[axis]
    height, width = joined.shape
    if axis:
        before, after = (row, (column - 1) % width), (row, (column + 1) % width)
        to_before, to_after = joined[before], joined[row, column]
    else:
        before, after = (np.maximum(row - 1, 0), column), (np.minimum(row + 1, height - 1), column)
        to_before, to_after = joined[before] & (row > 0), joined[row, column]
    own = sheet.inverse[row, column]
    total = np.where(to_after, sheet.inverse[after] - own, 0)
    total += np.where(to_before, own - sheet.inverse[before], 0)
    return total / np.maximum(to_after.astype(np.float32) + to_before, 1)


def _torn(sheet: Sheet, joined: np.ndarray, row: np.ndarray, column: np.ndarray) -> np.ndarray:
    """(4, N): each quadrant's value at torn corners: the mean of its part's pixels, carried on by their slopes."""
    pixels = [_pixel(row, column, quadrant, sheet.inverse.shape) for quadrant in range(QUADRANTS)]
    parts = PARTS[joined].T
    own = np.stack([sheet.inverse[pixel] for pixel in pixels])
    weight = np.stack([sheet.present[pixel] for pixel in pixels]).astype(np.float32)
    value = np.stack(
        [
            each - x * _slope(sheet, *pixel, axis=1) - y * _slope(sheet, *pixel, axis=0)
            for each, pixel, (x, y) in zip(own, pixels, OFFSETS, strict=True)
        ]
    )
    # A slope shall not carry a surface through the eye or to infinity.
    value = np.clip(value, own / 2, own * 2) * weight
    same = parts[:, None] == parts[None]
    total = np.einsum("pqn,qn->pn", same, value)
    count = np.einsum("pqn,qn->pn", same, weight)
    return np.where(count > 0, total / np.maximum(count, 1), own).astype(np.float32)


def _one_point(sheet: Sheet, row: int) -> float:
    """The value of a pole's corners, from its row of pixels."""
    present = sheet.present[row]
    return float(np.median(sheet.inverse[row][present] if present.any() else sheet.inverse[row]))
