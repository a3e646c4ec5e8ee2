"""Depth that was kept in few levels made smooth again: 8 bits turn a slope into a flight of stairs.

The picture's own edges are higher than a level and stay where they are.
"""

from __future__ import annotations

import cv2
import numpy as np

from ldm3d_web.panorama.disparity import LEVELS
from ldm3d_web.panorama.seam import wrap_pad

FEWEST, MOST = 64, 4095  # steps from 0 to 1 that are taken for levels: with fewer a stair may well be a stair
LEAST_SEEN = 16  # different values; fewer are no slope
MOST_APART = 2.5  # steps between two values that are there; more are no slope that was rounded
SAMPLES = 200_000  # pixels that are looked at
WIDTHS_PX = (8.0, 4.0, 2.0, 1.0)  # of the blurs, one after the other


def step_of(disparity: np.ndarray) -> float | None:
    """The distance between the levels that a disparity map (H, W) was rounded to, None where it was not.

    The values are whole numbers of one step, but for the rounding to 16 bits of the file that they come from.
    """
    every = max(int(np.sqrt(disparity.size / SAMPLES)), 1)
    values = np.unique(disparity[::every, ::every])
    if not LEAST_SEEN <= len(values) <= MOST + 1:
        return None
    usual_gap = float(np.median(np.diff(values)))
    counts = np.arange(max(FEWEST, len(values) - 1), MOST + 1)
    for some in np.array_split(counts, max(len(counts) * len(values) // 1_000_000, 1)):
        scaled = values.astype(np.float64) * some[:, None]
        off = np.abs(scaled - np.rint(scaled)).max(axis=1)
        fits = (off <= 0.6 * some / LEVELS) & (usual_gap * some <= MOST_APART)
        if fits.any():
            return 1 / float(some[fits][0])
    return None


def without_steps(disparity: np.ndarray, within: float) -> np.ndarray:
    """(H, W) float32: the smoothest map that lies `within` so much of this one: blur, go back to within, again.

    within: half a step for values that were rounded; more where a lossy file has moved them too.
    """
    pad = 32  # as far as the widest blur reaches
    smooth = disparity
    for width_px in WIDTHS_PX:
        blurred = cv2.GaussianBlur(wrap_pad(smooth, pad, pad), (0, 0), width_px)[pad:-pad, pad:-pad]
        smooth = np.clip(blurred, disparity - within, disparity + within)
    return np.clip(smooth, 0, 1).astype(np.float32)
