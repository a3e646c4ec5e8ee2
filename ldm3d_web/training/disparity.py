"""Distance in metres to the relative disparity that the model paints, and its 16-bit form in the shards.

1 / distance = disparity (1/near - 1/far) + 1/far, so 1 is at ``near_m`` (or nearer) and 0 at ``far_m`` (or beyond, and
the sky).
"""

from __future__ import annotations

import numpy as np

NEAR_M = 1.0  # the renderer keeps the eye about this far from everything
FAR_M = 200.0  # beyond it 512 pixels around show no parallax
LEVELS = 65535


def to_disparity(distance_m: np.ndarray, sky: np.ndarray, near_m: float = NEAR_M, far_m: float = FAR_M) -> np.ndarray:
    """(..., H, W) float32 metres and a bool mask of the sky to float32 disparity in [0, 1]; the sky is 0."""
    inverse = 1.0 / np.clip(distance_m, near_m, far_m)
    disparity = (inverse - 1 / far_m) / (1 / near_m - 1 / far_m)
    return np.where(sky, 0.0, np.clip(disparity, 0.0, 1.0)).astype(np.float32)


def to_distance(disparity: np.ndarray, near_m: float = NEAR_M, far_m: float = FAR_M) -> np.ndarray:
    """Disparity in [0, 1] to metres, float32: the inverse of `to_disparity` between near and far."""
    return (1.0 / (disparity * (1 / near_m - 1 / far_m) + 1 / far_m)).astype(np.float32)


def to_levels(disparity: np.ndarray) -> np.ndarray:
    """[0, 1] to uint16; the finest step is 15 mm at 31 m, and never more than the clip at 200 m hides."""
    return np.rint(disparity * LEVELS).astype(np.uint16)


def from_levels(levels: np.ndarray) -> np.ndarray:
    """uint16 to float32 in [0, 1]."""
    return levels.astype(np.float32) / LEVELS
