"""Positions and texture coordinates rounded to grids: few bytes, no cracks, and nothing that a head could notice.

What a head sees of a vertex is its direction and, when the head moves by up to half a metre, its parallax, half a metre
over its distance. So a step of the grid grows with the distance (a millimetre at two metres), and near the eye with its
square. Steps are powers of four, so that neighbours seldom differ, and come from the vertex alone: vertices that shared
a position share it still, within a mesh and between the meshes of a file.

Rounding moves a vertex by up to a fifth of a 2048 wide picture's pixel, so its texture coordinate is taken anew, from
the direction in which it now lies: seen from the eye, the picture stays where it was.
"""

from __future__ import annotations

import numpy as np

from ldm3d_web.panorama.mesh import Mesh
from ldm3d_web.panorama.sphere import rays_to_uv

ANGLE = 2**-10.5  # radians: the widest step, as seen from the eye
SQUARE_M = 2000.0  # metres: a step is at most distance² / SQUARE_M; that keeps parallax within 0.3 mrad
FINEST = 2**-20  # of the distance: finer steps than these a float32 does not hold
UV_BITS = 13  # an eighth of a 2048 wide picture's pixel


def snap(mesh: Mesh, top: float = 0.0, bottom: float = 1.0) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """positions (N, 3) and uv (N, 2), both float32, and exponents (N,) int.

    A position is a whole number of 2**exponent metres in each coordinate, that of its vertex; a texture coordinate is
    a whole number of 2**-UV_BITS. top, bottom: the part of the panorama, in v, that the texture will hold.
    """
    exponents = steps(mesh.positions)
    positions = np.ldexp(np.rint(np.ldexp(mesh.positions.astype(np.float64), -exponents[:, None])), exponents[:, None])
    positions += 0.0  # -0 becomes 0
    u, v = rays_to_uv(positions)
    # u is the same turn as before: a copy on the wrap stays at 0 or 1, and at a pole, where every u is right, so
    # does the vertex' own.
    turned = mesh.uv[:, 0] + (u - mesh.uv[:, 0] + 0.5) % 1.0 - 0.5
    on_axis = (positions[:, 0] == 0) & (positions[:, 2] == 0)
    v = (v - top) / (bottom - top)
    uv = np.clip(np.stack([np.where(on_axis, mesh.uv[:, 0], turned), v], axis=1), 0, 1)
    uv = np.ldexp(np.rint(np.ldexp(uv, UV_BITS)), -UV_BITS)
    return positions.astype(np.float32), uv.astype(np.float32), exponents


def steps(positions: np.ndarray) -> np.ndarray:
    """The power of two, (N,) int, that is the step of each vertex' grid in metres, for positions (N, 3) in metres."""
    distance_m = np.maximum(np.linalg.norm(positions.astype(np.float64), axis=1), 1e-6)
    widest = distance_m * np.clip(distance_m / SQUARE_M, FINEST, ANGLE)
    return (2 * np.floor(np.log2(widest) / 2)).astype(int)
