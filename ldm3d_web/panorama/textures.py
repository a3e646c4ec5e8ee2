"""Pictures as they lie in a GLB."""

from __future__ import annotations

import io
import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Literal

import cv2
import numpy as np
from PIL import Image

from ldm3d_web.panorama.seam import wrap_pad

# Effort 2 takes a third longer than 0 for a quarter fewer bytes; effort 4 three times as long for 3 % fewer still.
WEBP_QUALITY, WEBP_EFFORT = 95, 2
LOWER_QUALITIES = (92, 89, 86, 83, 80, 77, 74, 70, 65, 60, 55, 50)  # where bytes are short
USUAL_PIXELS_A_BYTE = 3  # at the usual quality, without those of one colour
STRIP_ROWS, STRIPS_APART = 32, 160  # of a picture, from which its bytes are told in advance
JPEG_QUALITY = 92
MOST_TIMES = 4  # a picture is enlarged: the lattice is too fine to be seen then
REACH_PX = 9  # more than the two filters of an enlargement reach
BEYOND = 0.1  # of the range of a pixel's neighbours: that far an enlarged picture may go beyond it


def enlarge(rgb: np.ndarray, width: int) -> np.ndarray:
    """(H, W, 3) uint8 enlarged smoothly, over the wrap as well, by the largest whole factor that keeps it within width
    and is no more than MOST_TIMES.

    Graphics cards interpolate linearly, which shows a small picture's pixels as a lattice; this does not. A pixel of a
    picture is the mean over its square, so the means over the larger picture's squares are to be the small one's pixels
    again (one round of back-projection, Irani and Peleg, 1991); beside hard edges without the halo that this makes.
    """
    factor = min(width // rgb.shape[1], MOST_TIMES)
    if factor <= 1:
        return rgb
    # Above and below its picture a layer has rows that are all alike, and they stay so.
    lines = rgb.reshape(len(rgb), -1)
    changes = np.flatnonzero((lines[1:] != lines[:-1]).any(axis=1))
    first, last = (max(int(changes[0]) - REACH_PX, 0), int(changes[-1]) + 2 + REACH_PX) if len(changes) else (0, 1)
    wide = _enlarged(rgb[first:last], factor)
    above, below = factor * first, factor * max(len(rgb) - last, 0)
    return cv2.copyMakeBorder(wide, above, below, 0, 0, cv2.BORDER_REPLICATE)


def _enlarged(rgb: np.ndarray, factor: int) -> np.ndarray:
    height, width = rgb.shape[:2]
    pad = REACH_PX
    given = wrap_pad(rgb, pad, pad)
    wide = _larger(given, factor)
    means = cv2.resize(wide, given.shape[1::-1], interpolation=cv2.INTER_AREA)
    wide = cv2.add(wide, _larger(cv2.subtract(given, means, dtype=cv2.CV_16S), factor), dtype=cv2.CV_8U)
    around = np.ones((3, 3), np.uint8)
    low, high = cv2.erode(given, around), cv2.dilate(given, around)
    beyond = cv2.convertScaleAbs(cv2.subtract(high, low), alpha=BEYOND)
    low, high = (_repeated(each, factor) for each in (cv2.subtract(low, beyond), cv2.add(high, beyond)))
    wide = np.minimum(np.maximum(wide, low, out=wide), high, out=wide)
    edge = pad * factor
    return np.ascontiguousarray(wide[edge : edge + factor * height, edge : edge + factor * width])


def _larger(image: np.ndarray, factor: int) -> np.ndarray:
    return cv2.resize(image, None, fx=factor, fy=factor, interpolation=cv2.INTER_CUBIC)


def _repeated(image: np.ndarray, factor: int) -> np.ndarray:
    return cv2.resize(image, None, fx=factor, fy=factor, interpolation=cv2.INTER_NEAREST)


def encode_all(
    pictures: Sequence[np.ndarray], kind: Literal["image/webp", "image/jpeg"], quality: int | None = None
) -> list[bytes]:
    """Each (H, W, 3) uint8 as WebP or JPEG, at the same time: the encoders leave Python alone."""
    encode, usual = {"image/webp": (webp, WEBP_QUALITY), "image/jpeg": (jpeg, JPEG_QUALITY)}[kind]
    with ThreadPoolExecutor(max(1, min(len(pictures), os.cpu_count() or 1))) as threads:
        return list(threads.map(lambda rgb: encode(rgb, quality or usual), pictures))


def webp_within(pictures: Sequence[np.ndarray], most_bytes: float) -> list[bytes] | None:
    """Each (H, W, 3) uint8 as WebP of one quality, the usual one or as high a one as keeps them within most_bytes.

    None where the lowest does not. Quality is given up before size is: at the same bytes, all pixels at quality 50 are
    nearer to a photograph than three quarters of its columns at 95.
    """
    strips = [_strips(rgb) for rgb in pictures]

    def told(quality: int) -> float:
        """Bytes at that quality, about."""
        encoded = encode_all([rgb for rgb, _ in strips], "image/webp", quality)
        return sum(len(each) * times for each, (_, times) in zip(encoded, strips, strict=True))

    likely = sum(map(_busy_pixels, pictures)) <= USUAL_PIXELS_A_BYTE * most_bytes
    if likely or told(WEBP_QUALITY) <= 1.1 * most_bytes:  # strips tell it to a tenth
        encoded = encode_all(pictures, "image/webp")
        if sum(map(len, encoded)) <= most_bytes:
            return encoded
    first, last = 0, len(LOWER_QUALITIES) - 1
    while first < last:  # the highest of them that will do
        middle = (first + last) // 2
        if told(LOWER_QUALITIES[middle]) <= most_bytes:
            last = middle
        else:
            first = middle + 1
    for quality in LOWER_QUALITIES[first:]:
        encoded = encode_all(pictures, "image/webp", quality)
        if sum(map(len, encoded)) <= most_bytes:
            return encoded
    return None


def _busy_pixels(rgb: np.ndarray) -> float:
    """How many pixels of (H, W, 3) uint8 are not as the one beside, about."""
    beside = rgb[::4, 1::4]
    return float((rgb[::4, ::4][:, : beside.shape[1]] != beside).any(axis=-1).mean()) * rgb[..., 0].size


def _strips(rgb: np.ndarray) -> tuple[np.ndarray, float]:
    """A few strips of a picture, one below the other, and how many times as many rows it has."""
    rows = np.arange(len(rgb))
    some = rgb[rows % STRIPS_APART < STRIP_ROWS]
    return some, len(rgb) / len(some)


def webp(rgb: np.ndarray, quality: int = WEBP_QUALITY) -> bytes:
    """(H, W, 3) uint8 → WebP."""
    return _encoded(rgb, "WEBP", quality=quality, method=WEBP_EFFORT)


def jpeg(rgb: np.ndarray, quality: int = JPEG_QUALITY) -> bytes:
    """(H, W, 3) uint8 → JPEG with colour at full resolution: halved colour bleeds over the edges of a mesh."""
    return _encoded(rgb, "JPEG", quality=quality, subsampling=0)


def _encoded(rgb: np.ndarray, kind: str, **options: int) -> bytes:
    file = io.BytesIO()
    Image.fromarray(np.ascontiguousarray(rgb)).save(file, kind, **options)
    return file.getvalue()
