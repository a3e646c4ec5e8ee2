"""What a foreground hides: the surface behind it goes on, in depth and in colour, from its far side only.

Depth: on a sphere the inverse distance of a plane is linear in the ray, 1/r = m · d, so a surface is carried on by its
m: floors and walls exactly, other things by their tangent. Within a piece of a rim (`pieces`), m is mixed smoothly by
push and pull on a pyramid (Gortler et al., The Lumigraph, 1996). So are colours, but between all pieces: where depth is
a guess, the middle is nearer to most of what it could be.

`hidden` is the one door: a model that can inpaint may stand behind it one day.
"""

from __future__ import annotations

import cv2
import numpy as np

from ldm3d_web.panorama.pieces import boxes
from ldm3d_web.panorama.seam import wrap_pad
from ldm3d_web.panorama.sheet import HEAD_M, pixel_rad
from ldm3d_web.panorama.sphere import uv_to_rays

SLOPE_REACH_PX = 5  # a surface's slope is measured over twice that and one pixel
FLATTEN = 0.5  # pixels², against slopes from too few pixels
LEAST_SHARE = 0.6  # of the inverse distance that the rim around has
BEHIND_PX = 0.5  # parallax by which what is hidden stays behind what hides it


def tangents(inverse: np.ndarray, known: np.ndarray) -> np.ndarray:
    """(H, W, 3) float32: m of each known pixel's tangent plane, 1/r = m · d, by least squares over known neighbours.

    inverse: (H, W), 1 / metres. known: (H, W) bool, the surface, without what stands in front of it.
    """
    height, width = inverse.shape
    pad = SLOPE_REACH_PX
    size = (2 * pad + 1, 2 * pad + 1)
    weight = wrap_pad(known.astype(np.float64), pad, pad)
    value = wrap_pad(inverse.astype(np.float64), pad, pad) * weight
    rows = np.arange(-pad, height + pad, dtype=np.float64)[:, None] - height / 2
    columns = np.arange(-pad, width + pad, dtype=np.float64)[None] - width / 2

    row, column = np.nonzero(known)

    def total(image: np.ndarray) -> np.ndarray:
        around = cv2.boxFilter(image, -1, size, normalize=False, borderType=cv2.BORDER_CONSTANT)
        return around[row + pad, column + pad]

    count = np.maximum(total(weight), 1e-9)

    def mean(image: np.ndarray) -> np.ndarray:
        return total(image) / count

    x, y, v = mean(weight * columns), mean(weight * rows), mean(value)
    xx = mean(weight * columns**2) - x * x + FLATTEN
    yy = mean(weight * rows**2) - y * y + FLATTEN
    xy = mean(weight * columns * rows) - x * y
    xv = mean(value * columns) - x * v
    yv = mean(value * rows) - y * v
    det = xx * yy - xy * xy
    along_x, along_y = (xv * yy - yv * xy) / det, (yv * xx - xv * xy) / det
    at = v + along_x * (columns[0, column + pad] - x) + along_y * (rows[row + pad, 0] - y)
    planes = np.zeros((height, width, 3), np.float32)
    planes[row, column] = _planes(at, along_x, along_y, row, column, known.shape)
    return planes


def _planes(
    inverse: np.ndarray,
    along_x: np.ndarray,
    along_y: np.ndarray,
    row: np.ndarray,
    column: np.ndarray,
    shape: tuple[int, int],
) -> np.ndarray:
    """(N, 3): m from 1/r and its slopes per pixel: m = (1/r) d + the gradient on the sphere, which is tangential."""
    height, width = shape
    polar = np.pi * (row + 0.5) / height
    turn = 2 * np.pi * ((column + 0.5) / width - 0.5)
    ring, zero = np.cos(polar), np.zeros(len(row))
    east = np.stack([np.cos(turn), zero, np.sin(turn)], axis=-1)
    south = np.stack([ring * np.sin(turn), -np.sin(polar), -ring * np.cos(turn)], axis=-1)
    step = pixel_rad(width)
    # Near the poles a column is narrow; its slope is not to be trusted there.
    stretch = np.maximum(np.sin(polar), 0.05)
    slope = (along_x / step / stretch)[:, None] * east + (along_y / step)[:, None] * south
    return inverse[:, None] * uv_to_rays((column + 0.5) / width, (row + 0.5) / height) + slope


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
    carried = _by_piece(np.concatenate([planes, front[..., None]], axis=-1), edge, numbers)
    ahead = np.einsum("ijk,ijk->ij", carried[..., :3], rays)
    # A floor that is carried past its end would run off to the horizon.
    ahead = np.maximum(ahead, LEAST_SHARE * carried[..., 3])
    behind = front - np.float32(BEHIND_PX * pixel_rad(front.shape[1]) / HEAD_M)
    lowest = np.float32(1e-4)
    return np.where(hidden, np.clip(ahead, lowest, np.maximum(behind, lowest)), front).astype(np.float32)


def _by_piece(values: np.ndarray, known: np.ndarray, numbers: np.ndarray) -> np.ndarray:
    """(H, W, C) float32: values (H, W, C) where known (H, W) bool, carried on to what has the same number (H, W)."""
    carried = np.zeros(values.shape, np.float32)
    for number, (rows, columns) in boxes(numbers):
        mine = numbers[rows, columns] == number
        own = known[rows, columns] & mine
        over_wrap = columns.stop - columns.start == numbers.shape[1]
        if over_wrap:
            filled = pull_push(values[rows, columns], own)
        else:
            weight = own.astype(np.float32)
            filled = _pulled(_times(values[rows, columns].astype(np.float32), weight), weight)
        cv2.copyTo(filled, mine.astype(np.uint8), carried[rows, columns])
    return carried


def pull_push(values: np.ndarray, known: np.ndarray) -> np.ndarray:
    """(H, W, C) float32: values (H, W, C) where known (H, W) bool, elsewhere carried on smoothly, over the wrap.

    Zeros where nothing is known.
    """
    weight = known.astype(np.float32)
    values = _times(values.astype(np.float32), weight)
    pad = min(known.shape[1] // 8, 128)
    pad -= pad % 2
    filled = _pulled(wrap_pad(values, pad), wrap_pad(weight, pad))
    return filled[:, pad : pad + known.shape[1]]


def _pulled(value: np.ndarray, weight: np.ndarray) -> np.ndarray:
    """Values everywhere from (h, w, C) values that are multiplied by their (h, w) weight in [0, 1]."""
    height, width = weight.shape
    if max(height, width) <= 2:
        return np.broadcast_to(value.sum((0, 1)) / max(float(weight.sum()), 1e-6), value.shape).astype(np.float32)
    size = ((width + 1) // 2, (height + 1) // 2)
    down, down_weight = cv2.pyrDown(value, dstsize=size), cv2.pyrDown(weight, dstsize=size)
    # A quarter covered is enough to be known one level up, or distant values would wash out near ones.
    full = np.minimum(4 * down_weight, 1)
    down = _times(down, full / np.maximum(down_weight, 1e-6))
    coarse = cv2.pyrUp(_pulled(down, full), dstsize=(width, height))
    return cv2.add(value, _times(coarse, 1 - weight))


def _times(values: np.ndarray, weight: np.ndarray) -> np.ndarray:
    """values (h, w, C) times weight (h, w), several times as fast as numpy is where the last axis is short."""
    return cv2.multiply(values, cv2.merge([weight] * values.shape[-1]))
