"""Metres to relative disparity and back: 1 / distance = disparity (1/near - 1/far) + 1/far; and its 16-bit form.

1 is at `near_m` or nearer, 0 at `far_m` or beyond, and the sky.
"""

from __future__ import annotations

import numpy as np

LEVELS = 65535


def to_disparity(distance_m: np.ndarray, near_m: float, far_m: float, sky: np.ndarray | None = None) -> np.ndarray:
    """(..., H, W) metres and a bool mask of the sky, which is 0, to float32 disparity in [0, 1]."""
    inverse = 1.0 / np.clip(distance_m, near_m, far_m)
    disparity = (inverse - 1 / far_m) / (1 / near_m - 1 / far_m)
    if sky is not None:
        disparity = np.where(sky, 0.0, disparity)
    return np.clip(disparity, 0.0, 1.0).astype(np.float32)


def to_distance(disparity: np.ndarray, near_m: float, far_m: float) -> np.ndarray:
    """Disparity in [0, 1] to metres, float32: the inverse of `to_disparity` between near and far."""
    return (1.0 / (disparity.astype(np.float64) * (1 / near_m - 1 / far_m) + 1 / far_m)).astype(np.float32)


def to_levels(disparity: np.ndarray) -> np.ndarray:
    """[0, 1] to uint16."""
    return np.rint(disparity * LEVELS).astype(np.uint16)


def from_levels(levels: np.ndarray) -> np.ndarray:
    """uint16 to float32 in [0, 1]."""
    return levels.astype(np.float32) / LEVELS
