"""Thin things in soft depth made as near as they were.

A blur lays the height of a post of two pixels over four of them: it comes out farther away than it is, and wider. No
vote among its pixels brings that back, but a blur keeps sums: what a thing rises above its background, summed across
it, is its height times the width that it had, and that is the width of what rises less the blur's own.
"""

from __future__ import annotations

import cv2
import numpy as np

from ldm3d_web.panorama.sheet import parallax, places

WIDEST_PX, BLUR_PX = 3, 1  # of a thing, and of a blur on each side of it
LEAST_PX = 1.5  # of parallax that it rises above its background
RAISED = 1 / 6  # of the highest around: a box of three pixels leaves a third on its last one
LONG_PX = 9  # at least: the tip of a roof is narrow too
FULL = 0.6  # of the height along its way; beyond its end a blur leaves a third


def restored(inverse: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Inverse distances (H, W) with thin things as near and as wide as they were, and the pixels (H, W) bool of those.

    inverse: (H, W) float32, of soft depth. Upright things and level ones; a slanted one counts as what it is nearer to.
    """
    pad = 2 * WIDEST_PX + 2
    upright = _across(np.pad(inverse, ((0, 0), (pad, pad)), mode="wrap"), inverse.shape[1])
    level = _across(np.pad(inverse, ((pad, pad), (0, 0)), mode="edge").T.copy(), inverse.shape[1])
    (value, thin, known), (other, also, where) = (
        tuple(each[:, pad:-pad] for each in upright),
        tuple(each[:, pad:-pad].T for each in level),
    )
    return np.where(known, value, np.where(where, other, inverse)), thin | also & ~known


def _across(inverse: np.ndarray, width: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Inverse distances with what is thin along the rows, the pixels of that, and those with its ramps. width: of the
    panorama, pixels."""
    window = np.ones((1, WIDEST_PX + 4 * BLUR_PX + 2), np.uint8)
    background = cv2.morphologyEx(inverse, cv2.MORPH_OPEN, window)
    rise: np.ndarray = inverse - background
    peak: np.ndarray = cv2.dilate(rise, window[:, : 2 * (WIDEST_PX + BLUR_PX) + 1])
    raised: np.ndarray = (rise > RAISED * peak) & (parallax(peak, width) > LEAST_PX)
    row, first, last = _runs(raised)
    wide = last - first + 1 - 2 * BLUR_PX
    row, first, wide = (each[(wide >= 1) & (wide <= WIDEST_PX)] for each in (row, first, wide))
    sums = np.pad(np.cumsum(rise, axis=1, dtype=np.float64), ((0, 0), (1, 0)))
    height = (sums[row, first + wide + 2 * BLUR_PX] - sums[row, first]) / wide
    value, weight, ramp = np.zeros_like(rise), np.zeros_like(rise), np.zeros_like(raised)
    for step in range(WIDEST_PX + 2 * BLUR_PX):
        inside = (step >= BLUR_PX) & (step < BLUR_PX + wide)
        at = (row[inside], first[inside] + step)
        value[at] = background[at] + height[inside]
        weight[at] = height[inside]
        within = ~inside & (step < wide + 2 * BLUR_PX)
        ramp[row[within], first[within] + step] = True
    # Only what goes on for a while, and as near as it is along its way, where the highest count most.
    long = cv2.dilate((weight > 0).astype(np.uint8), np.ones((1, 3), np.uint8))
    long = cv2.morphologyEx(long, cv2.MORPH_OPEN, np.ones((LONG_PX, 1), np.uint8))
    weight = np.square(np.where(long > 0, weight, 0)).astype(np.float32)
    total = cv2.boxFilter(weight, cv2.CV_32F, (3, LONG_PX), normalize=False)
    near = cv2.boxFilter(weight * value, cv2.CV_32F, (3, LONG_PX), normalize=False) / np.maximum(total, 1e-12)
    thin = (weight > 0) & (value - background > FULL * (near - background))
    # A ramp belongs to what is thin beside it, or beyond its end.
    beside = cv2.dilate((weight > 0).astype(np.uint8), np.ones((1, 2 * BLUR_PX + 1), np.uint8)) > 0
    return np.where(thin, near, background), thin, (weight > 0) | ramp & beside


def _runs(mask: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Row, first and last column of each run of True along the rows of a mask (H, W)."""
    closed = np.pad(mask, ((0, 0), (1, 1)))
    row, first = places(closed[:, 1:-1] & ~closed[:, :-2])
    _, last = places(closed[:, 1:-1] & ~closed[:, 2:])
    return row, first, last
