"""Edge pixels taken apart: how much of each the foreground covers, and what its two colours were.

A pixel on an edge shows c = a F + (1 - a) B. With F carried on from inside the foreground and B from the background,
a is where c lies between them; and with a, the pixel's own F and B follow, with the detail it had.
"""

from __future__ import annotations

import cv2
import numpy as np

from ldm3d_web.panorama.seam import wrap_pad

SURE = 40.0  # 8-bit steps between two colours that tell a mixture well
PURE = 0.85  # covered by more than that, a pixel keeps its colour
LEAST_CONTRAST = 24  # 8-bit steps over three channels; with less there is no edge of colour
SOFT, SHARP = 0.5, 0.7  # how much of the change of colour over seven pixels happens within three


def coverage(rgb: np.ndarray, front: np.ndarray, back: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """How much of each pixel (N,) the foreground covers, and how well the colours tell: float32 in [0, 1] both.

    rgb, front, back: (N, 3): the picture, and the two colours it is mixed of.
    """
    front, back = front.astype(np.float32), back.astype(np.float32)
    between = front - back
    contrast = np.einsum("ij,ij->i", between, between)
    cover = np.einsum("ij,ij->i", rgb.astype(np.float32) - back, between) / np.maximum(contrast, 1.0)
    return np.clip(cover, 0, 1), np.clip(contrast / SURE**2, 0, 1)


def sharpness(rgb: np.ndarray) -> np.ndarray:
    """(H, W) float32 in [0, 1]: whether a colour edge here is one of pixels (1) or a soft change over many (0).

    Only the first is a mixture of two colours. Taking a soft one apart would draw a line into a picture that has none.
    """

    def contrast(size: int) -> np.ndarray:
        pad, window = size, np.ones((size, size), np.uint8)
        wide = wrap_pad(rgb, pad, pad)
        change = cv2.subtract(cv2.dilate(wide, window), cv2.erode(wide, window))[pad:-pad, pad:-pad]
        red, green, blue = (change[..., channel].astype(np.float32) for channel in range(3))
        return red + green + blue

    around = contrast(7)
    share = np.where(around > LEAST_CONTRAST, contrast(3) / np.maximum(around, 1), 0)
    sharp = np.clip((share - SOFT) / (SHARP - SOFT), 0, 1)
    # The pixels beside a sharp edge go with it, and an edge is one or the other along its way, not a dotted line.
    beside = cv2.dilate(wrap_pad(sharp, 5, 5), np.ones((7, 7), np.uint8))
    return cv2.blur(beside, (3, 3))[5:-5, 5:-5]


def unmixed(rgb: np.ndarray, cover: np.ndarray, sure: np.ndarray, own: np.ndarray, other: np.ndarray) -> np.ndarray:
    """(N, 3) float32: the colour that `cover` (N,) of each pixel rgb (N, 3) has, when `other` (N, 3) has the rest.

    own: (N, 3), what it is taken for where it covers little. sure: (N,), how far to trust the cover.
    """
    rgb, own, other = (each.astype(np.float32) for each in (rgb, own, other))
    share = cover[:, None]
    taken = (rgb - (1 - share) * other) / np.maximum(share, 0.5)
    taken = np.where(share < 0.5, own, taken)
    mixed = sure[:, None] * (share < PURE)
    return np.clip(rgb + mixed * (taken - rgb), 0, 255)
