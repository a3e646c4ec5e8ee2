"""Layer → mesh: a sphere of rings around the eye, each vertex pushed out to its distance.

    ring 0      ·            a pole: one position, one copy for each sector's own u
    ring 1    /_|_\\          few columns near the poles, doubling towards the equator, so that triangles stay even
    ring i   |_|_|_|_|       each ring ends in a copy of its first vertex with u = 1: closed in space, open in texture

Rings of n and of 2n columns meet without T-junctions. Triangles run counter-clockwise as seen from the eye, so a
single-sided material shows the inside. Nothing is cut at depth edges here: the sheet is stretched over them.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from ldm3d_web.panorama.layers import Layer
from ldm3d_web.panorama.sampling import inverse_at
from ldm3d_web.panorama.seam import wrap_pad
from ldm3d_web.panorama.sphere import uv_to_rays

COLUMN_STEP = 16
FEWEST_COLUMNS = 8  # of a ring next to a pole
LEAST_TRIANGLES = 250  # what 16 columns take, and some


@dataclass(frozen=True)
class Mesh:
    """A textured triangle mesh around the eye.

    positions: (N, 3) float32, metres, glTF axes. uv: (N, 2) float32 in [0, 1], v = 0 is the texture's first row.
    triangles: (T, 3) uint32, counter-clockwise as seen from the origin, ordered from the top ring downwards.
    texture: (H, W, 3) uint8, sRGB, wraps in u. name: the layer's.
    """

    positions: np.ndarray
    uv: np.ndarray
    triangles: np.ndarray
    texture: np.ndarray
    name: str


def build(layer: Layer, *, max_triangles: int) -> Mesh:
    """The finest mesh of a layer with at most max_triangles, but no finer than its pixels.

    Triangles that show nothing of the layer's mask are left out, and what they save goes into a finer grid.
    Raises ValueError below LEAST_TRIANGLES.
    """
    if max_triangles < LEAST_TRIANGLES:
        raise ValueError(f"{max_triangles} triangles do not close a sphere; {LEAST_TRIANGLES} do")
    columns = _most_columns(max_triangles, layer.mask.shape[1])
    uv, triangles = _shown(layer.mask, columns)
    while not layer.mask.all():
        # Leaving out sky made room: grow by what was kept, and step back if the estimate was too bold.
        finer = int(columns * np.sqrt(0.98 * max_triangles / max(len(triangles), 1)))
        finer = min(finer, layer.mask.shape[1]) // COLUMN_STEP * COLUMN_STEP
        if finer <= columns:
            break
        next_uv, next_triangles = _shown(layer.mask, finer)
        if len(next_triangles) > max_triangles:
            break
        columns, uv, triangles = finer, next_uv, next_triangles
    counts = ring_columns(columns)
    inverse = inverse_at(layer.distance_m, uv, 1 / columns)
    inverse = _closed(inverse, counts)
    positions = (uv_to_rays(uv[:, 0], uv[:, 1]) / inverse[:, None]).astype(np.float32)
    positions = _exact_ends(positions, counts)
    triangles = _shorter_diagonals(triangles, inverse)
    used = np.zeros(len(uv), bool)
    used[triangles] = True
    renumbered = np.cumsum(used) - 1
    return Mesh(
        positions[used], uv[used].astype(np.float32), renumbered[triangles].astype(np.uint32), layer.rgb, layer.name
    )


def ring_columns(columns: int) -> np.ndarray:
    """(R + 1,) columns of each ring from pole to pole, for `columns` at the equator; the poles count as 0.

    A ring's columns are halved as often as its circumference is, so cells keep about the same width.
    """
    rings = columns // 2
    halvings = 0
    while columns % 2 ** (halvings + 1) == 0 and columns // 2 ** (halvings + 1) >= FEWEST_COLUMNS:
        halvings += 1
    circumference = np.sin(np.pi * np.arange(1, rings) / rings)
    times = np.clip(np.floor(-np.log2(circumference) + 1e-9), 0, halvings).astype(int)
    return np.concatenate([[0], columns // 2**times, [0]])


def _count_triangles(counts: np.ndarray) -> int:
    """A strip between rings of n and m columns has n + m triangles, whether m is n, 2 n or 0."""
    return int(counts[:-1].sum() + counts[1:].sum())


def _most_columns(max_triangles: int, width: int) -> int:
    columns = max(width // COLUMN_STEP, 1) * COLUMN_STEP
    columns = min(columns, int(np.sqrt(1.6 * max_triangles)) // COLUMN_STEP * COLUMN_STEP + 2 * COLUMN_STEP)
    while columns > COLUMN_STEP and _count_triangles(ring_columns(columns)) > max_triangles:
        columns -= COLUMN_STEP
    return columns


def _ring_starts(counts: np.ndarray) -> np.ndarray:
    """Index of each ring's first vertex: n + 1 vertices a ring, and a pole has one for each column of its neighbour."""
    sizes = counts + 1
    sizes[0], sizes[-1] = counts[1], counts[-2]
    return np.concatenate([[0], np.cumsum(sizes)])


def _full_sphere(counts: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """uv (N, 2) float64 and triangles (T, 3) of the whole sphere."""
    starts = _ring_starts(counts)
    rings = len(counts) - 1
    uv, triangles = [], []
    for ring, count in enumerate(counts):
        pole = count == 0
        sectors = int(counts[1] if ring == 0 else counts[-2]) if pole else int(count)
        u = (np.arange(sectors) + 0.5) / sectors if pole else np.arange(sectors + 1) / sectors
        uv.append(np.stack([u, np.full(len(u), ring / rings)], axis=1))
    for ring in range(rings):
        triangles.append(_strip(int(starts[ring]), int(counts[ring]), int(starts[ring + 1]), int(counts[ring + 1])))
    return np.concatenate(uv), np.concatenate(triangles)


def _strip(upper: int, n: int, lower: int, m: int) -> np.ndarray:
    """Triangles between a ring of n columns that starts at vertex `upper` and one of m below it."""
    j = np.arange(max(min(n, m), 1) if n and m else max(n, m))
    if n == 0:
        corners = [[upper + j, lower + j, lower + j + 1]]
    elif m == 0:
        corners = [[upper + j, lower + j, upper + j + 1]]
    elif n == m:
        a, b = upper + j, lower + j
        corners = [[a, b, b + 1], [a, b + 1, a + 1]]
    elif m == 2 * n:
        a, b = upper + j, lower + 2 * j
        corners = [[a, b, b + 1], [a, b + 1, a + 1], [a + 1, b + 1, b + 2]]
    elif n == 2 * m:
        a, b = upper + 2 * j, lower + j
        corners = [[a, b, a + 1], [a + 1, b, b + 1], [a + 1, b + 1, a + 2]]
    else:
        raise AssertionError(f"rings of {n} and {m} columns cannot meet")
    return np.stack([np.stack(triangle, axis=1) for triangle in corners], axis=1).reshape(-1, 3)


def _shown(mask: np.ndarray, columns: int) -> tuple[np.ndarray, np.ndarray]:
    """The sphere's uv, and those of its triangles that show something of the mask."""
    uv, triangles = _full_sphere(ring_columns(columns))
    if mask.all():
        return uv, triangles
    height, width = mask.shape
    # Seven points of a triangle lie at most half a cell apart; the mask grows by that much where cells are coarse.
    grow = int(width / columns / 2)
    marked = mask.astype(np.uint8)
    if grow:
        wide = cv2.dilate(wrap_pad(marked, grow, grow), np.ones((2 * grow + 1, 2 * grow + 1), np.uint8))
        marked = np.asarray(wide[grow:-grow, grow:-grow], np.uint8)
    corners = uv[triangles]
    points = [corners[:, 0], corners[:, 1], corners[:, 2], corners.mean(axis=1)]
    points += [(corners[:, a] + corners[:, b]) / 2 for a, b in ((0, 1), (1, 2), (2, 0))]
    keep = np.zeros(len(triangles), bool)
    for point in points:
        column = np.minimum((point[:, 0] * width).astype(int), width - 1)
        row = np.minimum((point[:, 1] * height).astype(int), height - 1)
        keep |= marked[row, column] > 0
    return uv, triangles[keep]


def _closed(inverse: np.ndarray, counts: np.ndarray) -> np.ndarray:
    """The same with one value at each pole and the wrap's copy equal to the first of its ring."""
    starts = _ring_starts(counts)
    inverse = inverse.copy()
    inverse[starts[2:-1] - 1] = inverse[starts[1:-2]]
    inverse[: starts[1]] = np.median(inverse[: starts[1]])
    inverse[starts[-2] :] = np.median(inverse[starts[-2] :])
    return inverse


def _exact_ends(positions: np.ndarray, counts: np.ndarray) -> np.ndarray:
    """The same with pole and wrap copies equal to the last bit, which sin(pi) is not."""
    starts = _ring_starts(counts)
    positions[starts[2:-1] - 1] = positions[starts[1:-2]]
    for pole in (slice(0, starts[1]), slice(starts[-2], starts[-1])):
        positions[pole, 0] = positions[pole, 2] = 0
    wrap = np.concatenate([starts[1:-2], starts[2:-1] - 1])
    positions[wrap, 0] = 0
    return positions


def _shorter_diagonals(triangles: np.ndarray, inverse: np.ndarray) -> np.ndarray:
    """Quads split along the diagonal whose ends are nearer in depth, so that edges do not become saws.

    A quad here is a pair of neighbours in the list (a, b, c), (a, c, d), as `_strip` writes it.
    """
    first, second = triangles[:-1], triangles[1:]
    pair = (first[:, 0] == second[:, 0]) & (first[:, 2] == second[:, 1])
    a, b, c, d = first[:, 0], first[:, 1], first[:, 2], second[:, 2]
    pair &= (c == b + 1) & (d == a + 1)
    other = pair & (np.abs(inverse[b] - inverse[d]) < np.abs(inverse[a] - inverse[c]))
    index = np.flatnonzero(other)
    turned = triangles.copy()
    turned[index] = np.stack([a[index], b[index], d[index]], axis=1)
    turned[index + 1] = np.stack([b[index], c[index], d[index]], axis=1)
    return turned
