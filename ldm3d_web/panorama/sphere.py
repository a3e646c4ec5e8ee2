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


def pixel_rays(height: int, width: int) -> np.ndarray:
    """Unit ray through each pixel centre, (H, W, 3) float64."""
    u = (np.arange(width) + 0.5) / width
    v = (np.arange(height) + 0.5) / height
    return uv_to_rays(*np.meshgrid(u, v))
