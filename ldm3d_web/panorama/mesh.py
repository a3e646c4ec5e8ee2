"""Layers → meshes: large triangles where a surface is flat, small ones where it bends or ends.

Vertices lie on the corners of the sheets' pixels (`corners`), chosen by `refine`. Triangles run counter-clockwise as
seen from the eye, so a single-sided material shows the inside. Closed over the wrap: vertices there stand twice, at
u = 0 and u = 1. A pole is one position, with a copy for each triangle that ends in it, whose u is that triangle's own.
"""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np

from ldm3d_web.panorama import refine
from ldm3d_web.panorama.corners import QUADRANTS, Corners, find_corners
from ldm3d_web.panorama.layers import Layer
from ldm3d_web.panorama.sheet import parallax
from ldm3d_web.panorama.sphere import uv_to_rays

FINEST_PX = 0.3  # errors below that are not worth a triangle
SKIRT_PX = 0.5  # of parallax: a side that goes back less is not worth its triangles
MOST_PX = 1e6  # errors above that are kept, or nothing is


@dataclass(frozen=True)
class Mesh:
    """A textured triangle mesh around the eye.

    positions: (N, 3) float32, metres, glTF axes. uv: (N, 2) float32 in [0, 1], v = 0 is the texture's first row.
    triangles: (T, 3) uint32, counter-clockwise as seen from the origin.
    texture: (H, W, 3) uint8, sRGB, wraps in u. name: the layer's.
    """

    positions: np.ndarray
    uv: np.ndarray
    triangles: np.ndarray
    texture: np.ndarray
    name: str


def build(layers: Sequence[Layer], *, max_triangles: int) -> list[Mesh] | None:
    """A mesh for each layer, together at most max_triangles, as exact as these allow; None where edges alone take
    more."""
    with ThreadPoolExecutor(2) as threads:  # numpy leaves Python alone while it computes
        corners, own = zip(*threads.map(_looked_at, layers), strict=True)
        errors = refine.agreed(own, corners)
        threshold = _threshold(errors, corners, max_triangles)
        while threshold < np.inf:
            kept = [error > threshold for error in errors]
            grids = list(threads.map(lambda kept, layer: _drawn(refine.triangles(kept), layer), kept, layers))
            if sum(map(len, grids)) <= max_triangles:
                shown = [each for each in zip(layers, corners, grids, strict=True) if len(each[2])]
                meshes = list(threads.map(lambda each: _mesh(*each), shown))
                if sum(len(mesh.triangles) for mesh in meshes) <= max_triangles:
                    return meshes
            threshold = threshold * 1.3 if threshold < MOST_PX else np.inf
    return None


def _looked_at(layer: Layer) -> tuple[Corners, np.ndarray]:
    """Its corners, and their errors as they count in it."""
    corners = find_corners(layer.sheet)
    return corners, layer.detail * refine.errors(corners)


def _threshold(errors: Sequence[np.ndarray], corners: Sequence[Corners], max_triangles: int) -> float:
    """The error, pixels, above which middles are kept so that about max_triangles come of it: each one adds two."""
    shown = [each.whole(each.some) for each in corners]
    every = np.concatenate([error[(error > FINEST_PX) & show] for error, show in zip(errors, shown, strict=True)])
    room = max_triangles // 2
    if len(every) <= room:
        return FINEST_PX
    # Around what must be kept, some triangles are not drawn: too many middles may still be few enough triangles.
    return float(np.clip(np.partition(every, len(every) - room)[len(every) - room], FINEST_PX, MOST_PX))


def _drawn(triangles: np.ndarray, layer: Layer) -> np.ndarray:
    """The triangles (T, 3, 2) of which the layer's sheet shows something, without those that are only a pole."""
    middle = _sum(triangles) // 3
    height = layer.sheet.height
    on_pole = (triangles[..., 0] == 0) | (triangles[..., 0] == height)
    return triangles[layer.sheet.drawn[middle[:, 0], middle[:, 1]] & (_sum(on_pole.astype(np.uint8)) < 2)]


def _sum(corners: np.ndarray) -> np.ndarray:
    """(T, ...) of the three corners of triangles (T, 3, ...). numpy is slow over a short axis."""
    return corners[:, 0] + corners[:, 1] + corners[:, 2]


def _mesh(layer: Layer, corners: Corners, triangles: np.ndarray) -> Mesh:
    height, width = layer.sheet.height, layer.sheet.width
    row, column = triangles[..., 0].astype(np.int64), triangles[..., 1].astype(np.int64)
    pole = (row == 0) | (row == height)
    # Which of a corner's quadrants a triangle lies in.
    rightward, downward = _sum(column)[:, None] >= 3 * column, _sum(row)[:, None] >= 3 * row
    quadrant = np.where(downward, np.where(rightward, 2, 3), np.where(rightward, 1, 0))
    around = column % width
    part = np.where(pole, 0, corners.part(row - corners.first, around, quadrant))
    # Twice the column, so that the middle between a pole's two neighbours is a whole number.
    others = _sum(column)[:, None] - column
    doubled = np.where(pole, others, 2 * column)
    first, index = _different((((row - corners.first) * (2 * width + 1) + doubled) * QUADRANTS + part).ravel())
    row, around, quadrant = row.ravel()[first], around.ravel()[first], quadrant.ravel()[first]
    pole, doubled = pole.ravel()[first], doubled.ravel()[first]
    shift = np.where(pole[:, None], 0, layer.shift[row, around])
    inverse = corners.inverse[quadrant, row - corners.first, around].astype(np.float64)
    shift = np.where((around == 0)[:, None], shift * [0, 1], shift)  # u stays within 0 and 1
    u = (doubled / 2 + shift[:, 0]) / width
    v = (row + shift[:, 1]) / height
    # The wrap's two copies lie at the very same place.
    rays = uv_to_rays(np.where(doubled == 2 * width, 0.0, u), v)
    rays[pole] = np.where(row[pole] == 0, 1.0, -1.0)[:, None] * np.array([0.0, 1.0, 0.0])
    positions, uv = rays / inverse[:, None], np.stack([u, v], axis=1)
    triangles = index.reshape(-1, 3).astype(np.int64)
    back = np.where(pole, inverse, corners.back(row - corners.first, around, quadrant))
    part = corners.part(row - corners.first, around, quadrant)
    place = np.where(pole, row // height, 2 + ((row - corners.first) * width + around) * QUADRANTS + part)
    sides, foot = _sides(triangles, place, parallax(inverse - back, width))
    return Mesh(
        np.concatenate([positions, rays[foot] / back[foot, None]]).astype(np.float32),
        np.concatenate([uv, uv[foot]]).astype(np.float32),
        np.concatenate([triangles, sides]).astype(np.uint32),
        layer.rgb,
        layer.name,
    )


def _sides(triangles: np.ndarray, place: np.ndarray, depth: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Triangles (S, 3) that go straight back from where a mesh (T, 3) ends, as far as its surface is seen to go.

    From the centre nobody sees them; from beside it they are the side that a pixel here and there has shown.
    place: (N,) int64, equal where vertices lie in the same place. depth: (N,), pixels of parallax that they go back.
    Also (M,), the vertices that have a copy at the back: they are numbered from N on, in that order.
    """
    ends = np.concatenate([triangles[:, [0, 1]], triangles[:, [1, 2]], triangles[:, [2, 0]]])
    deep = depth > SKIRT_PX
    ends = ends[deep[ends[:, 0]] | deep[ends[:, 1]]]
    number = _different(place)[1]
    first, second = number[ends].T
    alone = ~np.isin(first * len(place) + second, second * len(place) + first)
    ends = ends[alone]
    first, copy = _different(ends.ravel())
    foot, copy = ends.ravel()[first], copy.reshape(-1, 2) + len(place)
    (first, second), (first_back, second_back) = ends.T, copy.T
    outward = [np.stack([second, first, first_back], axis=1), np.stack([second, first_back, second_back], axis=1)]
    return np.concatenate(outward), foot


def _different(numbers: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """(M,) where each different one of the numbers (N,) >= 0 stands, and (N,) which of these each one is.

    As `np.unique`, but quicker: they are no more than a few times the corners of a grid.
    """
    table = np.full(int(numbers.max(initial=0)) + 1, -1, np.int32)
    table[numbers] = np.arange(len(numbers))
    used = np.flatnonzero(table >= 0)
    places = table[used]
    table[used] = np.arange(len(used))
    return places, table[numbers]
