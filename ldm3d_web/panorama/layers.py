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

import cv2
import numpy as np

from ldm3d_web.panorama import cuts
from ldm3d_web.panorama.colours import cover_of, find_colours, textures
from ldm3d_web.panorama.infill import carried_on
from ldm3d_web.panorama.peel import Peeled, blocks, peel, unpeeled
from ldm3d_web.panorama.refine import CELL
from ldm3d_web.panorama.seam import wrap_pad
from ldm3d_web.panorama.sheet import Sheet, beside
from ldm3d_web.panorama.silhouette import shifts
from ldm3d_web.panorama.sphere import pixel_rays
from ldm3d_web.rgbd import Panorama

SKY_RADIUS_M = 1000.0  # two eyes 65 mm apart cannot tell it from infinity
SKY_BEYOND_SURFACE = 3.0  # and it stays behind a scene that is itself larger
NAMES = ("surface", "hidden", "hidden-2")  # one more layer would show almost nothing
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
        colours = find_colours(panorama, torn)
        shown = textures(colours, rgb)

        def layer(depth: int) -> Layer:
            stays = torn[depth].stays
            return Layer(NAMES[depth], shown[depth], stays, shifts(stays, *cover_of(colours, depth)))

        layers = list(threads.map(layer, range(len(torn))))
    if behind_all is not None:
        layers.append(behind_all.result())
    if panorama.sky.any():
        layers.append(_dome(panorama, shown[-1]))
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
