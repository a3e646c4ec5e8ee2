"""Which pixels of a disparity map are sky: as far as it goes, and above.

Only depth is looked at. A mountain 200 m away that is taken for sky does no harm: on the dome it moves as little as it
did. A far wall taken for sky would be a hole in the room, so the rules lean towards "not sky".
"""

from __future__ import annotations

from collections.abc import Callable

import cv2
import numpy as np

from ldm3d_web.panorama.seam import wrap_pad

LEAST_SKY_M = 20.0  # where the far end lies nearer, it is a wall or a high ceiling
LEAST_BAND_END_M = 8.0  # noise may bring sky this near, and no nearer
LEVEL_SHARE = 0.01  # of the upper half: how much of it must be at the far end
LEAST_BAND, MOST_BAND = 0.01, 0.04  # how far above its own level sky may scatter
LEAST_SHARE = 0.002  # of the sphere; smaller patches are gaps between leaves, and noise
LEAST_ABOVE = 0.75  # share of a patch that must lie above the horizon
SMALLEST_HOLE = 0.0002  # of the sphere; smaller islands inside the sky are noise


def find_sky(disparity: np.ndarray, near_m: float, far_m: float) -> np.ndarray:
    """(H, W) bool for a disparity map (H, W) whose 1 is near_m and whose 0 is far_m metres away."""

    def disparity_at(distance_m: float) -> float:
        return (1 / distance_m - 1 / far_m) / (1 / near_m - 1 / far_m)

    none = np.zeros(disparity.shape, bool)
    step = _step(disparity)
    above = disparity[: disparity.shape[0] // 2][::step, ::step]
    if far_m < LEAST_SKY_M or above.size == 0:
        return none
    rows = _solid_angle(disparity.shape[0])[: disparity.shape[0] // 2 : step]
    level = _level(above, rows)
    if level > disparity_at(LEAST_SKY_M):
        return none
    # The level is the low end of the noise; its spread is measured on what lies around it.
    around = above[above <= level + MOST_BAND]
    middle = float(np.median(around))
    spread = 1.48 * float(np.median(np.abs(around - middle)))
    band = float(np.clip(middle - level + 4 * spread, LEAST_BAND, MOST_BAND))
    end = min(level + band, disparity_at(LEAST_BAND_END_M))
    smooth = cv2.medianBlur(wrap_pad(disparity, 2, 2), 3)[2:-2, 2:-2]
    sky = _patches(smooth <= end, _is_sky_patch)
    # Ground that runs to the horizon ends in the same patch; on the dome it would part from the ground before it.
    sky[disparity.shape[0] // 2 :] = False
    return ~_patches(~sky, _is_no_speck) if sky.any() else none


def _level(values: np.ndarray, rows: np.ndarray) -> float:
    """The value (H, W) below which LEVEL_SHARE of all lies, where rows (H,) say how much one counts."""
    weights = np.broadcast_to(rows[:, None], values.shape)
    least = LEVEL_SHARE * weights.sum()
    values, weights = values.ravel(), weights.ravel()
    low = np.flatnonzero(values <= np.partition(values, values.size // 10)[values.size // 10])
    if weights[low].sum() > least:  # else many of the lowest lie near the pole, and count little
        values, weights = values[low], weights[low]
    order = np.argsort(values)
    share = np.cumsum(weights[order])
    return float(values[order[min(np.searchsorted(share, least), len(order) - 1)]])


def _is_sky_patch(share: float, above: float) -> bool:
    return share >= LEAST_SHARE and above >= LEAST_ABOVE


def _is_no_speck(share: float, above: float) -> bool:
    return share >= SMALLEST_HOLE


def _patches(mask: np.ndarray, keep: Callable[[float, float], bool]) -> np.ndarray:
    """The connected patches of a mask, joined over the wrap, for which keep(share of sphere, share above) is true."""
    count, labels = cv2.connectedComponents(mask.astype(np.uint8), connectivity=8)
    parent = list(range(count))

    def root(label: int) -> int:
        while parent[label] != label:
            label = parent[label]
        return label

    for left, right in set(zip(labels[:, 0].tolist(), labels[:, -1].tolist(), strict=True)):
        if left and right:
            parent[max(root(left), root(right))] = min(root(left), root(right))
    patch = np.array([root(label) for label in range(count)])

    step, height = _step(mask), mask.shape[0]
    seen = patch[labels[::step, ::step]]
    rows = _solid_angle(height)[::step] * step / seen.shape[1]
    weights = np.broadcast_to(rows[:, None], seen.shape)
    up = (np.arange(0, height, step) < height / 2)[:, None]
    share = np.bincount(seen.ravel(), weights.ravel(), count)
    above = np.bincount(seen.ravel(), (weights * up).ravel(), count) / np.maximum(share, 1e-12)
    kept = [label > 0 and keep(float(share[label]), float(above[label])) for label in range(count)]
    return np.array(kept)[patch][labels]


def _step(image: np.ndarray) -> int:
    """Every how many pixels one is enough to weigh areas with."""
    return max(image.shape[1] // 1024, 1)


def _solid_angle(height: int) -> np.ndarray:
    """(H,) share of the sphere that each row of an equirectangular picture covers."""
    edges = np.cos(np.linspace(0, np.pi, height + 1))
    return (edges[:-1] - edges[1:]) / 2
