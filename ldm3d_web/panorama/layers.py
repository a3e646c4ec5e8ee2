"""Panorama → layers: what is drawn one behind the other, each a sheet of its own with a picture of its own.

    sky        a far dome, all the way round
    surface    what is seen, without the far rims of its edges
    hidden     those rims, and what lies behind the surface beside its edges; hidden-2 behind that
    backdrop   indoors, in the dome's place: a coarse shell round everything

Each picture holds its own layer's colours only and carries them on beyond its borders, so that no filter of a graphics
card mixes a foreground with its background.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial

import cv2
import numpy as np

from ldm3d_web.panorama import cuts
from ldm3d_web.panorama.infill import carried_on
from ldm3d_web.panorama.matte import coverage, sharpness, unmixed
from ldm3d_web.panorama.peel import Peeled, blocks, peel, spread, unpeeled
from ldm3d_web.panorama.refine import CELL
from ldm3d_web.panorama.seam import wrap_pad
from ldm3d_web.panorama.sheet import Sheet, beside, places, tears
from ldm3d_web.panorama.silhouette import shifts
from ldm3d_web.panorama.sphere import pixel_rays
from ldm3d_web.rgbd import Panorama

SKY_RADIUS_M = 1000.0  # two eyes 65 mm apart cannot tell it from infinity
SKY_BEYOND_SURFACE = 3.0  # and it stays behind a scene that is itself larger
OVERLAP_PX = 2  # of the pictures of two layers that meet; as far as a bicubic filter reaches
NAMES = ("surface", "hidden", "hidden-2")  # one more layer would show almost nothing
MOST_HIDDEN_WIDTH = 2048  # pixels of a hidden layer's picture; little of it is seen
FILTERS_PX = 32  # beyond what is drawn, pictures are carried on so many rows
BACKDROP_BEYOND, BACKDROP_DETAIL = 0.85, 0.25
SAME_DEPTH = 0.6  # of a place's farthest inverse distance: nearer than that hides it


@dataclass(frozen=True)
class Layer:
    """One sheet around the eye.

    name: of its node in the GLB. rgb: (h, w, 3) uint8, its texture, of any size. sheet: its surface.
    shift: (H + 1, W, 2) float32, pixels to the right and down by which the sheet's corners move to where an edge runs.
    detail: how much an error of a pixel counts beside one of the surface.
    """

    name: str
    rgb: np.ndarray
    sheet: Sheet
    shift: np.ndarray
    detail: float = 1.0


def split(panorama: Panorama, rgb: np.ndarray, sheet: Sheet) -> list[Layer]:
    """The layers of a panorama on a grid (`grid.on_grid`), farthest first.

    rgb: (h, w, 3) uint8, its picture in full size. sheet: what is seen, from `seen`.
    """
    torn = _torn(sheet)
    with ThreadPoolExecutor(2) as threads:  # numpy and OpenCV leave Python alone while they compute
        behind_all = threads.submit(_backdrop, panorama, [each.stays for each in torn]) if len(torn) > 1 else None
        pictures, known, covers = _pictures(panorama, torn)

        def layer(depth: int) -> Layer:
            own = known[depth] | _same(pictures[depth], panorama.rgb)
            texture = _texture(rgb, pictures[depth], own, MOST_HIDDEN_WIDTH if depth else None)
            return Layer(NAMES[depth], texture, torn[depth].stays, shifts(torn[depth].stays, *covers[depth]))

        layers = list(threads.map(layer, range(len(torn))))
    if behind_all is not None:
        layers.append(behind_all.result())
    if panorama.sky.any():
        layers.append(_dome(panorama, _texture(rgb, pictures[-1], known[-1])))
    return [layer for layer in reversed(layers) if layer.sheet.drawn.any()]


def whole(panorama: Panorama, rgb: np.ndarray) -> list[Layer]:
    """One layer for everything, stretched over all edges, the sky at the far end: for a handful of triangles."""
    height, width = panorama.sky.shape
    return [Layer("surface", rgb, _closed(1 / panorama.distance_m), _still(height, width))]


def seen(panorama: Panorama, strength: float = 1.0) -> Sheet:
    """What the panorama shows as one sheet with its cuts; strength as in `cuts.find_cuts`."""
    inverse, present = 1 / panorama.distance_m, ~panorama.sky
    return Sheet(inverse, present, present, *cuts.find_cuts(inverse, present, strength), np.zeros_like(present))


def _torn(sheet: Sheet) -> list[Peeled]:
    """The sheet and those behind it, nearest first, each with the two sides of its cuts."""
    rays = pixel_rays(sheet.height, sheet.width).astype(np.float32)
    torn: list[Peeled] = []
    for _ in NAMES[:-1]:
        peeled = peel(sheet, rays)
        torn.append(peeled)
        if peeled.behind is None:
            return torn
        sheet = peeled.behind
    return [*torn, unpeeled(sheet)]


def _pictures(
    panorama: Panorama, torn: list[Peeled]
) -> tuple[list[np.ndarray], list[np.ndarray], list[tuple[np.ndarray, np.ndarray]]]:
    """The sheets' pictures and the sky's, last; which pixels of each are the panorama's own; and for each sheet its
    `matte.coverage`."""
    edges = np.logical_or.reduce([peeled.near | peeled.far for peeled in torn])
    known = [_known(peeled.stays, panorama, edges) for peeled in torn] + [_pure(panorama.sky, edges)]
    sources = [known[depth] & before.source for depth, before in enumerate(torn[:-1], 1)]
    ends = [known[depth] & peeled.ending for depth, peeled in enumerate(torn)]

    hidden = [peeled.stays.hidden for peeled in torn[1:]]
    everywhere = np.ones_like(panorama.sky)  # of the sky: it lies behind all else
    shown = [*(peeled.stays.drawn for peeled in torn), everywhere]

    def some(known: np.ndarray, shown: np.ndarray) -> np.ndarray | None:
        return _picture(panorama.rgb, known, shown) if known.any() else None

    with ThreadPoolExecutor(2) as threads:  # most of the time that a scene takes goes in here
        clean = list(threads.map(partial(_picture, panorama.rgb), known, shown))
        of_sources, of_ends = threads.map(some, sources, hidden), threads.map(some, ends, ends)
        sharp = sharpness(panorama.rgb)
    for depth, picture in enumerate(of_sources, 1):
        if picture is not None:
            _put(clean[depth], picture, torn[depth].stays.hidden)
    for depth, picture in enumerate(of_ends):
        if picture is not None:
            # Just outside its edge a foreground goes on in its own colours, not half way to its background's.
            peeled = torn[depth]
            outside = cv2.dilate(peeled.near.astype(np.uint8), np.ones((5, 5), np.uint8)) > 0
            _put(clean[depth], picture, outside & ~(peeled.stays.drawn & ~peeled.near))
    pictures = [each.copy() for each in clean]
    covers = []
    beside_sky = cv2.dilate(panorama.sky.astype(np.uint8), np.ones((3, 3), np.uint8)) > 0
    for depth, peeled in enumerate(torn):
        at = places(_beside_cuts(peeled))
        further = min(depth + 1, len(torn) - 1)
        near, far, in_sky = peeled.near[at], peeled.far[at], panorama.sky[at]
        mixed, own = panorama.rgb[at], clean[depth][at]
        before_sky = in_sky | near & beside_sky[at]
        behind = np.where(before_sky[:, None], clean[-1][at], clean[further][at])
        cover, sure = coverage(mixed, own, behind)
        sure *= sharp[at]
        covers.append((_placed(cover, at, panorama.sky.shape), _placed(sure, at, panorama.sky.shape)))
        front = unmixed(mixed, cover, sure, own, behind)
        back = unmixed(mixed, 1 - cover, sure, behind, own)
        for which, colour, chosen in (
            (depth, front, near & ~in_sky),
            (len(torn), back, far & in_sky),
            (further, back, far & ~in_sky),
        ):
            pictures[which][tuple(each[chosen] for each in at)] = colour[chosen]
    # Along soft edges all layers show the picture as it is, so that none shows from the centre.
    band = np.flatnonzero(cv2.dilate(edges.astype(np.uint8), np.ones((5, 5), np.uint8)) > 0)
    plain, share = panorama.rgb.reshape(-1, 3)[band], sharp.ravel()[band, None]
    for each in pictures:
        own = each.reshape(-1, 3)[band]
        each.reshape(-1, 3)[band] = np.rint(plain + share * (own.astype(np.float32) - plain)).astype(np.uint8)
    return pictures, known, covers


def _beside_cuts(peeled: Peeled) -> np.ndarray:
    """(H, W) bool: the pixels on both sides of a sheet's cuts, and of what is left of it without its far rims."""
    at = peeled.near | peeled.far
    for before, after, _ in tears(peeled.stays):
        at.ravel()[before] = at.ravel()[after] = True
    return at


def _placed(values: np.ndarray, at: tuple[np.ndarray, ...], shape: tuple[int, ...]) -> np.ndarray:
    """values (N,) at their places in an image of zeros."""
    image = np.zeros(shape, values.dtype)
    image[at] = values
    return image


def _known(sheet: Sheet, panorama: Panorama, edges: np.ndarray) -> np.ndarray:
    """The pixels whose own colour a sheet's picture shows, and some beyond its border where it goes on in another."""
    seen = sheet.seen & ~panorama.sky
    grown = sheet.drawn
    for _ in range(OVERLAP_PX):
        grown = spread(sheet, grown)
    return _pure(sheet.drawn & seen, edges) | grown & seen & ~edges


def _pure(drawn: np.ndarray, edges: np.ndarray) -> np.ndarray:
    """The drawn pixels that are no mixtures: not on an edge, unless there is nothing else near (a thin thing)."""
    pure = drawn & ~edges
    around = cv2.dilate(pure.astype(np.uint8), np.ones((5, 5), np.uint8)) > 0
    return pure | drawn & ~around


def _picture(rgb: np.ndarray, known: np.ndarray, shown: np.ndarray) -> np.ndarray:
    """rgb where known, elsewhere its colours carried on; an array of its own.

    shown: (H, W) bool, what is drawn of it: rows farther than FILTERS_PX from that have one colour.
    """
    if known.all():
        return rgb.copy()
    picture = np.full(rgb.shape, 127, np.uint8)
    rows = np.flatnonzero((shown | known).any(axis=1))
    if known.any():
        first, last = max(int(rows[0]) - FILTERS_PX, 0), int(rows[-1]) + 1 + FILTERS_PX
        picture[first:last] = carried_on(rgb[first:last], known[first:last])
    return picture


def _put(picture: np.ndarray, other: np.ndarray, mask: np.ndarray) -> None:
    """Set picture (H, W, 3) to another one where mask (H, W) bool."""
    cv2.copyTo(other, mask.astype(np.uint8), picture)


def _same(picture: np.ndarray, other: np.ndarray) -> np.ndarray:
    """(H, W) bool: where two pictures (H, W, 3) are alike. Channel by channel: numpy is slow over a short axis."""
    return np.logical_and.reduce([picture[..., channel] == other[..., channel] for channel in range(3)])


def _texture(rgb: np.ndarray, picture: np.ndarray, known: np.ndarray, most: int | None = None) -> np.ndarray:
    """A layer's picture in the full one's size or `most` columns: its own pixels where known (H, W), the rest from
    `picture` on the grid."""
    width = min(rgb.shape[1], most or rgb.shape[1])
    size = (width, width // 2)
    if picture.shape[1] == width:
        return picture
    # Pixel centres: the picture is laid out over the wrap before it is drawn larger, or its first column would move.
    columns = picture.shape[1]
    pad = 2 if width % columns == 0 else columns // 2
    wide = (width + 2 * pad * width // columns, width // 2)
    filled = cv2.resize(wrap_pad(picture, pad), wide, interpolation=cv2.INTER_LINEAR)
    filled = filled[:, pad * width // columns :][:, :width]
    own = cv2.resize(known.astype(np.uint8), size, interpolation=cv2.INTER_NEAREST)
    if rgb.shape[1] != width:
        rgb = cv2.resize(rgb, size, interpolation=cv2.INTER_AREA)
    return np.where(own[..., None] > 0, rgb, filled)


def _dome(panorama: Panorama, texture: np.ndarray) -> Layer:
    height, width = panorama.sky.shape
    return Layer(
        "sky", texture, _closed(np.full((height, width), 1 / _sky_radius(panorama), np.float32)), _still(height, width)
    )


def _sky_radius(panorama: Panorama) -> float:
    """Metres: beyond all that is seen."""
    farthest = max(panorama.far_m, float(panorama.distance_m.max()))
    return max(SKY_RADIUS_M, SKY_BEYOND_SURFACE * farthest)


def _backdrop(panorama: Panorama, sheets: list[Sheet]) -> Layer:
    """A shell behind all sheets, but for where the sky is near: the farthest of what lies around, smoothed.

    It shows where a head sees past the end of a fill, and in its farthest things' colours that is no hole.
    """
    height, width = panorama.sky.shape
    farthest = np.minimum.reduce([np.where(sheet.present, sheet.inverse, np.inf) for sheet in sheets])
    farthest[panorama.sky] = 0
    reach = CELL // 2
    window = (2 * reach + 1, 2 * reach + 1)
    wide = cv2.erode(wrap_pad(farthest, 2 * reach, 2 * reach), np.ones(window, np.uint8))
    # A mean of minima is below each of the values that they are minima of.
    smooth = cv2.blur(wide, window)[2 * reach : -2 * reach, 2 * reach : -2 * reach]
    drawn = np.ones_like(panorama.sky)
    if panorama.sky.any():
        drawn = ~blocks(smooth < 1 / SKY_RADIUS_M)
        drawn[: height // 2] = False  # up there the sky is what lies behind
    far = ~panorama.sky & (panorama.distance_m * smooth > SAME_DEPTH)
    small, share = (
        cv2.resize(image, (width // 4, height // 4), interpolation=cv2.INTER_AREA)
        for image in (panorama.rgb, (far if far.any() else ~panorama.sky).astype(np.uint8) * 255)
    )
    picture = carried_on(small, share == share.max())  # of squares that are far all over, if there are any
    inverse = np.maximum(BACKDROP_BEYOND * smooth, 1 / _sky_radius(panorama)).astype(np.float32)
    sheet = Sheet(inverse, drawn, drawn, *beside(drawn), np.zeros_like(drawn))
    return Layer("backdrop", picture, sheet, _still(height, width), BACKDROP_DETAIL)


def _closed(inverse: np.ndarray) -> Sheet:
    everywhere = np.ones(inverse.shape, bool)
    return Sheet(inverse, everywhere, everywhere, *beside(everywhere), ~everywhere)


def _still(height: int, width: int) -> np.ndarray:
    return np.zeros((height + 1, width, 2), np.float32)
