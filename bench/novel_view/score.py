"""How near a drawn picture is to the truth: PSNR, the same over hidden pixels, SSIM, holes."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from bench.novel_view.browser import Drawn

LEAST_HIDDEN = 50  # pixels of a view; fewer say nothing
_WINDOW = (11, 11)
_SIGMA = 1.5
_C1, _C2 = (0.01 * 255) ** 2, (0.03 * 255) ** 2


@dataclass(frozen=True)
class Score:
    """Of one view. psnr_db over all; hidden_db over what the centre cannot see, NaN where that is next to nothing.

    hidden and holes: shares of the view; hole_pixels: pixels with anything of a hole in them.
    """

    psnr_db: float
    ssim: float
    hidden_db: float
    hidden: float
    holes: float
    hole_pixels: int


def score(drawn: Drawn, truth: np.ndarray, hidden: np.ndarray) -> Score:
    """truth (H, W, 3) uint8; hidden (H, W) bool, what cannot be seen from the centre."""
    square = (drawn.rgb - truth) ** 2
    return Score(
        _decibel(square),
        ssim(drawn.rgb, truth),
        _decibel(square[hidden]) if hidden.sum() >= LEAST_HIDDEN else float("nan"),
        float(hidden.mean()),
        float(drawn.empty.mean()),
        int((drawn.empty > 0).sum()),
    )


def psnr(a: np.ndarray, b: np.ndarray) -> float:
    """Decibels, of 255."""
    return _decibel((a.astype(np.float32) - b) ** 2)


def _decibel(square: np.ndarray) -> float:
    return float(10 * np.log10(255**2 / max(float(square.mean(dtype=np.float64)), 1e-6)))


def ssim(a: np.ndarray, b: np.ndarray) -> float:
    """Mean structural similarity of luma: Wang, Bovik, Sheikh, Simoncelli, "Image quality assessment: from error
    visibility to structural similarity", IEEE Transactions on Image Processing 13 (4), 2004: Gaussian windows of
    11×11 with a standard deviation of 1.5, where they lie inside of the picture.
    """
    x, y = (cv2.cvtColor(each.astype(np.float32), cv2.COLOR_RGB2GRAY) for each in (a, b))

    def smooth(image: np.ndarray) -> np.ndarray:
        edge = _WINDOW[0] // 2
        return cv2.GaussianBlur(image, _WINDOW, _SIGMA)[edge:-edge, edge:-edge]

    mx, my = smooth(x), smooth(y)
    vx, vy, vxy = smooth(x * x) - mx * mx, smooth(y * y) - my * my, smooth(x * y) - mx * my
    likeness = (2 * mx * my + _C1) * (2 * vxy + _C2) / ((mx * mx + my * my + _C1) * (vx + vy + _C2))
    return float(likeness.mean())
