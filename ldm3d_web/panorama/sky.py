"""Which pixels of a disparity map are sky: as far as it goes, and above.

Only depth is looked at. A mountain 200 m away that is taken for sky does no harm: on the dome it moves as little as it
did. A far wall taken for sky would be a hole in the room, so the rules lean towards "not sky".
"""

from __future__ import annotations

import cv2
import numpy as np

from ldm3d_web.panorama.seam import wrap_pad

LEAST_FAR_M = 30.0  # a scene that ends nearer is a room
FAR_END = 0.12  # disparity that can still be called the far end
LEAST_BAND, MOST_BAND = 0.01, 0.04  # how far above its own level sky may scatter
LEAST_SHARE = 0.002  # of the sphere; smaller patches are gaps between leaves, and noise
LEAST_ABOVE = 0.75  # share of a patch that must lie above the horizon
SMALLEST_HOLE = 0.0002  # of the sphere; smaller islands inside the sky are noise


def find_sky(disparity: np.ndarray, far_m: float) -> np.ndarray:
    """(H, W) bool for a disparity map (H, W) in [0, 1] whose 0 is far_m metres away."""
    none = np.zeros(disparity.shape, bool)
    height = disparity.shape[0]
    above = disparity[: height // 2]
    if far_m < LEAST_FAR_M or above.size == 0:
        return none
    weights = np.repeat(_solid_angle(height, 1)[: height // 2], disparity.shape[1])
    order = np.argsort(above, axis=None)
    share = np.cumsum(weights[order])
    level = float(above.ravel()[order[np.searchsorted(share, 0.02 * share[-1])]])
    if level > FAR_END:
        return none
    # The level is the low end of the noise; its spread is measured on what lies around it.
    around = above[above <= level + MOST_BAND]
    middle = float(np.median(around))
    spread = 1.48 * float(np.median(np.abs(around - middle)))
    band = float(np.clip(middle - level + 4 * spread, LEAST_BAND, MOST_BAND))
    smooth = cv2.medianBlur(wrap_pad(disparity, 2, 2), 3)[2:-2, 2:-2]
    sky = _patches(smooth <= level + band, _is_sky_patch)
    return ~_patches(~sky, _is_no_speck) if sky.any() else none


def _is_sky_patch(share: float, above: float) -> bool:
    return share >= LEAST_SHARE and above >= LEAST_ABOVE


def _is_no_speck(share: float, above: float) -> bool:
    return share >= SMALLEST_HOLE


def _patches(mask: np.ndarray, keep) -> np.ndarray:
    """The connected patches of a mask, joined over the wrap, for which keep(share of sphere, share above) is true."""
    count, labels = cv2.connectedComponents(mask.astype(np.uint8), connectivity=8)
    parent = np.arange(count)

    def root(label: int) -> int:
        while parent[label] != label:
            label = int(parent[label])
        return label

    left, right = labels[:, 0], labels[:, -1]
    for a, b in set(zip(left.tolist(), right.tolist(), strict=True)):
        if a and b:
            parent[max(root(a), root(b))] = min(root(a), root(b))
    joined = np.array([root(label) for label in range(count)])
    height, width = mask.shape
    weights = np.broadcast_to(_solid_angle(height, width)[:, None], mask.shape)
    up = np.broadcast_to((np.arange(height) < height / 2)[:, None], mask.shape)
    patch = joined[labels]
    share = np.bincount(patch.ravel(), weights.ravel(), count)
    above = np.bincount(patch.ravel(), (weights * up).ravel(), count) / np.maximum(share, 1e-12)
    kept = np.array([label > 0 and share[label] > 0 and keep(share[label], above[label]) for label in range(count)])
    return kept[patch]


def _solid_angle(height: int, width: int) -> np.ndarray:
    """(H,) share of the sphere that one pixel of each row covers, for rows of `width` pixels."""
    edges = np.cos(np.linspace(0, np.pi, height + 1))
    return (edges[:-1] - edges[1:]) / 2 / width
