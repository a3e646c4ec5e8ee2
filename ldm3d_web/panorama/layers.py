"""Panorama → layers: the parts that are drawn one behind the other.

Two layers today: the sky on a far dome, and one surface for all the rest. A layer is a value that stands by itself
(its own picture, distances and mask), so a cut at a depth edge is only more layers.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from ldm3d_web.panorama.fill import fill_unknown
from ldm3d_web.panorama.seam import wrap_pad
from ldm3d_web.rgbd import Panorama

SKY_RADIUS_M = 1000.0  # two eyes 65 mm apart cannot tell it from infinity
SKY_BEYOND_SURFACE = 3.0  # and it stays behind a scene that is itself larger


@dataclass(frozen=True)
class Layer:
    """One sheet around the eye.

    name: "sky" or "surface"; the name of its node in the GLB.
    rgb: (H, W, 3) uint8, its texture. Layers that hold the same array share one image in the GLB.
    distance_m: (H, W) float32, metres along the ray, > 0 and finite everywhere, also outside the mask, where it
        continues what is inside: a mesh cell that reaches over the edge must not run off to infinity.
    mask: (H, W) bool, True where the layer has something to show.
    """

    name: str
    rgb: np.ndarray
    distance_m: np.ndarray
    mask: np.ndarray


def split(panorama: Panorama) -> list[Layer]:
    """The sky dome (when there is sky) and the surface (when there is any), farthest first.

    The dome goes all the way round, so that a head that moves finds something behind every edge of the surface.
    """
    layers = []
    if panorama.sky.any():
        farthest = max(panorama.far_m, float(panorama.distance_m.max()))
        radius = max(SKY_RADIUS_M, SKY_BEYOND_SURFACE * farthest)
        dome = np.full(panorama.sky.shape, radius, np.float32)
        # With the surface's own picture behind it, each tree would have a ghost on the sky beside it.
        behind = fill_unknown(panorama.rgb, panorama.sky)
        layers.append(Layer("sky", behind, dome, np.ones_like(panorama.sky)))
    if not panorama.sky.all():
        surface = ~panorama.sky
        layers.append(Layer("surface", panorama.rgb, _continued(panorama.distance_m, surface), surface))
    return layers


def _continued(distance_m: np.ndarray, known: np.ndarray) -> np.ndarray:
    """distance_m with each unknown pixel given the distance of the nearest known one, over the wrap as well."""
    if known.all():
        return distance_m
    width = distance_m.shape[1]
    pad = max(width // 8, 1)  # over the wrap; farther than that "nearest" has no meaning for the shape
    unknown = wrap_pad((~known).astype(np.uint8), pad)
    _, labels = cv2.distanceTransformWithLabels(unknown, cv2.DIST_L2, 5, labelType=cv2.DIST_LABEL_PIXEL)
    wide = wrap_pad(distance_m, pad)
    by_label = np.zeros(int(labels.max()) + 1, np.float32)
    by_label[labels[unknown == 0]] = wide[unknown == 0]
    return by_label[labels[:, pad : pad + width]]
