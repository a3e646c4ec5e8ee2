"""What a foreground hides: the surface behind it goes on, in depth and in colour, from its far side only.

Depth: on a sphere the inverse distance of a plane is linear in the ray, 1/r = m · d, so a surface is carried on by its
m: floors and walls exactly, other things by their tangent. Within a piece of a rim (`pieces`), m is mixed smoothly by
push and pull on a pyramid (Gortler et al., The Lumigraph, 1996). So are colours, but between all pieces: where depth is
a guess, the middle is nearer to most of what it could be.

`hidden` is the one door: a model that can inpaint may stand behind it one day.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import cv2
import numpy as np

from ldm3d_web.panorama.pieces import Box, boxes
from ldm3d_web.panorama.seam import wrap_pad
from ldm3d_web.panorama.sheet import HEAD_M, pixel_rad, places

SLOPE_REACH_PX = 5  # a surface's slope is measured over twice that and one pixel
FLATTEN = 0.5  # pixels², against slopes from too few pixels
LEAST_SHARE = 0.6  # of the inverse distance that the rim around has
BEHIND_PX = 0.5  # parallax by which what is hidden stays behind what hides it


def tangents(inverse: np.ndarray, known: np.ndarray, rays: np.ndarray) -> np.ndarray:
    """(H, W, 3) float32: m of each known pixel's tangent plane, 1/r = m · d, by least squares over known neighbours.

    inverse: (H, W), 1 / metres. known: (H, W) bool, the surface, without what stands in front of it. rays: (H, W, 3),
    unit, of the pixels.
    """
    width, pad = inverse.shape[1], SLOPE_REACH_PX
    weight = wrap_pad(known.astype(np.float32), pad, pad)
    value = wrap_pad(inverse.astype(np.float32), pad, pad) * weight
    row, column = places(known)
    ones = np.ones(2 * pad + 1, np.float32)
    on = np.arange(-pad, pad + 1, dtype=np.float32)  # pixels from the one in the middle

    def total(image: np.ndarray, along_x: np.ndarray = ones, along_y: np.ndarray = ones) -> np.ndarray:
        """(N,) sums over the window around each known pixel, weighed along both axes."""
        sums = cv2.sepFilter2D(image, -1, along_x, along_y, borderType=cv2.BORDER_CONSTANT)
        return sums[row + pad, column + pad].astype(np.float64)

    count = np.maximum(total(weight), 1e-9)
    x, y, v = total(weight, on) / count, total(weight, ones, on) / count, total(value) / count
    xx = total(weight, on**2) / count - x * x + FLATTEN
    yy = total(weight, ones, on**2) / count - y * y + FLATTEN
    xy = total(weight, on, on) / count - x * y
    xv = total(value, on) / count - x * v
    yv = total(value, ones, on) / count - y * v
    det = xx * yy - xy * xy
    along_x, along_y = (xv * yy - yv * xy) / det, (yv * xx - xv * xy) / det
    planes = np.zeros((*known.shape, 3), np.float32)
    at = v - along_x * x - along_y * y
    planes[row, column] = _planes(at, along_x, along_y, rays[row, column].astype(np.float64), width)
    return planes


def _planes(inverse: np.ndarray, along_x: np.ndarray, along_y: np.ndarray, rays: np.ndarray, width: int) -> np.ndarray:
    """(N, 3): m from 1/r and its slopes per pixel: m = (1/r) d + the gradient on the sphere, which is tangential."""
    x, y, z = rays.T
    level = np.hypot(x, z)
    east = np.stack([-z, np.zeros_like(x), x], axis=-1) / level[:, None]
    south = np.stack([y * x, -(level**2), y * z], axis=-1) / level[:, None]
    step = pixel_rad(width)
    # Near the poles a column is narrow; its slope is not to be trusted there.
    slope = (along_x / step / np.maximum(level, 0.05))[:, None] * east + (along_y / step)[:, None] * south
    return inverse[:, None] * rays + slope


def hidden_inverse(
    planes: np.ndarray,
    edge: np.ndarray,
    hidden: np.ndarray,
    numbers: np.ndarray,
    front: np.ndarray,
    rays: np.ndarray,
) -> np.ndarray:
    """(H, W) float32: 1 / distance of what lies behind, where `hidden` (H, W) bool.

    planes: (H, W, 3), m on the far rim `edge` (H, W) bool. numbers: (H, W) int32, which of its pieces a pixel belongs
    to. front: (H, W), 1 / distance of what is seen. Never in front of that, and never at infinity.
    """
    at = places(hidden)
    wanted = np.bincount(numbers[at], minlength=int(numbers.max(initial=0)) + 1) > 0
    carried = _by_piece(np.dstack([planes, front]), edge, numbers * wanted[numbers])[at]
    ahead = np.einsum("ij,ij->i", carried[:, :3], rays[at])
    # A floor that is carried past its end would run off to the horizon.
    ahead = np.maximum(ahead, LEAST_SHARE * carried[:, 3])
    behind = front[at] - np.float32(BEHIND_PX * pixel_rad(front.shape[1]) / HEAD_M)
    inverse, lowest = front.copy(), np.float32(1e-4)
    inverse[at] = np.clip(ahead, lowest, np.maximum(behind, lowest))
    return inverse


def _by_piece(values: np.ndarray, known: np.ndarray, numbers: np.ndarray) -> np.ndarray:
    """(H, W, C) float32: values (H, W, C) where known (H, W) bool, carried on to what has the same number (H, W) and
    is not known."""
    carried = np.zeros(values.shape, np.float32)

    def fill(piece: tuple[int, Box]) -> None:
        number, (rows, columns) = piece
        mine = numbers[rows, columns] == number
        all_round = columns.stop - columns.start == numbers.shape[1]
        filled = pull_push(values[rows, columns], known[rows, columns] & mine, all_round)
        cv2.copyTo(filled, mine.astype(np.uint8), carried[rows, columns])

    with ThreadPoolExecutor(2) as threads:  # OpenCV leaves Python alone while it computes
        list(threads.map(fill, boxes(numbers)))
    return carried


def pull_push(values: np.ndarray, known: np.ndarray, over_wrap: bool = True) -> np.ndarray:
    """(H, W, C) float32: values (H, W, C) of where they are known (H, W) bool, carried on smoothly to elsewhere.

    Where they are known it is something near them. Zeros where nothing is known.
    """
    height, width = known.shape
    pad = min(width // 8, 128) // 2 * 2 if over_wrap else 0
    mask = known.astype(np.uint8)
    value, weight = (wrap_pad(each, pad).astype(np.float32) for each in (cv2.copyTo(values, mask), mask))
    filled = cv2.pyrUp(_pulled(*_halved(value, weight)), dstsize=(width + 2 * pad, height))
    return filled[:, pad : pad + width]


def carried_on(rgb: np.ndarray, known: np.ndarray) -> np.ndarray:
    """(H, W, 3) uint8: a picture (H, W, 3) uint8 where known (H, W) bool, elsewhere its colours carried on."""
    picture = cv2.convertScaleAbs(pull_push(rgb, known))  # rounded, and within 0 and 255
    cv2.copyTo(rgb, known.astype(np.uint8), picture)
    return picture


def _pulled(value: np.ndarray, weight: np.ndarray) -> np.ndarray:
    """Values everywhere from (h, w, C) values that are multiplied by their (h, w) weight in [0, 1]."""
    height, width = weight.shape
    if max(height, width) <= 2:
        return np.broadcast_to(value.sum((0, 1)) / max(float(weight.sum()), 1e-6), value.shape).astype(np.float32)
    coarse = cv2.pyrUp(_pulled(*_halved(value, weight)), dstsize=(width, height))
    return cv2.add(value, _times(coarse, 1 - weight))


def _halved(value: np.ndarray, weight: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The same one level up: half as high and wide, or a pixel more."""
    height, width = weight.shape
    size = ((width + 1) // 2, (height + 1) // 2)
    down, down_weight = cv2.pyrDown(value, dstsize=size), cv2.pyrDown(weight, dstsize=size)
    # A quarter covered is enough to be known one level up, or distant values would wash out near ones.
    full = np.minimum(4 * down_weight, 1)
    return _times(down, full / np.maximum(down_weight, 1e-6)), full


def _times(values: np.ndarray, weight: np.ndarray) -> np.ndarray:
    """values (h, w, C) times weight (h, w), several times as fast as numpy is where the last axis is short."""
    return cv2.multiply(values, cv2.merge([weight] * values.shape[-1]))
