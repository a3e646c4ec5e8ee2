"""A far rim in pieces: parts of one surface, each of which goes on behind the foreground by itself.

A table and the wall behind it end at the same bottle; what the bottle hides is table up to some line and wall beyond
it, and no mixture of the two. A hidden pixel belongs to the piece that is nearest by a way through what is hidden.
"""

from __future__ import annotations

from collections.abc import Iterator

import cv2
import numpy as np

from ldm3d_web.panorama.sheet import Sheet, below, places, right_of

Box = tuple[slice, slice]


def pieces(sheet: Sheet, surface: np.ndarray) -> np.ndarray:
    """(H, W) int32: the numbers, from 1 on, of the parts of surface (H, W) bool that hang together; the farther ones
    have the higher numbers. 0 elsewhere."""
    height, width = surface.shape
    # Pixels at even places, what joins them between; the first column stands again behind the last one.
    drawn = np.zeros((2 * height, 2 * width + 1), np.uint8)
    drawn[::2, :-1:2] = surface
    drawn[::2, 1::2] = surface & right_of(surface) & ~sheet.cut_right
    drawn[1::2, :-1:2] = surface & below(surface) & ~sheet.cut_below
    drawn[:, -1] = drawn[:, 0]
    count, labels = cv2.connectedComponents(drawn, connectivity=4)
    labels = _same_number(count, labels[:, 0], labels[:, -1])[labels[::2, :-1:2]]
    size = np.bincount(labels.ravel(), minlength=count)
    mean = np.bincount(labels.ravel(), sheet.inverse.ravel(), minlength=count) / np.maximum(size, 1)
    mean[0] = np.inf
    rank = np.empty(count, np.int32)
    rank[np.argsort(-mean, kind="stable")] = np.arange(count)
    return rank[labels]


def _same_number(count: int, first: np.ndarray, last: np.ndarray) -> np.ndarray:
    """(count,) the label that stands for each one, where two labels side by side are the same part."""
    stands_for = np.arange(count)
    for one, other in np.unique(np.stack([first, last], axis=1), axis=0):
        stands_for[stands_for == stands_for[other]] = stands_for[one]
    return stands_for


def grown(numbers: np.ndarray, hidden: np.ndarray, most_px: int) -> np.ndarray:
    """(H, W) int32: numbers carried on through hidden (H, W) bool, pixel by pixel, where they are 0."""
    result, unknown = numbers.ravel().copy(), (hidden & (numbers == 0)).ravel()
    before, last = (np.flatnonzero(numbers > 0),) * 2
    one_of = np.empty(len(result), np.int32)
    for step in range(most_px):
        # Every second time diagonally too: circles come out as octagons. Of older pixels nothing is left to find.
        diagonally = bool(step % 2)
        beside = _around(np.concatenate([before, last]) if diagonally else last, numbers.shape, diagonally)
        found = beside[unknown[beside]]
        if not len(found):
            break
        one_of[found] = np.arange(len(found))
        found = found[one_of[found] == np.arange(len(found))]  # each one once
        result[found] = result[_around(found, numbers.shape, diagonally)].max(axis=0)
        unknown[found] = False
        before, last = last, found
    return result.reshape(numbers.shape)


def _around(number: np.ndarray, shape: tuple[int, ...], diagonally: bool) -> np.ndarray:
    """(4 or 8, N): the numbers of the pixels beside each of a picture's pixels (N,), over the wrap. Poles end."""
    height, width = shape
    row, column = np.divmod(number, width)
    up, down = np.maximum(row - 1, 0) * width, np.minimum(row + 1, height - 1) * width
    left, right = (column - 1) % width, (column + 1) % width
    here = row * width
    around = [up + column, down + column, here + left, here + right]
    if diagonally:
        around += [up + left, up + right, down + left, down + right]
    return np.stack(around)


def boxes(numbers: np.ndarray) -> Iterator[tuple[int, Box]]:
    """Each number in (H, W) int32 and the rows and columns that it lies in."""
    row, column = places(numbers > 0)
    of = numbers[row, column]
    order = np.argsort(of, kind="stable")
    row, column, of = row[order], column[order], of[order]
    starts = np.flatnonzero(np.diff(of, prepend=0))
    if len(starts) == 0:
        return
    ends = [np.minimum.reduceat(row, starts), np.maximum.reduceat(row, starts) + 1]
    ends += [np.minimum.reduceat(column, starts), np.maximum.reduceat(column, starts) + 1]
    for number, top, bottom, left, right in zip(of[starts].tolist(), *(each.tolist() for each in ends), strict=True):
        yield number, (slice(top, bottom), slice(left, right))
