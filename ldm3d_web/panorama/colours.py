"""What each layer shows: its own colours, carried on beyond its borders, and edge pixels taken apart.

Where colours end is found on the grid that the surface is looked at on. A texture has the picture's own pixels, of
which a grid's may hold several: those on an edge are taken apart one by one, so an edge is as fine as the picture's.
"""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial

import cv2
import numpy as np

from ldm3d_web.panorama.infill import carried_on
from ldm3d_web.panorama.matte import coverage, sharpness, unmixed
from ldm3d_web.panorama.peel import Peeled, spread
from ldm3d_web.panorama.seam import wrap_pad
from ldm3d_web.panorama.sheet import Sheet, places, tears
from ldm3d_web.rgbd import Panorama

OVERLAP_PX = 2  # of the pictures of two layers that meet; as far as a bicubic filter reaches
FILTERS_PX = 32  # beyond what is drawn, pictures are carried on so many rows
MOST_HIDDEN_WIDTH = 2048  # pixels of a hidden layer's picture; little of it is seen


@dataclass(frozen=True)
class Colours:
    """The colours of the sheets and, behind them, of the sky, on the grid.

    clean: (H, W, 3) uint8 of each, without those of others. known: (H, W) bool of each, where they are the panorama's
    own. edges: (H, W) bool, the pixels on both sides of all cuts, which may be mixtures. sharp: (H, W) float32, the
    grid's `matte.sharpness`.
    """

    panorama: Panorama
    torn: list[Peeled]
    clean: list[np.ndarray]
    known: list[np.ndarray]
    edges: np.ndarray
    sharp: np.ndarray

    @property
    def sky(self) -> int:
        """Which of them is the sky."""
        return len(self.torn)

    def further(self, depth: int) -> int:
        """Which of them lies behind a sheet, where that is not the sky."""
        return min(depth + 1, len(self.torn) - 1)

    def before_sky(self, depth: int) -> np.ndarray:
        """(H, W) bool: where the sky is what a sheet's pixels, or those beside it, are mixed with."""
        around = cv2.dilate(self.panorama.sky.astype(np.uint8), np.ones((3, 3), np.uint8)) > 0
        return self.panorama.sky | around & self.torn[depth].near


def find_colours(panorama: Panorama, torn: list[Peeled]) -> Colours:
    """The colours of sheets, nearest first, each with the two sides of its cuts."""
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
            outside &= ~(peeled.stays.drawn & ~peeled.near)
            _put(clean[depth], picture, outside)
            known[depth] &= ~outside
    return Colours(panorama, torn, clean, known, edges, sharp)


def cover_of(colours: Colours, depth: int) -> tuple[np.ndarray, np.ndarray]:
    """Of a sheet beside its cuts, on the grid (H, W): its `matte.coverage`, and how far that is to be trusted."""
    clean = colours.clean
    at = places(_beside_cuts(colours.torn[depth]))
    behind = _behind(at, colours.before_sky(depth), clean[colours.sky], clean[colours.further(depth)])
    cover, sure = np.zeros_like(colours.sharp), np.zeros_like(colours.sharp)
    cover[at], trusted = coverage(colours.panorama.rgb[at], clean[depth][at], behind)
    sure[at] = trusted * colours.sharp[at]
    return cover, sure


def textures(colours: Colours, rgb: np.ndarray) -> list[np.ndarray]:
    """The textures (h, w, 3) uint8 of the sheets, and of the sky if there is one, in the size of the full picture rgb
    (h, w, 3) uint8; of hidden sheets at most MOST_HIDDEN_WIDTH wide."""
    width = rgb.shape[1]
    narrow = min(width, MOST_HIDDEN_WIDTH)
    sizes = {each: _Texels(colours, rgb, each) for each in (width, narrow)}
    widths = [width, *[narrow] * (colours.sky - 1), *[width] * bool(colours.panorama.sky.any())]
    with ThreadPoolExecutor(2) as threads:  # numpy and OpenCV leave Python alone while they compute
        return list(threads.map(lambda layer: sizes[widths[layer]].texture(layer), range(len(widths))))


class _Texels:
    """The full picture and all that is known of it in one size, (h, w)."""

    def __init__(self, colours: Colours, rgb: np.ndarray, width: int):
        self.colours, self.size = colours, (width, width // 2)
        self.rgb = rgb if rgb.shape[1] == width else cv2.resize(rgb, self.size, interpolation=cv2.INTER_AREA)
        self.band = self.mask(cv2.dilate(colours.edges.astype(np.uint8), np.ones((5, 5), np.uint8)) > 0)
        self.sharp = _larger(colours.sharp, self.size)
        self.pictures: dict[int, np.ndarray] = {}

    def mask(self, grid: np.ndarray) -> np.ndarray:
        """(h, w) bool of (H, W) bool."""
        if grid.shape[1] == self.size[0]:
            return grid
        return cv2.resize(grid.astype(np.uint8), self.size, interpolation=cv2.INTER_NEAREST) > 0

    def clean(self, layer: int) -> np.ndarray:
        """(h, w, 3) uint8: a layer's clean colours, smoothly enlarged."""
        if layer not in self.pictures:
            self.pictures[layer] = _larger(self.colours.clean[layer], self.size)
        return self.pictures[layer]

    def texture(self, layer: int) -> np.ndarray:
        """(h, w, 3) uint8: the picture's pixels that are a layer's own, and its colours elsewhere."""
        colours, texture = self.colours, self.clean(layer).copy()
        _put(texture, self.rgb, self.mask(colours.known[layer]))
        for depth, side, in_front in _edges_of(colours, layer):
            at = places(self.mask(side))
            before_sky, further = self.mask(colours.before_sky(depth)), self.clean(colours.further(depth))
            mixed, own, behind = (
                self.rgb[at],
                self.clean(depth)[at],
                _behind(at, before_sky, self.clean(colours.sky), further),
            )
            cover, sure = coverage(mixed, own, behind)
            sure *= self.sharp[at]
            mixture = (cover, sure, own, behind) if in_front else (1 - cover, sure, behind, own)
            texture[at] = unmixed(mixed, *mixture)
        # Along soft edges all layers show the picture as it is, so that none shows from the centre.
        band = np.flatnonzero(self.band)
        plain, own, share = self.rgb.reshape(-1, 3)[band], texture.reshape(-1, 3)[band], self.sharp.ravel()[band, None]
        texture.reshape(-1, 3)[band] = np.rint(plain + share * (own.astype(np.float32) - plain)).astype(np.uint8)
        return texture


def _edges_of(colours: Colours, layer: int) -> Iterator[tuple[int, np.ndarray, bool]]:
    """The pixels (H, W) bool of a layer that may be mixtures, each with the sheet in front and whether they are its."""
    sky = colours.panorama.sky
    for depth, peeled in enumerate(colours.torn):
        if depth == layer:
            yield depth, peeled.near & ~sky, True
        if layer == colours.sky:
            yield depth, peeled.far & sky, False
        elif layer == colours.further(depth):
            yield depth, peeled.far & ~sky, False


def _larger(picture: np.ndarray, size: tuple[int, int]) -> np.ndarray:
    """A picture (H, W, ...) in a size (w, h), over the wrap."""
    columns, (width, height) = picture.shape[1], size
    if columns == width:
        return picture
    # Pixel centres: the picture is laid out over the wrap before it is drawn larger, or its first column would move.
    pad = 2 if width % columns == 0 else columns // 2
    wide = cv2.resize(
        wrap_pad(picture, pad), (width + 2 * pad * width // columns, height), interpolation=cv2.INTER_LINEAR
    )
    return wide[:, pad * width // columns :][:, :width]


def _beside_cuts(peeled: Peeled) -> np.ndarray:
    """(H, W) bool: the pixels on both sides of a sheet's cuts, and of what is left of it without its far rims."""
    at = peeled.near | peeled.far
    for before, after, _ in tears(peeled.stays):
        at.ravel()[before] = at.ravel()[after] = True
    return at


def _behind(at: tuple[np.ndarray, ...], before_sky: np.ndarray, sky: np.ndarray, further: np.ndarray) -> np.ndarray:
    """(N, 3): the colours at some places of what lies behind a sheet, the sky's or those of the layer further on."""
    return np.where(before_sky[at][:, None], sky[at], further[at])


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
