"""Solids that rays meet in closed form, so that a truth has an exact distance: planes, convex polyhedra, round things.

Metres, right-handed, +Y up. Rays are unit vectors (N, 3) float64 from one eye; a miss has distance infinity.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from bench.novel_view.paint import Paint

_NEARLY_ZERO = 1e-12


@dataclass(frozen=True)
class Plane:
    """The endless plane normal · x = offset; seen from its front alone. Its bound is everywhere."""

    normal: np.ndarray
    offset: float
    paint: Paint

    @property
    def bound(self) -> tuple[np.ndarray, float]:
        return np.zeros(3), math.inf

    def meet(self, eye: np.ndarray, rays: np.ndarray) -> np.ndarray:
        """Distances (N,)."""
        facing = rays @ self.normal
        gap = self.offset - eye @ self.normal
        towards = facing < -_NEARLY_ZERO
        at = gap / np.where(towards, facing, 1)
        return np.where(towards & (at > 0), at, np.inf)

    def normals(self, points: np.ndarray) -> np.ndarray:
        """Unit normals (N, 3) at points on it."""
        return np.broadcast_to(self.normal, points.shape)


@dataclass(frozen=True)
class Convex:
    """The points with planes[:, :3] · x <= planes[:, 3]; planes (F, 4) with unit normals that point outwards."""

    planes: np.ndarray
    bound: tuple[np.ndarray, float]
    paint: Paint

    def meet(self, eye: np.ndarray, rays: np.ndarray) -> np.ndarray:
        enter, leave = np.zeros(len(rays)), np.full(len(rays), np.inf)
        for plane in self.planes:
            facing = rays @ plane[:3]
            gap = plane[3] - eye @ plane[:3]
            facing = np.where(np.abs(facing) < _NEARLY_ZERO, _NEARLY_ZERO, facing)
            at = gap / facing
            enter = np.where(facing < 0, np.maximum(enter, at), enter)
            leave = np.where(facing > 0, np.minimum(leave, at), leave)
        return np.where((enter < leave) & (enter > 0), enter, np.inf)

    def normals(self, points: np.ndarray) -> np.ndarray:
        off = points @ self.planes[:, :3].T - self.planes[:, 3]
        return self.planes[off.argmax(axis=1), :3]


def box(
    centre: tuple[float, float, float],
    size: tuple[float, float, float],
    paint: Paint,
    turn_deg: float = 0.0,
    *,
    roof: float | None = None,
) -> Convex:
    """A box; with `roof`, a gable along its own x axis instead of its top, whose ridge is at the box's top.

    roof: how far the eaves lie below the ridge, metres.
    """
    c, s = math.cos(math.radians(turn_deg)), math.sin(math.radians(turn_deg))
    along, across, up = np.array([c, 0, -s]), np.array([s, 0, c]), np.array([0.0, 1, 0])
    middle, half = np.array(centre, float), np.array(size) / 2
    faces = [(along, half[0]), (-along, half[0]), (across, half[2]), (-across, half[2]), (-up, half[1])]
    if roof is None:
        faces.append((up, half[1]))
    else:
        slope = np.array([half[2], roof]) / math.hypot(half[2], roof)
        faces += [(slope[0] * up + side * slope[1] * across, slope[0] * half[1]) for side in (1, -1)]
    planes = np.array([[*normal, offset + normal @ middle] for normal, offset in faces])
    return Convex(planes, (middle, float(np.linalg.norm(half))), paint)


@dataclass(frozen=True)
class Round:
    """A standing cylinder or cone with its two lids: radius from `low_m` at `bottom` to `high_m` at `top`."""

    x: float
    z: float
    bottom: float
    top: float
    low_m: float
    high_m: float
    paint: Paint

    @property
    def bound(self) -> tuple[np.ndarray, float]:
        half = (self.top - self.bottom) / 2
        middle = np.array([self.x, self.bottom + half, self.z])
        return middle, math.hypot(half, max(self.low_m, self.high_m))

    @property
    def _slope(self) -> float:
        return (self.high_m - self.low_m) / (self.top - self.bottom)

    def meet(self, eye: np.ndarray, rays: np.ndarray) -> np.ndarray:
        # |xz(eye + t ray) - axis|² = (low + slope (y - bottom))², a quadratic in t.
        slope = self._slope
        from_axis = np.array([eye[0] - self.x, eye[2] - self.z])
        flat = rays[:, [0, 2]]
        here = self.low_m + slope * (eye[1] - self.bottom)
        a = (flat**2).sum(axis=1) - (slope * rays[:, 1]) ** 2
        b = flat @ from_axis - here * slope * rays[:, 1]
        c = from_axis @ from_axis - here**2
        a = np.where(np.abs(a) < _NEARLY_ZERO, _NEARLY_ZERO, a)
        under = b**2 - a * c
        root = np.sqrt(np.maximum(under, 0))
        best = np.full(len(rays), np.inf)
        for at in ((-b - root) / a, (-b + root) / a):
            y = eye[1] + at * rays[:, 1]
            good = (under > 0) & (at > 0) & (y >= self.bottom) & (y <= self.top)
            best = np.where(good & (at < best), at, best)
        for y, radius in ((self.bottom, self.low_m), (self.top, self.high_m)):
            steep = np.where(np.abs(rays[:, 1]) < _NEARLY_ZERO, _NEARLY_ZERO, rays[:, 1])
            at = (y - eye[1]) / steep
            off = from_axis + at[:, None] * flat
            good = (at > 0) & ((off**2).sum(axis=1) <= radius**2)
            best = np.where(good & (at < best), at, best)
        return best

    def normals(self, points: np.ndarray) -> np.ndarray:
        out = points[:, [0, 2]] - [self.x, self.z]
        away = np.maximum(np.linalg.norm(out, axis=1, keepdims=True), _NEARLY_ZERO)
        side = np.stack([out[:, 0], -self._slope * away[:, 0], out[:, 1]], axis=1) / away
        side /= np.linalg.norm(side, axis=1, keepdims=True)
        radius = self.low_m + self._slope * (points[:, 1] - self.bottom)
        inside = radius - away[:, 0]
        lid = np.zeros_like(points)
        lid[:, 1] = np.where(points[:, 1] * 2 > self.bottom + self.top, 1, -1)
        edge = np.minimum(points[:, 1] - self.bottom, self.top - points[:, 1])
        return np.where((edge < inside)[:, None], lid, side)


@dataclass(frozen=True)
class Ball:
    """An ellipsoid with axes along x, y and z."""

    centre: tuple[float, float, float]
    radii_m: tuple[float, float, float]
    paint: Paint

    @property
    def bound(self) -> tuple[np.ndarray, float]:
        return np.array(self.centre, float), max(self.radii_m)

    def meet(self, eye: np.ndarray, rays: np.ndarray) -> np.ndarray:
        origin, scaled = (eye - self.centre) / self.radii_m, rays / np.array(self.radii_m)
        a, b = (scaled**2).sum(axis=1), scaled @ origin
        under = b**2 - a * (origin @ origin - 1)
        at = (-b - np.sqrt(np.maximum(under, 0))) / a
        return np.where((under > 0) & (at > 0), at, np.inf)

    def normals(self, points: np.ndarray) -> np.ndarray:
        out = (points - self.centre) / np.array(self.radii_m) ** 2
        return out / np.linalg.norm(out, axis=1, keepdims=True)


Solid = Plane | Convex | Round | Ball
