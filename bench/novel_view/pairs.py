"""What is packed: a panorama of 8-bit colour and 16-bit disparity, exact or as a network would give its depth."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import cv2
import numpy as np

from bench.novel_view.pictures import Picture
from ldm3d_web.panorama.disparity import from_levels, to_disparity, to_levels
from ldm3d_web.panorama.seam import wrap_pad
from ldm3d_web.panorama.sphere import pixel_rays
from ldm3d_web.rgbd import Rgbd

Depth = Literal[
    "exact",  # the ray caster's, rounded to 16 bits
    "soft",  # edges blurred over three pixels, and a slow error of scale of 2 %
]
EDGE = 0.03  # a step of inverse depth between neighbours, relative, that a network would blur
SCALE_ERROR = 0.02


@dataclass(frozen=True)
class Pair:
    """The picture with its disparity, and the two distances, metres, that the disparity's 1 and 0 stand for."""

    rgbd: Rgbd
    near_m: float
    far_m: float


def pair(picture: Picture, depth: Depth) -> Pair:
    """Near and far are those of the picture, with a little room on both sides."""
    surface = picture.distance_m[~picture.sky]
    near_m, far_m = 0.95 * float(surface.min()), 1.05 * float(surface.max())
    inverse = np.where(picture.sky, 0, 1 / picture.distance_m)
    if depth == "soft":
        inverse = _softened(inverse)
    sky = inverse <= 0
    disparity = to_disparity(1 / np.where(sky, 1, inverse), near_m, far_m, sky)
    return Pair(Rgbd(picture.rgb, from_levels(to_levels(disparity))), near_m, far_m)


def _softened(inverse: np.ndarray) -> np.ndarray:
    """(H, W) with three-pixel ramps where there were steps, times a smooth field of 1 ± 0.02 over the sphere.

    A step is what differs from the straight line through its neighbours: a floor's slope stays as it is.
    """
    pad = 4
    wide = wrap_pad(inverse, pad, pad).astype(np.float32)
    around = np.ones((3, 3), np.uint8)
    bend = np.abs(cv2.Laplacian(wide, cv2.CV_32F, ksize=1, borderType=cv2.BORDER_REPLICATE))
    steps = (bend > EDGE * cv2.dilate(wide, around)).astype(np.uint8)
    near_edge = cv2.dilate(steps, around)[pad:-pad, pad:-pad] > 0
    blurred = cv2.blur(wide, (3, 3), borderType=cv2.BORDER_REPLICATE)[pad:-pad, pad:-pad]
    x, y, z = np.moveaxis(pixel_rays(*inverse.shape), -1, 0)
    field = np.sin(2.1 * x + 0.4) * np.cos(1.7 * z) + 0.6 * np.sin(2.6 * y - 1.1 * x + 2.0)
    return np.where(near_edge, blurred, inverse) * (1 + SCALE_ERROR * field / np.abs(field).max())
