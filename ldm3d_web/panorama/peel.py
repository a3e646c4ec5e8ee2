"""One sheet with cuts → several without: the near side of each cut stays, the far side goes on behind it.

    sheet      near │ far far far           │ a cut, seen from above; the eye is below
    stays      near                          and everything that is not beside a cut
    next sheet ~~~~~~ far far               the far rim, which moves over, and what the near side hides (~)

The next sheet is again the whole picture, with the near things taken away beside their edges; its own cuts are peeled
in the same way. A head moves at most HEAD_M, so no more is filled than its parallax can uncover.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace

import cv2
import numpy as np

from ldm3d_web.panorama import pieces
from ldm3d_web.panorama.infill import SLOPE_REACH_PX, hidden_inverse, tangents
from ldm3d_web.panorama.seam import wrap_pad
from ldm3d_web.panorama.sheet import BLOCK_PX, Neighbour, Sheet, below, left_of, parallax, pixel_rad, right_of, tears

RIM_PX = 2  # that much of the far side moves over at least: as far as edge pixels are mixtures of both sides
MARGIN_PX = 1.5  # filled beyond what the head can see
LEAST_GAP_PX = 0.5  # of parallax between what hides and what is hidden
OCCLUDES = 0.25  # what hides stands that much of the step at the edge before the far side
HOLE_PX = 7  # smaller gaps in a fill are noise of the slopes
NARROW_PX = 3  # what is nowhere farther from its own end tells nothing of what is hidden
APART_PX = 3.0  # of parallax between a fill and a rim that it does not go on from
FARTHEST_PX = 200  # no fill reaches farther, however near the foreground
BEYOND_PX = 16  # rows that are looked at farther than that


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
    # Nothing changes farther from the cuts than a fill reaches.
    most_px = min(int(reach.max()), FARTHEST_PX) + BEYOND_PX
    rows = _rows_around(near | far, most_px)
    some = _peeled(sheet.rows(rows), near[rows], far[rows], reach[rows], rays[rows], most_px)

    def whole(part: np.ndarray, elsewhere: np.ndarray | None = None) -> np.ndarray:
        """(H, W): a part in its rows; False where nothing is said of the others."""
        image = np.zeros_like(near) if elsewhere is None else elsewhere.copy()
        image[rows] = part
        return image

    stays = replace(sheet, drawn=whole(some.stays.drawn, sheet.drawn), hidden=whole(some.stays.hidden, sheet.hidden))
    behind = some.behind and Sheet(
        whole(some.behind.inverse, sheet.inverse),
        whole(some.behind.present, sheet.present),
        whole(some.behind.drawn),
        whole(some.behind.cut_right, sheet.cut_right),
        whole(some.behind.cut_below, sheet.cut_below),
        whole(some.behind.hidden),
    )
    return Peeled(stays, behind, near, far, whole(some.source), whole(some.ending))


def unpeeled(sheet: Sheet) -> Peeled:
    """A sheet that is left as it is, and the two sides of its cuts."""
    near, far, _ = sides(sheet)
    return Peeled(sheet, None, near, far, np.zeros_like(far), _ending(sheet, near))


def _rows_around(mask: np.ndarray, most_px: int) -> slice:
    """The rows of a mask (H, W) and so many above and below, in whole blocks."""
    rows = np.flatnonzero(mask.any(axis=1))
    if len(rows) == 0:
        return slice(0, BLOCK_PX)
    first, last = max(int(rows[0]) - most_px, 0), min(int(rows[-1]) + 1 + most_px, len(mask))
    return slice(first // BLOCK_PX * BLOCK_PX, -(-last // BLOCK_PX) * BLOCK_PX)


def _peeled(
    sheet: Sheet, near: np.ndarray, far: np.ndarray, reach: np.ndarray, rays: np.ndarray, most_px: int
) -> Peeled:
    """A sheet and what lies behind it; near, far, reach: its `sides`; no far pixel comes to light beyond most_px."""
    rim = far & sheet.drawn
    if not rim.any():
        return Peeled(sheet, None, near, far, rim, _ending(sheet, near))
    with ThreadPoolExecutor(2) as threads:  # numpy and OpenCV leave Python alone while they compute
        rims = threads.submit(_rims, sheet, near, rim)
        ending = _ending(sheet, near)
        narrow = _narrow(sheet, ending)
        moved = rims.result()
        source = moved & ~narrow
        to_far = threads.submit(_nearest, far, most_px)
        to_source = threads.submit(_nearest, source | far & ~sheet.present)
        surface = source
        for _ in range(SLOPE_REACH_PX):
            surface = spread(sheet, surface) & ~narrow
        numbers = threads.submit(pieces.pieces, sheet, surface)
        planes = tangents(sheet.inverse, surface, rays)
        stays = replace(sheet, drawn=sheet.drawn & ~moved, hidden=sheet.hidden & ~moved)
        hidden = _hidden(sheet, stays, reach, to_far.result(), to_source.result(), planes, rays)
        belongs = _belongs(numbers.result() * source, hidden, to_source.result())
    inverse = hidden_inverse(planes, source, hidden, belongs, sheet.inverse, rays)
    drawn = moved | hidden
    # What is hidden hangs together with the rim it grew from, and with nothing that stays.
    seen, other = parallax(inverse, sheet.width), drawn & ~hidden & ~source
    cut_right = _joined(sheet.cut_right, hidden, drawn, other, seen, right_of)
    cut_below = _joined(sheet.cut_below, hidden, drawn, other, seen, below)
    behind = Sheet(inverse, sheet.present | hidden, drawn, cut_right, cut_below, hidden | sheet.hidden & drawn)
    return Peeled(stays, behind, near, far, source, ending)


def sides(sheet: Sheet) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Near pixels and far pixels (H, W) bool of a sheet's cuts, and how far each far one can come to light.

    The last is (H, W) float32, pixels of parallax. Sky beside a surface is a far side too, at infinity.
    """
    shape = sheet.inverse.shape
    drawn, behind = sheet.drawn.ravel(), (sheet.drawn | ~sheet.present).ravel()
    near, far, reach = (np.zeros(drawn.size, kind) for kind in (bool, bool, np.float32))
    for before, after, step in tears(sheet):
        depth = np.abs(parallax(step, sheet.width))
        for front, back, nearer in ((before, after, step < 0), (after, before, step > 0)):
            # Only what is drawn hides something, and only from this sheet or from the sky.
            hides = nearer & drawn[front] & behind[back]
            near[front[hides]] = far[back[hides]] = True
            reach[back[hides]] = np.maximum(reach[back[hides]], depth[hides])
    return near.reshape(shape), far.reshape(shape), reach.reshape(shape)


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
    grown = mask | (right_of(mask) > sheet.cut_right)  # joined: True in the one, not in the other
    grown |= left_of(mask > sheet.cut_right)
    grown[:-1] |= mask[1:] > sheet.cut_below[:-1]
    grown[1:] |= mask[:-1] > sheet.cut_below[:-1]
    return grown


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


def _belongs(numbers: np.ndarray, hidden: np.ndarray, to_source: np.ndarray) -> np.ndarray:
    """(H, W) int32: numbers, of a rim's pieces, and where hidden (H, W) bool, to which of them a pixel belongs."""
    grown = pieces.grown(numbers, hidden, FARTHEST_PX).ravel()
    # Where no way leads but over what is seen, the nearest of them; the sky is none.
    left = np.flatnonzero(hidden.ravel() & (grown == 0))
    grown[left] = numbers.ravel()[to_source[left]]
    left = left[grown[left] == 0]
    if len(left):
        grown[left] = numbers.ravel()[_nearest(numbers > 0)[left]]
    return grown.reshape(numbers.shape)


def _hidden(
    sheet: Sheet,
    stays: Sheet,
    reach: np.ndarray,
    to_far: np.ndarray,
    to_source: np.ndarray,
    planes: np.ndarray,
    rays: np.ndarray,
) -> np.ndarray:
    """(H, W) bool: where the surface behind goes on under what stays, as far as a head can see it.

    to_far, to_source: (H·W,) from `_nearest`, of the far pixels and of those that the surface or the sky goes on from.
    """
    width = sheet.width
    flat_rays = rays.reshape(-1, 3)

    def away_px(places: np.ndarray, others: np.ndarray) -> np.ndarray:
        away = 1 - np.einsum("ij,ij->i", flat_rays[places], flat_rays[others])
        return np.sqrt(np.maximum(2 * away, 0)) / pixel_rad(width)

    at = np.flatnonzero(stays.drawn)
    beside = to_far[at]
    step = np.minimum(reach.ravel()[beside], FARTHEST_PX)
    close = np.abs(at // width - beside // width) <= step + MARGIN_PX  # along a meridian at least
    at, beside, step = at[close], beside[close], step[close]
    light = np.zeros(reach.shape, bool)  # comes to light for some head
    light.ravel()[at] = away_px(at, beside) <= step + MARGIN_PX
    at = np.flatnonzero(blocks(light) & stays.drawn)
    beside, from_where = to_far[at], to_source[at]
    step = np.minimum(reach.ravel()[beside], FARTHEST_PX)
    # Where the sky is nearer than any surface that could go on, the sky does.
    on_surface = sheet.present.ravel()[from_where] & (away_px(at, from_where) <= FARTHEST_PX)
    carried = np.einsum("ij,ij->i", planes.reshape(-1, 3)[from_where], flat_rays[at])
    front = sheet.inverse.ravel()[at]
    # In front of what goes on behind it, and of the place where that was last seen.
    in_front = on_surface & (parallax(front - carried, width) > LEAST_GAP_PX)
    in_front &= parallax(front - sheet.inverse.ravel()[beside] * sheet.present.ravel()[beside], width) > OCCLUDES * step
    possible = np.zeros(reach.shape, bool)
    possible.ravel()[at] = in_front
    region = blocks(possible & light)
    return _without_holes(region & possible) & region & stays.drawn


def _nearest(mask: np.ndarray, most_px: int = FARTHEST_PX) -> np.ndarray:
    """(H·W,) int64: for each pixel the number of the nearest one of a mask (H, W) bool, over the wrap up to most_px."""
    height, width = mask.shape
    if not mask.any():
        return np.zeros(height * width, np.int64)
    pad = min(most_px, width // 2)
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
