"""Colour of a surface: band-limited, so that a picture of it neither aliases nor depends on the grid it is taken on.

A paint is a sum of plane waves through space (a solid texture) and of periodic joints. Both are known in closed form
and are damped by what a sample covers of them: across a ray's footprint the phase k · x of a wave changes by
distance · |k - n (k·ray)/(n·ray)| a radian, n the surface's normal, also on a floor seen at a grazing angle.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

FOOTPRINT_RAD = 0.0018  # a third of a pixel of both pictures, 1024 columns around and 384 over 90 degrees

Colour = tuple[float, float, float]


@dataclass(frozen=True)
class Joint:
    """Dark lines at right angles to `step`: one in each period 1/|step|, over the share `width` of it.

    step: (3,) periods per metre. depth: how much of the light a line takes.
    """

    step: np.ndarray
    width: float
    depth: float
    phase: float = 0.0


@dataclass(frozen=True)
class Paint:
    """base: sRGB in [0, 1]. waves: (K, 3) radians per metre; phases (K,); strengths (K, 3) of sRGB.

    glow: 0 is lit by the scene's light, 1 shines by itself.
    """

    base: Colour
    waves: np.ndarray
    phases: np.ndarray
    strengths: np.ndarray
    joints: tuple[Joint, ...] = ()
    glow: float = 0.0

    def colour(self, points: np.ndarray, normals: np.ndarray, rays: np.ndarray, distance: np.ndarray) -> np.ndarray:
        """(N, 3) float32 at points (N, 3) seen along unit rays (N, 3) from distance (N,) metres."""
        points, normals, rays, distance = (x.astype(np.float32) for x in (points, normals, rays, distance))
        facing = np.minimum((normals * rays).sum(axis=1), -1e-3)
        waves = self.waves.astype(np.float32)
        spread = _spread(waves, normals, rays, distance, facing) * np.float32(FOOTPRINT_RAD / 2)
        swing = np.sin(points @ waves.T + self.phases.astype(np.float32)) * np.exp(-0.5 * spread**2)
        colour = np.float32(self.base) + swing @ self.strengths.astype(np.float32)
        for joint in self.joints:
            step = joint.step.astype(np.float32)[None]
            covers = _spread(step, normals, rays, distance, facing)[:, 0] * np.float32(FOOTPRINT_RAD)
            colour *= 1 - joint.depth * _line((points @ step[0]) + joint.phase, covers, joint.width)[:, None]
        return colour


def _spread(waves: np.ndarray, normals: np.ndarray, rays: np.ndarray, distance: np.ndarray, facing: np.ndarray):
    """(N, K) phase a radian of the ray's turn: distance · |k - n (k·ray)/(n·ray)|."""
    along = (rays @ waves.T) / facing[:, None]
    square = (waves**2).sum(axis=1) - 2 * along * (normals @ waves.T) + along**2
    return np.sqrt(np.maximum(square, 0)) * distance[:, None]


def _line(phase: np.ndarray, covers: np.ndarray, width: float) -> np.ndarray:
    """How much of [phase ± covers/2] lies in the first `width` of a period: a box filter in closed form."""
    covers = np.maximum(covers, 1e-4)

    def before(x: np.ndarray) -> np.ndarray:
        whole = np.floor(x)
        return whole * width + np.minimum(x - whole, width)

    return (before(phase + covers / 2) - before(phase - covers / 2)) / covers


def grain(
    base: Colour,
    *,
    seed: int,
    strength: float = 0.1,
    fine_m: float = 0.05,
    coarse_m: float = 1.5,
    count: int = 32,
    stretch: tuple[float, float, float] = (1, 1, 1),
    tint: float = 0.12,
    joints: tuple[Joint, ...] = (),
    glow: float = 0.0,
) -> Paint:
    """A paint like stone, cloth, bark or leaves: waves of all lengths from coarse_m to fine_m in all directions.

    strength: standard deviation in sRGB of all waves together. stretch: wood is (1, 0.1, 1), long along y.
    tint: how much the three colours go their own ways.
    """
    random = np.random.default_rng(seed)
    lengths = np.geomspace(coarse_m, fine_m, count)
    directions = random.normal(size=(count, 3))
    directions /= np.linalg.norm(directions, axis=1, keepdims=True)
    waves = 2 * np.pi / lengths[:, None] * directions * np.array(stretch)
    weights = (lengths / coarse_m) ** 0.1  # a little more in the coarse ones, as in nature
    weights *= strength * np.sqrt(2) / np.linalg.norm(weights)
    colours = 1 + tint * random.normal(size=(count, 3))
    return Paint(base, waves, random.uniform(0, 2 * np.pi, count), weights[:, None] * colours, joints, glow)


def lines(direction: tuple[float, float, float], every_m: float, line_m: float, depth: float = 0.5, at_m: float = 0.0):
    """Joints across `direction`, every so many metres, so many metres wide."""
    step = np.array(direction, float) / np.linalg.norm(direction) / every_m
    return Joint(step, line_m / every_m, depth, at_m / every_m)
