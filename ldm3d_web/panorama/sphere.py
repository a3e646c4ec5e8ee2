"""Pixel ↔ ray: the one home of axes, seam and row direction.

Right-handed, metres, +Y up, the eye at the origin. Row 0 is straight up. The image centre (u = 0.5, v = 0.5) looks
along -Z, columns grow to the right (u = 0.75 is +X), the wrap (u = 0 = 1) is +Z. Pixel centres are at (i + 0.5).
"""

from __future__ import annotations

import numpy as np


def uv_to_rays(u: np.ndarray, v: np.ndarray) -> np.ndarray:
    """Unit rays (..., 3) for texture coordinates u, v in [0, 1] (v = 0 is straight up)."""
    longitude = (np.asarray(u) - 0.5) * 2 * np.pi
    polar = np.asarray(v) * np.pi
    ring = np.sin(polar)
    return np.stack([ring * np.sin(longitude), np.cos(polar), -ring * np.cos(longitude)], axis=-1)


def rays_to_uv(rays: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Texture coordinates u in [0, 1), v in [0, 1] of rays (..., 3) of any length."""
    x, y, z = np.moveaxis(np.asarray(rays), -1, 0)
    u = (np.arctan2(x, -z) / (2 * np.pi) + 0.5) % 1.0
    v = np.arctan2(np.hypot(x, z), y) / np.pi
    return u, v


def grid_rays(u: np.ndarray, v: np.ndarray) -> np.ndarray:
    """Unit rays (H, W, 3) float64 at all crossings of columns u (W,) and rows v (H,): `uv_to_rays`, but quicker."""
    turn, fall = uv_to_rays(u, np.full(len(u), 0.5)), uv_to_rays(np.full(len(v), 0.5), v)
    rays = np.empty((len(v), len(u), 3))
    # At the equator a column's ray is (sin, 0, -cos) of its longitude; straight ahead a row's is (0, cos, -sin).
    rays[..., 0] = -fall[:, None, 2] * turn[None, :, 0]
    rays[..., 1] = fall[:, None, 1]
    rays[..., 2] = -fall[:, None, 2] * turn[None, :, 2]
    return rays


def pixel_rays(height: int, width: int) -> np.ndarray:
    """Unit ray through each pixel centre, (H, W, 3) float64."""
    return grid_rays((np.arange(width) + 0.5) / width, (np.arange(height) + 0.5) / height)
