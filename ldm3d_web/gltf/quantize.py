"""Positions in 16 bits without cracks and without a texture that swims.

One grid for a whole mesh: vertices that shared a position share it still. A far grid is coarse (15 mm when the scene
reaches 500 m), which would bend the picture near the eye by whole pixels; so each vertex takes the texture coordinate
of the direction in which it now lies. Seen from the eye the picture stays exact, and only its distance is off by a
few millimetres.
"""

from __future__ import annotations

import numpy as np

from ldm3d_web.panorama.mesh import Mesh
from ldm3d_web.panorama.sphere import rays_to_uv

STEPS = 32767  # of a normalized signed 16-bit component


def quantize(mesh: Mesh) -> tuple[np.ndarray, float, np.ndarray]:
    """(N, 3) int16, the scale in metres that takes them (normalized) back, and uv (N, 2) uint16 (normalized)."""
    scale = float(np.abs(mesh.positions).max())
    steps = np.rint(mesh.positions * (STEPS / scale)).astype(np.int16)
    u, v = rays_to_uv(steps.astype(np.float64))
    # u is the same turn as before: a copy on the wrap stays at 0 or 1, and at a pole, where every u is right, so
    # does the sector's own.
    turned = mesh.uv[:, 0] + (u - mesh.uv[:, 0] + 0.5) % 1.0 - 0.5
    on_axis = (steps[:, 0] == 0) & (steps[:, 2] == 0)
    uv = np.stack([np.where(on_axis, mesh.uv[:, 0], turned), v], axis=1)
    return steps, scale, np.rint(np.clip(uv, 0, 1) * 65535).astype(np.uint16)
