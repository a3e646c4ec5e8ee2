"""Inverse distances at the corners of a sheet's pixels: one value for each part of the surface that meets there.

Corner (i, j) lies above and left of pixel (i, j); i runs from 0, the upper pole, to H, the lower one, and j over the
wrap. The four pixels around it are its quadrants, in the order up-left, up-right, down-right, down-left. Those that
hang together share one value, so the surface is closed there; on the two sides of a cut the values differ.
"""

from __future__ import annotations

from dataclasses import dataclass, fields

import cv2
import numpy as np

from ldm3d_web.panorama.seam import wrap_pad
from ldm3d_web.panorama.sheet import BLOCK_PX, Sheet, above, below, left_of, near_side, right_of

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


@dataclass(frozen=True)
class Corners:
    """The corners in a band of rows that holds all that is drawn: most sheets are a belt around the horizon.

    inverse: (4, h + 1, W) float32, by quadrant, 1 / metres. part: (4, h + 1, W) int8, equal in quadrants that hang
    together. drawn: (4, h + 1, W) bool. forced: (h + 1, W) bool, where a mesh must have a vertex: the surface ends or
    is torn there. limb: (h, W) float32, by pixel, 1 / metres, how far back a sheet is seen to go where it turns away at
    its own edge, infinite elsewhere. first: the band's first row. height: H, of the sheet.
    """

    inverse: np.ndarray
    part: np.ndarray
    drawn: np.ndarray
    forced: np.ndarray
    limb: np.ndarray
    first: int
    height: int

    @property
    def shows(self) -> np.ndarray:
        """(H + 1, W) bool: corners at which something is drawn."""
        return self.whole(np.asarray(self.drawn.any(axis=0)))

    @property
    def ends(self) -> np.ndarray:
        """(H + 1, W) bool: corners at which what is drawn ends."""
        return self.whole(np.asarray(self.drawn.any(axis=0) & ~self.drawn.all(axis=0)))

    def back(self, row: np.ndarray, column: np.ndarray, quadrant: np.ndarray) -> np.ndarray:
        """(N,) 1 / metres: how far back the surface goes behind corners (N,) of the band, seen from their quadrants.

        As far as the corner itself where it does not turn away, and no more than twice as far where it does.
        """
        inverse, part = self.inverse[quadrant, row, column], self.part[quadrant, row, column]
        rows, width = self.limb.shape
        back = np.full(inverse.shape, np.inf, np.float32)
        for other, (x, y) in enumerate(OFFSETS):
            pixel = np.clip(row + int(y > 0) - 1, 0, rows - 1), (column + int(x > 0) - 1) % width
            joined = (self.part[other, row, column] == part) & self.drawn[other, row, column]
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
    sheet = Sheet(**{field.name: getattr(sheet, field.name)[first:last] for field in fields(sheet)})
    height, width = sheet.inverse.shape
    poles = [row for row, pole in ((0, first == 0), (-1, last == full_height)) if pole]
    joined_right, joined_below = ~sheet.cut_right, ~sheet.cut_below
    # Bit q: quadrant q hangs together with the next one, clockwise: top, right, bottom, left.
    top = _around(joined_right)[0]
    bottom = _around(joined_right)[3]
    left, right = _rows(joined_below)
    joined = top.astype(np.uint8) | right << 1 | bottom << 2 | left << 3
    for row in poles:
        joined[row] = 15
    part = np.ascontiguousarray(np.moveaxis(PARTS[joined], -1, 0))
    pixel = _around(sheet.inverse)
    drawn = _around(sheet.drawn)
    present = _around(sheet.present)

    whole = (part == 0).all(axis=0)
    inverse = np.empty((QUADRANTS, height + 1, width), np.float32)
    inverse[:] = pixel.mean(axis=0)
    some, all_ = np.asarray(drawn.any(axis=0)), np.asarray(drawn.all(axis=0))
    torn = np.flatnonzero(~whole & some)
    inverse.reshape(QUADRANTS, -1)[:, torn] = _torn(pixel, present, part, _slopes(sheet), torn)
    forced = some & ~(all_ & whole) & ~_along_block(drawn, part)
    for row in poles:
        inverse[:, row] = _one_point(sheet, row)
        # The pixels above a pole are the ones below it.
        forced[row] = some[row] & ~sheet.drawn[row].all()
    return Corners(inverse, part, drawn, forced, _limb(sheet), first, full_height)


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


def _along_block(drawn: np.ndarray, part: np.ndarray) -> np.ndarray:
    """(H + 1, W) bool: corners half way along a block's side at which a sheet ends; triangles may be longer there."""
    rows, columns = drawn.shape[1:]
    on_row = (np.arange(rows) % BLOCK_PX == 0)[:, None]
    on_column = (np.arange(columns) % BLOCK_PX == 0)[None]

    def ends(q: int, r: int) -> np.ndarray:
        """Only quadrants q and r are drawn, and they hang together."""
        others = [other for other in range(QUADRANTS) if other not in (q, r)]
        return drawn[q] & drawn[r] & (part[q] == part[r]) & ~drawn[others[0]] & ~drawn[others[1]]

    level = (ends(0, 1) | ends(2, 3)) & on_row & ~on_column
    upright = (ends(1, 2) | ends(0, 3)) & on_column & ~on_row
    return level | upright


def _around(image: np.ndarray) -> np.ndarray:
    """(H, W) → (4, H + 1, W): the pixels around each corner. Beyond a pole they are repeated."""
    tall = np.concatenate([image[:1], image, image[-1:]])
    up, down = tall[:-1], tall[1:]
    return np.stack([left_of(up), up, down, left_of(down)])


def _rows(joined_below: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Whether the left and the right pair around each corner, (H + 1, W) uint8, hang together."""
    right = np.concatenate([joined_below[-1:], joined_below]).astype(np.uint8)
    return left_of(right), right


def _slopes(sheet: Sheet) -> tuple[np.ndarray, np.ndarray]:
    """How 1 / r grows per pixel to the right and downwards, from the neighbours that hang together with a pixel."""
    slopes = []
    for joined, following, before in (
        (~sheet.cut_right, right_of, left_of),
        (~sheet.cut_below, below, above),
    ):
        step = np.where(joined, following(sheet.inverse) - sheet.inverse, 0)
        joined_before = before(joined)
        if before is above:
            joined_before[0] = False
        total = step + np.where(joined_before, before(step), 0)
        slopes.append((total / np.maximum(joined.astype(np.float32) + joined_before, 1)).astype(np.float32))
    return slopes[0], slopes[1]


def _torn(
    pixel: np.ndarray, present: np.ndarray, part: np.ndarray, slope: tuple[np.ndarray, np.ndarray], torn: np.ndarray
) -> np.ndarray:
    """(4, N): each quadrant's value at torn corners: the mean of its part's pixels, carried on by their slopes."""

    def at(image: np.ndarray) -> np.ndarray:
        return image.reshape(QUADRANTS, -1)[:, torn]

    parts, weight = at(part), at(present).astype(np.float32)
    towards = at(_around(slope[0])) * -OFFSETS[:, 0, None] + at(_around(slope[1])) * -OFFSETS[:, 1, None]
    value = at(pixel) + towards
    # A slope shall not carry a surface through the eye or to infinity.
    value = np.clip(value, at(pixel) / 2, at(pixel) * 2) * weight
    same = parts[:, None] == parts[None]
    total = np.einsum("pqn,qn->pn", same, value)
    count = np.einsum("pqn,qn->pn", same, weight)
    return np.where(count > 0, total / np.maximum(count, 1), at(pixel)).astype(np.float32)


def _one_point(sheet: Sheet, row: int) -> float:
    """The value of a pole's corners, from its row of pixels."""
    present = sheet.present[row]
    return float(np.median(sheet.inverse[row][present] if present.any() else sheet.inverse[row]))
