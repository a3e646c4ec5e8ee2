"""Relative disparity → metres: 1 / distance = disparity (1/near - 1/far) + 1/far, and which pixels are sky.

LDM3D and DPT give disparity up to an unknown scale and shift. The floor settles both: for a plane `height` below the
eye the inverse distance is linear in the ray, 1/d = -ray_y / height, so disparity over -ray_y is a straight line whose
slope and offset are the unknowns. Pixels that are not floor stand above that line (they are nearer) or scatter.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

import numpy as np

from ldm3d_web.errors import InvalidInput
from ldm3d_web.panorama.disparity import to_distance
from ldm3d_web.panorama.sky import find_sky
from ldm3d_web.panorama.sphere import pixel_rays
from ldm3d_web.rgbd import Panorama, Rgbd

EYE_HEIGHT_M = 1.6  # a standing adult
ASSUMED_NEAR_M, ASSUMED_FAR_M = 1.0, 100.0  # when nothing in the picture tells
FARTHEST_M = 500.0  # a floor that runs to the horizon would put far at infinity, which the formula cannot hold
FORMULA = "1 / distance_m = disparity * (1 / near_m - 1 / far_m) + 1 / far_m"

Source = Literal[
    "given",  # by the caller or the model folder
    "floor",  # a floor was found and put at eye height
    "ground",  # no plane, but whatever lies straight below was put at eye height; far is ASSUMED_FAR_M
    "assumed",  # nothing near below: ASSUMED_NEAR_M and ASSUMED_FAR_M
]


@dataclass(frozen=True)
class Range:
    """The two ends of the formula in metres, the height of the eye above the floor, and where they come from."""

    near_m: float
    far_m: float
    eye_height_m: float
    source: Source


def to_panorama(
    rgbd: Rgbd, *, near_m: float | None = None, far_m: float | None = None, eye_height_m: float | None = EYE_HEIGHT_M
) -> Panorama:
    """The panorama in metres, with its sky.

    near_m and far_m, metres: the formula's ends, used exactly; without them the floor is put at eye_height_m.
    eye_height_m: metres, or None for "auto": where near and far are given, measured from the floor.
    Raises InvalidInput for values that are no such numbers.
    """
    return in_range(rgbd, find_range(rgbd, near_m=near_m, far_m=far_m, eye_height_m=eye_height_m))


def in_range(rgbd: Rgbd, ends: Range) -> Panorama:
    """The panorama in metres, with its sky, for known ends."""
    distance_m = to_distance(rgbd.disparity, ends.near_m, ends.far_m)
    sky = find_sky(rgbd.disparity, ends.near_m, ends.far_m)
    return Panorama(rgbd.rgb, distance_m, sky, ends.near_m, ends.far_m, ends.eye_height_m)


def find_range(
    rgbd: Rgbd, *, near_m: float | None = None, far_m: float | None = None, eye_height_m: float | None = EYE_HEIGHT_M
) -> Range:
    """Near, far and eye height for `to_panorama`, which has the same arguments and errors."""
    _check(near_m, far_m, eye_height_m)
    if near_m is not None and far_m is not None:
        if eye_height_m is None:
            floor = fit_floor(rgbd.disparity)
            # The plane in metres: 1/d = (slope (-ray_y) + offset) A + B, and its slope is 1/height.
            eye_height_m = EYE_HEIGHT_M if floor is None else 1 / (floor.slope * (1 / near_m - 1 / far_m))
        return Range(near_m, far_m, eye_height_m, "given")
    height = EYE_HEIGHT_M if eye_height_m is None else eye_height_m
    floor = fit_floor(rgbd.disparity)
    if floor is not None:
        near, far = floor.ends_m(height)
        return Range(near, far, height, "floor")
    ground = _near_for_ground(rgbd.disparity, height)
    if ground is not None:
        return Range(ground, ASSUMED_FAR_M, height, "ground")
    return Range(ASSUMED_NEAR_M, ASSUMED_FAR_M, height, "assumed")


FEET_DEG = 35.0  # around straight down
LEAST_GROUND = 0.3  # disparity; with less below, something else is nearest and says nothing of the scale


def _near_for_ground(disparity: np.ndarray, height_m: float) -> float | None:
    """near, metres, that puts the middle of what lies around straight down at height_m, for far = ASSUMED_FAR_M."""
    step = max(disparity.shape[0] // 512, 1)
    disparity = disparity[::step, ::step]
    rows, columns = disparity.shape
    down = -pixel_rays(rows, 1)[:, 0, 1]
    below = np.flatnonzero(down > math.cos(math.radians(FEET_DEG)))
    if len(below) == 0 or float(np.median(disparity[below])) < LEAST_GROUND:
        return None
    inverse_far = 1 / ASSUMED_FAR_M
    gains = (down[below, None] / height_m - inverse_far) / np.maximum(disparity[below], 1e-3)
    weights = np.repeat(np.sqrt(1 - down[below] ** 2), columns)
    order = np.argsort(gains, axis=None)
    share = np.cumsum(weights[order])
    gain = float(gains.ravel()[order[np.searchsorted(share, share[-1] / 2)]])
    return 1 / (gain + inverse_far)


@dataclass(frozen=True)
class Floor:
    """disparity = slope (-ray_y) + offset on the floor; share: how much of what lies below the eye it explains."""

    slope: float
    offset: float
    share: float

    def ends_m(self, height_m: float) -> tuple[float, float]:
        """near and far, metres, that put this floor height_m below the eye."""
        gain = 1 / (self.slope * height_m)
        inverse_far = -self.offset * gain
        return 1 / (inverse_far + gain), 1 / inverse_far


LOOK_DOWN_DEG = 25.0  # the floor is looked for below this: above, walls and things fill the view
SAMPLES = 4000
TRIALS = 400
TOLERANCE = 0.02  # disparity; what a decoder's noise is about
LEAST_SHARE = 0.35  # of the solid angle looked at
LEAST_SLOPE = 0.08  # flatter is a ball around the eye, not a floor: noise would decide


def fit_floor(disparity: np.ndarray) -> Floor | None:
    """The floor's line in a disparity map (H, W), or None where no plane explains what lies below the eye.

    RANSAC over pairs of pixels drawn by solid angle, then least squares over what agrees. Same input, same answer.
    The offset is kept at or below -slope height / FARTHEST_M, so that far is positive and finite.
    """
    height, width = disparity.shape
    down = -pixel_rays(height, 1)[:, 0, 1]
    rows = np.flatnonzero(down > math.sin(math.radians(LOOK_DOWN_DEG)))
    if len(rows) < 4:
        return None
    random = np.random.default_rng(0)
    ring = np.sqrt(np.maximum(1 - down[rows] ** 2, 0))  # a row's solid angle goes with its circumference
    row = random.choice(rows, SAMPLES, p=ring / ring.sum())
    x, s = down[row], disparity[row, random.integers(0, width, SAMPLES)].astype(np.float64)

    first, second = random.integers(0, SAMPLES, (2, TRIALS))
    apart = np.abs(x[first] - x[second]) > 0.1
    first, second = first[apart], second[apart]
    slopes = (s[first] - s[second]) / (x[first] - x[second])
    offsets = s[first] - slopes * x[first]
    possible = (slopes >= LEAST_SLOPE) & (offsets <= TOLERANCE)
    if not possible.any():
        return None
    slopes, offsets = slopes[possible], offsets[possible]
    agree = np.abs(s - slopes[:, None] * x - offsets[:, None]) < TOLERANCE
    best = int(agree.sum(axis=1).argmax())
    slope, offset = _refined(x, s, slopes[best], offsets[best])
    share = float((np.abs(s - slope * x - offset) < TOLERANCE).mean())
    if share < LEAST_SHARE or slope < LEAST_SLOPE:
        return None
    return Floor(slope, offset, share)


def _refined(x: np.ndarray, s: np.ndarray, slope: float, offset: float) -> tuple[float, float]:
    """The line through what agrees with a first line, with the offset held where far is positive and finite."""
    for _ in range(5):
        near_line = np.abs(s - slope * x - offset) < TOLERANCE
        if near_line.sum() < 10:
            break
        slope, offset = (float(value) for value in np.polyfit(x[near_line], s[near_line], 1))
        horizon = EYE_HEIGHT_M / FARTHEST_M
        if offset > -slope * horizon:
            lifted = x[near_line] - horizon
            slope = float((s[near_line] * lifted).sum() / (lifted**2).sum())
            offset = -slope * horizon
    return slope, offset


def _check(near_m: float | None, far_m: float | None, eye_height_m: float | None) -> None:
    if (near_m is None) != (far_m is None):
        raise InvalidInput("Only one of near and far was given; give both in metres, or neither.")
    for name, value in (("near", near_m), ("far", far_m), ("eye height", eye_height_m)):
        if value is not None and not (math.isfinite(value) and 0.01 <= value <= 100_000):
            raise InvalidInput(f"The {name} is {value} m; it must lie between 0.01 and 100,000 metres.")
    if near_m is not None and far_m is not None and not near_m < far_m:
        raise InvalidInput(f"near is {near_m} m and far is {far_m} m; near must be smaller than far.")
