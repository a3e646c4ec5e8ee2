"""A shape for a panorama that came without depth: the ground under one's feet, bent up into a far dome.

It knows nothing of the picture. The floor is where a floor mostly is, so it looks right near the feet and lets a head
move; whatever stands on it is painted on. The manifest must say that the depth is guessed.
"""

from __future__ import annotations

import numpy as np

from ldm3d_web.panorama.sphere import pixel_rays

EYE_HEIGHT_M = 1.6
DOME_M = 12.0  # where walls, trees and sky stand: near enough for a feeling of place, far enough to be wrong gently
SHARPNESS = 4.0  # of the bend between ground and dome; higher is a hard edge


def ground_and_dome(height: int, width: int) -> np.ndarray:
    """(H, W) float32 disparity in [0, 1]; near is EYE_HEIGHT_M (the feet), far is DOME_M, nothing is sky."""
    down = np.maximum(-pixel_rays(height, 1)[:, 0, 1], 0)
    inverse = ((down / EYE_HEIGHT_M) ** SHARPNESS + (1 / DOME_M) ** SHARPNESS) ** (1 / SHARPNESS)
    nearest, farthest = float(inverse.max()), 1 / DOME_M
    rows = (inverse - farthest) / (nearest - farthest)
    return np.repeat(rows.astype(np.float32)[:, None], width, axis=1)
