"""One sheet with cuts → several without: the near side of each cut stays, the far side goes on behind it.

    sheet      near │ far far far           │ a cut, seen from above; the eye is below
    stays      near                          and everything that is not beside a cut
    next sheet ~~~~~~ far far               the far rim, which moves over, and what the near side hides (~)

The next sheet is again the whole picture, with the near things taken away beside their edges; its own cuts are peeled
in the same way. A head moves at most HEAD_M, so no more is filled than its parallax can uncover.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from ldm3d_web.panorama import pieces
from ldm3d_web.panorama.infill import SLOPE_REACH_PX, hidden_inverse, tangents
from ldm3d_web.panorama.seam import wrap_pad
from ldm3d_web.panorama.sheet import BLOCK_PX, Neighbour, Sheet, above, below, left_of, parallax, pixel_rad, right_of

RIM_PX = 2  # that much of the far side moves over at least: as far as edge pixels are mixtures of both sides
MARGIN_PX = 1.5  # filled beyond what the head can see
LEAST_GAP_PX = 0.5  # of parallax between what hides and what is hidden
OCCLUDES = 0.25  # what hides stands that much of the step at the edge before the far side
HOLE_PX = 7  # smaller gaps in a fill are noise of the slopes
NARROW_PX = 3  # what is nowhere farther from its own end tells nothing of what is hidden
APART_PX = 3.0  # of parallax between a fill and a rim that it does not go on from
FARTHEST_PX = 200  # no fill reaches farther, however near the foreground


@dataclass(frozen=True)
class Peeled:
    """stays: the sheet without its far rims. behind: the next sheet, or None where nothing is torn.

    near, far: (H, W) bool, the pixels on the two sides of the sheet's cuts, far ones in the sky too.
    source: (H, W) bool, the pixels that what is hidden in the next sheet was carried on from. ending: (H, W) bool, the
    near sides' pixels, some way in from their cuts.
    """

    stays: Sheet
    behind: Sheet | None
    near: np.ndarray
    far: np.ndarray
    source: np.ndarray
    ending: np.ndarray


def peel(sheet: Sheet, rays: np.ndarray) -> Peeled:
    """Take the near sides of a sheet's cuts off it. rays: (H, W, 3), unit, of its pixels."""
    near, far, reach = sides(sheet)
    rim = far & sheet.drawn
    if not rim.any():
        return Peeled(sheet, None, near, far, rim, _ending(sheet, near))
    moved = _rims(sheet, near, rim)
    stays = Sheet(
        sheet.inverse, sheet.present, sheet.drawn & ~moved, sheet.cut_right, sheet.cut_below, sheet.hidden & ~moved
    )
    ending = _ending(sheet, near)
    narrow = _narrow(sheet, ending)
    source = moved & ~narrow
    surface = source
    for _ in range(SLOPE_REACH_PX):
        surface = spread(sheet, surface) & ~narrow
    planes = tangents(sheet.inverse, surface)
    hidden = _hidden(sheet, stays, far, reach, source, planes, rays)
    inverse = hidden_inverse(planes, source, hidden, _pieces(sheet, surface, source, hidden), sheet.inverse, rays)
    drawn = moved | hidden
    # What is hidden hangs together with the rim it grew from, and with nothing that stays.
    seen, other = parallax(inverse, sheet.width), drawn & ~hidden & ~source
    cut_right = _joined(sheet.cut_right, hidden, drawn, other, seen, right_of)
    cut_below = _joined(sheet.cut_below, hidden, drawn, other, seen, below)
    cut_below[-1] = True
    next_sheet = Sheet(inverse, sheet.present | hidden, drawn, cut_right, cut_below, hidden | sheet.hidden & drawn)
    return Peeled(stays, next_sheet, near, far, source, ending)


def sides(sheet: Sheet) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Near pixels and far pixels (H, W) bool of a sheet's cuts, and how far each far one can come to light.

    The last is (H, W) float32, pixels of parallax. Sky beside a surface is a far side too, at infinity.
    """
    drawn, absent = sheet.drawn, ~sheet.present
    seen = np.where(absent, 0, parallax(sheet.inverse, sheet.width)).astype(np.float32)
    near, far = np.zeros(seen.shape, bool), np.zeros(seen.shape, bool)
    reach = np.zeros(seen.shape, np.float32)
    for cut, following, before in ((sheet.cut_right, right_of, left_of), (sheet.cut_below, below, above)):
        step = following(seen) - seen
        # Only what is drawn hides something, and only from this sheet or from the sky.
        nearer = cut & (step < 0) & drawn & following(drawn | absent)
        farther = cut & (step > 0) & following(drawn) & (drawn | absent)
        near |= nearer | _moved(farther, before)
        far |= farther | _moved(nearer, before)
        depth = np.abs(step)
        reach = np.maximum(reach, np.where(farther, depth, 0))
        reach = np.maximum(reach, np.where(_moved(nearer, before), before(depth), 0))
    return near, far, reach


def _moved(mask: np.ndarray, before: Neighbour) -> np.ndarray:
    """mask, one pixel on in the direction whose backward step `before` is."""
    moved = before(mask)
    if before is above:
        moved[0] = False
    return moved


def _rims(sheet: Sheet, near: np.ndarray, rim: np.ndarray) -> np.ndarray:
    """The far pixels of cuts and what hangs together with them, up to the end of their blocks."""
    region = blocks(
        cv2.dilate(wrap_pad(rim.astype(np.uint8), RIM_PX, RIM_PX), np.ones((2 * RIM_PX + 1,) * 2, np.uint8))[
            RIM_PX:-RIM_PX, RIM_PX:-RIM_PX
        ]
    )
    edge = near & ~rim
    free = region & sheet.drawn & ~edge & (_distance(rim) <= _distance(edge))
    moved = rim
    for _ in range(BLOCK_PX + RIM_PX):
        moved = spread(sheet, moved) & free | rim
    return moved


def _distance(mask: np.ndarray) -> np.ndarray:
    """(H, W) float32: pixels to the nearest one of a mask (H, W) bool, over the wrap."""
    pad = BLOCK_PX + 2 * RIM_PX
    wide = wrap_pad((~mask).astype(np.uint8), pad)
    return cv2.distanceTransform(wide, cv2.DIST_L2, 3)[:, pad:-pad]


def spread(sheet: Sheet, mask: np.ndarray) -> np.ndarray:
    """(H, W) bool: mask and its neighbours, but for those beyond a cut."""
    joined_right, joined_below = ~sheet.cut_right, ~sheet.cut_below
    grown = mask | right_of(mask) & joined_right | left_of(mask & joined_right)
    return grown | below(mask) & joined_below | _moved(mask & joined_below, above)


def _ending(sheet: Sheet, near: np.ndarray) -> np.ndarray:
    """(H, W) bool: the parts of a sheet that end within NARROW_PX, as the near side of a cut."""
    ending = near & sheet.drawn
    for _ in range(NARROW_PX):
        ending = spread(sheet, ending)
    return ending


def _narrow(sheet: Sheet, ending: np.ndarray) -> np.ndarray:
    """(H, W) bool: what is ending (H, W) bool right across: a trunk, and not the edge of a table.

    A wall goes on behind a trunk. Another trunk beside it does not, and a surface carried on from so little would be
    guesswork: what does not end decides what lies behind, and else the sky or the backdrop.
    """
    wide = sheet.drawn & ~ending
    for _ in range(NARROW_PX + 1):
        wide = spread(sheet, wide) & sheet.drawn
    return ending & ~wide


def _pieces(sheet: Sheet, surface: np.ndarray, source: np.ndarray, hidden: np.ndarray) -> np.ndarray:
    """(H, W) int32: the pieces of the rim (`source`, with the surface around it) and, where hidden, which of them a
    pixel belongs to."""
    numbers = pieces.grown(pieces.pieces(sheet, surface) * source, hidden, FARTHEST_PX)
    left = hidden & (numbers == 0)
    if left.any():  # no way leads there but over what is seen
        numbers[left] = numbers.ravel()[_nearest(source).reshape(numbers.shape)[left]]
    return numbers


def _hidden(
    sheet: Sheet,
    stays: Sheet,
    far: np.ndarray,
    reach: np.ndarray,
    source: np.ndarray,
    planes: np.ndarray,
    rays: np.ndarray,
) -> np.ndarray:
    """(H, W) bool: where the surface behind goes on under what stays, as far as a head can see it."""
    height, width = far.shape
    at = np.flatnonzero(stays.drawn)
    flat_rays = rays.reshape(-1, 3)

    def away_px(places: np.ndarray) -> np.ndarray:
        away = 1 - np.einsum("ij,ij->i", flat_rays[at], flat_rays[places])
        return np.sqrt(np.maximum(2 * away, 0)) / pixel_rad(width)

    beside = _nearest(far)[at]
    step = np.minimum(reach.ravel()[beside], FARTHEST_PX)
    comes_to_light = away_px(beside) <= step + MARGIN_PX
    # Where the sky is nearer than any surface that could go on, the sky does.
    from_where = _nearest(source | far & ~sheet.present)[at]
    on_surface = sheet.present.ravel()[from_where] & (away_px(from_where) <= FARTHEST_PX)
    carried = np.einsum("ij,ij->i", planes.reshape(-1, 3)[from_where], flat_rays[at])
    front = sheet.inverse.ravel()[at]
    # In front of what goes on behind it, and of the place where that was last seen.
    in_front = on_surface & (parallax(front - carried, width) > LEAST_GAP_PX)
    in_front &= parallax(front - sheet.inverse.ravel()[beside] * sheet.present.ravel()[beside], width) > OCCLUDES * step
    reached = np.zeros(height * width, bool)
    reached[at[in_front & comes_to_light]] = True
    possible = np.zeros(height * width, bool)
    possible[at[in_front]] = True
    region = blocks(reached.reshape(height, width))
    found = region & possible.reshape(height, width)
    return _without_holes(found) & region & stays.drawn


def _nearest(mask: np.ndarray) -> np.ndarray:
    """(H·W,) int64: for each pixel the number of the nearest one of a mask (H, W) bool, over the wrap."""
    height, width = mask.shape
    if not mask.any():
        return np.zeros(height * width, np.int64)
    pad = min(FARTHEST_PX, width // 2)
    wide = wrap_pad(mask, pad)
    _, labels = cv2.distanceTransformWithLabels(
        (~wide).astype(np.uint8), cv2.DIST_L2, 5, labelType=cv2.DIST_LABEL_PIXEL
    )
    places = np.flatnonzero(wide)
    row, column = np.divmod(places, width + 2 * pad)
    number = np.zeros(int(labels.max()) + 1, np.int64)
    number[labels.ravel()[places]] = row * width + (column - pad) % width
    return number[labels[:, pad : pad + width].ravel()]


def _without_holes(mask: np.ndarray) -> np.ndarray:
    pad = 2 * HOLE_PX
    wide = wrap_pad(mask.astype(np.uint8), pad, pad)
    return cv2.morphologyEx(wide, cv2.MORPH_CLOSE, np.ones((HOLE_PX, HOLE_PX), np.uint8))[pad:-pad, pad:-pad] > 0


def blocks(mask: np.ndarray) -> np.ndarray:
    """(H, W) bool: mask, grown to the whole blocks that it touches. H and W are multiples of BLOCK_PX."""
    height, width = mask.shape
    small = mask.astype(bool).reshape(height // BLOCK_PX, BLOCK_PX, width // BLOCK_PX, BLOCK_PX).any(axis=(1, 3))
    return np.repeat(np.repeat(small, BLOCK_PX, axis=0), BLOCK_PX, axis=1)


def _joined(
    cut: np.ndarray, hidden: np.ndarray, drawn: np.ndarray, other: np.ndarray, seen: np.ndarray, following: Neighbour
) -> np.ndarray:
    """The next sheet's cuts in one direction. other: (H, W) bool, rims that the fill was not carried on from, and so
    may lie far before it. seen: (H, W), the sheet's parallax."""
    touches = hidden | following(hidden)
    apart = (other | following(other)) & (np.abs(following(seen) - seen) > APART_PX)
    return np.where(touches, ~(drawn & following(drawn)) | apart, cut)
