"""A world while it is composed: its random stream, its labels, and ways to put things around the eye.

A world is composed like a picture: it has a front (`front`, an azimuth) where its path or shore leads and something
stands to be looked at; groups flank that view; the ground keeps clear where one stands.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import TypeVar

import numpy as np

from ldm3d_web.worlds.clouds import clouds
from ldm3d_web.worlds.light import TIMES, WEATHERS, make_light
from ldm3d_web.worlds.outlines import is_on
from ldm3d_web.worlds.props import stones
from ldm3d_web.worlds.shapes import grown
from ldm3d_web.worlds.things import Mark, group
from ldm3d_web.worlds.world import (
    EYE_HEIGHT_M,
    NEAR_M,
    Colour,
    Description,
    Feature,
    Lamp,
    Light,
    Shell,
    Solid,
    World,
)

GROUND = np.array([[0.0, -1.0, 0.0, EYE_HEIGHT_M]])
Make = Callable[..., list[Solid]]  # of x, z
T = TypeVar("T")
SIZED = {
    "windmill", "castle", "statue", "watchtower", "tent", "campfire", "cabin", "temple", "snowman", "igloo", "barn",
    "rock arch", "rocket", "church", "rover", "fountain", "well", "obelisk", "sheep", "cow", "boat", "sailing boat",
    "iceberg", "dome", "parasol", "log", "lighthouse", "cart", "archway", "hut", "silo", "pyramid",
}  # fmt: skip
SIZES = {"small": 0.72, "": 1.0, "big": 1.32}


class Draft:
    """A world while it is composed."""

    def __init__(self, seed: int):
        self.seed = seed
        self.rng = np.random.default_rng([seed, 11])
        self.u = self.rng.uniform
        self.tags: dict[str, str] = {"time": self.pick(TIMES), "season": "", "colour": ""}
        self.tags["weather"] = str(self.rng.choice(WEATHERS, p=[0.64, 0.18, 0.18]))
        self.facet_seed = float(self.u(0, 10))
        self.front = float(self.u(-np.pi, np.pi))
        self.solids: list[Solid] = []
        self.marks: list[Mark] = []
        self.features: list[Feature] = []
        self.lamps: list[Lamp] = []
        self.taken: list[tuple[float, float, float]] = []
        self.avoid: list[tuple[Feature, float]] = []  # nothing is put on these, nor within so many metres
        self.only: list[tuple[Feature, float]] = []  # all is put within these

    @property
    def time(self) -> str:
        return self.tags["time"]

    @property
    def lit(self) -> float:
        """How much windows and lamps shine."""
        dim = {"night": 1.0, "sunset": 0.75, "dawn": 0.4}.get(self.time, 0.0)
        return max(dim, 0.35) if self.tags["weather"] == "foggy" else dim

    @property
    def snow(self) -> bool:
        return self.tags["season"] == "winter"

    def pick(self, choices: Sequence[T]) -> T:
        return choices[int(self.rng.integers(len(choices)))]

    def chance(self, p: float) -> bool:
        return bool(self.u() < p)

    def count(self, low: int, high: int) -> int:
        """Between low and high, both allowed."""
        return int(self.rng.integers(low, high + 1))

    def season(self, *choices: str) -> str:
        self.tags["season"] = self.pick(choices)
        return self.tags["season"]

    # Where there is room

    def free(self, x: float, z: float, radius: float) -> bool:
        """Whether something of this radius fits: not on the eye, not on others, not where the ground must be clear."""
        if math.hypot(x, z) - radius < 0.55:
            return False
        if any((x - a) * (x - a) + (z - b) * (z - b) < (radius + r) * (radius + r) for a, b, r in self.taken):
            return False
        if any(is_on(feature, x, z, self.facet_seed, margin) for feature, margin in self.avoid):
            return False
        return all(is_on(feature, x, z, self.facet_seed, margin) for feature, margin in self.only)

    def put(
        self, name: str, x: float, z: float, make: Make, radius: float = 0.0, colour: str = "", size: str = ""
    ) -> bool:
        """Puts what `make` gives at (x, z), if it keeps its distance from the eye. No name: it is not described."""
        solids = make(x, z)
        if name in SIZED and size:
            solids = [grown(solid, (x, -EYE_HEIGHT_M, z), SIZES[size]) for solid in solids]
            radius *= SIZES[size]
        if not solids or any(_nearest(solid) < 1.03 * NEAR_M for solid in solids):
            return False
        self.solids += solids
        if radius:
            self.taken.append((float(x), float(z), radius))
        if name:
            self.mark(name, float(np.arctan2(x, -z)), float(np.hypot(x, z)), colour, size)
        return True

    def mark(self, name: str, azimuth: float, away: float, colour: str = "", size: str = "") -> None:
        """Describes something that is there without a solid of its own: a lake, a path."""
        self.marks.append((name, colour, size, azimuth, away))

    def spot(
        self, near: float, far: float, radius: float, azimuth: float | None = None, spread: float = 0.4
    ) -> tuple[float, float] | None:
        """A free spot between two distances, around an azimuth or anywhere; None when there is none."""
        for _ in range(24):
            a = self.u(-np.pi, np.pi) if azimuth is None else azimuth + self.u(-spread, spread)
            away = near + (far - near) * self.u() ** 1.4
            x, z = stones.at_azimuth(a, away)
            if self.free(x, z, radius):
                return x, z
        return None

    # Ways to place

    def one(
        self, name: str, make: Make, near: float, far: float, radius: float,
        azimuth: float | None = None, spread: float = 0.3, colour: str = "", size: str | None = None,
    ) -> tuple[float, float] | None:  # fmt: skip
        """One thing, at an azimuth if given. Returns where, or None when there was no room."""
        size = self._size(name) if size is None else size
        for _ in range(3):
            at = self.spot(near, far, radius * SIZES.get(size, 1.0), azimuth, spread)
            if at is not None and self.put(name, *at, make, radius, colour, size):
                return at
        return None

    def some(
        self, name: str, count: int, make: Make, near: float, far: float, radius: float,
        azimuth: float | None = None, colour: str = "",
    ) -> int:  # fmt: skip
        """A group that stands together around an azimuth. Returns how many found room."""
        azimuth = self.u(-np.pi, np.pi) if azimuth is None else azimuth
        size = self._size(name)
        middle = self.u(near, far)
        wide = min(0.38, radius * (0.9 + 0.75 * count) / middle)
        deep = max(2.2 * radius, 0.18 * (far - near))
        placed = 0
        for _ in range(count):
            low, high = max(near, middle - deep), min(far, middle + deep)
            placed += self.one(name, make, low, max(high, low + 0.1), radius, azimuth, wide, colour, size) is not None
        return placed

    def _size(self, name: str) -> str:
        return self.pick(("small", "", "", "big")) if name in SIZED else ""

    def around(
        self, name: str, count: int, make: Make, near: float, far: float, radius: float, clumps: int = 3,
        colour: str = "", keep: float = 0.45,
    ) -> None:  # fmt: skip
        """Many of a kind: most of them in clumps at the sides, the rest anywhere, none within `keep` of the front."""
        middles = [self.front + np.pi + self.u(-1, 1) * (np.pi - keep - 0.3) for _ in range(clumps)]
        for i in range(count):
            azimuth = None if i % 4 == 0 else middles[i % clumps]
            at = self.spot(near, far, radius, azimuth, 0.5)
            if at is not None and abs(_turn(np.arctan2(at[0], -at[1]) - self.front)) > keep * min(
                1.0, 8.0 / np.hypot(*at)
            ):
                self.put(name, *at, make, radius, colour)

    def ring(self, name: str, count: int, make: Callable[[float], list[Solid]], gap: float = 0.0) -> None:
        """Far things all around, evenly with some jitter, none within `gap` of the front; make takes the azimuth."""
        for i in range(count):
            share = (i + 0.5 + self.u(-0.3, 0.3)) / count
            azimuth = self.front + gap + share * (2 * np.pi - 2 * gap)
            solids = make(azimuth)
            self.solids += solids
            if name and solids:
                away = float(np.hypot(solids[0].centre[0], solids[0].centre[2]))
                self.mark(name, azimuth, away)

    def clear(self, feature: Feature, margin_m: float) -> Feature:
        """Adds a feature to the floor and keeps it clear."""
        self.features.append(feature)
        self.avoid.append((feature, margin_m))
        return feature

    def shine(self, x: float, up: float, z: float, reach_m: float, colour: Colour = (0.95, 0.62, 0.28)) -> None:
        """A lamp so far above the floor, as strong as the hour needs; at most eight of them."""
        if self.lit > 0.3 and len(self.lamps) < 8:
            strength = 0.85 * self.lit
            self.lamps.append(Lamp((x, up - EYE_HEIGHT_M, z), reach_m, tuple(strength * c for c in colour)))

    def lamps_always(self, x: float, up: float, z: float, reach_m: float, colour: Colour) -> None:
        """A lamp that shines at any hour."""
        self.lamps.append(Lamp((float(x), up - EYE_HEIGHT_M, float(z)), reach_m, colour))

    # The end

    def finish(
        self, place: str, colours: np.ndarray, second: Colour, patch_m: float = 5.0, planes: np.ndarray = GROUND,
        light: Light | None = None, tint: Colour | None = None, cloudy_sky: bool = True, air_m: float = 240.0,
        sun_side: float = 1.7,
    ) -> World:  # fmt: skip
        """The world. sun_side: how far from the front the sun stands, in radians, on one side or the other."""
        if light is None:
            azimuth = self.front + self.pick((-1.0, 1.0)) * sun_side * self.u(0.55, 1.35)
            light = make_light(self.rng, self.time, self.tags["weather"], azimuth, tint, air_m)
        if cloudy_sky and len(planes) == 1:
            self.solids += clouds(self.rng, self.tags["time"], self.tags["weather"], light)
        tags: dict[str, str | list[str]] = {"place": place, **self.tags}
        tags["objects"] = sorted({mark[0] for mark in self.marks})
        shell = Shell(planes, np.atleast_2d(colours), second, patch_m, tuple(self.features))
        description = Description(self.seed, tags, group(self.marks))
        return World(description, self.solids, shell, light, tuple(self.lamps), self.facet_seed)


def _nearest(solid: Solid) -> float:
    """Distance of the solid from the eye (metres), from below and sharp where it is near."""
    if solid.sky:
        return np.inf
    normals, offsets = solid.planes[:, :3], solid.planes[:, 3]
    bound = float((-offsets).max())
    if bound > 1.2 * NEAR_M or np.linalg.norm(solid.centre) - solid.radius_m > 1.2 * NEAR_M:
        return max(bound, float(np.linalg.norm(solid.centre) - solid.radius_m))
    # Hildreth's method: the nearest point of the intersection of half spaces
    weight, point = np.zeros(len(offsets)), np.zeros(3)
    for _ in range(40):
        for i, normal in enumerate(normals):
            step = max(-weight[i], float(normal @ point) - offsets[i])
            weight[i] += step
            point = point - step * normal
    return float(np.linalg.norm(point))


def _turn(angle: float) -> float:
    return float((angle + np.pi) % (2 * np.pi) - np.pi)
