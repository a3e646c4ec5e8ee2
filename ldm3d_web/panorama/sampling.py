"""Distances at the vertices of a mesh: even over smooth surfaces, never half way between the two sides of an edge."""

from __future__ import annotations

import cv2
import numpy as np

from ldm3d_web.panorama.seam import wrap_pad

HEAD_M = 0.5  # how far a head is expected to move
EDGE_RAD = 0.02  # a jump that such a head sees open by this angle is an edge
COARSE_CELL = 3.0  # pixels; cells from here on are filtered more before one pixel stands for them


def inverse_at(distance_m: np.ndarray, uv: np.ndarray, cell: float) -> np.ndarray:
    """1 / distance at texture coordinates (N, 2), for (H, W) distances in metres and cells of `cell` in u.

    Inverse distance is interpolated, because a plane's is (nearly) linear in the picture. Where the four pixels
    around a point lie on two sides of an edge, the point takes the one that is nearest to their mean.
    """
    height, width = distance_m.shape
    pad = 3
    inverse = wrap_pad(1 / distance_m.astype(np.float32), pad, pad)
    inverse = cv2.medianBlur(inverse, 5 if cell * width > COARSE_CELL else 3)
    inverse = _even_poles(inverse, height, pad)
    x = uv[:, 0] * width - 0.5 + pad
    y = uv[:, 1] * height - 0.5 + pad
    left, top = np.floor(x).astype(int), np.floor(y).astype(int)
    fx, fy = x - left, y - top
    corners = np.stack([inverse[top + i, left + j] for i in (0, 1) for j in (0, 1)]).astype(np.float64)
    weights = np.stack([(1 - fy) * (1 - fx), (1 - fy) * fx, fy * (1 - fx), fy * fx])
    mean = (weights * corners).sum(axis=0)
    edge = np.ptp(corners, axis=0) * HEAD_M > EDGE_RAD + 2 * np.pi / width
    nearest = np.abs(corners - mean).argmin(axis=0)
    return np.where(edge, corners[nearest, np.arange(len(mean))], mean)


def _even_poles(inverse: np.ndarray, height: int, pad: int) -> np.ndarray:
    """Rows near the poles averaged along themselves over what one pixel of the equator covers.

    They show each point many times over, and a model gives it a different depth each time: a crown of spikes.
    """
    even = inverse.copy()
    for row in range(pad, pad + height):
        stretch = 1 / np.sin(np.pi * (row - pad + 0.5) / height)
        if stretch < 3:
            continue
        inner = inverse[row, pad:-pad]
        window = min(int(stretch) | 1, len(inner) // 2 * 2 - 1)
        half = window // 2
        sums = np.cumsum(np.pad(inner.astype(np.float64), (half + 1, half), mode="wrap"))
        even[row, pad:-pad] = (sums[window:] - sums[:-window]) / window
    even[:, :pad], even[:, -pad:] = even[:, -2 * pad : -pad], even[:, pad : 2 * pad]
    even[:pad], even[-pad:] = even[pad], even[-pad - 1]
    return even
