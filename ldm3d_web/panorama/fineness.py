"""How fine a depth map is, whatever its size, and the same map at another size.

Depth is often coarser than its picture: the sensor had fewer pixels, or a network saw a small copy and its answer was
enlarged. Looked at on the picture's pixels, an enlarged edge is a ramp of many of them.
"""

from __future__ import annotations

import cv2
import numpy as np

from ldm3d_web.panorama.seam import wrap_pad

LEAST_ROWS = 512  # a map with no more rows is never looked at on fewer
EDGE = 0.02  # disparity within five pixels; less is a slope
LOST = 0.17  # of an edge's height; a line of pixels loses a quarter and more when it is halved, an enlarged one a tenth
MOST_LOST = 0.018  # share of the edges' pixels


def own_rows(disparity: np.ndarray) -> int:
    """Rows on which a disparity map (H, W) still shows all of its edges: its own, or a half, or a quarter of them."""
    rows = disparity.shape[0]
    while rows >= 2 * LEAST_ROWS and rows % 2 == 0:
        half = cv2.resize(disparity, (rows, rows // 2), interpolation=cv2.INTER_AREA)
        back = resized(half, rows)
        around = np.ones((5, 5), np.uint8)
        height = cv2.dilate(disparity, around) - cv2.erode(disparity, around)
        edges = height > EDGE
        lost = np.abs(back - disparity)[edges] > LOST * height[edges]
        if np.count_nonzero(lost) > MOST_LOST * lost.size:
            break
        disparity, rows = half, rows // 2
    return rows


def resized(disparity: np.ndarray, rows: int) -> np.ndarray:
    """Disparity (inverse depth, where planes stay planes) at another size, over the wrap: (rows, 2 rows) float32."""
    height, width = disparity.shape
    if height == rows:
        return disparity
    if rows < height:
        return np.clip(cv2.resize(disparity, (2 * rows, rows), interpolation=cv2.INTER_AREA), 0, 1)
    # The padded map must grow by a whole number of pixels on each side, or pixel centres would move.
    pad = width // 2 if rows % height else min(2, width)
    wide = wrap_pad(disparity, pad)
    columns = wide.shape[1] * rows // height
    grown = cv2.resize(wide, (columns, rows), interpolation=cv2.INTER_LINEAR)
    start = pad * rows // height
    return np.clip(grown[:, start : start + 2 * rows], 0, 1)
