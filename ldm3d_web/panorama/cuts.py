"""Where a surface is torn: jumps of depth that the slopes beside them do not explain.

Not a ratio of depths and not a length of triangles: a floor at a grazing angle has both and is one surface. The step
between two pixels is compared with the steps just before and just after it; a slope on either side that goes on by as
much explains it. What is left is measured in pixels of parallax (`sheet.parallax`): how wide the tear would stand open
for a head at the rim of its box. Strong steps begin a cut and weak ones carry it on (hysteresis, as in Canny, 1986).
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from functools import partial

import cv2
import numpy as np

from ldm3d_web.panorama.sheet import above, below, beside, left_of, parallax, right_of

STRONG_PX, WEAK_PX = 2.0, 0.8  # what a cut begins with, what it goes on with
RELATIVE = 0.02  # of the parallax itself: noise of a depth map grows with nearness
LEAST_EDGES = 6  # shorter cuts are noise; a pixel alone has four
FALL = 0.3  # of the inverse distance before it: no surface falls farther within a pixel, however it is turned


def find_cuts(inverse: np.ndarray, present: np.ndarray, strength: float = 1.0) -> tuple[np.ndarray, np.ndarray]:
    """cut_right and cut_below, (H, W) bool each, as in `Sheet`, for inverse distances (H, W) where present (H, W).

    strength: how many times as strong an edge must be; more than 1 for depth whose noise would be cut to shreds.
    """
    seen = parallax(inverse, inverse.shape[1]) / np.float32(strength)
    ends_right, ends_below = beside(present)
    with ThreadPoolExecutor(2) as threads:  # numpy leaves Python alone while it computes
        ways = (right_of, below), (left_of, above), (ends_right, ends_below)
        across, down = threads.map(partial(_unexplained, seen), *ways)
    nearer_right = np.maximum(seen, right_of(seen))
    nearer_below = np.maximum(seen, below(seen))
    strong_right = across > np.maximum(STRONG_PX, RELATIVE * nearer_right)
    strong_below = down > np.maximum(STRONG_PX, RELATIVE * nearer_below)
    weak_right = across > np.maximum(WEAK_PX, RELATIVE / 2 * nearer_right)
    weak_below = down > np.maximum(WEAK_PX, RELATIVE / 2 * nearer_below)
    # A pole is one point, and the columns of its row show it again and again.
    for row in (0, -1):
        weak_right[row] = False
    # Between two things and the sky there is room for few edges: those may be the end of a cut that is the sky's.
    end = _corners_on(ends_right, ends_below)
    ending_right = weak_right & (np.minimum(seen, right_of(seen)) < FALL * nearer_right) & right_of(end[:-1] | end[1:])
    ending_below = weak_below & (np.minimum(seen, below(seen)) < FALL * nearer_below) & (end[1:] | right_of(end[1:]))
    kept_right, kept_below = _connected(weak_right, weak_below, strong_right, strong_below, ending_right, ending_below)
    return kept_right | ends_right, kept_below | ends_below


def _unexplained(seen: np.ndarray, following, before, ends: np.ndarray) -> np.ndarray:
    """Steps from each pixel to the following one, less what the slope on one of their sides explains. 0 at ends."""
    step = following(seen) - seen
    step[ends] = 0
    # Between the two sides of a thin thing there is no step, whatever is beside them.
    explained = np.minimum(np.abs(step - before(step)), np.abs(step - following(step)))
    return np.minimum(explained, np.abs(step))


def _corners_on(right: np.ndarray, down: np.ndarray) -> np.ndarray:
    """(H + 1, W) bool: the corners above and left of pixels that lie on edges to the right or downwards."""
    across, along = left_of(right), (down | left_of(down))[:-1]
    none = np.zeros_like(right[:1])
    return np.concatenate([across, none]) | np.concatenate([none, across]) | np.concatenate([none, along, none])


def _connected(
    weak_right: np.ndarray,
    weak_below: np.ndarray,
    strong_right: np.ndarray,
    strong_below: np.ndarray,
    ending_right: np.ndarray,
    ending_below: np.ndarray,
) -> tuple[np.ndarray, np.ndarray]:
    """The weak edges that hang together with a strong one, in runs of LEAST_EDGES or more or with an ending one.

    Edges are drawn into a picture of twice the size, where pixels lie at odd and corners at even places: two edges hang
    together when they meet at a corner. The first column stands again behind the last one.
    """
    height, width = weak_right.shape
    drawn = np.zeros((2 * height + 1, 2 * width + 2), np.uint8)
    drawn[1::2, 2::2] = weak_right
    drawn[1::2, 0] = drawn[1::2, 2 * width]
    drawn[2::2, 1::2][:, :width] = weak_below
    drawn[2::2, 2 * width + 1] = drawn[2::2, 1]
    # A corner is part of a cut when two edges or more meet there.
    meet = np.zeros((height + 1, width + 1), np.uint8)
    to_right = drawn[0::2, 1::2]
    meet += to_right + np.concatenate([to_right[:, width - 1 : width], to_right[:, :width]], axis=1)
    meet[:-1] += drawn[1::2, 0::2]
    meet[1:] += drawn[1::2, 0::2]
    drawn[0::2, 0::2] = meet >= 2
    count, labels = cv2.connectedComponents(drawn, connectivity=4)
    joined = _joined_over_wrap(labels, count)
    labels_right = joined[labels[1::2, 2::2]]
    labels_below = joined[labels[2::2, 1::2][:, :width]]
    edges = np.bincount(labels_right[weak_right], minlength=count) + np.bincount(
        labels_below[weak_below], minlength=count
    )
    strong = np.zeros(count, bool)
    strong[labels_right[strong_right & weak_right]] = True
    strong[labels_below[strong_below & weak_below]] = True
    ending = np.zeros(count, bool)
    ending[labels_right[ending_right]] = True
    ending[labels_below[ending_below]] = True
    keep = strong & (ending | (edges >= LEAST_EDGES))
    keep[0] = False
    return keep[labels_right] & weak_right, keep[labels_below] & weak_below


def _joined_over_wrap(labels: np.ndarray, count: int) -> np.ndarray:
    """(count,) the label that stands for each label once the last two columns are known to be the first two."""
    stands_for = np.arange(count)
    pairs = np.stack([labels[:, :2].ravel(), labels[:, -2:].ravel()], axis=1)
    pairs = np.unique(pairs[(pairs > 0).all(axis=1)], axis=0)
    changed = True
    while changed:
        first, last = stands_for[pairs[:, 0]], stands_for[pairs[:, 1]]
        lower = np.minimum(first, last)
        changed = bool((first != last).any())
        for side in (first, last):
            np.minimum.at(stands_for, side, lower)
        stands_for = stands_for[stands_for]
    return stands_for
