"""A place: solids under a light, and `cast`, which says what rays from anywhere meet."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Protocol

import numpy as np

from bench.novel_view.paint import Colour
from bench.novel_view.solids import Solid

CHUNK = 2304  # rays that are tried together; they should lie close to each other
FARTHEST_M = 200.0  # surfaces from here on are sky: the air hides them


@dataclass(frozen=True)
class Seen:
    """rgb (N, 3) float32 sRGB in [0, 1]; distance_m (N,) float64 along the ray, infinite for sky; sky (N,) bool."""

    rgb: np.ndarray
    distance_m: np.ndarray
    sky: np.ndarray


class Scene(Protocol):
    """What the bench needs of a scene. The centre of its panorama is the origin; metres, +Y up, ahead is -Z."""

    @property
    def name(self) -> str: ...

    def cast(self, eye_m: np.ndarray, rays: np.ndarray) -> Seen:
        """What unit rays (N, 3) from eye_m (3,) meet. Neighbours in the list should be neighbours in direction."""
        ...


@dataclass(frozen=True)
class Light:
    """Lambert's law under one sun and an even sky, and air. Colours are sRGB; fog_m 0 is no air."""

    sun: tuple[float, float, float] = (0.45, 0.75, 0.5)
    sunlight: float = 0.42
    ambient: float = 0.66
    zenith: Colour = (0.36, 0.56, 0.86)
    horizon: Colour = (0.78, 0.85, 0.92)
    cloud: float = 0.12
    fog_m: float = 0.0


@dataclass(frozen=True)
class Place:
    """An analytic scene."""

    name: str
    solids: tuple[Solid, ...]
    light: Light

    def cast(self, eye_m: np.ndarray, rays: np.ndarray) -> Seen:
        eye, rays = np.asarray(eye_m, float), np.asarray(rays, float)
        met = [self._first(eye, rays[start : start + CHUNK]) for start in range(0, len(rays), CHUNK)]
        distance, which = (np.concatenate(parts) for parts in zip(*met, strict=True))
        sky = distance >= FARTHEST_M
        rgb = self._sky(rays)
        shown = np.flatnonzero(~sky)
        points = eye + rays[shown] * distance[shown, None]
        normals = np.empty_like(points)
        colour = np.empty((len(shown), 3), np.float32)
        glow = np.zeros((len(shown), 1), np.float32)
        of_paint: dict[int, list[int]] = {}
        for number in np.unique(which[shown]):
            mine = np.flatnonzero(which[shown] == number)
            normals[mine] = self.solids[number].normals(points[mine])
            of_paint.setdefault(id(self.solids[number].paint), []).append(int(number))
        for numbers in of_paint.values():
            mine = np.flatnonzero(np.isin(which[shown], numbers))
            paint = self.solids[numbers[0]].paint
            colour[mine] = paint.colour(points[mine], normals[mine], rays[shown[mine]], distance[shown[mine]])
            glow[mine] = paint.glow
        lit = colour * (glow + (1 - glow) * self._daylight(normals))
        rgb[shown] = lit + (rgb[shown] - lit) * self._air(distance[shown])
        return Seen(np.clip(rgb, 0, 1), np.where(sky, np.inf, distance), sky)

    @cached_property
    def _bounds(self) -> tuple[np.ndarray, np.ndarray]:
        centres, radii = zip(*(solid.bound for solid in self.solids), strict=True)
        return np.array(centres), np.array(radii)

    def _first(self, eye: np.ndarray, rays: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Distance and index of the solid met first, for rays whose cone is tried against the solids' spheres."""
        axis = rays.mean(axis=0)
        axis /= max(np.linalg.norm(axis), 1e-9)
        half = np.arccos(np.clip((rays @ axis).min(), -1, 1))
        centres, radii = self._bounds
        to = centres - eye
        away = np.maximum(np.linalg.norm(to, axis=1), 1e-9)
        spread = np.where(radii >= away, np.pi, np.arcsin(np.minimum(radii / away, 1)))
        reached = np.arccos(np.clip(to @ axis / away, -1, 1)) <= half + spread + 1e-6
        nearest = np.maximum(away - radii, 0)
        distance, which = np.full(len(rays), np.inf), np.full(len(rays), -1)
        for number in sorted(np.flatnonzero(reached), key=lambda n: nearest[n]):
            if nearest[number] > distance.max():
                break
            at = self.solids[number].meet(eye, rays)
            nearer = at < distance
            distance, which = np.where(nearer, at, distance), np.where(nearer, number, which)
        return distance, which

    def _daylight(self, normals: np.ndarray) -> np.ndarray:
        sun = np.array(self.light.sun) / np.linalg.norm(self.light.sun)
        direct = np.maximum(normals @ sun, 0) * self.light.sunlight
        return (direct + self.light.ambient * (0.9 + 0.15 * normals[:, 1]))[:, None].astype(np.float32)

    def _air(self, distance: np.ndarray) -> np.ndarray:
        if not self.light.fog_m:
            return np.zeros((len(distance), 1), np.float32)
        clear = np.exp(-distance / self.light.fog_m) * np.maximum(1 - (distance / FARTHEST_M) ** 4, 0)
        return (1 - clear)[:, None].astype(np.float32)

    def _sky(self, rays: np.ndarray) -> np.ndarray:
        up = np.clip(rays[:, 1:2], 0, 1)
        zenith, horizon = np.array(self.light.zenith), np.array(self.light.horizon)
        colour = horizon + (zenith - horizon) * (1 - (1 - up) ** 3)
        x, y, z = rays.T
        puffs = np.sin(5 * x + 2 * y + 1) * np.sin(4 * z - 3 * y) + 0.5 * np.sin(11 * x - 7 * z + 9 * y)
        puffs = puffs + 0.25 * np.sin(23 * z + 13 * y + 2) * np.sin(19 * x + 1)
        cover = np.clip(puffs, 0, 1)[:, None] * np.minimum(up * 4, 1) * self.light.cloud * 4
        return (colour + (0.97 - colour) * np.minimum(cover, 0.85)).astype(np.float32)
