"""A place to build at: a spot on the floor with a front, so that parts are given as (right, up, front)."""

from __future__ import annotations

import numpy as np

from ldm3d_web.worlds import shapes
from ldm3d_web.worlds.world import EYE_HEIGHT_M, Colour, Solid

FLOOR = -EYE_HEIGHT_M
WOOD: Colour = (0.50, 0.35, 0.22)
DARK_WOOD: Colour = (0.34, 0.23, 0.16)
STONE: Colour = (0.60, 0.58, 0.56)
SNOW: Colour = (0.93, 0.95, 0.98)


def vary(rng: np.random.Generator, colour: Colour, amount: float = 0.05) -> Colour:
    """The colour, a little lighter or darker and a little off in hue."""
    c = np.array(colour) * (1 + rng.uniform(-2, 2) * amount) + rng.uniform(-amount, amount, 3) * 0.5
    return tuple(float(v) for v in np.clip(c, 0, 1))


def darker(colour: Colour, factor: float = 0.8) -> Colour:
    return tuple(float(min(1.0, c * factor)) for c in colour)


class Kit:
    """Collects solids at (x, z). yaw: where the front looks, None at the eye. Positions are (right, up, front)."""

    def __init__(self, rng: np.random.Generator, x: float, z: float, yaw: float | None = None):
        self.rng = rng
        self.yaw = float(np.arctan2(-x, -z)) if yaw is None else yaw
        self.at = np.array([x, FLOOR, z])
        self.right = np.array([np.cos(self.yaw), 0, -np.sin(self.yaw)])
        self.front = np.array([np.sin(self.yaw), 0, np.cos(self.yaw)])
        self.solids: list[Solid] = []

    def point(self, position) -> np.ndarray:
        right, up, front = position
        return self.at + right * self.right + np.array([0, up, 0]) + front * self.front

    def _keep(self, solid: Solid) -> Kit:
        self.solids.append(solid)
        return self

    def box(self, position, size, colour: Colour, turn: float = 0.0, **look) -> Kit:
        """position: middle of its bottom; size: (right, up, front)."""
        right, up, front = position
        centre = self.point((right, up + size[1] / 2, front))
        return self._keep(shapes.box(centre, size, colour, yaw=self.yaw + turn, **look))

    def roof(self, position, size, colour: Colour, turn: float = 0.0, **look) -> Kit:
        """A gable with its ridge along the right; position: middle of its base."""
        return self._keep(shapes.roof(self.point(position), size, colour, yaw=self.yaw + turn, **look))

    def wedge(self, position, size, colour: Colour, turn: float = 0.0, **look) -> Kit:
        return self._keep(shapes.wedge(self.point(position), size, colour, yaw=self.yaw + turn, **look))

    def cone(self, position, radius: float, height: float, colour: Colour, sides: int = 8, **look) -> Kit:
        return self._keep(shapes.pyramid(self.rng, self.point(position), radius, height, colour, sides, **look))

    def drum(self, position, radius: float, top: float, height: float, colour: Colour, sides: int = 9, **look) -> Kit:
        """A standing cylinder or cut-off cone."""
        base = self.point(position)
        return self._keep(shapes.frustum(self.rng, base, radius, top, height, colour, sides=sides, **look))

    def blob(self, position, radii, colour: Colour, turn: float = 0.0, **look) -> Kit:
        """position: its centre."""
        centre = self.point(position)
        return self._keep(shapes.blob(self.rng, centre, radii, colour, yaw=self.yaw + turn, **look))

    def bar(self, start, end, radius: float, colour: Colour, sides: int = 6, taper: float = 1.0, **look) -> Kit:
        a, b = self.point(start), self.point(end)
        return self._keep(shapes.prism(self.rng, a, b, radius, colour, sides, taper, **look))
