"""The wrap: where the last column meets the first. Padding over it, and a measure of how well the two sides meet."""

from __future__ import annotations

import numpy as np

BAND = 4_000_000  # values looked at together


def wrap_pad(image: np.ndarray, columns: int, rows: int = 0) -> np.ndarray:
    """(H, W, ...) → (H + 2 rows, W + 2 columns, ...): neighbours over the wrap left and right, edge rows repeated.

    What filters and samples this image sees no seam. A pole has no row beyond it; repeating the last one is near enough
    for windows of a few pixels.
    """
    still = [(0, 0)] * (image.ndim - 2)
    wide = np.pad(image, [(0, 0), (columns, columns), *still], mode="wrap")
    return np.pad(wide, [(rows, rows), (0, 0), *still], mode="edge") if rows else wide


def seam_ratio(image: np.ndarray) -> float:
    """Mean step across the wrap over the mean step between neighbour columns, for (H, W) or (H, W, C).

    1 is invisible; an ordinary picture that was not made as a panorama has 10 and more. An image without any step
    between its columns has 1 when its ends meet and infinity when they do not. Raises ValueError below two columns.
    """
    if image.ndim < 2 or image.shape[1] < 2:
        raise ValueError(f"need (H, W, ...) with two columns or more, not {image.shape}")
    total, count = 0.0, 0
    for band in np.array_split(image, max(image.size // BAND, 1)):  # a large photograph in float64 would be a gigabyte
        steps = np.abs(np.diff(band.astype(np.float64), axis=1))
        total, count = total + float(steps.sum()), count + steps.size
    inside = total / count
    across = float(np.abs(image[:, 0].astype(np.float64) - image[:, -1]).mean())
    if inside == 0:
        return 1.0 if across == 0 else float("inf")
    return across / inside
