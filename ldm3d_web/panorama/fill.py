"""Colour for what a layer hides: continued from what is known, smooth, over the wrap (push and pull on a pyramid)."""

from __future__ import annotations

import cv2
import numpy as np

from ldm3d_web.panorama.seam import wrap_pad

FILL_WIDTH = 1024  # the fill is smooth; more pixels would only take longer
EDGE_PIXELS = 2  # beside an edge, pixels are mixtures of both sides and no colour to continue


def fill_unknown(rgb: np.ndarray, known: np.ndarray) -> np.ndarray:
    """(H, W, 3) uint8: rgb where known (H, W) and not beside an edge of it, elsewhere the nearest known colours.

    Raises ValueError when nothing is known.
    """
    if not known.any():
        raise ValueError("nothing is known to continue from")
    height, width = known.shape
    inside = _away_from_edges(known)
    sure = inside if inside.any() else known
    weight: np.ndarray = sure.astype(np.float32)
    colour: np.ndarray = rgb.astype(np.float32) * weight[..., None]
    if width > FILL_WIDTH:
        size = (FILL_WIDTH, FILL_WIDTH // 2)
        weight = cv2.resize(weight, size, interpolation=cv2.INTER_AREA)
        colour = cv2.resize(colour, size, interpolation=cv2.INTER_AREA)
    pad = weight.shape[1] // 2
    filled = _pulled(wrap_pad(colour, pad), wrap_pad(weight, pad))
    filled = cv2.resize(filled, (2 * width, height), interpolation=cv2.INTER_LINEAR)[:, width // 2 : width // 2 + width]
    return np.where(sure[..., None], rgb, np.rint(np.clip(filled, 0, 255)).astype(np.uint8))


def _away_from_edges(known: np.ndarray) -> np.ndarray:
    pad = EDGE_PIXELS
    eroded = cv2.erode(wrap_pad(known.astype(np.uint8), pad, pad), np.ones((2 * pad + 1, 2 * pad + 1), np.uint8))
    return eroded[pad:-pad, pad:-pad] > 0


def _pulled(colour: np.ndarray, weight: np.ndarray) -> np.ndarray:
    """Colours everywhere from (h, w, 3) colours that are multiplied by their (h, w) weight in [0, 1]."""
    height, width = weight.shape
    if min(height, width) <= 2:
        return np.broadcast_to(colour.sum((0, 1)) / max(float(weight.sum()), 1e-6), colour.shape).astype(np.float32)
    down, down_weight = cv2.pyrDown(colour), cv2.pyrDown(weight)
    # A quarter covered is enough to be known one level up, or distant colours would wash out near ones.
    full = np.minimum(4 * down_weight, 1)
    down = down * (full / np.maximum(down_weight, 1e-6))[..., None]
    coarse = cv2.pyrUp(_pulled(down, full), dstsize=(width, height))
    return colour + (1 - weight)[..., None] * coarse
